"""Expressions without a form: surroundings over a plain XML document, and a frame to run them in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lxml import etree

from checklists.xpath import CORE, Compiled, compile_expression
from checklists.xpath.compiled import PredicateFrame
from checklists.xpath.errors import UnknownInstanceError
from checklists.xpath.syntax import Path
from checklists.xpath.tree import Element
from checklists.xpath.values import Kind


class DocumentStatic:
    """Paths are walked from the document; nothing is quick and nothing is noted."""

    def path(self, path: Path, *, generic: bool) -> Compiled | None:
        return None

    def document(self) -> Compiled:
        return Compiled(Kind.NODE, lambda frame: _base(frame).document)

    def context(self) -> Compiled:
        return Compiled(Kind.NODE, lambda frame: frame.node)

    def current(self) -> Compiled:
        return Compiled(Kind.NODE, lambda frame: _base(frame).node)

    def instance(self, name: str) -> Compiled:
        raise UnknownInstanceError(name, name=name)

    def advance(self, targets: Any, axis: str, test: str) -> Any:
        return None

    def within(self, targets: Any) -> DocumentStatic:
        return self

    def special(self, name: str) -> Any:
        return None


class Frame:
    """The frame of a whole expression: a document, its root as the context, a clock that stands still."""

    def __init__(self, document: Element, now: str = "2026-03-15T10:30:00.000+07:00") -> None:
        self.document = document
        self.node = document.children[0] if document.children else document
        self.env = self
        self._now = datetime.fromisoformat(now)

    def now(self) -> datetime:
        return self._now


def _base(frame: Any) -> Frame:
    while isinstance(frame, PredicateFrame):
        frame = frame.outer
    assert isinstance(frame, Frame)
    return frame


def document_of(xml: str) -> Element:
    document = Element("")
    stack = [(etree.fromstring(xml), document)] if xml else []
    while stack:
        source, above = stack.pop()
        attributes = {etree.QName(str(key)).localname: str(value) for key, value in source.attrib.items()}
        made = Element(etree.QName(source).localname, source.text or "", parent=above, attributes=attributes)
        stack.extend((kid, made) for kid in reversed(source))
    return document


def evaluate(expression: str, xml: str = "") -> Any:
    """Return the value of an expression: float, bool, text, or a list of nodes."""
    value = compile_expression(expression, DocumentStatic(), CORE).run(Frame(document_of(xml)))
    return value if isinstance(value, (float, bool, str, list)) else [value]
