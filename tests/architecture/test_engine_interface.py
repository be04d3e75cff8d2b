"""The fill screen and the commands use the form engine through its public interface alone (docs/forms.md)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import checklists.session
import checklists.xform

ROOT = Path(__file__).parents[2]
ENGINE = {"checklists.session": checklists.session, "checklists.xform": checklists.xform}
INNER = ("checklists.xpath", *(f"{package}." for package in ENGINE))
CALLERS = (
    "inspector_app/gui/**/*.py", "inspector_app/cli/**/*.py", "inspector_app/actions/**/*.py",
    "inspector_app/demo/**/*.py", "tests/inspector_app/**/*.py", "tests/journeys/**/*.py",
    "tests/support/case_driver.py",
)  # fmt: skip


def sources(patterns) -> list[Path]:
    return sorted({path for pattern in patterns for path in ROOT.glob(pattern)})


def private_names() -> set[str]:
    """Return the underscore attributes that sessions and definitions have, and what sessions run on."""
    found = {"parts"}
    for path in sources(("checklists/session/*.py", "checklists/xform/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            own = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
            if own and node.attr.startswith("_") and not node.attr.startswith("__"):
                found.add(node.attr)
    return found


PRIVATE = private_names()


def trespasses(tree: ast.AST) -> list[str]:
    """Return what a module takes of the engine that is not offered: inner modules, other names, private attributes."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.startswith(INNER)]
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module.startswith(INNER):
                found.append(node.module)
            offered = getattr(ENGINE.get(node.module), "__all__", None)
            found += [f"{node.module}.{a.name}" for a in node.names if offered is not None and a.name not in offered]
        elif isinstance(node, ast.Attribute) and node.attr in PRIVATE and _is_engine(node.value):
            found.append(ast.unparse(node))
    return found


def _is_engine(value: ast.expr) -> bool:
    """Say whether an expression is called as sessions and definitions are."""
    name = value.attr if isinstance(value, ast.Attribute) else value.id if isinstance(value, ast.Name) else ""
    return name.strip("_") in {"session", "definition", "form", "live"}


@pytest.mark.parametrize("path", sources(CALLERS), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_callers_use_what_the_engine_offers(path):
    assert trespasses(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        "from checklists.session.live import LiveForm", "import checklists.xpath.parser",
        "from checklists.session import serialise", "record.session._live.root", "definition.parts.rules",
    ],
)  # fmt: skip
def test_the_check_finds_a_trespass(code):
    assert trespasses(ast.parse(code)) != []
