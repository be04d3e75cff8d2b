"""What every noun of the store shares: the connection, who is signed in, time, ids."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checklists.clock import Clock, IdMaker, stamp
from checklists.crypto import WorkspaceKeys
from checklists.model import to_json
from checklists.store.driver import Db

if TYPE_CHECKING:
    from checklists.store.audit import Audit
    from checklists.store.files import AttachmentFiles


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


def dump(value: Any) -> str:
    """Return a model value as compact JSON text."""
    return json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"))
