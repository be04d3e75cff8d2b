"""Handing records on to the ministry's own system, from the keeper's side (`inspector admin ministry`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from checklists.clock import SystemClock
from checklists.errors import AuthorError, NotFoundError
from inspector_app.actions.serving.centre import opened

if TYPE_CHECKING:
    from sync.server.ministry.adapter import Ministry, Preview
    from sync.server.ministry.queue import Run, Status


class MinistryConfigError(AuthorError):
    """`ministry.json` in the centre's data is missing or wrong; `file` and `detail` in data."""

    code = "ministry-config"


def _ministry(data: Path) -> Ministry:
    from sync.server import outgoing
    from sync.server.ministry import adapter as ministry

    try:
        config = ministry.MinistryConfig.load(data)
    except ministry.ConfigError as error:
        raise MinistryConfigError(file=str(data / ministry.FILE), detail=str(error)) from error
    if config is None:
        raise MinistryConfigError(file=str(data / ministry.FILE), detail="no file")

    return ministry.Ministry(config, outgoing.call)


def run(data: Path, *, limit: int) -> Run:
    """Hand over what is due. Raises `MinistryConfigError`."""
    from sync.server.ministry.queue import MinistryQueue

    ministry = _ministry(data)
    with opened(data) as centre:
        return MinistryQueue(centre.storage, clock=SystemClock()).run(ministry, limit=limit)


def preview(data: Path, record_id: str) -> Preview:
    """Return what would be sent of a record, or of the newest; nothing is. Raises `NotFoundError`."""
    from sync.server.ministry.queue import MinistryQueue

    ministry = _ministry(data)
    with opened(data) as centre:
        found = MinistryQueue(centre.storage, clock=SystemClock()).preview(ministry, record_id)
    if found is None:
        raise NotFoundError(kind="record", key=record_id or "-")
    return found


def status(data: Path) -> Status:
    """Return how the queue stands; what arrived since the last run is counted too."""
    from sync.server.ministry.queue import MinistryQueue

    with opened(data) as centre:
        queue = MinistryQueue(centre.storage, clock=SystemClock())
        queue.fill()
        return queue.status()


def retry(data: Path, revision_id: str) -> None:
    """Put a parked record back. Raises `NotFoundError`."""
    from sync.server.ministry.queue import MinistryQueue

    with opened(data) as centre:
        if not MinistryQueue(centre.storage, clock=SystemClock()).retry(revision_id):
            raise NotFoundError(kind="revision", key=revision_id)
