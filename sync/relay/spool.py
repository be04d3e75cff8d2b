"""Sticks that come to an office: their bundles wait beside the relay and go to the centre as they are.

They are encrypted to the centre, so the relay cannot read them. What the centre answers is kept beside each and taken
back onto the stick when it comes again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from checklists.model import Jsonable
from sync.bundle import upload_bundle
from sync.bundle_format import RECEIPTS, SUFFIX, Wait, bundles_on, read_manifest, sleep, stage, write_receipts
from sync.client import Client
from sync.errors import BundleError, RefusedError
from sync.server.blobs import sync_folder

FOLDER = "bundles"
ANSWER = "answer.json"
TAKEN, KNOWN, BACK, REFUSED, PROBLEM = "taken", "known", "receipts", "refused", "problem"


@dataclass(frozen=True, slots=True)
class Spooled(Jsonable):
    """What became of one bundle. `state`: taken, known (taken before), receipts (written back), refused, problem."""

    folder: str
    state: str
    records: int = 0
    officer: str = ""
    problem: str = ""


def take_in(data: Path, bundles: Sequence[Path], wait: Wait = sleep) -> tuple[Spooled, ...]:
    """Take bundles from a stick into the spool, durably; trouble with one is told by its name and the others go on."""
    return tuple(_take(data / FOLDER, folder, wait) for folder in bundles)


def _take(spool: Path, folder: Path, wait: Wait) -> Spooled:
    spool.mkdir(parents=True, exist_ok=True)
    here, partial = spool / folder.name, spool / f"{folder.name}.partial"
    try:
        if not here.exists():
            shutil.rmtree(partial, ignore_errors=True)
            manifest = stage(folder, partial, wait)
            partial.replace(here)
            sync_folder(spool)
            return Spooled(folder.name, TAKEN, manifest.records, manifest.officer)
        manifest = read_manifest(here)
        told = Spooled(folder.name, KNOWN, manifest.records, manifest.officer)
        return _bring_back(here, folder, told, wait)
    except BundleError as error:
        shutil.rmtree(partial, ignore_errors=True)
        return Spooled(folder.name, PROBLEM, problem=str(error.data.get("what", "")))


def _bring_back(here: Path, folder: Path, told: Spooled, wait: Wait) -> Spooled:
    answer = here / ANSWER
    if not answer.is_file():
        return told
    code = str(json.loads(answer.read_text(encoding="utf-8")).get("code", ""))
    if code:
        return Spooled(told.folder, REFUSED, told.records, told.officer, code)
    text = (here / RECEIPTS).read_text(encoding="utf-8")
    write_receipts(folder, [json.loads(line) for line in text.splitlines() if line], wait)
    return Spooled(told.folder, BACK, told.records, told.officer)


def forward(data: Path, client: Client, should_stop: Callable[[], bool]) -> int:
    """Send what waits in the spool; one that the centre refuses is marked and the others go on. Raises `SyncError`."""
    sent = 0
    for folder in bundles_on(data / FOLDER) if (data / FOLDER).is_dir() else ():
        if should_stop() or (folder / ANSWER).is_file():
            continue
        answer: dict[str, object] = {"code": ""}
        try:
            taken = upload_bundle(client, folder)
            answer |= {"refused": taken.refused, "pending": list(taken.pending), "problem": taken.problem}
        except RefusedError as error:
            answer = {"code": error.code}
        _note(folder / ANSWER, answer)
        sent += 1
    return sent


def _note(file: Path, answer: dict[str, object]) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(answer), encoding="utf-8")
    fresh.replace(file)


def waiting(data: Path) -> int:
    """Count the bundles that were not sent yet."""
    return sum(1 for folder in (data / FOLDER).glob(f"*{SUFFIX}") if not (folder / ANSWER).is_file())
