"""The plug is pulled: a program works on an ext4 file system in a loop image, and the image is copied while it stands.

The copy is what the block device had been given by then; mounted elsewhere (its journal replays), the workspace in it
is opened as the next start would and compared with what had been acknowledged. Needs root, loop devices and mkfs.ext4:

    python -m tests.support.store_plug FOLDER [--cuts=N] [--seed=N] [--mistake=normal|off|sync|sync_folder]

Mistakes that must be caught: `normal` and `off` are synchronous=NORMAL and OFF of the database, `sync` forgets to sync
attachments, `sync_folder` to sync their folders (ext4 forgives that mostly: its journal keeps the order of renames).
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from checklists.store import Store, driver
from checklists.store.files import SystemDisk
from tests.support import store_workspace as story
from tests.support.clock import FrozenClock
from tests.support.store_storm import NOON, Expected, faults, work

MEGABYTES, CUTS_AN_IMAGE = 160, 20


def why_not() -> str:
    """Return what is missing here, '' where it can run."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "needs root on Linux"
    if missing := [tool for tool in ("mkfs.ext4", "mount", "umount", "cp") if shutil.which(tool) is None]:
        return f"needs {missing[0]}"
    if not Path("/dev/loop-control").exists():
        return "needs loop devices"
    return ""


@contextmanager
def mounted(image: Path, folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(folder)], check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True, capture_output=True)


def make_image(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(MEGABYTES * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(path)], check=True, capture_output=True)


def plant(mistake: str) -> None:
    """Make the mistake in this process."""
    if mistake in {"normal", "off"}:
        mode = f"synchronous={mistake.upper()}"
        driver.PRAGMAS = tuple(mode if p.startswith("synchronous") else p for p in driver.PRAGMAS)
    elif mistake:
        setattr(SystemDisk, mistake, lambda *_: None)


def _child(workspace: Path, mark: str, writing: int, seed: float, mistake: str) -> None:
    plant(mistake)

    def acknowledge(*what: str) -> None:
        os.write(writing, json.dumps(what).encode() + b"\n")
        time.sleep(0.004)  # as somebody who thinks: the image must not fill up

    work(workspace, mark, acknowledge, random.Random(seed), early=False)


def _take(reading: int, rest: bytes, expected: Expected) -> bytes:
    """Read what has been acknowledged so far; return the incomplete line."""
    with contextlib.suppress(BlockingIOError):
        while piece := os.read(reading, 65536):
            rest += piece
    *lines, rest = rest.split(b"\n")
    for line in lines:
        expected.take(*json.loads(line))
    return rest


def pull(folder: Path, cuts: int, *, seed: int = 1, mistake: str = "") -> dict[str, Any]:
    """Pull the plug so often; return counts and what was lost."""
    chance, found, acknowledged = random.Random(seed), [], 0
    began = time.monotonic()
    for first in range(0, cuts, CUTS_AN_IMAGE):
        here = folder / f"image-{seed}-{first}"
        here.mkdir(parents=True)
        more, count = _one_image(here, min(CUTS_AN_IMAGE, cuts - first), chance, mistake)
        found += [f"cut {first + number}: {what}" for number, what in more]
        acknowledged += count
        shutil.rmtree(here)
    return {
        "cuts": cuts,
        "acknowledged": acknowledged,
        "cuts_with_faults": len({fault.split(":")[0] for fault in found}),
        "first_faults": found[:5],
        "seconds": round(time.monotonic() - began, 1),
    }


def _one_image(here: Path, cuts: int, chance: random.Random, mistake: str) -> tuple[list[tuple[int, str]], int]:
    image, expected, found = here / "disk.img", Expected(), []
    make_image(image)
    with mounted(image, here / "disk") as disk:
        workspace = disk / "w"
        Store.create(workspace, story.new_keys(workspace), clock=FrozenClock(NOON), reserve=0).close()
        os.sync()  # the workspace itself is old
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        child = os.fork()
        if child == 0:
            _child(workspace, "w", writing, chance.random(), mistake)
            os._exit(0)
        os.close(writing)
        try:
            rest = b""
            for number in range(cuts):
                time.sleep(chance.uniform(0.05, 0.5))
                os.kill(child, signal.SIGSTOP)
                os.waitpid(child, os.WUNTRACED)
                rest = _take(reading, rest, expected)
                subprocess.run(["cp", "--sparse=always", str(image), str(here / "cut.img")], check=True)
                os.kill(child, signal.SIGCONT)
                found += [(number, fault) for fault in _judge(here, expected)]
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(reading)
    return found, expected.count


def _judge(here: Path, expected: Expected) -> list[str]:
    try:
        with mounted(here / "cut.img", here / "cut") as disk:
            return faults(disk / "w", expected, set(expected.answers))
    except subprocess.CalledProcessError as error:
        return [f"does not mount: {error.stderr!r}"]


if __name__ == "__main__":
    if missing := why_not():
        sys.exit(missing)
    options = dict(word[2:].split("=") for word in sys.argv[2:] if "=" in word)
    report = pull(
        Path(sys.argv[1]),
        int(options.get("cuts", "40")),
        seed=int(options.get("seed", "1")),
        mistake=options.get("mistake", ""),
    )
    print(json.dumps(report, ensure_ascii=False))
