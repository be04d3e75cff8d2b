"""The list of all records: pages of any length, filters, Enter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from checklists.model import RecordState, RecordSummary, VisitKind
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.models.records import PAGE, PAGES, RECORD, RecordsModel
from inspector_app.gui.models.sites import SitesModel
from inspector_app.gui.screens.records import RecordsScreen
from tests.support import store_builders


class ManyRecords:
    """As many records as a busy laptop will never have, made when asked for."""

    def __init__(self, count: int) -> None:
        self.total, self.asked = count, 0

    def count(self, states: Sequence[RecordState] | None = None) -> int:
        return self.total

    def list(
        self, states: Sequence[RecordState] | None = None, *, limit: int = 200, offset: int = 0, of: int | None = None
    ) -> tuple[RecordSummary, ...]:
        self.asked += 1
        return tuple(summary(n) for n in range(offset, min(offset + limit, self.total)))


def summary(number: int) -> RecordSummary:
    return RecordSummary(
        f"r-{number}",
        "v-1",
        store_builders.PIN,
        store_builders.SITE,
        VisitKind.PLANNED,
        RecordState.DRAFT,
        "p",
        "2026-11-22T09:00:00.000+07:00",
        "2026-11-22T09:00:00.000+07:00",
    )


def words(record: RecordSummary) -> tuple[str, ...]:
    return record.record_id, "note", "right", "muted", "pencil-outline"


def test_the_model_keeps_the_rules_of_qt(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    parent = QObject()
    model = RecordsModel(ManyRecords(450), words, parent)
    model.read()
    qtmodeltester.check(model)


def test_a_model_of_sites_keeps_the_rules_of_qt(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(SitesModel())


def test_a_hundred_thousand_records_open_by_reading_one_page(qtbot: QtBot) -> None:
    records, parent = ManyRecords(100_000), QObject()
    model = RecordsModel(records, words, parent)
    model.read()
    assert model.rowCount() == 100_000
    assert model.index(0).data() == "r-0"
    assert model.index(99_999).data() == "r-99999"
    assert records.asked == 2


def test_pages_are_kept_and_old_ones_dropped(qtbot: QtBot) -> None:
    records, parent = ManyRecords(PAGE * (PAGES + 5)), QObject()
    model = RecordsModel(records, words, parent)
    model.read()
    for _ in range(2):
        for row in range(PAGE):
            model.index(row).data()
    assert records.asked == 1
    for page in range(PAGES + 1):
        model.index(page * PAGE).data()
    model.index(0).data()
    assert records.asked == 1 + PAGES + 1


def screen_of(window: MainWindow) -> RecordsScreen:
    assert window.shell is not None
    window.shell.go("records")
    screen = window.shell.current
    assert isinstance(screen, RecordsScreen)
    return screen


def test_digits_filter(home: MainWindow, qtbot: QtBot) -> None:
    screen = screen_of(home)
    counts = []
    for digit in "1234":
        qtbot.keyClick(home.focusWidget(), Qt.Key(ord(digit)))
        counts.append(screen.model.rowCount())
    assert counts == [9, 5, 3, 1]


def test_enter_goes_on_with_a_draft_and_opens_a_sealed_record(home: MainWindow, qtbot: QtBot) -> None:
    screen = screen_of(home)
    asked: list[tuple[str, str]] = []
    home.context.go_requested.disconnect()
    home.context.go_requested.connect(lambda name, arguments: asked.append((name, arguments["record_id"])))
    qtbot.keyClick(home.focusWidget(), Qt.Key.Key_2)
    qtbot.keyClick(home.focusWidget(), Qt.Key.Key_Return)
    draft = screen.list.currentIndex().data(RECORD).record_id
    qtbot.keyClick(home.focusWidget(), Qt.Key.Key_3)
    qtbot.keyClick(home.focusWidget(), Qt.Key.Key_Return)
    sealed = screen.list.currentIndex().data(RECORD).record_id
    assert asked == [("fill", draft), ("record", sealed)]


def test_a_reader_hears_name_and_state_of_a_row(home: MainWindow) -> None:
    screen = screen_of(home)
    said = screen.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "โรงงานทั่วไป" in said
    assert "แก้ล่าสุด" in said


def test_an_empty_filter_says_so(home: MainWindow, qtbot: QtBot) -> None:
    screen = screen_of(home)
    home.context.saver.submit(lambda store: [store.records.discard_draft(r, "ลองใช้") for r in drafts(home)])
    home.context.saver.drain()
    screen.filter("drafts")
    assert screen.empty.isVisible()
    assert not screen.list.isVisible()


def drafts(window: MainWindow) -> list[str]:
    return ["r-today-1", "r-today-2", "r-3-0", "r-3-2", "r-1-0"]
