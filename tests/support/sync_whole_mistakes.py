"""Planted mistakes of the fetching half, of the store beneath it and of the centre's feed, for `sync_whole`.

Each is a small wrong turn; one that the schedules do not notice means that they are too weak.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from checklists.sealing import Receipt
from checklists.store import Store
from sync import protocol
from sync.client import Client
from sync.protocol import Collection
from sync.pull import Pull, PullReport, pull_registry, refresh_registry
from sync.server import feed
from sync.transport import Request, Response
from tests.support.sync_whole import Laptop, RealCentre, home_of


@dataclass
class OtherPulled:
    """The laptop's copy of the centre's rows, with one method done otherwise."""

    real: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class CursorFirst(OtherPulled):
    def apply_page(self, rows: Iterable[Any], cursor: str, *, last: bool = False) -> Any:
        self.real.apply_page((), cursor)
        return self.real.apply_page(rows, cursor, last=last)


class KeepsWhatIsGone(OtherPulled):
    def apply_page(self, rows: Iterable[Any], cursor: str, *, last: bool = False) -> Any:
        return self.real.apply_page([row for row in rows if row.body is not None], cursor, last=last)


class NeverSweeps(OtherPulled):
    def apply_page(self, rows: Iterable[Any], cursor: str, *, last: bool = False) -> Any:
        return self.real.apply_page(rows, cursor)


class StartsOverWithOurs(OtherPulled):
    def mark_stale(self) -> Any:
        self.real._db.run("DELETE FROM outbox")
        return self.real.mark_stale()


class PullsWith(Laptop):
    """A laptop whose copy is one of the above."""

    kind: type[OtherPulled] = OtherPulled

    def fetch(self, store: Store, client: Client) -> None:
        Pull(self.kind(store.pulled), store.checklists, client).run()
        refresh_registry(store.registry, client, self.folder / "tmp", home=home_of(store), trusted=self.trusted)


class WithCursorFirst(PullsWith):
    kind = CursorFirst


class WithWhatIsGone(PullsWith):
    kind = KeepsWhatIsGone


class WithoutSweep(PullsWith):
    kind = NeverSweeps


class WithOursGone(PullsWith):
    kind = StartsOverWithOurs


class RowBeforeForm(Pull):
    def _run(self, *, started_over: bool) -> PullReport:
        page = self._client.changes(self._pulled.cursor(), self._collections, limit=3)
        if page.rows or self._pulled.has_stale():
            self._pulled.apply_page(page.rows, page.cursor, last=not page.more)
        for row in page.rows:
            if row.collection == Collection.FORMS:
                self._fetch_form(row)
        return self._run(started_over=started_over) if page.more else PullReport()


class FetchesFormsLater(Laptop):
    def fetch(self, store: Store, client: Client) -> None:
        RowBeforeForm(store.pulled, store.checklists, client).run()
        refresh_registry(store.registry, client, self.folder / "tmp", home=home_of(store), trusted=self.trusted)


class RegistryAlwaysFromTheFile(Laptop):
    def fetch(self, store: Store, client: Client) -> None:
        Pull(store.pulled, store.checklists, client).run()
        pull_registry(store.registry, client, self.folder / "tmp", home=home_of(store), trusted=self.trusted)


class BelievesShortPages(Laptop):
    """Counts the lines that came instead of believing what the centre says it sent."""

    def fetch(self, store: Store, client: Client) -> None:
        send = client._transport.send

        def counted(request: Request) -> Response:
            response = send(request)
            rows = str(len([line for line in response.body.splitlines() if line]))
            return replace(response, headers={**response.headers, protocol.ROWS_HEADER: rows})

        with mock.patch.object(client._transport, "send", counted):
            Pull(store.pulled, store.checklists, client).run()
        refresh_registry(store.registry, client, self.folder / "tmp", home=home_of(store), trusted=self.trusted)


class RowLeavesBeforeItsReceipt(Laptop):
    def _run(self, *, force: bool) -> None:
        outbox = self.store.outbox
        kept = type(outbox).acknowledge

        def acknowledge(receipt: Receipt) -> Any:
            outbox._db.run("DELETE FROM outbox WHERE revision_id = ?", (receipt.revision_id,))
            return kept(outbox, receipt)

        vars(outbox).update(acknowledge=acknowledge)
        super()._run(force=force)


# --- of the centre ----------------------------------------------------------------------------------------------------


def forgets_where_a_walk_began() -> AbstractContextManager[object]:
    """Refuse a new laptop in the middle of its first walk, because tombstones are gone that it never needed."""
    told = feed.Cursor.to_text
    return mock.patch.object(feed.Cursor, "to_text", lambda self: told(replace(self, floors={})))


def purges_what_no_file_has() -> AbstractContextManager[object]:
    return mock.patch.object(feed, "_snapshot_number", return_value=2**53)


def tells_nobody_of_the_purge() -> AbstractContextManager[object]:
    return mock.patch.object(feed, "_floor", return_value=0)


@contextlib.contextmanager
def loses_files_at_a_restart() -> Iterator[None]:
    """Keep whole files where a restart forgets them, as a centre does that does not sync its folder."""
    restart = RealCentre.restart

    def forgetful(self: RealCentre) -> None:
        restart(self)
        for file in sorted((self.centre.config.data / "blobs").rglob("*"))[-1:]:
            if file.is_file():
                file.unlink()

    with mock.patch.object(RealCentre, "restart", forgetful):
        yield


MISTAKES: dict[str, tuple[type[Laptop], Any]] = {
    "cursor-before-rows": (WithCursorFirst, nullcontext),
    "keeps-what-is-gone": (WithWhatIsGone, nullcontext),
    "never-sweeps": (WithoutSweep, nullcontext),
    "starting-over-touches-ours": (WithOursGone, nullcontext),
    "row-before-form": (FetchesFormsLater, nullcontext),
    "registry-always-from-the-file": (RegistryAlwaysFromTheFile, nullcontext),
    "believes-short-pages": (BelievesShortPages, nullcontext),
    "row-leaves-before-its-receipt": (RowLeavesBeforeItsReceipt, nullcontext),
    "forgets-where-a-walk-began": (Laptop, forgets_where_a_walk_began),
    "purges-what-no-file-has": (Laptop, purges_what_no_file_has),
    "tells-nobody-of-the-purge": (Laptop, tells_nobody_of_the_purge),
    "loses-files-at-a-restart": (Laptop, loses_files_at_a_restart),
}
