"""What every noun of the store shares: the connection, who is signed in, time, ids."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from checklists.clock import Clock, IdMaker, stamp
from checklists.crypto import WorkspaceKeys
from checklists.errors import DiskFullError
from checklists.model import to_json
from checklists.store import workspace as folders
from checklists.store.driver import Db

if TYPE_CHECKING:
    from checklists.store.audit import Audit
    from checklists.store.files import AttachmentFiles

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Core:
    """Shared by the nouns of one open store; for one thread."""

    workspace: Path
    db: Db
    keys: WorkspaceKeys
    clock: Clock
    ids: IdMaker
    files: AttachmentFiles
    audit: Audit

    def now(self) -> str:
        return stamp(self.clock.now())

    def with_reserve(self, step: Callable[[], T]) -> T:
        """Run a step of one transaction; where the disk is full, give the reserve back to it and run it once more."""
        try:
            return step()
        except DiskFullError:
            if not folders.free_reserve(self.workspace):
                raise
            return step()


def dump(value: Any) -> str:
    """Return a model value as compact JSON text."""
    return json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"))
