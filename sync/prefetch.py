"""What is fetched ahead, so that it is there when there is no line: the last two visits of the sites that are next.

Runs after the pull, for sites that are assigned or planned. The summaries of all visits of the scope are there already
(`inspections`); here come the whole extracts and small pictures, kept as rows of a collection of their own.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from checklists.model import Changes
from checklists.sealing import extract_for_factory, parse_envelope, parse_wire_line
from sync.client import Client
from sync.errors import RefusedError, ServerFaultError
from sync.protocol import Collection, FeedRow

EARLIER = "earlier"
"""The laptop's own collection: whole earlier records with thumbnails."""
VISITS = 2
MOST_PICTURES = 24
"""Thumbnails of one record; about 10 KB each."""


class Row(Protocol):
    """A row as `Store.pulled` returns it."""

    @property
    def id(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def about(self) -> str: ...
    @property
    def body(self) -> dict[str, Any] | None: ...


class AheadStore(Protocol):
    """The laptop's copy of the centre's rows (`Store.pulled`)."""

    def cursor(self) -> str: ...
    def list(self, collection: str, *, about: str | None = None) -> Sequence[Any]: ...
    def apply_page(self, rows: Iterable[Any], cursor: str) -> Changes: ...
    def is_own(self, record_id: str) -> bool: ...


class Prefetch:
    """Fetches what is missing and drops what is not wanted any more."""

    def __init__(self, pulled: AheadStore, client: Client, *, should_stop: Callable[[], bool] = lambda: False) -> None:
        self._pulled = pulled
        self._client = client
        self._should_stop = should_stop

    def run(self, sites: Iterable[str]) -> int:
        """Bring what is kept ahead up to date. Returns how many records came. Raises `SyncError` of the line."""
        wanted = {row.id: row for site in sorted(set(sites)) for row in self._newest(site)}
        here = {row.id: row for row in self._pulled.list(EARLIER)}
        gone = [FeedRow(EARLIER, i, abs(row.seq) + 1) for i, row in here.items() if i not in wanted]
        if gone:
            self._pulled.apply_page(gone, self._pulled.cursor())
        fetched = 0
        for record_id, row in wanted.items():
            if self._should_stop():
                break
            if record_id not in here or _revision(here[record_id]) != _revision(row):
                fetched += self._fetch(row)
        return fetched

    def _newest(self, site: str) -> Sequence[Row]:
        """Return a site's last visits that were not made on this laptop, which has its own whole."""
        newest = list(self._pulled.list(Collection.INSPECTIONS, about=site))[:VISITS]
        return [row for row in newest if not self._pulled.is_own(row.id)]

    def _fetch(self, row: Row) -> int:
        """Fetch one record's extract and pictures and keep them as one row.

        A record that is refused, or that makes the centre fail, is left out: the others come all the same.
        """
        try:
            found = self._client.record(row.id)
        except (RefusedError, ServerFaultError):
            return 0
        content = next((r for r in found["revisions"] if r["revision_id"] == _revision(row)), None)
        if content is None:
            return 0
        extract = extract_of(content)
        body = {
            "revision_id": content["revision_id"],
            "sealed_at": content["sealed_at"],
            "extract": extract,
            "thumbnails": self._pictures(extract),
        }
        self._pulled.apply_page([FeedRow(EARLIER, row.id, abs(row.seq), row.about, body)], self._pulled.cursor())
        return 1

    def _pictures(self, extract: Mapping[str, Any]) -> dict[str, str]:
        photos = [a["sha256"] for a in extract["attachments"] if str(a.get("mime", "")).startswith("image/")]
        pictures = {}
        for sha256 in photos[:MOST_PICTURES]:
            sink = io.BytesIO()
            try:
                self._client.fetch_thumbnail(sha256, sink)
            except (RefusedError, ServerFaultError):
                continue
            pictures[sha256] = base64.b64encode(sink.getvalue()).decode()
        return pictures


def _revision(row: Row) -> str:
    return str((row.body or {}).get("revision_id", ""))


def extract_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the factory may see, whatever the reader's rights let through: nothing more is kept ahead."""
    if "line" in content:
        return extract_for_factory(parse_envelope(parse_wire_line(content["line"]).envelope))
    return dict(content["extract"])
