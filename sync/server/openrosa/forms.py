"""Published checklists as OpenRosa lists them: one version of each for the phone's province, all for what it sends."""

from __future__ import annotations

import functools
import hashlib
import json
import threading
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from checklists import loading
from checklists.clock import BANGKOK, Clock
from checklists.model import FormPin
from checklists.xform import FormDefinition
from sync.protocol import EVERYWHERE, Collection
from sync.server.database import tables
from sync.server.database.storage import Storage
from sync.server.files.blobs import BlobFolder
from sync.server.openrosa.phone_form import for_phone

MOST_KEPT = 16
"""Checklists held in memory: all of the handbook, not every version there ever was."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A published version with what its row in the feed says of it."""

    pin: FormPin
    seq: int
    body: dict[str, Any]

    def is_offered(self, province: str, today: str) -> bool:
        """Say whether a phone may begin it: signed or shipped with the program, in force, in its pilot, not recalled.

        Who signed was checked when it was published (`publishing.publish_edition`).
        """
        if self.body.get("recall"):
            return False
        edition = self.body.get("edition")
        if edition is None:
            return self.pin.sha256 in {pin.sha256 for pin in loading.bundled_ids()}
        pilots = edition.get("provinces") or ()
        return edition["effective_from"] <= today and (not pilots or province in pilots)


class Kept:
    """A checklist in memory: as the phone gets it, and, once somebody submits to it, as the laptop has it."""

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self.phone = for_phone(xml)
        self.md5 = hashlib.md5(self.phone, usedforsecurity=False).hexdigest()

    @functools.cached_property
    def definition(self) -> FormDefinition:
        return FormDefinition.from_xform(self._xml)


class Forms:
    """Reads what is published. Any thread."""

    def __init__(self, storage: Storage, blobs: BlobFolder, *, clock: Clock) -> None:
        self._storage = storage
        self._blobs = blobs
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, Kept] = {}

    def offered(self, province: str) -> tuple[tuple[FormPin, Kept], ...]:
        """Return the checklists that a phone of this province may begin: the latest version of each, by id."""
        today = self._clock.now().astimezone(BANGKOK).date().isoformat()
        latest: dict[str, Listed] = {}
        for listed in self._published():
            if listed.is_offered(province, today):
                latest[listed.pin.form_id] = listed
        return tuple((listed.pin, self._load(listed.pin)) for _, listed in sorted(latest.items()))

    def find(self, form_id: str, version: str) -> tuple[FormPin, Kept] | None:
        """Return a version that was ever published: what was begun on it may always be sent."""
        found = next((x.pin for x in self._published() if (x.pin.form_id, x.pin.version) == (form_id, version)), None)
        return None if found is None else (found, self._load(found))

    def _published(self) -> list[Listed]:
        def step(connection: Connection) -> list[Listed]:
            feed = tables.feed
            query = (
                select(feed.c.body, feed.c.seq)
                .where((feed.c.scope == EVERYWHERE) & (feed.c.collection == Collection.FORMS.value))
                .where(feed.c.body.is_not(None))
                .order_by(feed.c.seq)
            )
            read = ((json.loads(row.body), row.seq) for row in connection.execute(query))
            return [Listed(FormPin.from_json(body), seq, body) for body, seq in read]

        return self._storage.read(step)

    def _load(self, pin: FormPin) -> Kept:
        with self._lock:
            kept = self._kept.get(pin.sha256)
        if kept is None:
            kept = kept_of(_bytes_of(self._blobs, pin.sha256))
            with self._lock:
                while len(self._kept) >= MOST_KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[pin.sha256] = kept
        return kept


def _bytes_of(blobs: BlobFolder, sha256: str) -> bytes:
    file, fetched = blobs.local(sha256)
    try:
        return file.read_bytes()
    finally:
        if fetched:
            file.unlink(missing_ok=True)


@functools.lru_cache(maxsize=MOST_KEPT)
def kept_of(xml: bytes) -> Kept:
    """Return a checklist in memory; the same for the same bytes."""
    return Kept(xml)
