"""The commands of the handbook: the officer's power, findings, orders, last time, laws, computations."""

from __future__ import annotations

from inspector_app.cli.command import Command

COMMANDS: tuple[Command, ...] = ()
