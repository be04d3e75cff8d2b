"""Power cuts without a power switch: the Store's own SQL on a simulated disk, and attachments on a recorded one.

(a) `cut_database`: an APSW VFS (facts/store, appendix C) keeps for every file what is durable and which writes are not
covered by a sync yet. A crash image is the durable part plus any of the others, in any order, torn at 512 bytes. The
store's nouns run on it through a thin adapter, unencrypted (the cipher works above the same calls); every image is
opened by an ordinary SQLite and compared with what was acknowledged at that moment.

(b) `cut_files`: `RecordingDisk` notes the calls of `AttachmentFiles`; images are made for every moment between them.

    python -m tests.support.store_power FOLDER [--images=N] [--seed=N]       prints one JSON line
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import apsw

from checklists.clock import BANGKOK, IdMaker
from checklists.crypto import DecryptingReader, DeviceKey, WorkspaceKeys
from checklists.errors import DamagedStoreError
from checklists.model import AnswerRow, NodeRef
from checklists.store.attachments import Attachments
from checklists.store.audit import Audit
from checklists.store.core import Core
from checklists.store.driver import PRAGMAS, Db
from checklists.store.files import AttachmentFiles, StagedFile
from checklists.store.records import Records
from checklists.store.revisions import Revisions
from checklists.store.schema import STEPS
from checklists.store.visits import Visits
from tests.support import store_builders as make
from tests.support.clock import FrozenClock
from tests.support.store_workspace import content

SECTOR = 512
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=BANGKOK)
KEYS = WorkspaceKeys(b"", b"n" * 32, DeviceKey.from_seed(b"\x01" * 32), "p", "สมศรี", "w", "d")

# --- (a) the simulated disk under the database ------------------------------------------------------------------------


class Platter:
    """What a disk holds: durable bytes by file, and operations that no sync covers yet."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.durable: dict[str, bytearray] = {}
        self.pending: dict[str, list[tuple[str, int, bytes]]] = {}
        self.named: set[str] = set()  # files whose directory entry is durable
        self.going: set[str] = set()  # deleted, but the deletion is not durable
        self.ghosts: dict[str, bytes] = {}
        self.hook: Callable[[], None] = lambda: None

    def sync_folder(self) -> None:
        for name in self.going:
            self.durable.pop(name, None)
            self.pending.pop(name, None)
            self.named.discard(name)
        self.going.clear()
        self.ghosts.clear()
        self.named |= set(self.durable) | set(self.pending)

    def sync(self, name: str) -> None:
        image = bytearray(self.durable.get(name, b""))
        for operation in self.pending.pop(name, ()):
            _apply(image, operation)
        new = name not in self.named
        self.durable[name] = image
        self.named.add(name)
        if new:  # the Unix VFS syncs the folder with the first sync of a new log
            self.sync_folder()

    def recreate(self, name: str) -> None:
        if name in self.going:  # a new inode under an old name
            self.going.discard(name)
            self.pending.pop(name, None)
            old = self.durable.pop(name, None)
            self.named.discard(name)
            if old is not None:
                self.ghosts[name] = bytes(old)

    def image(self, folder: Path) -> None:
        """Write what could be on the disk if the power went now."""
        folder.mkdir(parents=True)
        chance = self.chance
        kept = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        for name in set(self.durable) | set(self.pending) | set(self.ghosts):
            if name in self.ghosts and chance.random() < 0.5:
                (folder / name).write_bytes(self.ghosts[name])
                continue
            if name in self.going and chance.random() < 0.5:
                continue
            if name not in self.named and chance.random() < 0.3:
                continue
            (folder / name).write_bytes(self._torn(name, kept))

    def _torn(self, name: str, kept: float) -> bytes:
        chance, image = self.chance, bytearray(self.durable.get(name, b""))
        operations = [o for o in self.pending.get(name, ()) if chance.random() < kept]
        if chance.random() < 0.5:
            chance.shuffle(operations)
        for kind, at, data in operations:
            if kind == "w" and len(data) > SECTOR and chance.random() < 0.25:
                for start in range(0, len(data), SECTOR):
                    if chance.random() < 0.5:
                        _apply(image, ("w", at + start, data[start : start + SECTOR]))
            else:
                _apply(image, (kind, at, data))
        return bytes(image)


