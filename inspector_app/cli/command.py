"""What a command and its options are; the table of all commands stands in `table`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

from checklists.numbers import province
from checklists.text import to_western_digits
from sync.protocol import EVERYWHERE


class ExitCode(IntEnum):
    """What the number after a command means; documented in docs/manual, kept for scripts."""

    OK = 0
    BUG = 1  # a mistake of ours
    USAGE = 2  # the command was typed wrong
    ANSWER = 3  # the inspector must act: an answer, a photo, something missing before sealing
    AUTHOR = 4  # the checklist's author must act
    STORAGE = 5  # disk, folder, damaged or newer data
    KEY = 6  # passphrase, PIN, recovery key
    IN_USE = 7  # another window or command writes to this workspace
    SYNC = 8  # the centre was not reached or something is still waiting
    NOT_PROVEN = 9  # verify or doctor found something wrong
    NOT_FOUND = 10  # no such record, site, checklist
    STOPPED = 130  # Ctrl+C


@dataclass(frozen=True, slots=True)
class Option:
    """One argument of argparse: `names` are flags or one positional name; `more` goes to `add_argument`."""

    names: tuple[str, ...]
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.names[-1].lstrip("-")


def flag(*names: str, **more: Any) -> Option:
    return Option(names, more)


def province_scope(text: str) -> str:
    """Return the two digits of a province named by code, abbreviation or name; "00" is the whole country."""
    found = province(text)
    if text != EVERYWHERE and found is None:
        raise argparse.ArgumentTypeError(f"ไม่รู้จักจังหวัด · no such province: {text!r}")
    return found.code if found else EVERYWHERE


def count(text: str) -> int:
    """Return a whole number from 1."""
    number = int(to_western_digits(text))
    if number < 1:
        raise argparse.ArgumentTypeError(f"ต้องเป็นจำนวนตั้งแต่ 1 · must be 1 or more: {text!r}")
    return number


DATA = flag("--data", metavar="DIR", type=Path, required=True)
NEW_PASSPHRASE = flag("--new-passphrase-file", metavar="FILE", type=Path)

COMMON = (
    flag("--workspace", metavar="DIR", type=Path),
    flag("--json", action="store_true"),
    flag("--passphrase-file", metavar="FILE", type=Path),
    flag("--language", choices=("th", "en")),
)
"""Options that every command takes, before or after its name."""


@dataclass(frozen=True, slots=True)
class Command:
    """`handler` is `module:function` below `inspector_app.cli`, loaded when called; '' for what main starts."""

    name: str
    handler: str = ""
    options: tuple[Option, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.name.split())

    @property
    def key(self) -> str:
        return self.name.replace(" ", "-") or "window"
