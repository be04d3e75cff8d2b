"""Plays case files and traces of reference engines: in the suite, and by hand.

    python -m tests.support.engine_play FILE…      cases (.json) and traces (.json.gz), any number

Public forms and traces are not part of this repository. They are looked for in `../shared`, or where
`INSPECTOR_REFERENCE_DATA` points; what is absent is named as not run.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support import engine_judge
from tests.support.case_driver import Driver

ROOT = Path(__file__).parents[2]
OWN_CASES = ROOT / "tests" / "data" / "cases_forms" / "cases.json"
FORMS = {
    "whova": "whova_form.xml",
    "soar": "SOAR_facilitysurvey_full_2017May11_Kenya.xml",
    "ifrc": "ifrc-distribution-site-assessment-v1.xml",
}


def reference(*parts: str) -> Path:
    """Return a path in the reference data, whether it is there or not."""
    root = os.environ.get("INSPECTOR_REFERENCE_DATA")
    return (Path(root) if root else ROOT.parent / "shared").joinpath(*parts)


def not_run(path: Path) -> str:
    """Return the sentence that a skipped test shows."""
    return f"not run: no reference data at {path.name} (INSPECTOR_REFERENCE_DATA or ../shared)"


def load(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    found: dict[str, Any] = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
    return found


def play_cases(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the id of each case with its failures."""
    doc = load(path)
    for case in doc["cases"]:
        yield case["id"], engine_judge.run(case, Driver(), doc)


def play_trace(path: Path) -> tuple[int, list[str]]:
    """Play a trace and compare the state of every node after every step: states compared, differences."""
    trace = load(path)
    form = path.parent.parent / FORMS[trace["form"]]
    driver = Driver()
    driver.open(form.read_text(encoding="utf-8"), {}, trace["clock"], {"deviceid": "dev:1", "username": "u"})
    left_out = {*trace["left_out"]}
    wanted: dict[str, list[Any]] = {}
    compared, differences = 0, []
    for number, state in enumerate(trace["states"]):
        if number:
            engine_judge.do(driver, trace["steps"][number - 1])
        wanted.update(state.get("set", {}))
        for path_gone in state.get("gone", ()):
            wanted.pop(path_gone, None)
        got = {path: _state(node) for path, node in driver.snapshot()["nodes"].items()}
        compared += len(wanted)
        differences += [
            f"step {number} {path}: {got.get(path)}, wanted {want}"
            for path, want in wanted.items()
            if path not in left_out and got.get(path) != want
        ]
        further = {path for path in got if path not in wanted and path not in left_out}
        differences += [f"step {number} {path}: not in the trace" for path in further if "instanceID" not in path]
    return compared, differences


def _state(node: dict[str, Any]) -> list[Any]:
    if node.get("group"):
        return [node["relevant"]]
    judged = node["relevant"] and node["value"] != ""
    return [node["relevant"], node["value"] if node["relevant"] else None, node["constraint_ok"] if judged else True]


def main(paths: list[str]) -> int:
    """Play every file and print what failed; returns the number of failures."""
    failed = 0
    for path in map(Path, paths):
        if path.suffix == ".gz":
            compared, differences = play_trace(path)
            failed += len(differences)
            print(f"{path.name}: {compared} states, {len(differences)} differ", *differences[:20], sep="\n    ")
            continue
        results = list(play_cases(path))
        bad = [(name, failures) for name, failures in results if failures]
        failed += len(bad)
        print(f"{path.name}: {len(results) - len(bad)} passed, {len(bad)} failed")
        for name, failures in bad:
            print(name, *failures, sep="\n    ")
    return failed


if __name__ == "__main__":
    os.environ["TZ"] = "Asia/Bangkok"
    sys.exit(min(main(sys.argv[1:]), 100))