def _apply(image: bytearray, operation: tuple[str, int, bytes]) -> None:
    kind, at, data = operation
    if kind == "t":
        del image[at:]
        return
    if len(image) < at:
        image.extend(b"\0" * (at - len(image)))
    image[at : at + len(data)] = data


class _Vfs(apsw.VFS):
    def __init__(self, name: str, platter: Platter) -> None:
        self._platter = platter
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: Any) -> _File:
        return _File(name, flags, self._platter)

    def xDelete(self, name: str, syncdir: bool) -> None:
        super().xDelete(name, syncdir)
        self._platter.hook()
        self._platter.going.add(Path(name).name)
        if syncdir:
            self._platter.sync_folder()


class _File(apsw.VFSFile):
    def __init__(self, name: Any, flags: Any, platter: Platter) -> None:
        self._platter = platter
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = Path(path).name if path else ""
        super().__init__("", name, flags)
        platter.recreate(self._name)

    def xDeviceCharacteristics(self) -> int:
        return 0  # promise nothing: no powersafe overwrite, no atomic writes

    def xSectorSize(self) -> int:
        return SECTOR

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        if self._name:
            self._platter.pending.setdefault(self._name, []).append(("w", offset, bytes(data)))
            self._platter.hook()

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        if self._name:
            self._platter.pending.setdefault(self._name, []).append(("t", size, b""))

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        if self._name:
            self._platter.hook()
            self._platter.sync(self._name)
            self._platter.hook()


class _Cursor:
    def __init__(self, cursor: Any, changes: int) -> None:
        self._rows, self.rowcount = list(cursor), changes

    def fetchall(self) -> list[Any]:
        return self._rows


class _Connection:
    """An apsw connection with the few calls that `Db` makes."""

    def __init__(self, path: Path, vfs: str) -> None:
        self._real = apsw.Connection(str(path), vfs=vfs)

    def execute(self, sql: str, params: Any = ()) -> _Cursor:
        cursor = self._real.execute(sql, tuple(params))
        return _Cursor(cursor, self._real.changes())

    def executemany(self, sql: str, rows: Any) -> None:
        self._real.executemany(sql, [tuple(row) for row in rows])

    @property
    def in_transaction(self) -> bool:
        return bool(self._real.in_transaction)

    def close(self) -> None:
        self._real.close()


def _db(path: Path, vfs: str, *, synchronous: str) -> Db:
    db = object.__new__(Db)
    connection = _Connection(path, vfs)
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")  # a VFS in Python has no shared memory
    for pragma in PRAGMAS:
        pragma = "wal_autocheckpoint=40" if pragma.startswith("wal_autocheckpoint") else pragma
        connection.execute(f"PRAGMA {pragma.replace('synchronous=FULL', f'synchronous={synchronous}')}")
    db.path, db.key = path, b""
    db._connection = connection
    db.undone, db._afterwards = 0, lambda: None
    return db


@dataclass
class Said:
    """What had been acknowledged at one moment."""

    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    sealed: set[str] = field(default_factory=set)

    def copy(self) -> Said:
        return Said({r: dict(a) for r, a in self.answers.items()}, set(self.sealed))


