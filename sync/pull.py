"""Fetches what the centre knows: checklists, assignments, earlier inspections, reviews, the registry.

Laws: a page and its cursor are one local transaction; an expired cursor or a restored centre means starting over with
the centre's rows (what is here stays in sight until the new walk is whole) and never touches what was written here; a
file is used only after its hash was checked; a download goes on where it stopped. The laptop's copy is read-only:
nothing here is ever pushed.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from checklists.model import Changes, FormPin, Site
from sync.client import Client
from sync.errors import CursorExpiredError, CutError, SpoiltFileError
from sync.protocol import Collection, FeedRow, SnapshotManifest

COLLECTIONS = tuple(collection for collection in Collection if collection is not Collection.REGISTRY)
PAGE = 1000
PART = ".part"
"""What the name of a file ends with while it is being fetched; it begins with its hash."""
MAX_DELTA_PAGES = 20
"""Registry changes beyond this many pages are fetched as a new file."""


class PulledStore(Protocol):
    """The laptop's copy of the centre's rows (`Store.pulled`)."""

    def cursor(self) -> str: ...
    def apply_page(self, rows: Iterable[Any], cursor: str, *, last: bool = False) -> Changes: ...
    def mark_stale(self) -> Changes: ...
    def has_stale(self) -> bool: ...
    def is_own(self, record_id: str) -> bool: ...


class FormStore(Protocol):
    """Checklist versions on this laptop (`Store.checklists`)."""

    def has(self, sha256: str) -> bool: ...
    def put(self, pin: FormPin, xml: bytes) -> Changes: ...


class RegistryStore(Protocol):
    """The registry file in use (`Store.registry`)."""

    def cursor(self) -> str: ...
    def install(self, path: Path, *, trusted: Iterable[bytes] = ()) -> Changes: ...


class ChangingRegistry(RegistryStore, Protocol):
    """A registry that takes changes row by row."""

    def apply_delta(self, puts: Iterable[Site], gone: Iterable[str], cursor: str) -> Changes: ...


@dataclass(frozen=True, slots=True)
class Home:
    """The id of the centre that the registry in use came from, "" where nobody knows; `keep` notes another.

    The registry's cursor is a bare number: it is a place in the changes of this one centre only.
    """

    centre_id: str = ""
    keep: Callable[[str], object] = lambda _centre_id: None


@dataclass(frozen=True, slots=True)
class PullReport:
    """What a pull brought; `rows` are others' news, `own` the centre's lines about records of this laptop."""

    rows: int = 0
    forms: int = 0
    pages: int = 0
    started_over: bool = False
    own: int = 0
    stopped: bool = False
    changes: Changes = Changes()  # noqa: RUF009 - a frozen value


class Pull:
    """Fetches everything but the registry, page by page."""

    def __init__(
        self,
        pulled: PulledStore,
        forms: FormStore,
        client: Client,
        *,
        should_stop: Callable[[], bool] = lambda: False,
        collections: Sequence[str] = COLLECTIONS,
    ) -> None:
        self._pulled = pulled
        self._forms = forms
        self._client = client
        self._should_stop = should_stop
        self._collections = tuple(str(c) for c in collections)

    def run(self) -> PullReport:
        """Fetch pages until there is no more. Raises `SyncError`; what was applied stays and the next run goes on."""
        try:
            return self._run(started_over=False)
        except CursorExpiredError:
            self._pulled.mark_stale()
            return self._run(started_over=True)

    def _run(self, *, started_over: bool) -> PullReport:
        rows = own = forms = pages = 0
        changes = Changes()
        more = True
        while more and not self._should_stop():
            before = self._pulled.cursor()
            page = self._client.changes(before, self._collections, limit=PAGE)
            if page.more and page.cursor == before:
                raise CutError("cursor")  # it would be asked for ever
            forms += sum(self._fetch_form(row) for row in page.rows if row.collection == Collection.FORMS)
            if page.rows or self._pulled.has_stale():
                changes |= self._pulled.apply_page(page.rows, page.cursor, last=not page.more)
            mine = sum(self._is_own(row) for row in page.rows)
            own, rows, pages, more = own + mine, rows + len(page.rows) - mine, pages + 1, page.more
        return PullReport(rows, forms, pages, started_over, own, more, changes)

    def _is_own(self, row: FeedRow) -> bool:
        return row.collection == Collection.INSPECTIONS and self._pulled.is_own(row.id)

    def _fetch_form(self, row: FeedRow) -> int:
        """Fetch a checklist's XForm before its row is applied, so that a row always has its form."""
        if row.body is None:
            return 0
        pin = FormPin.from_json(row.body)
        if self._forms.has(pin.sha256):
            return 0
        sink = io.BytesIO()
        self._client.fetch_blob(pin.sha256, sink)
        xml = sink.getvalue()
        if hashlib.sha256(xml).hexdigest() != pin.sha256:
            raise SpoiltFileError("form", form=pin.form_id)
        self._forms.put(pin, xml)
        return 1


