"""The commands of sending: to the centre, through an office relay, by USB stick."""

from __future__ import annotations

from pathlib import Path

from inspector_app.cli.command import DATA, Command, flag, province_scope

DEFAULT_LISTEN = "0.0.0.0:8766"
"""A relay is for the laptops of its office; on any address but this machine's own it speaks TLS."""
WAYS = ("nearest", "centre", "relay")

COMMANDS = (
    Command(
        "sync",
        "syncing:sync",
        (
            flag("--server", metavar="URL"),
            flag("--code", metavar="CODE"),
            flag("--sign-in", action="store_true"),
            flag("--force", action="store_true"),
            flag("--dry-run", action="store_true"),
            flag("--no-photos", action="store_true"),
            flag("--log", metavar="FILE", type=Path),
            flag("--relay", metavar="URL"),
            flag("--word", metavar="WORD", default=""),
            flag("--way", choices=WAYS),
            flag("--proxy", metavar="URL"),
            flag("--proxy-user", metavar="NAME"),
            flag("--proxy-password-file", metavar="FILE", type=Path),
            flag("--ca", metavar="FILE.pem", type=Path),
            flag("--openrosa", metavar="URL"),
            flag("--openrosa-user", metavar="NAME", default=""),
            flag("--openrosa-password-file", metavar="FILE", type=Path),
            flag("--forms", metavar="DIR", type=Path),
        ),
    ),
    Command(
        "relay",
        "relay:relay_",
        (
            flag("what", nargs="?", choices=("run", "status", "key"), default="run"),
            flag("--data", metavar="DIR", type=Path, required=True),
            flag("--centre", metavar="URL", default=""),
            flag("--code", metavar="CODE", default=""),
            flag("--listen", metavar="ADDRESS:PORT", default=DEFAULT_LISTEN),
            flag("--name", metavar="TEXT", default=""),
            flag("--cap", metavar="KB/S", type=int, default=0),
            flag("--night", metavar="HH:MM-HH:MM", default=""),
            flag("--ca", metavar="FILE.pem", type=Path),
            flag("--tls-cert", metavar="FILE.pem", type=Path),
            flag("--tls-key", metavar="FILE.pem", type=Path),
            flag("--lifeline", action="store_true"),
            flag("--office-file", metavar="FILE", type=Path),
        ),
    ),
    Command("leave-relay", "syncing:leave_relay"),
    Command(
        "bundle export",
        "bundles:export",
        (
            flag("stick", type=Path),
            flag("--dry-run", action="store_true"),
            flag("--to", choices=("centre", "office"), default="centre"),
            flag("--office-file", metavar="FILE", type=Path),
            flag("--word", metavar="WORD", default=""),
            flag("--part-bytes", metavar="N", type=int, default=0),
        ),
    ),
    Command(
        "bundle import",
        "bundles:import_",
        (flag("stick", type=Path), flag("--data", metavar="DIR", type=Path), flag("--relay", metavar="DIR", type=Path)),
    ),
    Command("bundle inspect", "bundles:inspect", (flag("stick", type=Path),)),
    Command(
        "admin tell",
        "telling:tell",
        (
            DATA,
            flag("--about", choices=("assignments", "orders", "reported"), required=True),
            flag("--scope", metavar="PROVINCE", type=province_scope, default="00"),
            flag("file", metavar="FILE.json", type=Path),
        ),
    ),
    Command("bundle upload", "bundles:upload", (flag("stick", type=Path), flag("--dry-run", action="store_true"))),
)
