"""What expressions may ask of the world around one session: time, device, language, data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from checklists.clock import Clock
from checklists.session.views import ClientInfo
from checklists.xform.form import FormDefinition
from checklists.xpath.tree import Element


class Environment:
    """`frame.env` of every row of a session."""

    __slots__ = ("_clock", "_indexes", "_last_saved", "client", "definition", "language", "patterns_out")

    def __init__(
        self, definition: FormDefinition, clock: Clock, client: ClientInfo, last_saved: Element | None, language: str
    ) -> None:
        self.definition = definition
        self.client = client
        self.language = language
        self.patterns_out: dict[str, None] = {}  # patterns that reached their time limit, in order
        self._clock = clock
        self._last_saved = last_saved or Element("")
        self._indexes: dict[tuple[str, str], Mapping[str, Element]] = {}

    def ran_out(self, pattern: str) -> None:
        """Remember that a pattern reached its time limit here."""
        self.patterns_out[pattern] = None

    def now(self) -> datetime:
        return self._clock.now()

    def instance(self, name: str) -> Element:
        parts = self.definition.parts
        return self._last_saved if name in parts.last_saved else parts.instances[name]

    def itext(self, text_id: str) -> str:
        text = self.definition.parts.itext_texts.get(text_id)
        return text.in_language(self.language) if text is not None else ""

    def choice_name(self, node: Any, value: str) -> str:
        """Return the label of a choice of the select that `node` is an answer to; blank when there is none."""
        source = node.definition.choices
        if source is None or not value:
            return ""
        for choice in source.everything() if source.everything is not None else source.now(node.row):
            if choice.value == value:
                label: str = choice.label.in_language(self.language, row=node.row)
                return label
        return ""

    def look_up(self, name: str, column: str, key_column: str, key: str) -> str:
        """Return a cell of a table: the column of the first item whose key column is `key`."""
        parts = self.definition.parts
        if name not in parts.instances:
            return ""
        index = self._indexes.get((name, key_column))
        if index is None:
            index = self._indexes[name, key_column] = _index(self.instance(name), key_column)
        item = index.get(key)
        return "" if item is None else item.child_text(column)


def _index(document: Element, key_column: str) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for root in document.children:
        for item in root.children:
            found.setdefault(item.child_text(key_column), item)
    return found
