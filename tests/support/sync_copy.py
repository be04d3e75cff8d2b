"""A laptop's copy of the centre's rows in memory, beside the store's; and what the centre shows to one laptop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from checklists.model import Changes
from sync.client import Client
from sync.protocol import FeedRow
from sync.pull import Pull

Bodies = dict[tuple[str, str], Mapping[str, Any]]
"""By collection and id."""


class MemoryCopy:
    """A laptop's copy of the centre's rows and checklists, in memory (`sync.pull.PulledStore` and `FormStore`)."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], FeedRow] = {}
        self.forms: set[str] = set()
        self._cursor = ""
        self._stale: set[tuple[str, str]] = set()

    def cursor(self) -> str:
        return self._cursor

    def apply_page(self, rows: Iterable[FeedRow], cursor: str, *, last: bool = False) -> Changes:
        for row in rows:
            self.rows[row.collection, row.id] = row
            self._stale.discard((row.collection, row.id))
        if last:
            for name in self._stale:
                del self.rows[name]
            self._stale.clear()
        self._cursor = cursor
        return Changes()

    def mark_stale(self) -> Changes:
        self._stale, self._cursor = set(self.rows), ""
        return Changes()

    def has_stale(self) -> bool:
        return bool(self._stale)

    def is_own(self, record_id: str) -> bool:
        return False

    def has(self, sha256: str) -> bool:
        return sha256 in self.forms

    def put(self, pin: Any, xml: bytes) -> Changes:
        self.forms.add(pin.sha256)
        return Changes()

    def bodies(self) -> Bodies:
        return {name: row.body for name, row in self.rows.items() if row.body is not None}


def shown_to(client: Client) -> Bodies:
    """Fetch all that the centre shows to a laptop, from the beginning. Raises `SyncError`."""
    fresh = MemoryCopy()
    Pull(fresh, fresh, client).run()
    return fresh.bodies()
