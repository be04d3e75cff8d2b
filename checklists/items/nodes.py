"""Small readers of a form's nodes, shared by both kinds of outlines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from checklists.authoring import names
from checklists.items.definitions import ChoiceDef
from checklists.model import Words
from checklists.xform import GroupDef, QuestionDef, RepeatDef

Node: TypeAlias = GroupDef | RepeatDef | QuestionDef

OUTCOMES = {"conform": "pass", "nonconform": "fail", "conforming": "pass", "non-conform": "fail"}
"""Words of other authors for our verdicts."""

SELECTS = ("select1", "select", "rank")
KIND_OF_TYPE = {
    "integer": "count",
    "decimal": "number",
    "date": "date",
    "choice": "choice",
    "choices": "choice",
}
_DATA_TYPE = {
    "int": "integer",
    "integer": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "dateTime": "datetime",
    "geopoint": "geopoint",
    "string": "text",
    "": "text",
}


def value_type(question: QuestionDef) -> str:
    if question.control == "select1":
        return "choice"
    if question.control in ("select", "rank"):
        return "choices"
    return "image" if question.control == "upload" else _DATA_TYPE.get(question.data_type, "other")


def questions_in(group: Node) -> Iterator[QuestionDef]:
    for child in group.children:
        if isinstance(child, QuestionDef):
            yield child
        else:
            yield from questions_in(child)


def inspection_name(name: str) -> str:
    return f"{{{names.NAMESPACE}}}{name}"


def attributes_of(node: Node) -> dict[str, str]:
    """Return a node's inspection attributes by local name."""
    prefix = inspection_name("")
    found = node.bind_attributes.items()
    return {key.removeprefix(prefix): value for key, value in found if key.startswith(prefix)}


def label_of(node: Node) -> Words:
    return Words(node.label_in("th"), node.label_in("en"))


def short_of(found: Mapping[str, str]) -> Words | None:
    return Words(found["short-th"], found.get("short-en", "")) if "short-th" in found else None


def hint_of(node: Node) -> Words:
    return Words(node.hint_in("th"), node.hint_in("en"))


def choices_of(question: QuestionDef) -> tuple[ChoiceDef, ...]:
    if question.control not in SELECTS:
        return ()
    english = {value: label for value, label, _ in question.choices_in("en")}
    return tuple(
        ChoiceDef(
            value,
            Words(label, english.get(value, "")),
            OUTCOMES.get(extra.get("outcome", ""), extra.get("outcome", "")),
            extra.get("score", ""),
            extra.get("severity", ""),
        )
        for value, label, extra in question.choices_in("th")
    )


def inputs_of(text: str) -> tuple[tuple[str, str], ...]:
    """Read `workers= /data/sec_a/fa_a09/fa_a09_x  hp= /data/visit/licensed_hp`."""
    words = text.replace("=", " ").split()
    return tuple(zip(words[::2], words[1::2], strict=False))


def number_of(text: str) -> float | None:
    """Return a plain number; None for nothing and for an expression."""
    try:
        return float(text) if text else None
    except ValueError:
        return None