# --- the registry ---------------------------------------------------------------------------------------------------


def pull_registry(
    registry: RegistryStore,
    client: Client,
    folder: Path,
    *,
    home: Home,
    trusted: Iterable[bytes] = (),
    progress: Callable[[int, int], None] = lambda _done, _size: None,
) -> Changes:
    """Fetch and install the centre's registry file if it is not the one that we have. Returns no changes where it is.

    The file is kept in `folder` while it grows, so that a cut download goes on where it stopped.
    """
    centre_id = _centre_of(client)
    manifest = client.snapshot(Collection.REGISTRY)
    if manifest is None or (manifest.cursor == registry.cursor() and home.centre_id == centre_id):
        return Changes()
    file = download(client, manifest, folder, progress=progress)
    beside = file.with_suffix(".json")
    beside.write_text(manifest.manifest, encoding="utf-8")
    changes = registry.install(file, trusted=trusted)
    home.keep(centre_id)
    file.unlink(missing_ok=True)
    beside.unlink(missing_ok=True)
    return changes


def download(
    client: Client,
    manifest: SnapshotManifest,
    folder: Path,
    *,
    progress: Callable[[int, int], None] = lambda _done, _size: None,
) -> Path:
    """Fetch a snapshot's file, going on after a cut. Raises `SpoiltFileError` where the hash is wrong at the end.

    What was begun of another file is dropped: where the centre makes a new one each night, a bad line would otherwise
    leave one more behind each night.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part, file = folder / f"{manifest.sha256}{PART}", folder / Path(manifest.name).name
    for begun in folder.glob(f"{'?' * len(manifest.sha256)}{PART}"):
        if begun != part:
            begun.unlink(missing_ok=True)
    with part.open("ab") as sink:
        start = sink.tell()
        if start < manifest.size:
            counting = cast(BinaryIO, _Counting(sink, start, manifest.size, progress))
            client.fetch_snapshot(manifest, counting, start=start)
    if hash_of(part) != manifest.sha256:
        part.unlink()
        raise SpoiltFileError("snapshot", collection=manifest.collection)
    part.replace(file)
    return file


class _Counting(io.RawIOBase):
    """A file being appended to that says how far it is."""

    def __init__(self, sink: Any, start: int, size: int, progress: Callable[[int, int], None]) -> None:
        super().__init__()
        self._sink = sink
        self._done = start
        self._size = size
        self._progress = progress

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._done = offset
        return int(self._sink.seek(offset, whence))

    def truncate(self, size: int | None = None, /) -> int:
        return int(self._sink.truncate(size))

    def write(self, data: Any) -> int:
        written: int = self._sink.write(data)
        self._done += written
        self._progress(self._done, self._size)
        return written


def hash_of(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(1024 * 1024):
            digest.update(piece)
    return digest.hexdigest()


def refresh_registry(
    registry: ChangingRegistry,
    client: Client,
    folder: Path,
    *,
    home: Home,
    trusted: Iterable[bytes] = (),
    progress: Callable[[int, int], None] = lambda _done, _size: None,
) -> Changes:
    """Bring the registry up to date: by its changes, after the ready-made file where ours is not this centre's.

    Ours stays as it is where it came from another centre, or from this one before it was restored, and this one has no
    file: its changes say nothing about another's rows.
    """
    ours = not registry.cursor() or home.centre_id == _centre_of(client)
    if ours and registry.cursor().isdigit():
        try:
            return pull_registry_changes(registry, client)
        except CursorExpiredError:
            pass  # the changes since then are gone or too many: the file is the shorter way
    changes = pull_registry(registry, client, folder, home=home, trusted=trusted, progress=progress)
    if not registry.cursor().isdigit() or not (ours or changes.items):
        return changes
    try:
        return changes | pull_registry_changes(registry, client)
    except CursorExpiredError:
        return changes  # the file itself is too old: the centre must publish a newer one


def _centre_of(client: Client) -> str:
    """Return the id of the centre that stands behind an address, also behind a relay's."""
    return client.session.centre_id or client.session.server_id


def pull_registry_changes(registry: ChangingRegistry, client: Client) -> Changes:
    """Apply the registry's changes since our file's cursor as one delta. Raises `CursorExpiredError`."""
    cursor, latest = registry.cursor(), {}
    for _ in range(MAX_DELTA_PAGES):
        page = client.changes(cursor, [Collection.REGISTRY], limit=5000)
        latest.update({row.id: row for row in page.rows})
        cursor = page.cursor
        if not page.more:
            break
    else:
        raise CursorExpiredError("too many changes")
    if not latest:
        return Changes()
    puts = [Site.from_json(row.body) for row in latest.values() if row.body is not None]
    gone = [row.id for row in latest.values() if row.body is None]
    return registry.apply_delta(puts, gone, cursor)
