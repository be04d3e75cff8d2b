"""Laws and limits of the handbook, searched offline, from everywhere; what is not confirmed yet says so."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from checklists.authoring.catalogue import LawEntry, LimitEntry
from checklists.model import Certainty
from inspector_app.actions.reference import handbook
from inspector_app.gui.context import AppContext
from inspector_app.gui.questions.values import limit_words, show_date
from inspector_app.gui.widgets.cards import Card, EmptyState
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.fields import SearchField
from inspector_app.gui.widgets.groups import GroupHeading, ScrollColumn
from inspector_app.gui.widgets.labels import Chip, ThaiLabel

MOST = 20
"""Cards of each kind; more words narrow them down."""
LIST_HEIGHT = 360


class LawSearch(Dialog):
    """A search field and what it finds: limits in force today, then laws and clauses in our own words."""

    def __init__(self, over: QWidget, context: AppContext, text: str = "") -> None:
        super().__init__(over, context.t("law.title"), context.t("law.subtitle"), width=860)
        self._context, self._t = context, context.t
        self.search = SearchField(self._t("law.search"), name=self._t("law.search"))
        self.search.search_changed.connect(self.show_matches)
        self.search.returnPressed.connect(self.search.search_now)
        self.list = ScrollColumn()
        self.list.setFixedHeight(LIST_HEIGHT)
        self.body.addWidget(self.search)
        self.body.addWidget(self.list)
        self.add_button(self._t("law.back"), accept=False, key="Esc")
        self.search.setText(text)
        self.show_matches(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows and page keys scroll what was found while the search field keeps the keyboard."""
        step = {Qt.Key.Key_Down: 0.25, Qt.Key.Key_Up: -0.25, Qt.Key.Key_PageDown: 0.9, Qt.Key.Key_PageUp: -0.9}
        if event.key() in step:
            bar = self.list.verticalScrollBar()
            bar.setValue(bar.value() + round(bar.pageStep() * step[Qt.Key(event.key())]))
            event.accept()
        else:
            super().keyPressEvent(event)

    def show_matches(self, text: str) -> None:
        """Show what holds all the words."""
        store, today = self._context.store, self._context.clock.now().date().isoformat()
        laws = handbook.search_laws(store, text, limit=MOST) if text else ()
        limits = handbook.limits(store, text, on=today)[:MOST] if text else ()
        self.list.clear()
        column = self.list.column
        for name, cards in (
            ("limits", [self._limit(one) for one in limits]),
            ("laws", [self._law(one) for one in laws]),
        ):
            if cards:
                column.addWidget(GroupHeading(self._t(f"law.{name}"), len(cards)))
            for card in cards:
                column.addWidget(card)
        if not laws and not limits:
            words = ("law.none", "law.none.next") if text else ("law.begin", "law.begin.next")
            column.addWidget(EmptyState("book-search-outline", self._t(words[0]), self._t(words[1])))
        column.addStretch(1)
        self.list.settle()
        self.list.verticalScrollBar().setValue(0)

    def _law(self, entry: LawEntry) -> Card:
        language = self._context.language
        return self._card(
            entry.title.in_language(language),
            entry.certainty,
            [entry.text.in_language(language)],
            [self._span(entry.in_force_from, entry.in_force_until), entry.source],
        )

    def _limit(self, entry: LimitEntry) -> Card:
        language = self._context.language
        name = entry.name.in_language(language)
        lines = [limit_words(entry.copy(None)).in_language(language), entry.instrument.in_language(language)]
        return self._card(
            name, entry.certainty, lines, [self._span(entry.in_force_from, entry.in_force_until), entry.source]
        )

    def _card(self, title: str, certainty: Certainty, lines: list[str], notes: list[str]) -> Card:
        card = Card()
        head = QHBoxLayout()
        head.addWidget(ThaiLabel(title, role="name_bold"), 1)
        words = self._t(f"fill.certainty.{certainty.value.lower()}")
        if words:
            sure = certainty is Certainty.CONFIRMED
            head.addWidget(Chip(words, "ok" if sure else "obs"), 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(head)
        for line in lines:
            if line:
                card.body.addWidget(ThaiLabel(line))
        note = " · ".join(part for part in notes if part)
        if note:
            card.body.addWidget(ThaiLabel(note, role="note", tone="muted"))
        return card

    def _span(self, start: str, end: str) -> str:
        if not start and not end:
            return ""
        until = self._day(end) if end else self._t("law.open")
        return self._t("law.span", start=self._day(start) if start else "–", end=until)

    def _day(self, iso: str) -> str:
        """Return a day, or the year alone where no more is known, in the era of the language."""
        language = self._context.language
        if len(iso) == 4 and iso.isdigit():
            return iso if language == "en" else str(int(iso) + 543)
        return show_date(iso, language)
