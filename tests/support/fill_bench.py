"""The fill screen's view alone, on a small checklist, with somebody who types."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from checklists.authoring.catalogue import Catalogue
from checklists.items import ChecklistOutline
from checklists.model import Verdict
from inspector_app.gui.questions.base import Asking
from inspector_app.gui.questions.model import FillModel
from inspector_app.gui.screens.fill.view import FillView
from inspector_app.gui.widgets.photo_strip import Thumbnails
from inspector_app.i18n import Translator
from tests.support import fill_fake
from tests.support.fill_keys import US, Typist


class Bench:
    """The view with its model, saver and a typist."""

    def __init__(
        self, qtbot: QtBot, layout: str = US, *, outline: ChecklistOutline | None = None, language: str = "th",
        catalogue: Catalogue | None = None, visited_on: str = "2026-11-22",
    ) -> None:  # fmt: skip
        outline = outline or fill_fake.outline(4)
        self.session = fill_fake.DictSession(outline)
        self.saver = fill_fake.NotedSaver()
        self.model = FillModel(
            self.session, outline, saver=self.saver, judge=lambda found: fill_fake.judge(self.session, found)
        )
        self.texts = Translator(language)
        self.thumbnails = Thumbnails(lambda _: None)
        asking = Asking(self.model, self.texts, lambda: date(2026, 11, 22), visited_on)
        self.view = FillView(self.model, asking, self.thumbnails, catalogue=catalogue)
        qtbot.addWidget(self.view)
        self.view.resize(1093, 448)
        with qtbot.waitActive(self.view):
            self.view.show()
            self.view.activateWindow()
        self.view.focus_open()
        self.typist = Typist(self.view, layout)
        self.press, self.type = self.typist.press, self.typist.type

    @property
    def number(self) -> str:
        return self.model.items[self.model.cursor].number

    @property
    def focus_name(self) -> str:
        widget = QApplication.focusWidget()
        return widget.accessibleName() if widget is not None else ""

    @property
    def on_card(self) -> bool:
        return QApplication.focusWidget() is self.view.card

    def go(self, number: str) -> None:
        index = self.model.places.find(number)
        assert index is not None
        self.view.open_item(index)

    def verdict(self, number: str) -> Verdict | None:
        index = self.model.places.find(number)
        assert index is not None
        return self.model.state(index).verdict
