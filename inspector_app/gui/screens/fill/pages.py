"""The cards of all sections, a page each: built a slice at a time while nothing else is to do."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from inspector_app.gui.questions.base import Asking
from inspector_app.gui.questions.faces import make_face
from inspector_app.gui.screens.fill.card import ItemCard
from inspector_app.gui.screens.fill.page import SectionPage
from inspector_app.gui.widgets.photo_strip import Thumbnails


class Pages(QStackedWidget):
    """One page of cards a section; `pressed(index)` when a card was clicked."""

    pressed = Signal(int)

    def __init__(self, asking: Asking, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._asking, self._thumbnails = asking, thumbnails
        model = asking.model
        self.pages = [SectionPage(model.places.range_of(s), self._make_card) for s in range(len(model.sections))]
        for page in self.pages:
            self.addWidget(page)
        thumbnails.loaded.connect(self._repaint_photo)
        self._building = QTimer(self)
        self._building.setInterval(0)
        self._building.timeout.connect(self._build_more)

    def page_of(self, index: int) -> SectionPage:
        return self.pages[self._asking.model.places.section_of(index)]

    def card(self, index: int) -> ItemCard | None:
        """Return the card of an item if it is made already."""
        return self.page_of(index).card(index)

    def show_card(self, card: ItemCard) -> None:
        """Scroll so that the whole card is in sight."""
        self.page_of(card.index).show_card(card)

    def show_face(self, index: int) -> None:
        """Show how an item stands, and whether it is asked at all."""
        card = self.card(index)
        if card is None:
            return
        card.set_face(make_face(self._asking.model, index, self._asking.texts))
        relevant = self._asking.model.state(index).relevant
        if card.isHidden() == relevant:
            card.setVisible(relevant)
            card.resized.emit(index)

    def show_faces(self) -> None:
        """Show every card anew, e.g. in another language."""
        for page in self.pages:
            for card in page.cards:
                card.set_face(make_face(self._asking.model, card.index, self._asking.texts))

    def turn(self, step: int) -> None:
        """Turn a page up or down."""
        bar = self.pages[self.currentIndex()].verticalScrollBar()
        bar.setValue(bar.value() + step * bar.pageStep() * 9 // 10)

    def begin_building(self) -> None:
        self._building.start()

    def stop_building(self) -> None:
        self._building.stop()

    def _make_card(self, index: int, parent: QWidget) -> ItemCard:
        card = ItemCard(index, self._thumbnails.get, parent)
        card.set_face(make_face(self._asking.model, index, self._asking.texts))
        card.pressed.connect(self.pressed)
        card.setVisible(self._asking.model.state(index).relevant)
        return card

    def _build_more(self) -> None:
        """Make the cards of the open section first, then the next ones, a slice at a time."""
        here = self.currentIndex()
        order = [*range(here, len(self.pages)), *range(here)]
        page = next((self.pages[s] for s in order if not self.pages[s].built), None)
        if page is None:
            self._building.stop()
        else:
            page.build()

    def _repaint_photo(self, attachment_id: str) -> None:
        for page in self.pages:
            if page.isVisible():
                for card in page.cards:
                    if any(photo.attachment_id == attachment_id for photo in card.face.photos):
                        card.update()
