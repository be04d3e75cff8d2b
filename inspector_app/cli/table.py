"""Every command with its options, as data. Words: `cli.help.<name>` and `cli.option.<option>`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

from inspector_app.config import DEFAULT_PORT


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


COMMANDS = (
    Command("", options=(flag("--smoke", action="store_true"),)),
    Command(
        "demo",
        options=(
            flag("--output", metavar="DIR", type=Path),
            flag("--keep", action="store_true"),
            flag("--window", action="store_true"),
            flag("--player", metavar="JOB"),
        ),
    ),
    Command(
        "init",
        "workspaces:init",
        (
            flag("--name", metavar="NAME"),
            flag("--position", metavar="TEXT", default=""),
            flag("--office", metavar="TEXT", default=""),
            flag("--card", metavar="NO", default=""),
            flag("--no-device-secret", action="store_true"),
            flag("--demo-data", action="store_true"),
        ),
    ),
    Command("checklists list", "checklists:show_list"),
    Command("checklists check", "checklists:check", (flag("file", type=Path),)),
    Command("checklists compare", "checklists:compare", (flag("file", type=Path),)),
    Command(
        "checklists export",
        "checklists:export",
        (flag("id"), flag("-o", "--output", metavar="FILE.xlsx", type=Path, required=True)),
    ),
    Command(
        "checklists try",
        "checklists:try_out",
        (flag("file", type=Path), flag("--steps", metavar="STEPS.json", type=Path, required=True)),
    ),
    Command("checklists import", "checklists:import_file", (flag("file", type=Path),)),
    Command(
        "factories import",
        "factories:import_file",
        (flag("file", nargs="?", type=Path), flag("--demo", action="store_true")),
    ),
    Command(
        "factories search",
        "factories:search",
        (flag("text"), flag("--province", metavar="NAME"), flag("--limit", type=int, default=20, metavar="N")),
    ),
    Command(
        "new",
        "records:new",
        (
            flag("--checklist", metavar="ID", required=True),
            flag("--factory", metavar="NO"),
            flag("--site", metavar="KIND:ID"),
            flag("--unregistered", metavar="FILE.json", type=Path),
            flag("--visit-kind", metavar="KIND", default="planned"),
        ),
    ),
    Command("answer", "records:answer", (flag("record"), flag("file", metavar="FILE.json"))),
    Command(
        "attach",
        "attachments:attach",
        (flag("record"), flag("item"), flag("file", type=Path), flag("--caption", metavar="TEXT", default="")),
    ),
    Command(
        "sign",
        "attachments:sign",
        (
            flag("record"),
            flag("role", choices=("officer", "guide", "witness")),
            flag("file", type=Path),
            flag("--signer", metavar="NAME", required=True),
        ),
    ),
    Command("finalise", "records:finalise", (flag("record"), flag("--reason", metavar="TEXT", default=""))),
    Command(
        "report",
        "papers:report",
        (
            flag("record"),
            flag("-o", "--output", metavar="FILE.pdf", type=Path, required=True),
            flag("--copy", choices=("office", "factory"), default="office"),
        ),
    ),
    Command("correct", "records:correct", (flag("record"), flag("--reason", metavar="TEXT", required=True))),
    Command("records", "records:show_list", (flag("--state", choices=("draft", "sealed", "sent")),)),
    Command("show", "records:show", (flag("record"),)),
    Command(
        "sync",
        "syncing:sync",
        (
            flag("--server", metavar="URL"),
            flag("--code", metavar="CODE"),
            flag("--force", action="store_true"),
            flag("--openrosa", metavar="URL"),
        ),
    ),
    Command("bundle export", "bundles:export", (flag("stick", type=Path), flag("--dry-run", action="store_true"))),
    Command("bundle import", "bundles:import_", (flag("stick", type=Path), flag("--data", metavar="DIR", type=Path))),
    Command("bundle inspect", "bundles:inspect", (flag("stick", type=Path),)),
    Command(
        "person add",
        "people:add",
        (
            flag("--name", metavar="NAME", required=True),
            flag("--position", metavar="TEXT", default=""),
            flag("--office", metavar="TEXT", default=""),
            flag("--card", metavar="NO", default=""),
            NEW_PASSPHRASE,
        ),
    ),
    Command("person list", "people:show_list"),
    Command("passphrase", "people:change", (NEW_PASSPHRASE,)),
    Command(
        "recover",
        "people:recover",
        (
            flag("--recovery-key-file", metavar="FILE", type=Path),
            flag("--person", metavar="NAME"),
            NEW_PASSPHRASE,
        ),
    ),
    Command("backup", "care:back_up", (flag("--to", metavar="DIR", type=Path),)),
    Command("restore", "care:restore", (flag("backup", nargs="?", metavar="NAME"),)),
    Command("verify", "checkups:verify", (flag("file", nargs="?", type=Path), flag("--quick", action="store_true"))),
    Command("doctor", "checkups:doctor"),
    Command(
        "serve",
        "serving:serve",
        (
            flag("--data", metavar="DIR", type=Path, required=True),
            flag("--host", metavar="ADDRESS", default="127.0.0.1"),
            flag("--port", metavar="N", type=int, default=DEFAULT_PORT),
            flag("--lifeline", action="store_true"),
        ),
    ),
    Command(
        "admin device",
        "serving:admin_device",
        (
            flag("--data", metavar="DIR", type=Path, required=True),
            flag("--role", metavar="ROLE", default="inspector"),
            flag("--scope", metavar="PROVINCE", default=""),
        ),
    ),
    Command("admin devices", "serving:admin_devices", (DATA,)),
    Command("admin publish", "serving:admin_publish", (DATA, flag("checklist"))),
    Command("admin registry", "serving:admin_registry", (DATA, flag("file", type=Path))),
    Command("admin revoke", "serving:admin_revoke", (DATA, flag("device"))),
)
