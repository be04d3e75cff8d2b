"""Handing what waits in an outbox to an OpenRosa server: parents first, one at a time, never twice at once.

The submission XML lies inside the sealed envelope and is sent exactly as it was sealed; a byte more is a conflict
there. `instanceID` is `uuid:<revision_id>`, `deprecatedID` `uuid:<base_revision_id>`, both written at sealing. Such a
server gives no receipt, so nothing is ever *sent* in our sense: what it said is remembered by the `Ledger`, and the
outbox row stays until our own centre's receipt.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from checklists.errors import InspectorError
from sync.errors import LocalFileError, NotOurServerError, SignInError
from sync.openrosa.answers import NO_KEY, Fate, Meaning, Why, local, meaning_of, parse, shown
from sync.openrosa.client import OpenRosaClient
from sync.protocol import BlobRef, Outbox, OutboxRow

CHECK_SECONDS = 3.0
"""How long to wait before "has been deleted" is asked again."""
ENOUGH = 3
"""So many records in a row that are to come again end a run: it is the server or the line, not the records."""
PARKED = (Fate.FIX, Fate.CONFLICT)
"""What is not sent again until a person says so."""


class Ledger(Protocol):
    """Remembers across restarts what an OpenRosa server said of each revision (in the store's settings)."""

    def said(self, server: str) -> Mapping[str, Meaning]: ...
    def note(self, server: str, revision_id: str, meaning: Meaning) -> object: ...


@dataclass(frozen=True, slots=True)
class Posted:
    """One POST of a submission went out; `number` of `posts`, with the files and bytes in it."""

    revision_id: str
    number: int
    posts: int
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a revision in this run."""

    revision_id: str
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Planned:
    """What a run would do: revisions, new files, bytes, POSTs; what is parked; forms that the server does not list."""

    revisions: int
    files: int
    size: int
    posts: int
    limit: int
    parked: Mapping[str, Meaning]
    unlisted: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Handed:
    """What one run did: meaning by revision; files kept back because the XML does not name them, by revision.

    `parked` were not tried; `stopped` says that the server or the line had no more room for this run.
    """

    said: dict[str, Meaning] = field(default_factory=dict)
    unnamed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parked: dict[str, Meaning] = field(default_factory=dict)
    untried: int = 0
    stopped: bool = False

    @property
    def taken(self) -> int:
        return sum(1 for meaning in self.said.values() if meaning.fate is Fate.TAKEN)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A revision that may go: its bytes, form, the files that the server lacks, and those that it would drop."""

    xml: bytes
    form: tuple[str, str]
    files: tuple[BlobRef, ...]
    unnamed: tuple[str, ...]


def split(blobs: Sequence[BlobRef], xml_size: int, limit: int) -> list[list[BlobRef]]:
    """Cut files over several POSTs below the limit; the XML goes with each. A file too large alone has its own."""
    room = max(limit - xml_size - 4096, 1)
    posts: list[list[BlobRef]] = [[]]
    filled = 0
    for blob in blobs:
        if posts[-1] and filled + blob.size > room:
            posts.append([])
            filled = 0
        posts[-1].append(blob)
        filled += blob.size + 512
    return posts


class HandOver:
    """One run. `pause` waits some seconds: Central says "has been deleted" of what it is just storing."""

    def __init__(
        self,
        outbox: Outbox,
        client: OpenRosaClient,
        ledger: Ledger,
        *,
        tell: Callable[[Posted | Settled], object] = lambda _news: None,
        should_stop: Callable[[], bool] = lambda: False,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._outbox = outbox
        self._client = client
        self._ledger = ledger
        self._tell = tell
        self._should_stop = should_stop
        self._pause = pause

    def plan(self) -> Planned:
        """Say what a run would do; asks the server for its limit and its forms. Raises `SyncError`."""
        limit, listed = self._client.post_limit(), self._listed()
        said, ready = self._ledger.said(self._client.url), list[_Ready]()
        parked: dict[str, Meaning] = {}
        for row in self._outbox.pending():
            before = said.get(row.revision_id)
            if before is not None and before.fate in PARKED:
                parked[row.revision_id] = before
            elif before is None or before.fate is not Fate.TAKEN:
                found = self._ready(row)
                if isinstance(found, Meaning):
                    parked[row.revision_id] = found
                else:
                    ready.append(found)
        return Planned(
            revisions=len(ready),
            files=sum(len(one.files) for one in ready),
            size=sum(len(one.xml) + sum(blob.size for blob in one.files) for one in ready),
            posts=sum(len(split(one.files, len(one.xml), limit)) for one in ready),
            limit=limit,
            parked=parked,
            unlisted=tuple(sorted({one.form for one in ready} - listed)),
        )

    def run(self, *, force: bool = False) -> Handed:
        """Hand over parents before children; `force` also tries what is parked. Raises `SyncError`."""
        limit = self._client.post_limit()
        done, said, again = Handed(), self._ledger.said(self._client.url), 0
        rows = self._outbox.pending()
        held: set[str] = set()
        for number, row in enumerate(rows):
            before = said.get(row.revision_id)
            if before is not None and before.fate is Fate.TAKEN:
                continue
            if before is not None and before.fate in PARKED and not force:
                done.parked[row.revision_id] = before
                held.add(row.revision_id)
                continue
            if self._should_stop() or again >= ENOUGH:
                return replace(done, stopped=True, untried=sum(not _is_settled(said, r) for r in rows[number:]))
            if row.base_revision_id in held:
                meaning = Meaning(Fate.WAIT_FOR, Why.NO_BASE)
            else:
                meaning = self._one(row, limit, done, None if force else before)
            done.said[row.revision_id] = meaning
            self._ledger.note(self._client.url, row.revision_id, meaning)
            self._tell(Settled(row.revision_id, meaning))
            if meaning.fate is not Fate.TAKEN:
                held.add(row.revision_id)
            again = ENOUGH if meaning.is_servers else again + 1 if meaning.fate is Fate.AGAIN else 0
        return done

    def _one(self, row: OutboxRow, limit: int, done: Handed, before: Meaning | None) -> Meaning:
        ready = self._ready(row)
        if isinstance(ready, Meaning):
            return ready
        if before is not None and before.why is Why.NO_FORM and ready.form not in self._listed():
            return before  # its photos need not travel to hear it again
        if ready.unnamed:
            done.unnamed[row.revision_id] = ready.unnamed
        meaning = self._send(row.revision_id, ready, limit)
        if meaning.fate is Fate.CHECK:
            self._pause(CHECK_SECONDS)
            meaning = self._send(row.revision_id, ready, limit)
            meaning = replace(meaning, fate=Fate.FIX) if meaning.fate is Fate.CHECK else meaning
        if meaning.fate is Fate.SIGN_IN:
            raise SignInError(code=NO_KEY, url=shown(self._client.url))
        if meaning.why is Why.NO_FORM and row.base_revision_id and ready.form in self._listed():
            return replace(meaning, why=Why.NO_BASE)  # the server has no code to tell the two apart
        return meaning

    def _listed(self) -> frozenset[tuple[str, str]]:
        return frozenset((entry.form_id, entry.version) for entry in self._client.form_list())

    def _ready(self, row: OutboxRow) -> _Ready | Meaning:
        """Return what would be sent, or why nothing can be."""
        try:
            xml = str(json.loads(self._outbox.sealed(row.revision_id).envelope)["submission"]).encode()
            form, names = named_in(xml, row.revision_id)
        except NotOurServerError:
            return Meaning(Fate.FIX, Why.NOT_OURS)  # such a server would take it, and take it again each time
        except InspectorError:
            return Meaning(Fate.FIX, Why.NO_FILE)
        files = tuple(blob for blob in self._new_files(row) if blob.name in names)
        return _Ready(xml, form, files, tuple(blob.name for blob in row.blobs if blob.name not in names))

    def _new_files(self, row: OutboxRow) -> list[BlobRef]:
        """Leave out what the base has brought already: the server carries files of the same name over."""
        base = row.base_revision_id
        before = self._ledger.said(self._client.url).get(base) if base else None
        if base is None or before is None or before.fate is not Fate.TAKEN:
            return list(row.blobs)
        try:
            attachments = json.loads(self._outbox.sealed(base).envelope)["attachments"]
        except InspectorError:
            return list(row.blobs)
        there = {(a["name"], a["sha256"]) for a in attachments}
        return [blob for blob in row.blobs if (blob.name, blob.sha256) not in there]

    def _send(self, revision_id: str, ready: _Ready, limit: int) -> Meaning:
        """Send all POSTs of one revision; it is taken only when each of them was."""
        posts = split(ready.files, len(ready.xml), limit)
        meaning = Meaning(Fate.AGAIN, Why.LATER)
        for number, some in enumerate(posts, 1):
            try:
                files = [(b.name, b.mime, self._bytes(b)) for b in some]
            except LocalFileError:
                return Meaning(Fate.FIX, Why.NO_FILE)
            meaning = meaning_of(self._client.post(ready.xml, files, more_follows=number < len(posts)))
            if meaning.fate is not Fate.TAKEN:
                return meaning
            size = len(ready.xml) + sum(blob.size for blob in some)
            self._tell(Posted(revision_id, number, len(posts), len(some), size))
        return meaning

    def _bytes(self, blob: BlobRef) -> bytes:
        try:
            file = self._outbox.open_blob(blob.sha256)
        except (InspectorError, OSError) as error:
            raise LocalFileError from error
        try:
            return file.read()
        except (InspectorError, OSError) as error:
            raise LocalFileError from error
        finally:
            file.close()


def _is_settled(said: Mapping[str, Meaning], row: OutboxRow) -> bool:
    return row.revision_id in said and said[row.revision_id].fate in (Fate.TAKEN, *PARKED)


def named_in(xml: bytes, revision_id: str) -> tuple[tuple[str, str], frozenset[str]]:
    """Return (form id, version) and every text of a submission, among them the names of its files.

    Raises `NotOurServerError` for XML that does not parse, or whose instanceID is not the revision's.
    """
    root = parse(xml)
    instance = next((element.text for element in root.iter() if local(element) == "instanceID"), "") or ""
    if instance.strip() != f"uuid:{revision_id}":
        raise NotOurServerError("instanceID")
    texts = frozenset((element.text or "").strip() for element in root.iter())
    return (root.get("id", ""), root.get("version", "")), texts
