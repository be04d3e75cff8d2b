"""A disk that is full, or fails, at every write of an inspection: clear error, nothing lost, work goes on.

The n-th write of the story is refused: for the database by the error of SQLITE_FULL raised in its place, for
attachments by ENOSPC. Then there is space again and the same step is done again, as a person would. (The page limit of
a real SQLite that runs full is in test_care.)

    python -m tests.support.store_full FOLDER
"""

from __future__ import annotations

import errno
import itertools
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from checklists.clock import BANGKOK
from checklists.errors import DiskFullError, StorageError
from checklists.model import AnswerRow, Draft
from checklists.store import Store
from checklists.store.driver import Db
from checklists.store.files import SystemDisk
from tests.support import store_builders as make
from tests.support.clock import FrozenClock
from tests.support.store_workspace import content, new_store, photo

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=BANGKOK)


class Refusal:
    """Refuses one write, then none."""

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0

    def __call__(self) -> bool:
        self.count += 1
        return self.count == self.at


@contextmanager
def refusing(refusal: Refusal) -> Iterator[None]:
    """Let the writes of `Db` and `SystemDisk` be refused."""
    run, many, create, sync, rename = Db.run, Db.many, SystemDisk.create, SystemDisk.sync, SystemDisk.rename

    def full(original: Callable[..., Any], *, file: bool) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            if refusal():
                if file:
                    raise OSError(errno.ENOSPC, "no space")
                if not (len(args) > 1 and str(args[1]).startswith(("ROLLBACK", "RELEASE"))):
                    raise DiskFullError("database or disk is full")
            return original(*args, **more)

        return call

    Db.run, Db.many = full(run, file=False), full(many, file=False)  # type: ignore[method-assign]
    SystemDisk.create = full(create, file=True)  # type: ignore[method-assign]
    SystemDisk.sync, SystemDisk.rename = full(sync, file=True), full(rename, file=True)  # type: ignore[method-assign]
    try:
        yield
    finally:
        Db.run, Db.many = run, many  # type: ignore[method-assign]
        SystemDisk.create, SystemDisk.sync, SystemDisk.rename = create, sync, rename  # type: ignore[method-assign]


def fill_at_every_write(folder: Path, *, step: int = 1) -> dict[str, Any]:
    """Refuse the 1st, 2nd, 3rd … write of a story; return what went wrong."""
    faults: list[str] = []
    refused = 0
    for at in itertools.count(1, step):
        workspace = folder / str(at)
        refusal = Refusal(at)
        with new_store(workspace, FrozenClock(NOON)) as store:
            refused += _tell(store, refusal)
            faults += [f"{at}: {fault}" for fault in _judge(store, workspace)]
        shutil.rmtree(workspace)
        if refusal.count < at:
            return {"writes": refusal.count, "refused": refused, "faults": faults}
    return {}


def _tell(store: Store, refusal: Refusal) -> int:
    failed = 0
    with refusing(refusal):
        for one in (
            lambda: store.visits.start(make.visit()),
            lambda: _create(store),
            *(lambda i=i: store.records.save_answers("r-1", [AnswerRow(f"/data/i{i}", "", str(i))]) for i in range(4)),
            lambda: photo(store, data=b"picture" * 9000),
            lambda: store.records.finalise("r-1", content()),
        ):
            try:
                one()
            except StorageError as error:
                failed += 1
                if not isinstance(error, DiskFullError):
                    raise
                one()
    return failed


def _create(store: Store) -> None:
    draft = Draft(make.PIN.form_id, make.PIN.version, make.PIN.sha256)
    store.records.create(record_id="r-1", visit_id="v-1", form=make.PIN, draft=draft, author=make.OFFICER)


def _judge(store: Store, workspace: Path) -> Iterator[str]:
    if not store.verify().good or store.deep_check():
        yield "verify"
    envelope = json.loads(store.records.sealed("r-1").envelope)
    if [a["value"] for a in envelope["answers"]] != ["0", "1", "2", "3"]:
        yield "answers"
    if len(envelope["attachments"]) != 1 or len(store.outbox.pending()) != 1:
        yield "photo or outbox"
    if list((workspace / "tmp").iterdir()):
        yield "temporary left"


if __name__ == "__main__":
    print(json.dumps(fill_at_every_write(Path(sys.argv[1]))))
