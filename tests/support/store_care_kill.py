"""Kills in the middle of care: opening and migrating, restoring, changing passphrase or recovery key, a new registry.

Each story begins with a workspace that holds a sealed record, a draft and two backups. A forked child does one thing to
a copy of it and kills itself (SIGKILL) at its n-th write, also in the middle of a file copy; then the next start must
find everything, before or after that thing, never between. Prints one JSON line:

    python -m tests.support.store_care_kill FOLDER [--step=N] [--story=NAME] [--hasty]

`--hasty` changes the passphrase by writing into the key file itself, which must be caught.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from checklists import crypto
from checklists.crypto import KdfCost, keyfile
from checklists.errors import InspectorError
from checklists.store import Store, backups, database, restore
from checklists.store.driver import Db
from tests.support import store_builders as make
from tests.support import store_workspace as story
from tests.support.clock import FrozenClock
from tests.support.store_kill import NOON, Killed

WEAK = KdfCost.weak_for_tests()
OTHER = "อีกวลีหนึ่งที่ยาวพอ 2"


def prepare(folder: Path) -> None:
    with story.new_store(folder, FrozenClock(NOON)) as store:
        story.whole_inspection(store, "r-sealed", "v-sealed")
        store.registry.import_rows([make.SITE], "first")
        store.back_up()
        story.begin(store, "r-draft", "v-draft")
        story.answer(store, 1, "pass", "r-draft")
    # as a killed program leaves it: with a log that holds the newest answer
    with story.reopen(folder, FrozenClock(NOON)) as store:
        story.answer(store, 2, "fail", "r-draft")
        shutil.copyfile(folder / "store.db-wal", folder / "wal")
    (folder / "wal").replace(folder / "store.db-wal")


def watch(killed: Killed) -> None:
    """Count statements, calls on the disk and everything that changes a folder; a copy is cut in its middle."""
    killed.watch()

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            killed()
            result = original(*args, **more)
            killed()
            return result

        return call

    def copyfile(source: Path, target: Path) -> None:
        data = Path(source).read_bytes()
        with Path(target).open("wb") as file:
            file.write(data[: len(data) // 2])
            file.flush()
            killed()
            file.write(data[len(data) // 2 :])

    for owner, name in ((Path, "replace"), (Path, "unlink"), (Path, "write_text"), (os, "fsync"), (Db, "rows")):
        setattr(owner, name, counted(getattr(owner, name)))
    shutil.copyfile = copyfile  # type: ignore[assignment]


@contextmanager
def a_newer_schema() -> Iterator[None]:
    """A program with one more step than this one."""

    def second(db: Db) -> None:
        db.run("ALTER TABLE visit ADD COLUMN extra TEXT NOT NULL DEFAULT ''")
        db.run("CREATE TABLE later (k TEXT PRIMARY KEY) STRICT")
        db.run("INSERT INTO later SELECT visit_id FROM visit")

    before = database.STEPS
    database.STEPS = (*before, ("m999_later", second))
    try:
        yield
    finally:
        database.STEPS = before


# --- what is done ---------------------------------------------------------------------------------------------------


def _open(folder: Path) -> None:
    story.reopen(folder, FrozenClock(NOON)).close()


def _migrate(folder: Path) -> None:
    with a_newer_schema():
        _open(folder)


def _restore(folder: Path) -> None:
    keys = crypto.unlock(folder / "keys.json", passphrase=story.PASSPHRASE)
    restore(folder, keys, backups(folder)[0].path, clock=FrozenClock(NOON))
    _open(folder)


def _passphrase(folder: Path) -> None:
    keys = crypto.unlock(folder / "keys.json", passphrase=story.PASSPHRASE)
    crypto.change_passphrase(folder / "keys.json", keys, new_passphrase=OTHER, cost=WEAK)


def _recovery(folder: Path) -> None:
    keys = crypto.unlock(folder / "keys.json", passphrase=story.PASSPHRASE)
    crypto.new_recovery_key(folder / "keys.json", keys)
    crypto.add_person(
        folder / "keys.json", keys, person_id="p-2", person_name="ข", passphrase=story.PASSPHRASE, cost=WEAK
    )


def _registry(folder: Path) -> None:
    with story.reopen(folder, FrozenClock(NOON)) as store:
        store.registry.apply_delta([replace(make.SITE, site_id="2")], (), "second")


STORIES: dict[str, Callable[[Path], None]] = {
    "open": _open,
    "migrate": _migrate,
    "restore": _restore,
    "passphrase": _passphrase,
    "recovery": _recovery,
    "registry": _registry,
}


def _hasty_write(path: Path, members: dict[str, Any]) -> None:
    data = json.dumps(members).encode()
    with path.open("wb") as file:
        file.write(data[:100])
        file.flush()
        os.fsync(file.fileno())
        file.write(data[100:])


# --- what must be found ---------------------------------------------------------------------------------------------


def judge(name: str, folder: Path) -> list[str]:
    """Open as the next start would; return what is wrong."""
    try:
        if name == "migrate":
            with a_newer_schema(), _opened(folder) as store:
                wrong = list(_faults(store))
                if store._core.db.value("SELECT count(*) FROM later") != 2:
                    wrong.append("migration not finished")
                return wrong
        with _opened(folder) as store:
            return list(_faults(store, restored=name == "restore"))
    except InspectorError as error:
        return [f"does not open: {error.code} {error}"]


def _opened(folder: Path) -> Store:
    try:
        keys = crypto.unlock(folder / "keys.json", passphrase=story.PASSPHRASE)
    except crypto.KeyFileError:
        raise
    except InspectorError:
        keys = crypto.unlock(folder / "keys.json", passphrase=OTHER)
    return Store.open(folder, keys, clock=FrozenClock(NOON), reserve=0)


def _faults(store: Store, *, restored: bool = False) -> Iterator[str]:
    if not store.verify().good or store.quick_check():
        yield "verify"
    if store.registry.count() not in {1, 2}:
        yield "registry"
    states = {r.record_id: r.state.value for r in store.records.list()}
    if states.get("r-sealed") != "sealed":
        yield f"sealed record: {states}"
    if "r-draft" in states:
        if [a.value for a in store.records.draft("r-draft").answers] != ["pass", "fail"]:
            yield "answers lost"
    elif not restored or store.audit.entries()[-1].action != "restored":
        yield "draft lost"


def run(folder: Path, *, names: tuple[str, ...] = tuple(STORIES), step: int = 1, hasty: bool = False) -> dict[str, Any]:
    """Kill every story at its 1st, 1+step-th … write until it ends by itself."""
    prepare(folder / "template")
    faults: list[str] = []
    kills: dict[str, int] = {}
    for name in names:
        for at in itertools.count(1, step):
            workspace = folder / f"{name}-{at}"
            shutil.copytree(folder / "template", workspace)
            child = os.fork()
            if child == 0:
                if hasty:
                    keyfile._write = _hasty_write
                watch(Killed(at))
                STORIES[name](workspace)
                os._exit(0)
            ended = os.waitpid(child, 0)[1] == 0
            faults += [f"{name} {at}: {fault}" for fault in judge(name, workspace)]
            shutil.rmtree(workspace)
            if ended:
                break
            kills[name] = kills.get(name, 0) + 1
    return {"kills": kills, "faults": faults}


if __name__ == "__main__":
    options = dict(word[2:].split("=") for word in sys.argv[2:] if "=" in word)
    chosen = (options["story"],) if "story" in options else tuple(STORIES)
    report = run(Path(sys.argv[1]), names=chosen, step=int(options.get("step", "1")), hasty="--hasty" in sys.argv)
    print(json.dumps(report, ensure_ascii=False))
