"""Every command with its options, as data. Words: `cli.help.<name>` and `cli.option.<option>`."""

from __future__ import annotations

from pathlib import Path

from inspector_app.cli import handbook_table
from inspector_app.cli.command import COMMON, DATA, NEW_PASSPHRASE, Command, ExitCode, Option, flag
from inspector_app.config import DEFAULT_PORT

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
    *handbook_table.COMMANDS,
)

__all__ = ["COMMANDS", "COMMON", "DATA", "NEW_PASSPHRASE", "Command", "ExitCode", "Option", "flag"]