def cut_database(folder: Path, images: int, *, seed: int = 1, synchronous: str = "FULL") -> dict[str, Any]:
    """Work on the simulated disk, make crash images at random operations, judge each."""
    chance = random.Random(seed)
    platter, said, taken = Platter(chance), Said(), []
    name = f"cut-{seed}-{synchronous}-{os.getpid()}"
    vfs = _Vfs(name, platter)
    (folder / "work").mkdir(parents=True)
    db = _db(folder / "work" / "store.db", name, synchronous=synchronous)
    for _, step in STEPS:
        step(db)
    db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    platter.sync_folder()  # as `open_database` does after making the file

    def maybe() -> None:
        if len(taken) < images and chance.random() < 0.06:
            platter.image(folder / f"i{len(taken)}")
            taken.append(said.copy())

    platter.hook = maybe
    number = 0
    while len(taken) < images:
        number += 1
        _inspection(db, f"r-{number}", said, chance)
    platter.hook = lambda: None
    db.close()
    del vfs
    verdicts = [_judge_image(folder / f"i{n}" / "store.db", taken[n]) for n in range(len(taken))]
    shutil.rmtree(folder)
    return {"images": len(taken), **{v: verdicts.count(v) for v in ("whole", "lost", "damaged")}}


def _inspection(db: Db, record: str, said: Said, chance: random.Random) -> None:
    clock = FrozenClock(NOON)
    core = Core(Path(), db, KEYS, clock, IdMaker(clock), AttachmentFiles(Path(), b""), Audit(db, clock, "p"))
    visits, revisions, attachments = Visits(core), Revisions(core), Attachments(core)
    records = Records(core, visits, revisions, attachments)
    visits.start(make.visit(f"v-{record}"))
    from checklists.model import Draft

    draft = Draft(make.PIN.form_id, make.PIN.version, make.PIN.sha256)
    records.create(record_id=record, visit_id=f"v-{record}", form=make.PIN, draft=draft, author=make.OFFICER)
    for i in range(8):
        row = AnswerRow(f"/data/i{i}", "", f"{chance.random()}")
        records.save_answers(record, [row], cursor=NodeRef(row.path))
        said.answers.setdefault(record, {})[row.path] = row.value
    if chance.random() < 0.5:
        records.finalise(record, content())
        said.sealed.add(record)


def _judge_image(path: Path, said: Said) -> str:
    import zlib

    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            if db.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                return "damaged"
            answers: dict[str, dict[str, str]] = {}
            for record, where, value in db.execute("SELECT record_id, path, value FROM answer"):
                answers.setdefault(record, {})[where] = value
            sealed = set()
            for record, body in db.execute("SELECT record_id, body_z FROM revision"):
                sealed.add(record)
                envelope = json.loads(zlib.decompress(body))
                answers[record] = {a["path"]: a["value"] for a in envelope["answers"]}
            outbox = {r for (r,) in db.execute("SELECT record_id FROM outbox JOIN revision USING (revision_id)")}
    except sqlite3.Error:
        return "damaged"
    there = all(answers.get(r, {}).get(p) == v for r, a in said.answers.items() for p, v in a.items())
    return "whole" if there and said.sealed <= sealed and sealed == outbox else "lost"


# --- (b) the recorded disk under the attachments ----------------------------------------------------------------------


class _RecordedFile(io.BytesIO):
    def __init__(self, path: Path, log: list[tuple[Any, ...]]) -> None:
        super().__init__()
        self.path, self._log = path, log

    def write(self, data: Any) -> int:
        self._log.append(("write", self.path, bytes(data)))
        return super().write(data)

    def close(self) -> None:
        if not self.closed:
            self.path.write_bytes(self.getvalue())
        super().close()


class RecordingDisk:
    """Does what is asked on the real folder and notes it; `without` leaves calls out, as a mistake would."""

    def __init__(self, without: str = "") -> None:
        self.log: list[tuple[Any, ...]] = []
        self._without = without

    def make_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log.append(("folder", folder))

    def create(self, path: Path) -> BinaryIO:
        self.log.append(("create", path))
        return _RecordedFile(path, self.log)

    def sync(self, file: BinaryIO) -> None:
        if self._without != "sync":
            self.log.append(("sync", file.path))  # type: ignore[attr-defined]  # it is ours

    def rename(self, old: Path, new: Path) -> None:
        old.replace(new)
        self.log.append(("rename", old, new))

    def sync_folder(self, folder: Path) -> None:
        if self._without != "sync_folder":
            self.log.append(("sync_folder", folder))


