"""Two revisions of a record side by side: only what differs, the old on the left, the new on the right."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from checklists.model import Words
from inspector_app.actions.inspection import comparing
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import date_and_time
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Card, EmptyState
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.labels import ThaiLabel

if TYPE_CHECKING:
    from checklists.store import RevisionSummary
    from inspector_app.actions.inspection.comparing import Comparison, Row

CODES: Mapping[str, str] = MappingProxyType(
    {"verdict": "report.verdict", "overall": "report.overall", "kind": "report.kind"}
)
"""Members whose values are codes, and where their words are."""


class CompareDialog(Dialog):
    """`printed(revision_id)` when one of the two is to be shown as paper."""

    printed = Signal(str)

    def __init__(self, over: QWidget, context: AppContext, found: Comparison) -> None:
        t = context.t
        super().__init__(
            over, t("record.compare.title"), t("record.compare.reason", reason=found.after.reason), width=980
        )
        self._context, self._t = context, t
        self.found = found
        heads = QHBoxLayout()
        for version in (found.before, found.after):
            heads.addWidget(self._head(version), 1)
        self.body.addLayout(heads)
        for row in found.rows:
            self.body.addWidget(self._row(row))
        if not found.rows:
            self.body.addWidget(EmptyState("equal", t("cli.compare.same")))
        self.body.addStretch(1)
        self.add_button(t("record.compare.back"), accept=False, key="Esc")

    def _head(self, version: RevisionSummary) -> Card:
        card = Card()
        when = date_and_time(version.sealed_at, self._context.language)
        card.body.addWidget(ThaiLabel(self._t("record.compare.version", number=version.number), role="name_bold"))
        card.body.addWidget(ThaiLabel(f"{version.author} · {when}", tone="muted"))
        button = ActionButton(self._t("record.compare.show"), icon="printer-outline")
        button.setAccessibleName(f"{button.text()} {version.number}")
        button.clicked.connect(lambda: self._show_paper(version.revision_id))
        card.body.addWidget(button)
        return card

    def _show_paper(self, revision_id: str) -> None:
        self.accept()
        self.printed.emit(revision_id)

    def _row(self, row: Row) -> Card:
        """One changed thing: what it is, then both states; a mark says added, gone or changed, not only a colour."""
        added, gone = not row.before.th, not row.after.th
        mark = "added" if added else "gone" if gone else "changed"
        card = Card({"added": "ok", "gone": "bad", "changed": "obs"}[mark])
        head = QHBoxLayout()
        head.addWidget(ThaiLabel(self._name(row), role="name_bold"), 1)
        head.addWidget(ThaiLabel(self._t(f"record.compare.{mark}"), role="note_bold", tone="muted", wrap=False))
        card.body.addLayout(head)
        both = QGridLayout()
        both.setColumnStretch(0, 1)
        both.setColumnStretch(1, 1)
        both.setHorizontalSpacing(16)
        both.addWidget(ThaiLabel(self._said(row, row.before), tone="muted"), 0, 0)
        both.addWidget(ThaiLabel(self._said(row, row.after)), 0, 1)
        card.body.addLayout(both)
        return card

    def _name(self, row: Row) -> str:
        name = " ".join(part for part in (row.key, row.title.in_language(self._context.language)) if part)
        what = self._t(f"cli.compare.{row.kind}", name=name)
        member = f"cli.compare.member.{row.member}"
        if row.kind not in {"item", "visit"}:
            return what
        return f"{what} · {self._t(member) if self._context.translator.has(member) else row.member}"

    def _said(self, row: Row, words: Words) -> str:
        text = words.in_language(self._context.language)
        key = f"{CODES.get(row.member, '')}.{text}"
        return self._t(key) if text and self._context.translator.has(key) else text or self._t("cli.compare.nothing")


def compare(over: QWidget, context: AppContext, record_id: str) -> CompareDialog:
    """Open the comparison of the newest revision with the one before it."""
    dialog = CompareDialog(over, context, comparing.compare(context.store, record_id))
    dialog.open()
    return dialog
