"""The audit chain: each entry holds the hash of the one before; triggers make the table append-only and gap-free.

An entry's hash is the SHA-256 of the RFC 8785 form of its members. A cut tail is invisible to the chain alone: the head
is anchored with the centre at every sync and beside the keys (`anchor`). Bodies hold ids, paths and hashes, never
answers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring as quoted
from typing import Any

from checklists.clock import Clock, stamp
from checklists.model import Changes
from checklists.sealing import canonical, digest
from checklists.store.driver import Db, Row

GENESIS = "0" * 64
JUMP_SECONDS = 120
"""A wall clock that moves this much otherwise than the monotonic one was set by somebody or something."""

KEYS = "keys"
"""Stands for this computer's key store among those who keep anchors."""

_PAGE = 2000


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One step that happened."""

    seq: int
    at: str
    actor: str
    action: str
    entity: str
    entity_id: str
    body: Mapping[str, Any]
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Position and hash of the newest entry; `seq` 0 for an empty chain.

    `by` is who kept it, where it is an anchor: a centre's id, or `KEYS` for this computer's key store.
    """

    seq: int
    hash: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a walk over the whole chain found. `broken_at` is the first bad entry, 0 where there is none.

    `missing_tail` says that an anchor names a later entry than the newest one, or another hash at its place.
    """

    entries: int
    head: ChainHead
    broken_at: int = 0
    missing_tail: bool = False
    anchor: ChainHead | None = None

    @property
    def good(self) -> bool:
        return self.broken_at == 0 and not self.missing_tail


LOST, RESTORED = "anchor-lost", "restored"
"""Actions of entries that `verify` reads."""

_INSERT = (
    "INSERT INTO audit (seq, at, actor, action, entity, entity_id, body, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_MEMBERS = ("seq", "at", "actor", "action", "entity", "entity_id", "body", "prev")


def entry_hash(*members: Any) -> str:
    """Return the hash of an entry's members: seq, at, actor, action, entity, entity_id, body, prev."""
    return digest(canonical(dict(zip(_MEMBERS, members, strict=True))))


# the same bytes as `canonical` of all members, put together because this runs at every answer (a test compares)
def _entry_bytes(words: tuple[str, str, str, str, str], body: str, prev: str, seq: int) -> bytes:
    action, actor, at, entity, entity_id = map(quoted, words)
    return (
        f'{{"action":{action},"actor":{actor},"at":{at},"body":{body},"entity":{entity},"entity_id":{entity_id},'
        f'"prev":"{prev}","seq":{seq}}}'
    ).encode()


