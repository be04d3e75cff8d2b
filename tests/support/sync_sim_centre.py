"""The simulator's centre: tables and files in dicts, lines filed by the production rules (`sync.server.intake.filing`).

The signature of a receipt is a hash here: 10,000 schedules would otherwise spend their time in Ed25519.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

import zstandard

from checklists.errors import SealError
from checklists.sealing import Receipt, Sealed, digest, parse_wire_line, read_json
from sync import protocol
from sync.protocol import Code, LineResult, MissingBlob, RevisionState
from sync.server.intake import filing
from sync.server.intake.filing import Decision, Line, Shelf
from sync.server.intake.rows import line_of
from sync.transport import Request, Response
from tests.support.sync_line import answer, json_answer, problem

SERVER_ID = "5a1e0000-0000-4000-8000-000000000001"
NOON_TEXT = "2026-11-22T12:00:00.000+07:00"


@lru_cache(maxsize=20_000)
def read_line(raw: bytes) -> tuple[Line, Sealed]:
    found = parse_wire_line(raw)
    return line_of(read_json(found.envelope), found.digest, "00"), found


def fake_signature(receipt: Receipt) -> str:
    seen = (receipt.receipt_id, receipt.digest, receipt.record_id, receipt.revision_id, receipt.server_id, receipt.seq)
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def check_fake_signature(receipt: Receipt, _public_key: bytes) -> None:
    if receipt.signature != fake_signature(receipt):
        raise SealError("signature", what="receipt")


class SimCentre:
    """The centre in dicts. Files lines by the production rules."""

    server_id = SERVER_ID

    def __init__(self, mistakes: frozenset[str] = frozenset()) -> None:
        self.mistakes = mistakes  # planted ones; the empty set is the real protocol
        self.shelf = Shelf()
        self.lines: dict[str, tuple[Line, Sealed]] = {}
        self.stored: list[str] = []  # revision ids in the order of their numbers
        self.parts: dict[tuple[str, str], bytes] = {}
        self.files: dict[str, bytes] = {}

    def handle(self, request: Request, device: str) -> Response:
        path = request.url.split(protocol.BASE, 1)[1]
        if path.startswith(protocol.HEALTH):
            nonce = path.partition("nonce=")[2]
            return json_answer(request, SERVER_ID, 200, {"nonce": nonce, "server_id": SERVER_ID, "time": NOON_TEXT})
        if path == protocol.RECORDS_BATCH:
            return self._batch(request, device)
        if path == protocol.BLOBS_MISSING:
            wanted = [b["sha256"] for b in json.loads(request.body)["blobs"]]  # type: ignore[arg-type]  # always bytes
            lacking = [
                MissingBlob(h, len(self.parts.get((device, h), b""))).to_json() for h in wanted if h not in self.files
            ]
            return json_answer(request, SERVER_ID, 200, {"missing": lacking})
        return self._part(request, device, path.rpartition("/")[2])

    def cut(self, request: Request, device: str, arrived: bytes) -> None:
        self.handle(Request(request.method, request.url, request.headers, arrived), device)

    # --- records ---

    def _batch(self, request: Request, device: str) -> Response:
        body = request.body
        assert isinstance(body, bytes)
        if request.headers.get("content-encoding") == "zstd":
            body = zstandard.ZstdDecompressor().decompress(body, max_output_size=2**24)
        results = [self._file(raw, device) for raw in body.splitlines()]
        text = "".join(json.dumps(r.to_json()) + "\n" for r in results)
        return answer(request, SERVER_ID, 200, protocol.NDJSON, text.encode())

    def _file(self, raw: bytes, device: str) -> LineResult:
        line, envelope = read_line(raw)
        if line.index["device_id"] != device:
            return LineResult(line.revision_id, 403, Code.NOT_ASSIGNED)
        self.shelf.parts = {h: len(data) for (owner, h), data in self.parts.items() if owner == device}
        self.shelf.blobs = {h: len(data) for h, data in self.files.items()}
        decision = self._decide(line)
        self.lines[line.revision_id] = (
            (line, envelope) if decision.state else self.lines.get(line.revision_id, (line, envelope))
        )
        return self._carry_out(line, decision)

    def _decide(self, line: Line) -> Decision:
        known = self.shelf.revisions.get(line.revision_id)
        if "no-idempotency" in self.mistakes and known and known.state is not RevisionState.PENDING:
            return Decision(201, Code.CREATED, RevisionState.ACCEPTED, takes_head=True)
        if "conflict-not-sticky" in self.mistakes and known and known.state is RevisionState.CONFLICT:
            return Decision(201, Code.CREATED, RevisionState.ACCEPTED, takes_head=True)
        if "receipt-without-files" in self.mistakes:
            self.shelf.blobs |= {b.sha256: b.size for b in line.blobs}
        decision = filing.decide(line, self.shelf)
        if "unknown-base-as-conflict" in self.mistakes and decision.code is Code.UNKNOWN_BASE and line.base_revision_id:
            return Decision(201, Code.CREATED, RevisionState.ACCEPTED, takes_head=True)
        if "last-writer-wins" in self.mistakes and decision.code is Code.CONFLICT and known is None:
            return Decision(201, Code.CREATED, RevisionState.ACCEPTED, takes_head=True)
        return decision

    def _carry_out(self, line: Line, decision: Decision) -> LineResult:
        receipt = None
        if decision.whole:
            if not ("conflict-dropped" in self.mistakes and decision.code is Code.CONFLICT):
                self.stored.append(line.revision_id)
            receipt = self._receipt(line, len(self.stored))
        filing.remember(line, decision, self.shelf, receipt)
        known = self.shelf.revisions.get(line.revision_id)
        given = known.receipt if known and decision.status in (200, 201, 409) and known.digest == line.digest else None
        if "new-receipt-for-duplicates" in self.mistakes and decision.code is Code.HAVE:
            given = self._receipt(line, len(self.stored) + 1000)
        return LineResult(
            line.revision_id,
            decision.status,
            decision.code.value,
            head=decision.conflict_head,
            missing=decision.missing,
            receipt=given,
        )

    def _receipt(self, line: Line, seq: int) -> dict[str, Any]:
        blank = Receipt(f"rc-{seq}", line.digest, line.record_id, line.revision_id, SERVER_ID, NOON_TEXT, seq, "k", "")
        members = {name: getattr(blank, name) for name in Receipt.__dataclass_fields__}
        return {**members, "signature": fake_signature(blank)}

    # --- files ---

    def _part(self, request: Request, device: str, sha256: str) -> Response:
        offset = int(request.headers[protocol.OFFSET_HEADER])
        length = int(request.headers[protocol.LENGTH_HEADER])
        if sha256 in self.files:
            return json_answer(request, SERVER_ID, 200, {"offset": length, "complete": True, "results": []})
        have = self.parts.get((device, sha256), b"")
        if offset != len(have) and "append-anywhere" not in self.mistakes:
            return problem(request, SERVER_ID, 409, Code.OFFSET, **{protocol.OFFSET_HEADER: str(len(have))})
        assert isinstance(request.body, bytes)
        have += request.body
        self.parts[device, sha256] = have
        if len(have) < length:
            return json_answer(request, SERVER_ID, 202, {"offset": len(have), "complete": False, "results": []})
        del self.parts[device, sha256]
        if digest(have) != sha256 and "append-anywhere" not in self.mistakes:
            return problem(request, SERVER_ID, 422, Code.DIGEST_MISMATCH)
        self.files[sha256] = have
        return json_answer(
            request, SERVER_ID, 201, {"offset": length, "complete": True, "results": self._complete(sha256)}
        )

    def _complete(self, sha256: str) -> list[dict[str, Any]]:
        results = []
        self.shelf.blobs = {h: len(data) for h, data in self.files.items()}
        for known in tuple(self.shelf.revisions.values()):
            line = self.lines[known.revision_id][0]
            if known.state is RevisionState.PENDING and any(b.sha256 == sha256 for b in line.blobs):
                decision = self._decide(line)
                if decision.whole:
                    results.append(self._carry_out(line, decision).to_json())
        return results
