"""A short inspection in a child process that is killed at its n-th write; and the judge of what is left.

The child counts every statement sent to the database and every call on the disk, and kills itself (SIGKILL) at the one
it is told. It acknowledges on a pipe exactly what its store acknowledged. The parent then opens the workspace as the
next start would and compares. Run as a program it forks a child for every write there is and prints one JSON line:

    python -m tests.support.store_kill FOLDER [--step=N] [--early]

`--early` acknowledges before the commit, which must be caught.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from checklists import crypto
from checklists.clock import BANGKOK
from checklists.crypto import DeviceKey
from checklists.errors import StorageError
from checklists.model import AnswerRow, NodeRef
from checklists.sealing import make_receipt, parse_envelope, verify
from checklists.store import Store
from checklists.store.driver import Db
from checklists.store.files import SystemDisk
from tests.support import store_workspace as story
from tests.support.clock import FrozenClock

CENTRE = DeviceKey.from_seed(b"\x09" * 32)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=BANGKOK)


class Killed:
    """Counts the writes of this process and dies at one of them; 0 never dies."""

    def __init__(self, at: int) -> None:
        self._at, self.count = at, 0

    def __call__(self) -> None:
        self.count += 1
        if self.count == self._at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Count before every statement and before and after every call on the disk."""
        for owner, names in ((Db, ("run", "many")), (SystemDisk, ("create", "sync", "rename", "sync_folder"))):
            for name in names:
                setattr(owner, name, self._counted(getattr(owner, name)))

    def _counted(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            self()
            result = original(*args, **more)
            self()
            return result

        return call


def tell_story(folder: Path, acknowledge: Callable[..., None], *, early: bool = False) -> None:
    """Work through an inspection; `acknowledge` is called with what a window would show as saved."""
    keys = story.new_keys(folder)
    with Store.create(folder, keys, clock=FrozenClock(NOON), reserve=0) as store:
        acknowledge("made")
        story.begin(store)
        acknowledge("begun")
        for number in range(1, 7):
            row = AnswerRow(f"/data/i{number}", "", "pass" if number % 2 else "fail")
            if early:
                acknowledge("answer", row.path, row.value)
            store.records.save_answers("r-1", [row], cursor=NodeRef(row.path))
            if not early:
                acknowledge("answer", row.path, row.value)
        photo = story.photo(store, data=b"\xff\xd8 evidence" * 20_000)
        acknowledge("photo", photo.sha256)
        store.records.save_answers("r-1", [AnswerRow("/data/i1", "", "na")])
        acknowledge("answer", "/data/i1", "na")
        sealed, _ = store.records.finalise("r-1", story.content())
        acknowledge("sealed", sealed.digest)
        store.outbox.acknowledge(
            make_receipt(sealed, receipt_id="q", server_id="s", received_at="2026", seq=1, key=CENTRE)
        )
        acknowledge("sent")


def judge(folder: Path, acknowledged: list[list[str]]) -> list[str]:
    """Open what is left as the next start would; return what is wrong."""
    said = {what[0] for what in acknowledged}
    try:
        keys = crypto.unlock(folder / "keys.json", passphrase=story.PASSPHRASE)
        store = Store.create(folder, keys, clock=FrozenClock(NOON), reserve=0)
    except crypto.KeyFileError:
        return ["no key file"] if "made" in said else []
    except StorageError as error:
        return [f"does not open: {error.code} {error}"]
    with store:
        return list(_faults(store, acknowledged, said))


def _faults(store: Store, acknowledged: list[list[str]], said: set[str]) -> Iterator[str]:
    if store._core.db.value("PRAGMA integrity_check") != "ok" or store._core.db.rows("PRAGMA foreign_key_check"):
        yield "integrity"
    if not store.audit.verify().good:
        yield "audit chain"
    records = store.records.list()
    if not records:
        if "begun" in said:
            yield "record lost"
        return
    state = records[0].state.value
    if ("sealed" in said and state == "draft") or ("sent" in said and state != "sent"):
        yield f"state {state}"
    answers = _answers(store, state)
    wanted = {path: value for kind, path, *rest in _filled(acknowledged) if kind == "answer" for value in rest}
    # the answer that was in flight when the child died may be newer than what was acknowledged
    missing = {p: v for p, v in wanted.items() if p not in answers or (answers[p] != v and p != "/data/i1")}
    if missing:
        yield f"answers lost {missing}"
    for attachment in store.attachments.list("r-1"):
        with store.attachments.open(attachment.sha256) as plain:
            if plain.read() != b"\xff\xd8 evidence" * 20_000:
                yield "photo"
    if "photo" in said and not store.attachments.list("r-1"):
        yield "photo lost"


def _filled(acknowledged: list[list[str]]) -> Iterator[list[str]]:
    return (what for what in acknowledged if len(what) > 1)


def _answers(store: Store, state: str) -> dict[str, str]:
    if state == "draft":
        return {a.path: a.value for a in store.records.draft("r-1").answers}
    sealed = store.records.sealed("r-1")
    verify(sealed, store.keys.device_key.public_bytes)
    return {a["path"]: a["value"] for a in parse_envelope(sealed.envelope)["answers"]}


def run_child(folder: Path, kill_at: int, *, early: bool = False) -> tuple[list[list[str]], int]:
    """Fork; return what the child acknowledged and how many writes it did (0 where it was killed)."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        killed = Killed(kill_at)
        killed.watch()
        with io.open(writing, "wb", buffering=0) as pipe:  # noqa: UP020 - a file descriptor, unbuffered
            tell_story(folder, lambda *what: pipe.write(json.dumps(what).encode() + b"\n") and None, early=early)
            pipe.write(json.dumps(["done", killed.count]).encode() + b"\n")
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:  # noqa: PTH123 - a file descriptor
        said = [json.loads(line) for line in pipe.read().splitlines() if line.endswith(b"]")]
    os.waitpid(child, 0)
    if said and said[-1][0] == "done":
        return said[:-1], said[-1][1]
    return said, 0


def kill_at_every_write(folder: Path, *, early: bool = False, step: int = 1) -> dict[str, Any]:
    """Kill a fresh inspection at its 1st, 2nd, 3rd … write until one ends by itself."""
    faults: list[str] = []
    acknowledged = 0
    for kills, at in enumerate(itertools.count(1, step)):
        workspace = folder / str(at)
        said, ended = run_child(workspace, at, early=early)
        acknowledged += len(said)
        faults += [f"{at}: {fault}" for fault in judge(workspace, said)]
        shutil.rmtree(workspace, ignore_errors=True)
        if ended:
            return {"kills": kills, "writes": ended, "acknowledged": acknowledged, "faults": faults}
    return {}


if __name__ == "__main__":
    steps = [int(word.removeprefix("--step=")) for word in sys.argv if word.startswith("--step=")]
    report = kill_at_every_write(Path(sys.argv[1]), early="--early" in sys.argv, step=steps[0] if steps else 1)
    print(json.dumps(report, ensure_ascii=False))