class Audit:
    """The chain of one workspace."""

    def __init__(self, db: Db, clock: Clock, actor: str) -> None:
        self._db, self._clock, self._actor = db, clock, actor
        self._seen = (clock.now(), clock.monotonic())
        self._newest: tuple[int, ChainHead] | None = None  # by how many roll-backs there were; only a writer sets it

    def head(self) -> ChainHead:
        found = self._db.row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        return ChainHead(*found) if found else ChainHead(0, GENESIS)

    def append(self, action: str, entity: str, entity_id: str, body: Mapping[str, Any]) -> ChainHead:
        """Add an entry inside the running transaction; a clock that jumped since the last one is noted first."""
        now = self._clock.now()
        text = canonical(body).decode("utf-8")
        return self.append_canonical(action, entity, entity_id, text, now=now, at=stamp(now))

    def append_canonical(
        self, action: str, entity: str, entity_id: str, body: str, *, now: datetime, at: str
    ) -> ChainHead:
        """Add an entry whose body is canonical text already, at a time the caller has read: every answer does this."""
        if jumped := self._jumped(now):
            self._add(at, "clock-jump", "clock", "", canonical({"seconds": jumped}).decode("utf-8"))
        return self._add(at, action, entity, entity_id, body)

    def _jumped(self, now: datetime) -> int:
        """Return by how many seconds the wall clock moved otherwise than time did; small drifts count as none."""
        ticks = self._clock.monotonic()
        seen, self._seen = self._seen, (now, ticks)
        drift = round((now - seen[0]).total_seconds() - (ticks - seen[1]))
        return drift if abs(drift) >= JUMP_SECONDS else 0

    def compare_clock(self) -> None:
        """Note a clock that stands before the newest entry, as after a dead battery; called when a writer opens."""
        newest = self._db.value("SELECT at FROM audit ORDER BY seq DESC LIMIT 1")
        if newest is None:
            return
        behind = round((datetime.fromisoformat(newest) - self._clock.now()).total_seconds())
        if behind >= JUMP_SECONDS:
            with self._db.tx():
                told = canonical({"seconds": -behind}).decode("utf-8")
                self._add(stamp(self._clock.now()), "clock-jump", "clock", "", told)

    def _add(self, at: str, action: str, entity: str, entity_id: str, body: str) -> ChainHead:
        remembered = self._newest is not None and self._newest[0] == self._db.undone
        head = self._newest[1] if self._newest and remembered else self.head()
        seq = head.seq + 1
        name = digest(_entry_bytes((action, self._actor, at, entity, entity_id), body, head.hash, seq))
        self._db.run(_INSERT, (seq, at, self._actor, action, entity, entity_id, body, head.hash, name))
        head = ChainHead(seq, name)
        self._newest = (self._db.undone, head)
        return head

    def note(self, action: str, entity: str, entity_id: str, body: Mapping[str, Any]) -> Changes:
        """Add an entry as a step of its own: a report printed, a clock that jumped, a check that was run."""
        with self._db.tx():
            self.append(action, entity, entity_id, body)
        return Changes.of("audit", entity_id, cause=action)

    def entries(self, after: int = 0, limit: int = _PAGE) -> tuple[AuditEntry, ...]:
        """Return entries in order, a page at a time."""
        found = self._db.rows(
            "SELECT seq, at, actor, action, entity, entity_id, body, prev, hash FROM audit WHERE seq > ? ORDER BY seq "
            "LIMIT ?",
            (after, limit),
        )
        return tuple(_entry(row) for row in found)

    # anchors

    def anchor(self, seq: int, name: str, by: str) -> Changes:
        """Keep that the head was this one, as confirmed by `by` (the centre's server id, or "keys")."""
        with self._db.tx():
            self._db.run(
                "INSERT INTO meta (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v",
                (f"anchor:{by}", f"{seq}:{name}"),
            )
        return Changes.of("audit", by, cause="anchor")

    def anchors(self) -> tuple[tuple[str, ChainHead], ...]:
        """Return what others keep of this chain, as they said it last, by who keeps it."""
        found = self._db.rows("SELECT substr(k, 8), v FROM meta WHERE k LIKE 'anchor:%' ORDER BY k")
        return tuple((by, ChainHead(int(v.split(":")[0]), v.split(":")[1], by)) for by, v in found)

    def holds(self, anchor: ChainHead) -> bool:
        """Say whether the chain has this entry: where it has not, its end was cut or an older copy was put in place."""
        return anchor.seq == 0 or self._db.value("SELECT hash FROM audit WHERE seq = ?", (anchor.seq,)) == anchor.hash

    def note_lost(self, anchor: ChainHead) -> Changes:
        """Write into the chain that an anchor kept outside names an entry that is not here, before it is replaced."""
        return self.note(LOST, "audit", anchor.by, {"seq": anchor.seq, "hash": anchor.hash, "by": anchor.by})

    def lost(self) -> tuple[tuple[ChainHead, int], ...]:
        """Return the anchors that were found to be lost, each with the position of the entry that says so."""
        found = self._db.rows("SELECT body, seq FROM audit WHERE action = ? ORDER BY seq", (LOST,))
        return tuple((ChainHead(**json.loads(body)), seq) for body, seq in found)

    def restored_at(self) -> tuple[int, ...]:
        """Return the positions of the entries that tell of a backup put in place."""
        return tuple(r[0] for r in self._db.rows("SELECT seq FROM audit WHERE action = ? ORDER BY seq", (RESTORED,)))

    def verify(self, anchors: tuple[ChainHead, ...] = ()) -> ChainReport:
        """Walk the chain; compare it with the anchors kept here and those given (key store, centre)."""
        prev, seq, broken = GENESIS, 0, 0
        wanted = {a.seq: a for a in (*(a for _, a in self.anchors()), *anchors) if a.seq}
        wrong: ChainHead | None = None
        while not broken and (page := self.entries(seq)):
            for entry in page:
                if not _links(entry, seq, prev):
                    broken = seq + 1
                    break
                prev, seq = entry.hash, entry.seq
                anchor = wanted.pop(seq, None)
                if anchor is not None and anchor.hash != prev:
                    wrong = anchor
        if not broken and wanted:
            wrong = max(wanted.values(), key=lambda a: a.seq)
        return ChainReport(seq, ChainHead(seq, prev), broken, wrong is not None, wrong)


def _entry(row: Row) -> AuditEntry:
    seq, at, actor, action, entity, entity_id, body, prev, name = row
    return AuditEntry(seq, at, actor, action, entity, entity_id, json.loads(body), prev, name)


def _links(entry: AuditEntry, seq: int, prev: str) -> bool:
    made = entry_hash(
        entry.seq, entry.at, entry.actor, entry.action, entry.entity, entry.entity_id, entry.body, entry.prev
    )
    return entry.seq == seq + 1 and entry.prev == prev and entry.hash == made
