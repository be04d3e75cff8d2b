"""The commands of a centre's keepers, as data."""

from __future__ import annotations

from pathlib import Path

from inspector_app.cli.command import DATA, Command, count, flag, province_scope

ROLES = ("inspector", "supervisor", "office", "centre", "auditor", "relay")
"""As `sync.protocol.Role`; written out, so that the help of commands does not load the server."""
USER = flag("user", metavar="USER")
ROLE = flag("--role", choices=ROLES, default="")
SCOPE = flag("--scope", metavar="PROVINCE", type=province_scope)

PEOPLE = (
    Command(
        "admin user add",
        "admin:user_add",
        (
            DATA,
            flag("--name", metavar="NAME", required=True),
            flag("--role", choices=ROLES, required=True),
            flag("--scope", metavar="PROVINCE", type=province_scope, required=True),
            flag("--issuer", metavar="URL", default=""),
            flag("--subject", metavar="ID", default=""),
        ),
    ),
    Command("admin user list", "admin:user_list", (DATA,)),
    Command("admin user change", "admin:user_change", (DATA, USER, ROLE, SCOPE)),
    Command("admin user disable", "admin:user_disable", (DATA, USER)),
    Command("admin user enable", "admin:user_enable", (DATA, USER)),
    Command(
        "admin device",
        "admin:device",
        (DATA, flag("--user", metavar="USER", default=""), flag("--role", choices=ROLES, default="inspector"), SCOPE),
    ),
    Command("admin devices", "admin:devices", (DATA,)),
    Command("admin revoke", "admin:revoke", (DATA, flag("device"))),
    Command(
        "admin phone",
        "admin:phone",
        (
            DATA,
            USER,
            flag("--url", metavar="URL", required=True),
            flag("-o", "--output", metavar="QR.png", type=Path, default=None),
        ),
    ),
    Command("admin log", "admin:log", (DATA, flag("--limit", type=count, default=50, metavar="N"))),
)

HANDBOOK = (
    Command("admin signer", "admin:signer", (DATA, flag("file", type=Path))),
    Command("admin publish", "admin:publish", (DATA, flag("checklist"))),
    Command("admin recall", "admin:recall", (DATA, flag("file", type=Path))),
    Command("admin editions", "admin:editions", (DATA,)),
    Command(
        "admin registry",
        "admin:registry",
        (
            DATA,
            flag("file", type=Path),
            flag("--new-file", action="store_true"),
            flag("--fewer", action="store_true"),
        ),
    ),
)

MINISTRY = (
    Command("admin ministry status", "admin_ministry:status", (DATA,)),
    Command("admin ministry run", "admin_ministry:run", (DATA, flag("--limit", type=count, default=1000, metavar="N"))),
    Command(
        "admin ministry preview",
        "admin_ministry:preview",
        (DATA, flag("record", metavar="RECORD", nargs="?")),
    ),
    Command("admin ministry retry", "admin_ministry:retry", (DATA, flag("revision", metavar="REVISION"))),
)

COMMANDS = (*PEOPLE, *HANDBOOK, *MINISTRY)
