"""What happens to lines before the database sees them: read, checked, their signatures proven, packed for storage.

That is processor work, four times what filing costs. A large batch is shared with processes beside the centre's own
(`readers`), because one Python process has one core for it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import zstandard

from checklists.crypto import signature_is_good
from checklists.errors import SealError
from checklists.sealing import ENVELOPE_DOMAIN
from sync.protocol import Code, LineResult
from sync.server.intake.lines import read_line, read_wire_line
from sync.server.intake.rows import Arrived, DeviceOfKey, line_of, summary_of

PACK_LEVEL = 1
NULS = (b"\\u0000", b"\0")
"""No text of ours holds one, and PostgreSQL refuses it. Looked for from the end: Python is twice as quick that way."""


class _Packing(threading.local):
    """A compressor for each thread: making one costs more than using it."""

    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=PACK_LEVEL).compress


_packing = _Packing()


@dataclass(frozen=True, slots=True)
class Sender:
    """Who hands lines over: the device, whether it may carry others', and the keys that the lines name."""

    device_id: str
    may_carry: bool
    keys: Mapping[str, DeviceOfKey]


def key_named_by(raw: bytes) -> str:
    """Return the id of the key that a line names at its end; for another spelling something that no key is called."""
    name = raw[-34:-2].decode("ascii", "replace")
    return name if name.isalnum() else ""


def read_lines(sender: Sender, lines: Sequence[bytes]) -> list[Arrived | LineResult]:
    """Return each line as what arrived, or why it is refused."""
    return [read_one(sender, raw) for raw in lines]


def read_one(sender: Sender, raw: bytes) -> Arrived | LineResult:
    """Read one line and check its signature by the key of a registered device."""
    revision_id = ""
    try:
        sealed = read_wire_line(raw)
        if any(sealed.envelope.rfind(nul) >= 0 for nul in NULS) or "\0" in sealed.key_id:
            return LineResult(revision_id, 422, Code.INVALID, "nul")
        envelope, extract = read_line(sealed.envelope)
        revision_id = envelope["revision_id"]
    except SealError as error:
        what, member = str(error.data.get("what", "")), str(error.data.get("member", ""))
        return LineResult(revision_id, 422, Code.INVALID, what, pointer=f"/{member}" if member else "")
    device = sender.keys.get(sealed.key_id)
    if device is None:
        return LineResult(revision_id, 403, Code.UNKNOWN_KEY, sealed.key_id)
    # the digest was made of these bytes a moment ago
    if not signature_is_good(device.public_key, sealed.signature, ENVELOPE_DOMAIN + bytes.fromhex(sealed.digest)):
        return LineResult(revision_id, 422, Code.BAD_SIGNATURE, "signature")
    if envelope["device_id"] != device.device_id:
        return LineResult(revision_id, 422, Code.INVALID, "device", pointer="/device_id")
    if device.device_id != sender.device_id and not sender.may_carry:
        return LineResult(revision_id, 403, Code.NOT_ASSIGNED)
    line = line_of(envelope, sealed.digest, device.scope)
    return Arrived(
        line=line,
        key_id=sealed.key_id,
        signature=sealed.signature,
        size=len(sealed.envelope),
        packed=_packing.compress(sealed.envelope),
        summary=summary_of(line, extract),
    )
