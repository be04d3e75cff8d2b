"""Reading a submission: which form, which instance, what it answers and which files it names. Pure."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from checklists.model import AnswerRow, RepeatRow
from checklists.xform import FormDefinition, FormError
from checklists.xform.nodes import NodeDef
from checklists.xform.xml import local, parse_xml

_PLAIN_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,200}")
_INSTANCE = re.compile(r"uuid:[A-Za-z0-9-]{1,59}")
BINARY = "binary"


class SubmissionError(ValueError):
    """The bytes are no submission; the message says what is missing, for the person with the phone."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What stands in the XML before any form is known."""

    xml: bytes
    root: etree._Element = field(repr=False)
    form_id: str
    version: str
    instance_id: str
    deprecated_id: str


@dataclass(frozen=True, slots=True)
class Answers:
    """A submission seen through its form. `files` are the names in the XML, in its order, each once."""

    answers: tuple[AnswerRow, ...]
    rows: tuple[RepeatRow, ...]
    files: tuple[str, ...]


def read(xml: bytes) -> Submission:
    """Read what tells a submission apart. Raises `SubmissionError`."""
    try:
        root = parse_xml(xml)
    except FormError as error:
        raise SubmissionError("not XML") from error
    meta = next((child for child in root if local(child) == "meta"), None)
    ids = {local(child): (child.text or "").strip() for child in meta} if meta is not None else {}
    instance, deprecated = ids.get("instanceID", ""), ids.get("deprecatedID", "")
    if _INSTANCE.fullmatch(instance) is None or (deprecated and _INSTANCE.fullmatch(deprecated) is None):
        raise SubmissionError("instanceID is missing or no uuid")
    return Submission(xml, root, root.get("id", ""), root.get("version", ""), instance, deprecated)


def read_answers(submission: Submission, definition: FormDefinition) -> Answers:
    """Return the answers by path and row. What the form does not know is left in the XML only.

    Raises `SubmissionError` for a file's name that is no plain one: it becomes a file's name wherever the record goes.
    """
    answers: list[AnswerRow] = []
    rows: list[RepeatRow] = []
    for node, row, element in _nodes(submission, definition, rows):
        if node.is_leaf and element.text:
            answers.append(AnswerRow(node.path, row, element.text))
    binary = {path for path, node in definition.parts.by_path.items() if node.bind.data_type == BINARY}
    names = dict.fromkeys(answer.value.strip() for answer in answers if answer.path in binary)
    files = tuple(name for name in names if name)
    for name in files:
        if _PLAIN_NAME.fullmatch(name) is None or not name.strip(". "):
            raise SubmissionError(f"no name for a file: {name[:100]!r}")
    return Answers(tuple(answers), tuple(rows), files)


def _nodes(
    submission: Submission, definition: FormDefinition, rows: list[RepeatRow]
) -> Iterator[tuple[NodeDef, str, etree._Element]]:
    """Walk the elements that the form knows, each with its row; notes the rows of repeats in `rows`."""
    by_path = definition.parts.by_path
    stack = [(submission.root, f"/{local(submission.root)}", "")]
    while stack:
        parent, path, row = stack.pop()
        counts: dict[str, int] = {}
        deeper = []
        for element in parent:
            below = f"{path}/{local(element)}"
            node = by_path.get(below)
            if node is None:
                continue
            inside = row
            if node.is_repeat:
                counts[below] = counts.get(below, 0) + 1
                inside = _row_id(submission.instance_id, row, below, counts[below])
                rows.append(RepeatRow(inside, below, row, counts[below] - 1))
            yield node, inside, element
            deeper.append((element, below, inside))
        stack.extend(reversed(deeper))


def _row_id(instance_id: str, parent: str, path: str, position: int) -> str:
    """Name a row by its place, so that the same bytes always give the same rows."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{instance_id}|{parent}|{path}|{position}"))
