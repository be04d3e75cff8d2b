"""Reading and writing a stick: virus scanners hold files for a moment, sticks are pulled out, full or write-protected.

A file that is held is tried again for some seconds; after that only the bundle it belongs to is given up, by name. A
bundle is copied from the stick first and read from the copy, so that a stick may be pulled out as soon as it is copied.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from checklists.crypto.lockout import sync_folder
from sync.bundle_format.parts import MANIFEST, RECEIPTS, SUFFIX, Manifest, Part, load_manifest, part_is_whole
from sync.errors import BundleError

T = TypeVar("T")
Wait = Callable[[float], object]

TRIES = 6
FIRST_PAUSE = 0.2
"""Seconds before the second try; doubled each time: 6 seconds in all."""
_HELD = {errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY}
_GONE = {errno.ENODEV, errno.ENXIO, errno.EIO}
_HELD_ON_WINDOWS = {5, 32, 33}


def sleep(seconds: float) -> None:
    threading.Event().wait(seconds)


def _is_held(error: OSError) -> bool:
    return error.errno in _HELD or getattr(error, "winerror", None) in _HELD_ON_WINDOWS


def patiently(step: Callable[[], T], wait: Wait = sleep) -> T:
    """Do a step with a file again while somebody holds it. Raises the last `OSError`."""
    pause = FIRST_PAUSE
    for _ in range(TRIES - 1):
        try:
            return step()
        except OSError as error:
            if not _is_held(error):
                raise
        wait(pause)
        pause *= 2
    return step()


def stick_error(error: OSError, stick: Path, *, writing: bool) -> BundleError:
    """Say what an error of the file system means for a stick."""
    if error.errno == errno.EROFS:
        what = "write-protected"
    elif error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        what = "stick-full" if writing else "disk-full"
    elif (
        not stick.exists()
        or (writing and error.errno == errno.ENOENT)
        or error.errno in (errno.ENODEV, errno.ENXIO, errno.EIO)
    ):
        what = "stick-gone"
    elif _is_held(error):
        what = "write-protected" if writing else "held"
    else:
        what = "unwritable" if writing else "unreadable"
    return BundleError(what=what, folder=str(stick), number=error.errno)


def settle(folder: Path) -> None:
    """Make names in a folder of the stick durable. Raises `OSError`; not where the file system has no such call."""
    try:
        sync_folder(folder)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise


def bundles_on(stick: Path) -> tuple[Path, ...]:
    """Return the bundles in a folder, oldest first."""
    return tuple(sorted(p.parent for p in stick.glob(f"*{SUFFIX}/{MANIFEST}")))


def stage(folder: Path, target: Path, wait: Wait = sleep) -> Manifest:
    """Copy a bundle from its stick into `target`, each part compared with its hash and read once more where it differs.

    A part that stays different is copied as it is: what comes before it can still be read. Raises `BundleError`.
    """
    try:
        manifest = patiently(lambda: load_manifest(folder), wait)
        target.mkdir(parents=True, exist_ok=True)
        for part in manifest.parts:
            patiently(lambda part=part: _copy(folder, target, part), wait)  # type: ignore[misc]  # mypy cannot infer lambdas with defaults
        shutil.copyfile(folder / MANIFEST, target / MANIFEST)
    except OSError as error:
        raise stick_error(error, folder, writing=False) from error
    return manifest


def _copy(folder: Path, target: Path, part: Part) -> None:
    name = Path(part.name).name
    for _ in range(2):
        with (folder / name).open("rb") as source, (target / name).open("wb") as out:
            shutil.copyfileobj(source, out, 1024 * 1024)
            out.flush()
            os.fsync(out.fileno())
        if part_is_whole(target / name, part):
            return


def write_receipts(folder: Path, receipts: Iterable[Mapping[str, Any]], wait: Wait = sleep) -> None:
    """Write receipts beside a bundle, whole or not at all; those of others that stand there stay.

    So a bundle that was whole once and is spoilt now loses no receipt. Raises `BundleError`.
    """
    new = {_key(receipt): dict(receipt) for receipt in receipts}
    if not new:
        return
    text = "".join(json.dumps(receipt) + "\n" for receipt in (_standing(folder / RECEIPTS) | new).values())
    fresh = folder / (RECEIPTS + ".new")

    def write() -> None:
        with fresh.open("w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(folder / RECEIPTS)
        settle(folder)

    try:
        patiently(write, wait)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise stick_error(error, folder, writing=True) from error


def _key(receipt: Mapping[str, Any]) -> tuple[str, str]:
    return str(receipt.get("revision_id")), str(receipt.get("server_id"))


def _standing(file: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the receipts of a file by revision and giver; lines that are spoilt are left out."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    with contextlib.suppress(OSError):
        for line in file.read_bytes().splitlines():
            with contextlib.suppress(ValueError, AttributeError):
                receipt = json.loads(line)
                found[_key(receipt)] = receipt
    return found
