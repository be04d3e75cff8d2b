"""Backups of a workspace: the rolling ones inside it, a copy on another disk, and going back to one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checklists.clock import Clock
from checklists.errors import NotFoundError
from inspector_app.actions.laptop import anchoring

if TYPE_CHECKING:
    from checklists.crypto import WorkspaceKeys
    from checklists.store import Backup, Store


CLOSING_SECONDS = 20
"""The longest that a backup may hold up the closing of the program; one that takes longer is left to the next pause."""


@dataclass(frozen=True, slots=True)
class Restored:
    """Which backup stands now, and where the database that it replaced went."""

    backup: Path
    aside: Path


def back_up(store: Store, target: Path | None = None) -> Path | None:
    """Make a checked backup of the database, or copy the whole workspace to `target`. None where space is short."""
    if target is not None:
        store.copy_to(target)
        return target
    made = store.back_up()
    return None if made is None else made.path


def at_closing(store: Store) -> Backup | None:
    """Keep the chain's head outside and make the rolling backup within `CLOSING_SECONDS`; None where there is none.

    A step of the writing store, the last one before it closes. Raises `BackupError`; the store itself is untouched.
    """
    anchoring.keep(store)
    return store.back_up(seconds=CLOSING_SECONDS)


def listed(folder: Path) -> tuple[Backup, ...]:
    """Return the rolling backups of a workspace, the newest first."""
    from checklists.store import backups

    return backups(folder)


def restore(folder: Path, keys: WorkspaceKeys, name: str, *, clock: Clock) -> Restored:
    """Put a backup in the place of the database: one by its file name, or `newest`. Nothing is deleted."""
    from checklists import store

    every = listed(folder)
    chosen = [b for b in every if name in {b.path.name, b.path.stem}] if name != "newest" else list(every[:1])
    if not chosen:
        raise NotFoundError(kind="backup", key=name)
    return Restored(chosen[0].path, store.restore(folder, keys, chosen[0].path, clock=clock))
