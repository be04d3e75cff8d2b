"""The rules of ARCHITECTURE.md that a machine can hold."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("resources", "checklists", "sync", "inspector_app")
SOURCES = sorted(f for package in PACKAGES for f in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def test_import_contracts_hold() -> None:
    script = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([str(script), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_architecture_names_every_import_contract() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    missing = [c["name"] for c in config["tool"]["importlinter"]["contracts"] if c["name"] not in text]
    assert missing == []


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    if file.name == "__init__.py" and not text.strip():
        pytest.fail("an empty __init__.py tells a newcomer nothing: one sentence")
    assert ast.get_docstring(ast.parse(text)), "no module docstring"


def calls(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            found.add(f"{owner.id if isinstance(owner, ast.Name) else '?'}.{node.func.attr}")
    return found


@pytest.mark.parametrize("file", [f for f in TESTS if f.parts[-2] != "support"], ids=lambda f: str(f.relative_to(ROOT)))
def test_tests_wait_for_conditions_and_never_sleep(file: Path) -> None:
    """Only a poller in tests/support may nap between two looks, and a campaign before a kill at a random moment."""
    assert calls(file).isdisjoint({"time.sleep", "qtbot.wait", "QTest.qWait", "QtTest.qWait"})


def test_nothing_committed_names_this_machine_or_a_package_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    words = [
        "/" + "work/",
        "/" + "tmp/",
        "pypi" + ".org",
        "files.python" + "hosted",
        "registry.npm" + "js",
        "deb.deb" + "ian",
    ]
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        data = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        found += [f"{name}: {word}" for word in words if word.encode() in data]
    assert found == []
