"""Sticks that come to an office: a bundle for the office is opened, one for the centre waits here and goes on unopened.

What the centre answers is taken back onto the stick when it comes again; until then a bundle for the office carries the
relay's own *relayed* receipts.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from checklists.clock import Clock
from checklists.model import Jsonable
from sync.bundle import upload_bundle
from sync.bundle_format import (
    RECEIPTS,
    SUFFIX,
    Imported,
    Manifest,
    Wait,
    addressed_elsewhere,
    bundles_on,
    load_manifest,
    patiently,
    read_manifest,
    sleep,
    stage,
    stick_error,
    write_receipts,
)
from sync.client import Client
from sync.errors import BundleError, RefusedError
from sync.relay.sticks import Opener, office_of, opener
from sync.server.files.blobs import sync_folder

FOLDER = "bundles"
COPY = "stick-"
"""How folders begin that a stick is copied to while it is read; a kill leaves one, `sweeping` takes it away."""
ANSWER = "answer.json"
TAKEN, KNOWN, BACK, REFUSED, PROBLEM, OPENED = "taken", "known", "receipts", "refused", "problem", "opened"


@dataclass(frozen=True, slots=True)
class Spooled(Jsonable):
    """What became of one bundle.

    `state`: taken, known (taken before), receipts (written back), refused, problem; opened where it was for us.
    One that was opened says of how many records the centre's receipt is here (`received`), how many the relay `held`
    for it, lack files (`pending`) or will not be taken (`declined`). `office` is where it belongs instead.
    """

    folder: str
    state: str
    records: int = 0
    officer: str = ""
    problem: str = ""
    received: int = 0
    held: int = 0
    pending: int = 0
    declined: int = 0
    office: str = ""


def take_in(data: Path, bundles: Sequence[Path], clock: Clock, wait: Wait = sleep) -> tuple[Spooled, ...]:
    """Take bundles from a stick in, durably; trouble with one is told by its name and the others go on."""
    with opener(data, clock) as ours:
        return tuple(_take(data / FOLDER, folder, ours, wait) for folder in bundles)


def _take(spool: Path, folder: Path, ours: Opener, wait: Wait) -> Spooled:
    try:
        manifest = _manifest_of(folder, wait)
        if manifest.recipient == office_of(ours.data).bundle_key:
            return _open(folder, ours, wait)
        if manifest.office:
            raise addressed_elsewhere(manifest)
        return _pass_on(spool, folder, wait)
    except BundleError as error:
        what, office = (str(error.data.get(name, "")) for name in ("what", "office"))
        return Spooled(folder.name, PROBLEM, problem=what, office=office)


def _manifest_of(folder: Path, wait: Wait) -> Manifest:
    try:
        return patiently(lambda: load_manifest(folder), wait)
    except OSError as error:
        raise stick_error(error, folder, writing=False) from error


def _open(folder: Path, ours: Opener, wait: Wait) -> Spooled:
    """Put the records of a bundle for us on the shelf; what is known of each goes back onto the stick."""
    with tempfile.TemporaryDirectory(dir=ours.data, prefix=COPY) as name:
        manifest = stage(folder, Path(name), wait)
        done = ours.take(Path(name), manifest)
    problem = done.problem
    try:
        write_receipts(folder, done.receipts.values(), wait)
    except BundleError:
        problem = problem or "receipts-not-written"
    return _opened(folder, done, problem, ours.relay_id)


def _opened(folder: Path, done: Imported, problem: str, relay_id: str) -> Spooled:
    held = sum(1 for receipt in done.receipts.values() if receipt["server_id"] == relay_id)
    return Spooled(
        folder.name,
        OPENED,
        done.manifest.records,
        done.manifest.officer,
        problem,
        len(done.receipts) - held,
        held,
        len(done.pending),
        len(done.refused),
    )


def _pass_on(spool: Path, folder: Path, wait: Wait) -> Spooled:
    """Keep a bundle for the centre as it is, or bring back what the centre said of it."""
    spool.mkdir(parents=True, exist_ok=True)
    here, partial = spool / folder.name, spool / f"{folder.name}.partial"
    if here.exists():
        manifest = read_manifest(here)
        return _bring_back(here, folder, Spooled(folder.name, KNOWN, manifest.records, manifest.officer), wait)
    try:
        shutil.rmtree(partial, ignore_errors=True)
        manifest = stage(folder, partial, wait)
        partial.replace(here)
        sync_folder(spool)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return Spooled(folder.name, TAKEN, manifest.records, manifest.officer)


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
            taken = upload_bundle(client, folder, should_stop=should_stop)
            answer |= {"refused": taken.refused, "pending": list(taken.pending), "problem": taken.problem}
        except RefusedError as error:
            answer = {"code": error.code}
        _note(folder / ANSWER, answer)
        sent += 1
    _drop_parts(data / FOLDER)
    return sent


def _drop_parts(spool: Path) -> None:
    """Of bundles that the centre has answered keep manifest, answer and receipts; the stick has the rest."""
    for folder in bundles_on(spool) if spool.is_dir() else ():
        if (folder / ANSWER).is_file():
            for part in read_manifest(folder).parts:
                (folder / Path(part.name).name).unlink(missing_ok=True)


def _note(file: Path, answer: dict[str, object]) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(answer), encoding="utf-8")
    fresh.replace(file)


def waiting(data: Path) -> int:
    """Count the bundles that were not sent yet."""
    return sum(1 for folder in (data / FOLDER).glob(f"*{SUFFIX}") if not (folder / ANSWER).is_file())
