"""A storm of kills: a child works through inspections, is killed at random; nothing acknowledged may be gone.

The child records answers, photos and sealings in one workspace and acknowledges each on a pipe once its store has. The
parent kills it (35 in 100 while it starts), then either opens the workspace itself and compares, or lets the next child
do the recovery. Run as a program:

    python -m tests.support.store_storm FOLDER KILLS [--seed=N] [--minutes=N] [--early] [--off]

`--minutes` ends it sooner and reports how many kills fitted. `--early` acknowledges before the commit, which must be
caught. `--off` turns syncing off, which a kill cannot show (the kernel keeps the pages): for that there are the power
cuts of `store_power`.
"""

from __future__ import annotations

import io
import json
import os
import random
import select
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from checklists import crypto
from checklists.clock import BANGKOK
from checklists.errors import InspectorError
from checklists.model import AnswerRow, NodeRef
from checklists.sealing import parse_envelope, verify
from checklists.store import Store
from tests.support import store_workspace as story
from tests.support.clock import FrozenClock

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=BANGKOK)
ROTATE = 150
"""Kills after which a new workspace begins, so that the check stays short."""


@dataclass
class Expected:
    """What was acknowledged, by record."""

    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    photos: dict[str, set[str]] = field(default_factory=dict)
    sealed: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def take(self, kind: str, record: str, *rest: str) -> None:
        self.count += 1
        if kind == "answer":
            self.answers.setdefault(record, {})[rest[0]] = rest[1]
        elif kind == "photo":
            self.photos.setdefault(record, set()).add(rest[0])
        elif kind == "sealed":
            self.sealed[record] = rest[0]


def work(folder: Path, mark: str, acknowledge: Callable[..., None], chance: random.Random, *, early: bool) -> None:
    """Work through inspections until killed."""
    keys = crypto.unlock(folder / "keys.json", passphrase=story.PASSPHRASE)
    with Store.open(folder, keys, clock=FrozenClock(NOON), reserve=0) as store:
        number = 0
        while True:
            number += 1
            record = f"r-{mark}-{number}"
            story.begin(store, record, f"v-{mark}-{number}")
            for i in range(chance.randrange(3, 12)):
                row = AnswerRow(f"/data/i{i}", "", f"{chance.random()}")
                if early:  # as a window does that shows "saved" and saves a little later
                    acknowledge("answer", record, row.path, row.value)
                    time.sleep(0.02)
                store.records.save_answers(record, [row], cursor=NodeRef(row.path))
                if not early:
                    acknowledge("answer", record, row.path, row.value)
                if chance.random() < 0.2:
                    photo = story.photo(store, f"{record}-{i}", chance.randbytes(60_000), record)
                    acknowledge("photo", record, photo.sha256)
            if chance.random() < 0.8:
                sealed, _ = store.records.finalise(record, story.content())
                acknowledge("sealed", record, sealed.digest)


def faults(folder: Path, expected: Expected, records: set[str]) -> list[str]:
    """Open the workspace as the next start would and compare."""
    try:
        keys = crypto.unlock(folder / "keys.json", passphrase=story.PASSPHRASE)
        with Store.open(folder, keys, clock=FrozenClock(NOON), reserve=0) as store:
            found = [f"{r}: {fault}" for r in sorted(records) if (fault := _fault(store, expected, r))]
            if store.quick_check() or store._core.db.rows("PRAGMA foreign_key_check"):
                found.append("integrity")
            if not store.audit.verify().good:
                found.append("audit chain")
            return found
    except InspectorError as error:
        return [f"does not open: {error.code} {error}"]


