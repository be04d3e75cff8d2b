"""The feature table of docs/forms.md, made by trying: every row that says "yes" was converted, loaded and opened.

python -m tests.support.engine_features      writes the table into docs/forms.md anew
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from checklists.clock import SystemClock
from checklists.errors import AuthorError
from checklists.loading import load_form
from checklists.session import FormSession
from checklists.xform.functions import FUNCTIONS

DOCUMENT = Path(__file__).parents[2] / "docs" / "forms.md"
BEGIN, END = "<!-- features: written by tests/support/engine_features.py -->", "<!-- features: end -->"
YN = "| choices |\n| | list_name | name | label |\n| | yn | yes | Yes |\n| | yn | no | No |\n"

TYPES = {
    "text": "text", "integer": "integer", "decimal": "decimal", "note": "note", "date": "date", "time": "time",
    "dateTime": "dateTime", "select_one": "select_one yn", "select_multiple": "select_multiple yn",
    "rank": "rank yn",
    "range": "range", "acknowledge": "acknowledge", "image": "image", "audio": "audio", "video": "video",
    "file": "file",
    "barcode": "barcode", "geopoint": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape", "hidden": "hidden",
    "start": "start", "end": "end", "today": "today", "deviceid": "deviceid", "username": "username",
    "phonenumber": "phonenumber", "email": "email", "audit": "audit", "background-audio": "background-audio",
    "start-geopoint": "start-geopoint",
}  # fmt: skip
"""Question type to what is tried."""

CLIENT_ONLY = {
    "audit": "loads; the program keeps its own, stronger audit chain",
    "background-audio": "loads; nothing is recorded in the background",
    "start-geopoint": "loads; no position is taken without being asked for",
    "barcode": "loads; typed or pasted, a laptop has no scanner of its own",
    "audio": "loads; attached as a file",
    "video": "loads; attached as a file",
}
"""Types that load and keep their value, but whose device part is not done, and why."""

FEATURES: dict[str, tuple[str, ...]] = {
    "groups, nested groups": (
        "begin group | g | G", "begin group | h | H", "text | a | A", "end group | |", "end group | |",
    ),
    "repeats, nested, user-added": (
        "begin repeat | r | R", "begin repeat | q | Q", "text | a | A", "end repeat | |", "end repeat | |",
    ),
    "repeat_count": ("@repeat_count", "begin repeat | r | R | 2", "text | a | A |", "end repeat | | |"),
    "relevant": ("@relevant", "text | a | A |", "text | b | B | ${a} = 'x'"),
    "required, as an expression": ("@required", "text | a | A |", "text | b | B | ${a} = 'x'"),
    "constraint": ("@constraint", "integer | a | A | . < 10"),
    "readonly, as an expression": ("@readonly", "text | a | A |", "text | b | B | ${a} = 'x'"),
    "calculation": ("@calculation", "integer | a | A |", "calculate | b | | ${a} + 1"),
    "static and dynamic defaults": ("@default", "text | a | A | x", "date | b | B | today()"),
    "trigger (value-changed actions)": ("@trigger | calculation", "text | a | A | |", "text | b | B | ${a} | now()"),
    "choice_filter": ("@choice_filter", "text | a | A |", "select_one yn | b | B | name = ${a}"),
    "randomize with and without seed": ("@parameters", "select_one yn | b | B | randomize=true, seed=42"),
    "or_other": ("select_one yn or_other | b | B",),
    "choices from rows of a repeat": (
        "begin repeat | r | R", "text | a | A", "end repeat | |", "select_one ${a} | b | B",
    ),
    "last-saved": ("@default", "text | a | A | ${last-saved#a}"),
    "any number of languages": ("@label::Thai (th) | hint::Thai (th)", "text | a | A | ก | ข"),
    "answers quoted in labels": ("text | a | A", "text | b | About ${a}"),
    "bind:: attributes of other namespaces": ("@bind::odk:x", "text | a | A | 1"),
}  # fmt: skip
"""Feature to rows; a first line with `@` names further columns."""

REFUSED = {
    "`jr:count` that depends on its own rows": "refused at load with the paths: the number of rows has no end",
    "rules that depend on one another in a circle": "refused at load with the paths",
    "unknown functions, instances, absolute paths": "refused at load, with what is near",
    "regular expressions that are malformed, or multiply repetitions beyond 10,000": "refused at load",
    "a regular expression that takes more than 0.2 s on an answer": "counts as no match; told at load and at work",
    "DOCTYPE, entities, references to the network": "refused: forms of strangers must not read files or call home",
    "background location, `odk:setgeopoint`, `odk:recordaudio`": "ignored: the program takes nothing unasked",
    "encrypted submissions of ODK (`public_key`)": "not used: records are sealed and signed in their own way",
    "`select_one_external` (itemsets.csv)": "not converted: superseded by `select_one_from_file` in XLSForm itself",
}

APPEARANCES = {
    "any": "handed on as written (`NodeView.appearance`, `body_attributes`); none changes an answer",
    "`search()`": "ignored: the whole list is offered; use `select_one_from_file` with a filter",
    "`ex:`, `printer:` and other programs": "ignored: a laptop has no such programs",
    "`maps`, `placement-map`, `geo` capture": "the answer is text here: there is no map without a network",
}


def source(rows: Sequence[str]) -> str:
    further = f" | {rows[0][1:]}" if rows[0].startswith("@") else ""
    body = "\n".join(f"| | {row} |" for row in rows if not row.startswith("@"))
    settings = '| settings |\n| | namespaces |\n| | odk="urn:x" |\n' if "bind::" in further else ""
    return f"| survey |\n| | type | name | label{further} |\n{body}\n{YN}{settings}"


def tried(form: str) -> str:
    """Return `yes`, or the code of what keeps the form from opening."""
    try:
        FormSession(load_form(form), clock=SystemClock())
    except AuthorError as error:
        return f"no ({error.code})"
    return "yes"


def type_rows() -> Iterator[tuple[str, str]]:
    for name, written in TYPES.items():
        label = "" if written in {"start", "end", "today", "deviceid", "username", "audit"} else "A"
        found = tried(source([f"{written} | {'audit' if name == 'audit' else 'a'} | {label}", "text | z | Z"]))
        yield f"`{name}`", CLIENT_ONLY.get(name, found) if found == "yes" else found


def function_rows() -> Iterator[tuple[str, str]]:
    words = {"t": "text", "n": "number", "b": "boolean", "v": "value", "g": "values", "s": "nodes"}
    for name, function in sorted(FUNCTIONS.items()):
        letters = function.letters(function.most if function.most is not None else max(function.least, 1))
        most = "…" if function.most is None else ""
        given = [words[x] + ("" if at < function.least else "?") for at, x in enumerate(letters)]
        yield f"`{name}({', '.join(given)}{most})`", function.result.value


def table(head: tuple[str, str], rows: Iterator[tuple[str, str]]) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "| --- | --- |", *(f"| {a} | {b} |" for a, b in rows)]
    return "\n".join(lines)


def features() -> str:
    """Return the whole table."""
    sections: tuple[tuple[str, Callable[[], str]], ...] = (
        ("Question types", lambda: table(("type", "works"), type_rows())),
        ("Form features", lambda: table(("feature", "works"), ((n, tried(source(r))) for n, r in FEATURES.items()))),
        ("Appearances", lambda: table(("appearance", "works"), iter(APPEARANCES.items()))),
        (f"Functions ({len(FUNCTIONS)})", lambda: table(("call", "gives"), function_rows())),
        ("What is refused or left out, and why", lambda: table(("what", "why"), iter(REFUSED.items()))),
    )
    return "\n\n".join(f"### {title}\n\n{make()}" for title, make in sections)


def written_table() -> str:
    """Return the table that the document holds now."""
    return DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def main() -> None:
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{features()}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
