"""Every command with its options, as data. Words: `cli.help.<name>` and `cli.option.<option>`."""

from __future__ import annotations

from pathlib import Path

from inspector_app.cli import admin_table, handbook_table, store_table, sync_table
from inspector_app.cli.command import COMMON, DATA, NEW_PASSPHRASE, Command, ExitCode, Option, count, flag
from inspector_app.config import DEFAULT_PORT

GROUND = flag("--ground", metavar="TEXT", default="")

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
        (
            flag("file", nargs="?", type=Path),
            flag("--demo", action="store_true"),
            flag("--report", metavar="OUT.csv", type=Path),
        ),
    ),
    Command(
        "factories search",
        "factories:search",
        (flag("text"), flag("--province", metavar="NAME"), flag("--limit", type=count, default=20, metavar="N")),
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
            GROUND,
        ),
    ),
    Command("answer", "records:answer", (flag("record"), flag("file", metavar="FILE.json"), GROUND)),
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
            flag("--revision", metavar="REV"),
        ),
    ),
    Command("correct", "records:correct", (flag("record"), flag("--reason", metavar="TEXT", required=True))),
    Command(
        "records",
        "records:show_list",
        (flag("--state", choices=("draft", "sealed", "sent")), flag("--search", metavar="TEXT", default="")),
    ),
    Command("show", "records:show", (flag("record"),)),
    *sync_table.COMMANDS,
    *store_table.COMMANDS,
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
    *admin_table.COMMANDS,
    *handbook_table.COMMANDS,
)

__all__ = ["COMMANDS", "COMMON", "DATA", "NEW_PASSPHRASE", "Command", "ExitCode", "Option", "flag"]
