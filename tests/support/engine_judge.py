"""The judge of the acceptance cases: what `compare.py` beside the shared cases does, for use in the suite.

`run(case, driver, doc)` drives one case and returns a list of failures; empty is a pass. The keys of a step are told in
the README of the cases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

Step = Mapping[str, Any]


def run(case: Mapping[str, Any], driver: Any, doc: Mapping[str, Any]) -> list[str]:
    """Play one case step by step."""
    driver.open(case["form"], case.get("files", {}), doc["clock"], doc["client"], case.get("last_saved"))
    failures: list[str] = []
    remembered: dict[str, str] = {}
    for number, step in enumerate(case["steps"]):
        if step["do"] == "expect":
            judged = _Judge(step, driver, remembered).failures()
            failures += [f"step {number}: {text}" for text in judged]
        else:
            do(driver, step)
    return failures


def do(driver: Any, step: Step) -> None:
    """Play one step that changes something."""
    actions: dict[str, Callable[[], None]] = {
        "set": lambda: driver.set(step["path"], step["value"]),
        "add_repeat": lambda: driver.add_repeat(step["path"]),
        "remove_repeat": lambda: driver.remove_repeat(step["path"]),
        "language": lambda: driver.language(step["value"]),
        "reload": lambda: driver.reload(),
    }
    actions[step["do"]]()


def plain(text: str | None) -> str | None:
    return None if text is None else re.sub(r"\s+", " ", text).strip()


class _Judge:
    def __init__(self, step: Step, driver: Any, remembered: dict[str, str]) -> None:
        self.step = step
        self.driver = driver
        self.remembered = remembered
        snapshot = driver.snapshot()
        self.nodes: dict[str, dict[str, Any]] = snapshot["nodes"]
        self.asked = snapshot["asked"]

    def field(self, path: str, key: str) -> Any:
        return self.nodes[path].get(key) if path in self.nodes else f"<no node {path}>"

    def failures(self) -> list[str]:
        found: list[str] = []
        for key, want in self.step.items():
            check = getattr(self, f"check_{key}", None)
            if check is not None:
                found += check(want)
            elif key != "do":
                raise ValueError(f"unknown key {key}")
        return found

    def same(self, wanted: Mapping[str, Any], key: str, tidy: Callable[[Any], Any] = lambda value: value) -> list[str]:
        got = {path: tidy(self.field(path, key)) for path in wanted}
        return [f"{path}: {key} {got[path]!r}, wanted {want!r}" for path, want in wanted.items() if got[path] != want]

    def check_values(self, want: Mapping[str, str]) -> list[str]:
        return self.same(want, "value")

    def check_relevant(self, want: Mapping[str, bool]) -> list[str]:
        return self.same(want, "relevant")

    def check_required(self, want: Mapping[str, bool]) -> list[str]:
        return self.same(want, "required")

    def check_readonly(self, want: Mapping[str, bool]) -> list[str]:
        return self.same(want, "readonly")

    def check_required_msg(self, want: Mapping[str, str]) -> list[str]:
        return self.same(want, "required_msg", plain)

    def check_labels(self, want: Mapping[str, str]) -> list[str]:
        return self.same(want, "label", plain)

    def check_hints(self, want: Mapping[str, str]) -> list[str]:
        return self.same(want, "hint", plain)

    def check_choices(self, want: Mapping[str, Any]) -> list[str]:
        return self.same(want, "choices", lambda found: [[value, plain(label)] for value, label in found or []])

    def check_choice_values(self, want: Mapping[str, Any]) -> list[str]:
        return self.same(want, "choices", lambda found: [value for value, _ in found or []])

    def check_approx(self, want: Mapping[str, tuple[float, float]]) -> list[str]:
        out = []
        for path, (number, tolerance) in want.items():
            try:
                close = abs(float(self.field(path, "value")) - number) <= tolerance
            except (TypeError, ValueError):
                close = False
            if not close:
                out.append(f"{path}: value {self.field(path, 'value')!r}, wanted about {number}")
        return out

    def check_matches(self, want: Mapping[str, str]) -> list[str]:
        return [
            f"{path}: value {self.field(path, 'value')!r} does not match {pattern}"
            for path, pattern in want.items()
            if not re.search(pattern, str(self.field(path, "value") or ""))
        ]

    def check_same_after_reload(self, want: list[str]) -> list[str]:
        out = []
        for path in want:
            value = self.field(path, "value")
            if not value or self.remembered.setdefault(path, value) != value:
                out.append(f"{path}: {value!r} was {self.remembered.get(path)!r}")
        return out

    def check_asked(self, want: list[str]) -> list[str]:
        return [] if self.asked == want else [f"asked {self.asked}, wanted {want}"]

    def check_missing(self, want: list[str]) -> list[str]:
        got = sorted(
            path
            for path, node in self.nodes.items()
            if not node.get("group") and node.get("required") and node["relevant"] and node.get("value") == ""
        )
        return [] if got == sorted(want) else [f"missing {got}, wanted {sorted(want)}"]

    def bad(self) -> dict[str, str | None]:
        return {
            path: plain(node.get("constraint_msg"))
            for path, node in self.nodes.items()
            if not node.get("group") and node["relevant"] and node.get("value") and node.get("constraint_ok") is False
        }

    def check_invalid(self, want: Mapping[str, str]) -> list[str]:
        return [] if self.bad() == want else [f"invalid {self.bad()}, wanted {want}"]

    def check_invalid_has(self, want: Mapping[str, str]) -> list[str]:
        bad = self.bad()
        return [f"invalid {bad}, wanted {path}: {text!r}" for path, text in want.items() if bad.get(path) != text]

    def check_repeat_counts(self, want: Mapping[str, int]) -> list[str]:
        got = {p: sum(1 for node in self.nodes if re.fullmatch(re.escape(p) + r"\[\d+\]", node)) for p in want}
        return [f"{path}: {got[path]} rows, wanted {count}" for path, count in want.items() if got[path] != count]

    def check_bind_attrs(self, want: Mapping[str, Mapping[str, str]]) -> list[str]:
        out = []
        for path, attributes in want.items():
            got = self.driver.bind_attributes(path)
            if any(got.get(key) != value for key, value in attributes.items()):
                out.append(f"{path}: bind attributes {got}, wanted {attributes}")
        return out

    def check_submission(self, want: str) -> list[str]:
        found = xml_difference(want, self.driver.submission())
        return [f"submission {found}"] if found else []


def xml_difference(expected: str, got: str) -> str:
    """Return the first difference by element order, names, attributes and trimmed text; '' when there is none."""
    try:
        right = etree.fromstring(got.encode())
    except etree.XMLSyntaxError as error:
        return f"not well-formed: {error}"
    return _difference(etree.fromstring(expected.encode()), right, "")


def _difference(a: etree._Element, b: etree._Element, where: str) -> str:
    where += "/" + str(etree.QName(a).localname)
    if a.tag != b.tag:
        return f"{where}: {b.tag!r} instead of {a.tag!r}"
    if set(a.attrib) != set(b.attrib):
        return f"{where}: attributes {sorted(map(str, b.attrib))} instead of {sorted(map(str, a.attrib))}"
    for key, want in a.attrib.items():
        if b.get(key) != want and not (want == "*" and b.get(key)):
            return f"{where}/@{key!r}: {b.get(key)!r} instead of {want!r}"
    if not _same_text((a.text or "").strip(), (b.text or "").strip()):
        return f"{where}: {b.text!r} instead of {a.text!r}"
    if [kid.tag for kid in a] != [kid.tag for kid in b]:
        return f"{where}: children {[kid.tag for kid in b]} instead of {[kid.tag for kid in a]}"
    return next((found for x, y in zip(a, b, strict=True) if (found := _difference(x, y, where))), "")


def _same_text(want: str, have: str) -> bool:
    if want == "*":
        return bool(have)
    if want.startswith("#geo "):
        try:
            return [float(n) for n in want[5:].split()] == [float(n) for n in have.split()]
        except ValueError:
            return False
    return want == have
