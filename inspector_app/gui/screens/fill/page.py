"""The cards of one section in a scrolling column, built in slices and laid out by hand.

A hand-made column knows every height before it scrolls, so the open card is always wholly visible with a bit of the
next one, and nothing jumps afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from inspector_app.gui.screens.fill.card import ItemCard

SLICE_MS = 8.0
GAP = 5
LEFT, RIGHT = 10, 4  # beside the cards; the scroll bar has its own room, also when there is none
PEEK = 40  # what is seen of the next card
SCREENFUL = 16

CardMaker = Callable[[int, QWidget], ItemCard]


class SectionPage(QScrollArea):
    """Cards of the items `indexes`. `build(ms)` makes some more, `reach(index)` what is needed to show one."""

    def __init__(self, indexes: range, make_card: CardMaker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.indexes = indexes
        self._make = make_card
        self._cards: list[ItemCard] = []
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._column = QWidget()
        self._column.setObjectName("scrolled")
        self.setWidget(self._column)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(0)
        self._settling.timeout.connect(self.settle)

    @property
    def built(self) -> bool:
        return len(self._cards) == len(self.indexes)

    @property
    def cards(self) -> tuple[ItemCard, ...]:
        return tuple(self._cards)

    def build(self, budget_ms: float = SLICE_MS) -> bool:
        """Make cards until the time is over; True when all are made."""
        until = time.perf_counter() + budget_ms / 1000
        while not self.built:
            self._add()
            if time.perf_counter() >= until:
                break
        self._settling.start()
        return self.built

    def reach(self, index: int) -> ItemCard:
        """Return the card of an item, made now if need be, with a screenful after it."""
        wanted = min(len(self.indexes), index - self.indexes.start + SCREENFUL)
        while len(self._cards) < wanted:
            self._add()
        return self._cards[index - self.indexes.start]

    def card(self, index: int) -> ItemCard | None:
        """Return the card of an item if it is made already."""
        place = index - self.indexes.start
        return self._cards[place] if 0 <= place < len(self._cards) else None

    def settle(self) -> None:
        """Give every card its place now."""
        self._settling.stop()
        column = self.width() - self.verticalScrollBar().sizeHint().width()
        width = column - LEFT - RIGHT
        if width <= 0:
            return
        y = 2
        for card in self._cards:
            if card.isHidden():
                continue
            height = card.height_for(width)
            card.setGeometry(LEFT, y, width, height)
            y += height + GAP
        self._column.resize(column, y + 6)

    def show_card(self, card: ItemCard) -> None:
        """Scroll as little as needed to show the whole card and a bit of the next one."""
        self.settle()
        bar, view = self.verticalScrollBar(), self.viewport().height()
        top, bottom = card.y() - 4, card.y() + card.height() + PEEK
        if card.y() < PEEK:
            top = 0
        if bottom > bar.value() + view:
            bar.setValue(bottom - view)
        if top < bar.value():
            bar.setValue(top)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.settle()

    def _add(self) -> None:
        card = self._make(self.indexes.start + len(self._cards), self._column)
        card.resized.connect(lambda _: self._settling.start())
        self._cards.append(card)
