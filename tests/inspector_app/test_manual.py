"""The manual keeps up with the program: every command, option and exit code that scripts rest on is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from inspector_app.cli import COMMANDS, ExitCode

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "manual"
COMMANDS_PAGE = (MANUAL / "commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.name], ids=lambda c: c.name)
def test_every_command_is_in_the_manual(command: object) -> None:
    *_, last = getattr(command, "words", ())
    assert re.search(rf"\b{last}\b", COMMANDS_PAGE)


def test_every_exit_code_is_in_the_manual() -> None:
    for code in ExitCode:
        assert re.search(rf"^\| {int(code)} \|", COMMANDS_PAGE, re.MULTILINE), code


def test_links_and_pictures_of_the_manual_lead_somewhere() -> None:
    links = [
        (page, target)
        for page in MANUAL.glob("*.md")
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
        if not target.startswith("http")
    ]
    assert [f"{page.name}: {target}" for page, target in links if not (page.parent / target).exists()] == []
