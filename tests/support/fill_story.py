"""An inspector at the keyboard of the real window: the steps that the stories of the fill screen are told in."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from checklists.model import ItemResult
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.closing import ClosingScreen
from inspector_app.gui.screens.sign_in.ask import AskPassphrase
from inspector_app.gui.widgets.dialogs import open_dialog
from tests.support.fill_keys import US, Typist
from tests.support.fill_window import open_fill, wait_for
from tests.support.window_workspace import PASSPHRASE


class Story:
    """An inspector at the keyboard."""

    def __init__(self, window: MainWindow, record_id: str, layout: str = US) -> None:
        self.window, self.record_id = window, record_id
        self.fill = open_fill(window, record_id)
        self.typist = Typist(window, layout)
        self.press, self.type = self.typist.press, self.typist.type

    @property
    def screen(self) -> object:
        assert self.window.shell is not None
        return self.window.shell.current

    @property
    def dialog(self) -> object:
        return open_dialog(self.window)

    def saved(self) -> dict[str, str]:
        self.window.context.saver.drain()
        draft = self.window.context.store.records.draft(self.record_id)
        return {row.path.rpartition("/")[2]: row.value for row in draft.answers}

    def go(self, number: str) -> None:
        self.press("Ctrl+G")
        self.type(number)
        self.press("Enter")

    def answer(self, index: int) -> None:
        """Answer the open item by keys so that it passes, and go on."""
        model = self.fill.model
        assert model is not None
        item = model.items[index]
        if item.kind == "verdict":
            self.press("1")
        elif item.kind in {"choice", "score"}:
            self.press("1")
            if item.value_type == "choices":
                self.press("Enter")
        else:
            texts = {"date": "1/11/69", "text": "20119000125553"}
            self.type(texts.get(item.kind) or fitting(model.result_of(index)))
            self.press("Enter")

    def answer_all(self) -> int:
        """Answer everything that is asked; return how many key presses the plain items took together."""
        model = self.fill.model
        assert model is not None
        plain = 0
        for _ in range(3 * len(model.items)):
            index = model.cursor
            if model.items[index].kind == "signature" or model.next_unanswered(-1) is None:
                break
            before = self.typist.count
            self.answer(index)
            if model.items[index].kind == "verdict":
                plain += self.typist.count - before
        return plain

    def sign(self, screen: ClosingScreen, role: str) -> None:
        """Sign by the keyboard alternative: the name typed, with the reason."""
        self.press("S", "F3")
        self.type("ไม่มีปากกา")
        self.press("Ctrl+Enter")
        wait_for(lambda: screen.signatures is not None and screen.signatures.signature(role) is not None)


def hand_back(story: Story) -> None:
    """Type the officer's passphrase, which leads out of the closing meeting."""
    assert isinstance(story.dialog, AskPassphrase)
    story.type(PASSPHRASE)
    story.press("Enter")
    wait_for(lambda: not isinstance(story.screen, ClosingScreen))


def fitting(result: ItemResult | None) -> str:
    """Return a number that keeps the limit of an item."""
    limit = result.limit if result else None
    if limit is None:
        return "10"
    low, high = limit.minimum, limit.maximum
    if low is not None and high is not None:
        return f"{(low + high) / 2:g}"
    return f"{low * 1.05:g}" if low is not None else f"{high / 2:g}" if high is not None else "10"


def settle() -> None:
    """Let layouts come to rest: a scroll bar that appears makes them work twice."""
    for _ in range(4):
        QApplication.processEvents()
