"""What expressions may ask of the world around one session: time, device, language, data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from checklists.clock import Clock
from checklists.session.views import ClientInfo
from checklists.xform.form import FormDefinition
from checklists.xpath.tree import Element


class Environment:
    """`frame.env` of every row of a session."""

    __slots__ = ("_clock", "_last_saved", "client", "definition", "language", "patterns_out")

    def __init__(
        self, definition: FormDefinition, clock: Clock, client: ClientInfo, last_saved: Element | None, language: str
    ) -> None:
        self.definition = definition
        self.client = client
        self.language = language
        self.patterns_out: dict[str, None] = {}  # patterns that reached their time limit, in order
        self._clock = clock
        self._last_saved = last_saved or Element("")

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
        choice = source.named(value, node.row) if source is not None and value else None
        return "" if choice is None else str(choice.label.in_language(self.language, row=node.row))

    def look_up(self, name: str, column: str, key_column: str, key: str) -> str:
        """Return a cell of a table: the column of the first item whose key column is `key`."""
        parts = self.definition.parts
        if name not in parts.instances:
            return ""
        for table in self.instance(name).children:
            for item in table.index(table.children[0].name, key_column).get(key, ()) if table.children else ():
                return item.child_text(column)
        return ""
