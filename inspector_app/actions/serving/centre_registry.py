"""Loading a registry at the centre: what differs goes out as rows, a ready-made file is made when it is due.

A laptop takes the file once and its changes after (1 % of changes is a hundredth of the file). What the centre has is
its newest file and the rows after that. Every step may be broken off: the same command again finds what still differs.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checklists.errors import AuthorError
from checklists.model import Site
from inspector_app.actions.factories import sites
from inspector_app.actions.factories.factory_csv import ReadRow
from inspector_app.actions.factories.sites import ReadFile
from inspector_app.actions.serving.centre import opened

if TYPE_CHECKING:
    from sync.protocol import SnapshotManifest
    from sync.server.centre import Centre

REGISTRY = "registry"
DUE_SHARE = 0.1
"""A new file is due when more rows than this share changed since the last: who starts takes file and rows."""
GONE_SHARE = 0.05
"""More factories than this share do not close between two files: the file was cut, or is of one province."""
FEW = 20
"""So many may always be gone: the share says nothing about a small registry."""


@dataclass(frozen=True, slots=True)
class Published:
    """What laptops fetch from now on.

    `read` rows of the file were taken, `repaired` of them after a fix. `new`, `changed`, `gone` went out; `unchanged`
    did not; `kept` stay as they were, because the file's row about them is among the `refused`. `size` and `sha256` are
    those of the ready-made file, which is another one where `file_made`.
    """

    read: int
    repaired: int
    refused: tuple[ReadRow, ...]
    new: int
    changed: int
    gone: int
    unchanged: int
    kept: int
    file_made: bool
    size: int
    sha256: str
    cursor: str


class RegistryShrinksError(AuthorError):
    """So many factories are missing from the file that it cannot be whole; `gone` and `count` in data."""

    code = "registry-shrinks"


@dataclass(frozen=True, slots=True)
class _Difference:
    """Two registries compared, by site id."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    kept: tuple[str, ...]
    unchanged: int

    @classmethod
    def of(cls, before: Mapping[str, Site], after: Mapping[str, Site], refused: tuple[ReadRow, ...]) -> _Difference:
        kept = {row.number for row in refused} & (before.keys() - after.keys())
        both = before.keys() & after.keys()
        changed = tuple(sorted(i for i in both if before[i] != after[i]))
        return cls(
            new=tuple(sorted(after.keys() - before.keys())),
            changed=changed,
            gone=tuple(sorted(before.keys() - after.keys() - kept)),
            kept=tuple(sorted(kept)),
            unchanged=len(both) - len(changed),
        )


def publish(data: Path, file: Path, *, new_file: bool = False, fewer: bool = False) -> Published:
    """Bring the centre's registry to what a CSV or JSON list holds.

    `new_file` asks for a ready-made file now, `fewer` says that many factories are gone indeed. Raises `SiteFileError`
    and `RegistryShrinksError`; nothing has changed then. Raises `RegistryMovedOnError` where somebody else loaded one
    meanwhile; what had gone out by then is found by the same command again.
    """
    from sync.server import publishing

    read = sites.read_file(file)
    with opened(data) as centre:
        number = publishing.registry_number(centre)  # first of all: what is read after it may only be newer
        offered = _offered(centre)
        before, waiting = _known(centre, offered)
        after = {site.site_id: site for site in read.sites}
        found = _Difference.of(before, after, read.refused)
        if len(found.gone) > max(FEW, GONE_SHARE * len(before)) and not fewer:
            raise RegistryShrinksError(file=str(file), gone=len(found.gone), count=len(before))
        after |= {site_id: before[site_id] for site_id in found.kept}
        cursor = _send(centre, number, found, after, first=offered is None)
        waiting |= {*found.new, *found.changed, *found.gone}
        made = offered is None or new_file or len(waiting) > DUE_SHARE * len(after)
        if offered is None or made:
            offered = _make_file(centre, after, cursor, source=file.name, first=offered is None)
    return _told(read, found, made, offered, cursor)


def _offered(centre: Centre) -> SnapshotManifest | None:
    """Return the ready-made file that is on offer, None where there is none that can be read."""
    from sync.server import publishing

    offered = publishing.snapshot_of(centre, REGISTRY)
    if offered is None or not offered.cursor.isdigit() or not publishing.snapshot_path(centre, offered).is_file():
        return None
    return offered


def _known(centre: Centre, offered: SnapshotManifest | None) -> tuple[dict[str, Site], set[str]]:
    """Return the registry as laptops have it, and the ids of what changed since the ready-made file."""
    from checklists.store import registry_sites
    from sync.server import publishing

    if offered is None:
        return {}, set()
    known = {site.site_id: site for site in registry_sites(publishing.snapshot_path(centre, offered))}
    later = publishing.registry_rows_after(centre, offered.cursor)
    for site_id, members in later.items():
        known.pop(site_id, None)
        if members is not None:
            known[site_id] = Site.from_json(members)
    return known, set(later)


def _send(centre: Centre, number: int, found: _Difference, after: Mapping[str, Site], *, first: bool) -> str:
    """Publish what differs as rows and return the cursor after them; before the first file one row gives the number."""
    from sync.server import publishing

    if first:
        one = next(iter(after.values()))
        return publishing.publish_registry_rows(centre, [(one.site_id, one.to_json())], after=number)
    rows = [(i, after[i].to_json()) for i in (*found.new, *found.changed)]
    gone = [(i, None) for i in found.gone]
    if rows or gone:
        return publishing.publish_registry_rows(centre, [*rows, *gone], after=number)
    return publishing.registry_cursor(centre, number)


def _make_file(centre: Centre, after: Mapping[str, Site], cursor: str, *, source: str, first: bool) -> SnapshotManifest:
    """Build, sign and offer the file of the whole registry; the first one is all that there is up to its cursor."""
    from checklists.store import build_registry
    from sync.server import publishing

    with tempfile.TemporaryDirectory(dir=centre.config.data) as folder:
        path = Path(folder) / "registry.db"
        manifest = build_registry(path, after.values(), source=source, cursor=cursor, key=centre.key)
        text = json.dumps(manifest.to_json())
        return publishing.publish_snapshot(centre, path, collection=REGISTRY, cursor=cursor, manifest=text, alone=first)


def _told(read: ReadFile, found: _Difference, made: bool, offered: SnapshotManifest, cursor: str) -> Published:
    return Published(
        read=len(read.sites),
        repaired=read.repaired,
        refused=read.refused,
        new=len(found.new),
        changed=len(found.changed),
        gone=len(found.gone),
        unchanged=found.unchanged,
        kept=len(found.kept),
        file_made=made,
        size=offered.size,
        sha256=offered.sha256,
        cursor=cursor,
    )
