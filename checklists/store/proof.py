"""Checking what can be proven: of one sealed record, and of a whole workspace. Says plainly what is not proven too.

Results are codes with data; the words are in `resources/i18n/verify.json`. Nothing here changes anything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, BinaryIO

from checklists.errors import DamagedStoreError, NotFoundError, SealError
from checklists.sealing import Receipt, Sealed, parse_envelope, parse_receipt, parse_wire_line, verify, verify_receipt

_PIECE = 1024 * 1024
EXPORT_FORMAT = "inspector-record/1"


class Verdict(StrEnum):
    """What a check came to."""

    PROVEN = "proven"
    BROKEN = "broken"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that was checked: `code` selects the words, `subject` is a record, file or entry."""

    verdict: Verdict
    code: str
    subject: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What is proven, what is broken, and what cannot be told from here."""

    proofs: tuple[Proof, ...]

    @property
    def good(self) -> bool:
        return not self.broken

    @property
    def proven(self) -> tuple[Proof, ...]:
        return self._of(Verdict.PROVEN)

    @property
    def broken(self) -> tuple[Proof, ...]:
        return self._of(Verdict.BROKEN)

    @property
    def unproven(self) -> tuple[Proof, ...]:
        return self._of(Verdict.UNPROVEN)

    def _of(self, verdict: Verdict) -> tuple[Proof, ...]:
        return tuple(p for p in self.proofs if p.verdict is verdict)


def proven(code: str, subject: str = "", **data: Any) -> Proof:
    return Proof(Verdict.PROVEN, code, subject, data)


def broken(code: str, subject: str = "", **data: Any) -> Proof:
    return Proof(Verdict.BROKEN, code, subject, data)


def unproven(code: str, subject: str = "", **data: Any) -> Proof:
    return Proof(Verdict.UNPROVEN, code, subject, data)


OpenBlob = Callable[[str], BinaryIO | Any]


def verify_record(
    sealed: Sealed,
    public_keys: Mapping[str, bytes],
    *,
    open_blob: OpenBlob | None = None,
    receipts: Iterable[Receipt] = (),
    receipt_keys: Mapping[str, bytes] | None = None,
) -> VerifyReport:
    """Check one sealed record: bytes, signature, factory extract, attachments, receipts.

    `public_keys` and `receipt_keys` are by key id: devices that may seal, and the centre's. Raises nothing: what is
    wrong is in the report.
    """
    proofs = list(_signature(sealed, public_keys))
    try:
        envelope = parse_envelope(sealed.envelope)
    except SealError as error:
        return VerifyReport((*proofs, broken("envelope", sealed.digest[:8], what=str(error.data.get("what", "")))))
    subject = str(envelope["record_id"])
    proofs.append(proven("extract", subject, digest=envelope["factory_extract_digest"]))
    proofs += _attachments(envelope, open_blob) if open_blob else _unchecked(envelope)
    proofs += _receipts(sealed, subject, list(receipts), receipt_keys or {})
    if envelope["clock"].get("notes"):
        proofs.append(unproven("clock-jumped", subject, times=len(envelope["clock"]["notes"])))
    return VerifyReport(tuple(proofs))


def _signature(sealed: Sealed, keys: Mapping[str, bytes]) -> Iterator[Proof]:
    subject = sealed.digest[:8]
    if sealed.key_id not in keys:
        yield unproven("signer-unknown", subject, key_id=sealed.key_id)
        return
    try:
        verify(sealed, keys[sealed.key_id])
    except SealError as error:
        yield broken("signature", subject, what=str(error.data["what"]), key_id=sealed.key_id)
    else:
        yield proven("signature", subject, key_id=sealed.key_id, digest=sealed.digest)


def _unchecked(envelope: Mapping[str, Any]) -> list[Proof]:
    if not envelope["attachments"]:
        return []
    return [unproven("attachments-not-here", str(envelope["record_id"]), count=len(envelope["attachments"]))]


def _attachments(envelope: Mapping[str, Any], open_blob: OpenBlob) -> Iterator[Proof]:
    whole = 0
    for attachment in envelope["attachments"]:
        name = attachment.get("exhibit") or attachment["name"]
        code = _blob_fault(attachment, open_blob)
        if code:
            yield broken(code, str(envelope["record_id"]), name=name, sha256=attachment["sha256"])
        else:
            whole += 1
    if whole:
        yield proven("attachments", str(envelope["record_id"]), count=whole)


def _blob_fault(attachment: Mapping[str, Any], open_blob: OpenBlob) -> str:
    found, size = hashlib.sha256(), 0
    try:
        with open_blob(attachment["sha256"]) as file:
            while piece := file.read(_PIECE):
                found.update(piece)
                size += len(piece)
    except (NotFoundError, FileNotFoundError):
        return "attachment-missing"
    except DamagedStoreError as error:
        return "attachment-missing" if error.data.get("what") == "missing" else "attachment-changed"
    right = found.hexdigest() == attachment["sha256"] and size == attachment["size"]
    return "" if right else "attachment-changed"


def _receipts(sealed: Sealed, subject: str, receipts: list[Receipt], keys: Mapping[str, bytes]) -> Iterator[Proof]:
    if not receipts:
        yield unproven("no-receipt", subject)
    for receipt in receipts:
        told = {"receipt_id": receipt.receipt_id, "received_at": receipt.received_at}
        if receipt.digest != sealed.digest:
            yield broken("receipt-other", subject, **told)
        elif receipt.key_id not in keys:
            yield unproven("receipt-key-unknown", subject, **told)
        else:
            yield _receipt(receipt, subject, keys[receipt.key_id], told)


def _receipt(receipt: Receipt, subject: str, key: bytes, told: dict[str, str]) -> Proof:
    try:
        verify_receipt(receipt, key)
    except SealError:
        return broken("receipt-changed", subject, **told)
    return proven("received", subject, **told)


# --- a record as a file of its own ----------------------------------------------------------------------------------


def export_record(line: str, public_key: bytes, receipts: Iterable[Receipt]) -> bytes:
    """Return a file that proves itself: the wire line, the signer's public key, the centre's receipts."""
    members = {
        "format": EXPORT_FORMAT,
        "line": line,
        "public_key": public_key.hex(),
        "receipts": [receipt.to_json() for receipt in receipts],
    }
    return json.dumps(members, ensure_ascii=False, indent=1).encode("utf-8")


def verify_export(
    data: bytes,
    *,
    trusted: Mapping[str, bytes] | None = None,
    receipt_keys: Mapping[str, bytes] | None = None,
    open_blob: OpenBlob | None = None,
) -> VerifyReport:
    """Check an exported file. The key inside it proves only that nothing changed since it was signed by that key;

    whose key it is, is proven where `trusted` (by key id) holds it.
    """
    try:
        members = json.loads(data)
        if members["format"] != EXPORT_FORMAT:
            return VerifyReport((broken("export-format"),))
        sealed = parse_wire_line(members["line"])
        inside = bytes.fromhex(members["public_key"])
        receipts = [parse_receipt(r) for r in members.get("receipts", ())]
    except (ValueError, KeyError, TypeError, AttributeError, SealError):
        return VerifyReport((broken("export-format"),))
    keys = {sealed.key_id: inside, **(trusted or {})}
    report = verify_record(sealed, keys, open_blob=open_blob, receipts=receipts, receipt_keys=receipt_keys)
    if sealed.key_id in (trusted or {}):
        return report
    return VerifyReport((*report.proofs, unproven("signer-not-confirmed", sealed.digest[:8], key_id=sealed.key_id)))