def _fault(store: Store, expected: Expected, record: str) -> str:
    try:
        state = store.records.summary(record).state.value
        if state == "draft":
            if record in expected.sealed:
                return "not sealed"
            answers = {a.path: a.value for a in store.records.draft(record).answers}
        else:
            sealed = store.records.sealed(record)
            verify(sealed, store.keys.device_key.public_bytes)
            if expected.sealed.get(record, sealed.digest) != sealed.digest:
                return "another digest"
            answers = {a["path"]: a["value"] for a in parse_envelope(sealed.envelope)["answers"]}
        if any(answers.get(p) != v for p, v in expected.answers.get(record, {}).items()):
            return "answer lost"
        there = set()
        for attachment in store.attachments.list(record):
            with store.attachments.open(attachment.sha256) as plain:
                plain.read()
            there.add(attachment.sha256)
        return "photo lost" if expected.photos.get(record, set()) - there else ""
    except InspectorError as error:
        return f"{error.code} {error}"


def storm(
    folder: Path, kills: int, *, seed: int = 1, early: bool = False, off: bool = False, minutes: float = 1e9
) -> dict[str, Any]:
    """Kill so many times, or as often as fits in the minutes; return counts and faults."""
    chance, found, acknowledged, checks = random.Random(seed), [], 0, 0
    workspace, expected, touched = Path(), Expected(), set[str]()
    began = time.monotonic()
    for kill in range(kills):
        last = kill == kills - 1 or time.monotonic() - began > minutes * 60
        if kill % ROTATE == 0:
            shutil.rmtree(workspace, ignore_errors=True) if workspace != Path() else None
            workspace, expected, touched = folder / f"w{seed}-{kill}", Expected(), set()
            Store.create(workspace, story.new_keys(workspace), clock=FrozenClock(NOON), reserve=0).close()
        before = expected.count
        touched |= _one_kill(workspace, f"{kill}", chance, expected, early=early, off=off)
        acknowledged += expected.count - before
        if chance.random() < 0.5 or kill % ROTATE == ROTATE - 1 or last:
            checks += 1
            everything = kill % ROTATE == ROTATE - 1 or last
            records = set(expected.answers) if everything else touched
            found += [f"kill {kill}: {fault}" for fault in faults(workspace, expected, records)]
            touched = set()
        if last:
            break
    return {
        "kills": kill + 1,
        "acknowledged": acknowledged,
        "checks": checks,
        "faults": len(found),
        "first_faults": found[:5],
        "seconds": round(time.monotonic() - began, 1),
    }


def _one_kill(
    workspace: Path, mark: str, chance: random.Random, expected: Expected, *, early: bool, off: bool
) -> set[str]:
    reading, writing = os.pipe()
    seed = chance.random()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(workspace, mark, writing, random.Random(seed), early=early, off=off)
        os._exit(0)
    os.close(writing)
    if chance.random() < 0.35:
        time.sleep(chance.uniform(0, 0.03))
    else:
        select.select([reading], [], [], 5)  # the first acknowledgement
        time.sleep(chance.uniform(0, 0.35))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        said = [json.loads(line) for line in pipe.read().split(b"\n") if line.endswith(b"]")]
    for what in said:
        expected.take(*what)
    return {what[1] for what in said}


def _child(workspace: Path, mark: str, writing: int, chance: random.Random, *, early: bool, off: bool) -> None:
    if off:
        from checklists.store import driver

        driver.PRAGMAS = tuple(p if not p.startswith("synchronous") else "synchronous=OFF" for p in driver.PRAGMAS)
    with suppress(BrokenPipeError), io.FileIO(writing, "w") as pipe:
        work(workspace, mark, lambda *w: pipe.write(json.dumps(w).encode() + b"\n") and None, chance, early=early)


if __name__ == "__main__":
    options = dict(word[2:].split("=") for word in sys.argv[3:] if "=" in word)
    report = storm(
        Path(sys.argv[1]),
        int(sys.argv[2]),
        seed=int(options.get("seed", "1")),
        early="--early" in sys.argv,
        off="--off" in sys.argv,
        minutes=float(options.get("minutes", "1e9")),
    )
    print(json.dumps(report, ensure_ascii=False))