def cut_files(folder: Path, photos: int, *, seed: int = 1, without: str = "", images: int = 4) -> dict[str, Any]:
    """Write photos on a recorded disk; for every moment make crash images and read what was acknowledged by then."""
    chance, disk = random.Random(seed), RecordingDisk(without)
    (folder / "w" / "files").mkdir(parents=True)
    (folder / "w" / "tmp").mkdir()
    files = AttachmentFiles(folder / "w", b"n" * 32, disk)
    acknowledged: list[tuple[int, StagedFile]] = []
    for _ in range(photos):
        staged = files.write(io.BytesIO(chance.randbytes(chance.randrange(1, 150_000))), mime="image/jpeg")
        acknowledged.append((len(disk.log), staged))  # its row would be committed now
    lost = checked = 0
    for moment in range(1, len(disk.log) + 1):
        due = [staged for at, staged in acknowledged if at <= moment]
        for _ in range(images if due else 0):
            image = _files_image(disk.log[:moment], chance)
            checked += 1
            lost += any(not _reads(image, folder, staged) for staged in due)
    shutil.rmtree(folder)
    return {"photos": photos, "images": checked, "lost": lost}


def _files_image(log: list[tuple[Any, ...]], chance: random.Random) -> dict[Path, bytes]:
    """Return the files a disk could hold after these calls: names count once their folder was synced, bytes once they
    were; what was not may or may not be there.
    """
    contents: dict[Path, bytes] = {}
    durable: dict[Path, bytes] = {}
    changes: list[tuple[Path, Callable[[dict[Path, Path]], None]]] = []
    names: dict[Path, Path] = {}  # final name -> the file made under the first name
    settled: dict[Path, Path] = {}
    made: set[Path] = set()
    for kind, path, *rest in log:
        if kind == "folder":
            made.add(path)
        elif kind == "create":
            contents[path] = b""
        elif kind == "write":
            contents[path] += rest[0]
        elif kind == "sync":
            durable[path] = contents[path]
        elif kind == "rename":
            names[rest[0]] = path
            changes.append((rest[0], lambda s, n=rest[0], o=path: s.__setitem__(n, o)))  # type: ignore[misc]
        elif kind == "sync_folder":
            for name, apply in [c for c in changes if c[0].parent == path]:
                apply(settled)
                changes = [c for c in changes if c[0] is not name]
            made = {f for f in made if f.parent != path}
    for _, apply in changes:
        if chance.random() < 0.5:
            apply(settled)
    for folder in made:  # the folder itself was never made durable in its parent
        if chance.random() < 0.5:
            settled = {n: o for n, o in settled.items() if n.parent != folder}
    return {n: durable.get(o, contents[o][: chance.randrange(len(contents[o]) + 1)]) for n, o in settled.items()}


def _reads(image: dict[Path, bytes], folder: Path, staged: StagedFile) -> bool:
    data = image.get(folder / "w" / "files" / staged.file_name[:2] / staged.file_name)
    if data is None:
        return False
    try:
        with DecryptingReader(io.BytesIO(data), staged.file_key) as plain:
            import hashlib

            return hashlib.sha256(plain.read()).hexdigest() == staged.sha256
    except DamagedStoreError:
        return False


def campaign(folder: Path, images: int, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Run everything with its planted mistakes."""
    for mode in ("FULL", "NORMAL", "OFF"):
        yield f"database {mode}", cut_database(folder / mode, images, seed=seed, synchronous=mode)
    for without in ("", "sync", "sync_folder"):
        name = f"files without {without}" if without else "files"
        yield name, cut_files(folder / f"f{without}", max(10, images // 10), seed=seed, without=without)


if __name__ == "__main__":
    options = dict(word[2:].split("=") for word in sys.argv[2:] if "=" in word)
    seed, count = int(options.get("seed", "1")), int(options.get("images", "300"))
    print(json.dumps(dict(campaign(Path(sys.argv[1]), count, seed))))
