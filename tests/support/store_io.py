"""Real errors of the disk: calls that fail (libfiu), a file system that is full, a folder that may only be read.

    python -m tests.support.store_io FOLDER --fail=space|sync|io [--steps=N]   (needs libfiu: Debian fiu-utils)
    python -m tests.support.store_io FOLDER --full                            (needs root: a small tmpfs)
    python -m tests.support.store_io FOLDER --readonly [--killed]             (root becomes nobody)

Each prints one JSON line; `faults` must be empty.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from checklists import crypto
from checklists.errors import DiskFullError, ReadOnlyStoreError, SealedRecordError, StorageError
from checklists.model import AnswerRow, Draft
from checklists.store import Store
from tests.support import store_builders as make
from tests.support import store_workspace as story
from tests.support.clock import FrozenClock
from tests.support.store_storm import NOON, Expected, faults

ENOSPC, EIO, NOBODY = 28, 5, 65534
FAILURES = {
    "space": (("posix/io/rw/pwrite", "posix/io/rw/pwrite64", "posix/io/rw/write"), ENOSPC, 0.02),
    "sync": (("posix/io/sync/fsync", "posix/io/sync/fdatasync"), EIO, 0.02),
    "io": (("posix/io/rw/pwrite", "posix/io/rw/pwrite64", "posix/io/rw/pread", "posix/io/rw/pread64"), EIO, 0.003),
}


def fiu_is_missing() -> str:
    return "" if shutil.which("fiu-run") else "needs fiu-run (Debian fiu-utils)"


def root_is_missing() -> str:
    return "" if sys.platform == "linux" and os.geteuid() == 0 else "needs root on Linux"


# --- calls that fail ------------------------------------------------------------------------------------------------


def failing(folder: Path, name: str, steps: int) -> dict[str, Any]:
    """Let a child work while calls fail at random; a failed step is done again after opening anew, as people would."""
    workspace, ours, theirs = folder / "w", *socket.socketpair()
    Store.create(workspace, story.new_keys(workspace), clock=FrozenClock(NOON), reserve=0).close()
    command = ["fiu-run", "-x", *os.environ.get("FIU_RUN_OPTIONS", "").split(), sys.executable, "-m", __spec__.name]
    words = [str(workspace), f"--child={name}", f"--steps={steps}", f"--socket={theirs.fileno()}"]
    with ours, subprocess.Popen([*command, *words], pass_fds=[theirs.fileno()]) as child:
        theirs.close()
        with ours.makefile("rb") as lines:
            said = [json.loads(line) for line in lines]
        child.wait()
    expected, failed = Expected(), dict[str, int]()
    for what in said:
        if what[0] == "failed":
            failed[what[1]] = failed.get(what[1], 0) + 1
        else:
            expected.take(*what)
    found = faults(workspace, expected, set(expected.answers)) + (["child died"] if child.returncode else [])
    return {"acknowledged": expected.count, "failed": failed, "faults": found}


def _child(workspace: Path, name: str, steps: int, channel: socket.socket) -> None:
    keys = crypto.unlock(workspace / "keys.json", passphrase=story.PASSPHRASE)
    chance, done = random.Random(3), 0
    store: Store | None = Store.open(workspace, keys, clock=FrozenClock(NOON), reserve=0)

    def say(*what: str) -> None:
        channel.sendall(json.dumps(what).encode() + b"\n")

    _enable(name)
    for step, acknowledged in _steps(steps, chance):
        for _ in range(50):
            try:
                store = store or Store.open(workspace, keys, clock=FrozenClock(NOON), reserve=0)
                step(store)
            except SealedRecordError:  # it had been done although it was told as failed
                pass
            except StorageError as error:
                say("failed", error.code, str(error))
                if not isinstance(error, DiskFullError) and store is not None:
                    store.close()
                    store = None
                continue
            done += 1
            for what in acknowledged:
                say(*what)
            break
        else:
            say("failed", "for good", "")
    os._exit(0 if done == steps * 9 else 3)


def _steps(records: int, chance: random.Random) -> Iterator[tuple[Callable[[Store], Any], list[tuple[str, ...]]]]:
    for number in range(records):
        record = f"r-{number}"
        yield lambda s, r=record: s.visits.start(make.visit(f"v-{r}")), []  # type: ignore[misc]
        yield lambda s, r=record: _create(s, r), []  # type: ignore[misc]
        for i in range(6):
            row = AnswerRow(f"/data/i{i}", "", f"{chance.random()}")
            yield (
                lambda s, r=record, a=row: s.records.save_answers(r, [a]),  # type: ignore[misc]
                [("answer", record, row.path, row.value)],
            )
        if number % 2:
            yield lambda s, r=record: s.records.finalise(r, story.content()), []  # type: ignore[misc]
        else:
            data = chance.randbytes(30_000)
            yield lambda s, r=record, d=data: story.photo(s, f"{r}-p", d, r), []  # type: ignore[misc]


def _create(store: Store, record: str) -> None:
    draft = Draft(make.PIN.form_id, make.PIN.version, make.PIN.sha256)
    store.records.create(record_id=record, visit_id=f"v-{record}", form=make.PIN, draft=draft, author=make.OFFICER)


def _enable(name: str) -> None:
    library = ctypes.CDLL("libfiu.so.0")
    points, number, probability = FAILURES[name]
    library.fiu_init(0)
    for point in points:
        library.fiu_enable_random(point.encode(), 1, ctypes.c_void_p(number), 0, ctypes.c_float(probability))


# --- a file system that is full -------------------------------------------------------------------------------------


def full(folder: Path) -> dict[str, Any]:
    """Fill a small tmpfs with photos, then answers: the reserve saves one more; with space again the work goes on."""
    disk = folder / "disk"
    disk.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)], check=True)
    try:
        return _fill(disk)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def _fill(disk: Path) -> dict[str, Any]:
    clock, found = FrozenClock(NOON), []
    with Store.create(disk / "w", story.new_keys(disk / "w"), clock=clock, reserve=1_000_000) as store:
        story.begin(store)
        photos = _until_full(lambda n: story.photo(store, f"a-{n}", os.urandom(300_000)))
        (disk / "other").write_bytes(b"x" * max(0, _free(disk) - 4096))  # another program takes the rest
        answers = _until_full(lambda n: store.records.save_answers("r-1", [AnswerRow(f"/data/i{n}", "", "x" * 3000)]))
        if (disk / "w" / "reserve.bin").exists():
            found.append("reserve not given back")
        if (n := len(store.records.draft("r-1").answers)) != answers:
            found.append(f"{n} answers instead of {answers}")
        (disk / "other").unlink()
        subprocess.run(["mount", "-o", "remount,size=40m", str(disk)], check=True)
        store.records.save_answers("r-1", [AnswerRow("/data/last", "", "y")])
        store.records.finalise("r-1", story.content())
        if len(store.attachments.list("r-1")) != photos or not store.verify().good or store.deep_check():
            found.append("verify")
    return {"photos": photos, "answers": answers, "faults": found}


def _free(disk: Path) -> int:
    told = os.statvfs(disk)
    return told.f_bavail * told.f_frsize


def _until_full(step: Callable[[int], Any], most: int = 5000) -> int:
    """Return how many steps were done before the disk was full."""
    for number in range(most):
        try:
            step(number)
        except DiskFullError:
            return number
    raise RuntimeError("never full")


# --- a folder that may only be read ---------------------------------------------------------------------------------


def readonly(*, killed: bool = False) -> dict[str, Any]:
    """Open a workspace as a person who may read its files and write none; `killed` leaves a log as a kill does."""
    with tempfile.TemporaryDirectory() as top:
        Path(top).chmod(0o755)
        workspace = Path(top) / "w"
        with story.new_store(workspace, FrozenClock(NOON)) as store:
            story.whole_inspection(store)
            keys = store.keys
            if killed:
                shutil.copytree(workspace, Path(top) / "k", ignore=shutil.ignore_patterns("*-shm"))
        workspace = Path(top) / ("k" if killed else "w")
        everything = [workspace, *workspace.rglob("*")]
        for path in everything:
            path.chmod(0o555 if path.is_dir() else 0o444)
        before = _state(workspace)
        report = _in_a_child(workspace, keys) if os.geteuid() == 0 else _as_reader(workspace, keys)
        if _state(workspace) != before:
            report["faults"].append("something was written")
        for path in everything:
            path.chmod(0o755 if path.is_dir() else 0o644)
    return report


def _state(workspace: Path) -> list[tuple[Path, int]]:
    return sorted((p, p.stat().st_mtime_ns) for p in workspace.rglob("*"))


def _in_a_child(workspace: Path, keys: crypto.WorkspaceKeys) -> dict[str, Any]:
    """Root writes everywhere, so a child becomes nobody."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        os.write(writing, json.dumps(_as_reader(workspace, keys)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said: dict[str, Any] = json.loads(pipe.read() or b'{"faults": ["child died"]}')
    os.waitpid(child, 0)
    return said


