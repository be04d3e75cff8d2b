"""The commands of the local store: who can sign in, backups, checks, the versions of a record."""

from __future__ import annotations

from pathlib import Path

from inspector_app.cli.command import NEW_PASSPHRASE, Command, flag

PEOPLE = (
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
    Command("person remove", "people:remove", (flag("person", metavar="NAME"),)),
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
    Command("recovery new", "people:new_recovery_key"),
    Command(
        "erase",
        "people:erase",
        (flag("--confirm", metavar="FOLDER", required=True), flag("--unsent-too", action="store_true")),
    ),
)

VERSIONS = (
    Command("record revisions", "corrections:revisions", (flag("record"),)),
    Command(
        "record compare",
        "corrections:compare",
        (flag("record"), flag("before", nargs="?", metavar="REV"), flag("after", nargs="?", metavar="REV")),
    ),
)

CARE = (
    Command("backup", "care:back_up", (flag("--to", metavar="DIR", type=Path),)),
    Command("restore", "care:restore", (flag("backup", nargs="?", metavar="NAME"),)),
    Command("verify", "checkups:verify", (flag("file", nargs="?", type=Path), flag("--quick", action="store_true"))),
    Command("doctor", "checkups:doctor"),
)

COMMANDS = (*VERSIONS, *PEOPLE, *CARE)
