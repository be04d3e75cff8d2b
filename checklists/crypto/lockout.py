"""Wrong passphrases are counted and answered with a growing wait.

It slows the person at the keyboard only; whoever copies the disk is held up by argon2id and the device secret. A clock
set back does not shorten the wait; a clock set forward does, which is accepted.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from checklists.clock import Clock, stamp
from checklists.crypto.errors import LockedOutError
from checklists.errors import WrongPassphraseError

FREE_TRIES = 5
WAITS = (60, 300, 1800)
"""Seconds after the 5th, 6th, 7th and every further wrong try."""


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable, where the system can (Windows cannot)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Counter:
    """The wrong tries of one person ('' for a sign-in that names nobody)."""

    def __init__(self, path: Path, person_id: str, clock: Clock) -> None:
        self._path, self._person, self._clock = path, person_id, clock

    def _all(self) -> dict[str, Any]:
        try:
            tries = json.loads(self._path.read_text("utf-8"))
            return tries if isinstance(tries, dict) else {}
        except (OSError, ValueError):
            return {}

    def _mine(self) -> tuple[int, datetime | None]:
        mine = self._all().get(self._person, {})
        try:
            return int(mine["wrong"]), datetime.fromisoformat(mine["at"])
        except (TypeError, KeyError, ValueError):
            return 0, None

    def _save(self, tries: dict[str, Any]) -> None:
        temporary = self._path.with_name(self._path.name + ".tmp")
        try:
            temporary.write_text(json.dumps(tries), "utf-8")
            temporary.replace(self._path)
        except OSError:
            return  # a read-only or full disk must not keep the right passphrase out

    def wait_seconds(self) -> int:
        """Return how long the person must still wait."""
        wrong, at = self._mine()
        if wrong < FREE_TRIES or at is None:
            return 0
        wait = WAITS[min(wrong - FREE_TRIES, len(WAITS) - 1)]
        left = at + timedelta(seconds=wait) - self._clock.now()
        return max(0, min(wait, -(-int(left.total_seconds() * 1000) // 1000)))

    def refuse_while_locked(self) -> None:
        if wait := self.wait_seconds():
            raise LockedOutError("wait", wait_seconds=wait)

    def wrong(self) -> WrongPassphraseError:
        """Count a wrong try; return the error to raise, with `tries_left` and `wait_seconds`."""
        count = self._mine()[0] + 1
        self._save({**self._all(), self._person: {"wrong": count, "at": stamp(self._clock.now())}})
        left = max(0, FREE_TRIES - count)
        return WrongPassphraseError("wrong", tries_left=left, wait_seconds=self.wait_seconds())

    def forget(self) -> None:
        tries = self._all()
        if tries.pop(self._person, None) is not None:
            self._save(tries)