def _as_reader(workspace: Path, keys: crypto.WorkspaceKeys) -> dict[str, Any]:
    said: dict[str, Any] = {"faults": []}
    for how in ("writing", "reading"):
        try:
            with Store.open(workspace, keys, clock=FrozenClock(NOON), readonly=how == "reading") as store:
                said[how] = _read(store)
        except ReadOnlyStoreError as error:
            said[how] = error.code
        except Exception as error:  # whatever else it is, is the finding
            said["faults"].append(f"{how}: {type(error).__name__} {error}")
    return said


def _read(store: Store) -> str:
    """Do everything that only reads, and bring the work into safety on another disk."""
    with tempfile.TemporaryDirectory() as other:
        store.copy_to(Path(other) / "copy")
        with Store.open(Path(other) / "copy", store.keys, clock=FrozenClock(NOON), reserve=0) as copy:
            good = copy.verify().good
    found = [r.record_id for r in store.records.list()], store.records.search("แป้งมัน") != ()
    return "verified" if good and store.verify().good and not store.deep_check() and found == (["r-1"], True) else "bad"


if __name__ == "__main__":
    options = dict(word[2:].partition("=")[::2] for word in sys.argv[2:])
    place = Path(sys.argv[1])
    if "child" in options:
        _child(place, options["child"], int(options["steps"]), socket.socket(fileno=int(options["socket"])))
    elif "full" in options:
        print(json.dumps(full(place)))
    elif "readonly" in options:
        print(json.dumps(readonly(killed="killed" in options)))
    else:
        print(json.dumps(failing(place, options["fail"], int(options.get("steps", "60")))))
