"""From a sealed record: a correction with its reason, two versions compared and printed, a laboratory result added."""

from __future__ import annotations

import pytest

from checklists.model import RecordState
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.fill import FillScreen
from inspector_app.gui.screens.record import RecordScreen
from inspector_app.gui.screens.record.compare import CompareDialog
from inspector_app.gui.widgets.dialogs import open_dialog
from tests.support.fill_window import context_writer, sealed_record, wait_for
from tests.support.handbook_records import Desk

REASON = "พิมพ์ข้อเท็จจริงผิด"


def open_record(window: MainWindow, record_id: str) -> RecordScreen:
    assert window.shell is not None
    window.shell.go("record", record_id=record_id)
    assert isinstance(window.shell.current, RecordScreen)
    return window.shell.current


def correct(window: MainWindow, screen: RecordScreen, **answers: str) -> None:
    """Correct a record in the window, then answer and seal the new version."""
    assert screen.summary is not None
    record_id = screen.summary.record_id
    form = screen.acts.ask_correction()
    assert form is not None
    form.restore({"reason": REASON})
    form.accept()
    wait_for(lambda: window.shell is not None and isinstance(window.shell.current, FillScreen))
    assert window.shell is not None
    window.shell.go("home")
    assert window.context.saver.drain()

    def step(store: object) -> None:
        desk = Desk(store, window.context.clock, window.context.ids)  # type: ignore[arg-type]  # the writer's store
        desk.answer(record_id, **answers)
        desk.seal(record_id)

    context_writer(window).submit(step).result(30)


@pytest.fixture
def record_id(home: MainWindow) -> str:
    return sealed_record(home, FA_B06="fail", FA_B06_note="ล็อกประตู")


def test_a_correction_needs_a_reason_and_opens_the_checklist_again(home: MainWindow, record_id: str) -> None:
    screen = open_record(home, record_id)
    form = screen.acts.ask_correction()
    assert form is not None
    form.accept()
    assert open_dialog(home) is form
    form.restore({"reason": REASON})
    form.accept()
    wait_for(lambda: home.shell is not None and isinstance(home.shell.current, FillScreen))
    assert home.context.store.records.summary(record_id).state is RecordState.DRAFT


def test_two_versions_stand_side_by_side_and_the_old_one_prints(home: MainWindow, record_id: str) -> None:
    screen = open_record(home, record_id)
    assert "compare" not in screen.acts.buttons  # there is only one
    correct(home, screen, FA_B06_note="ประตูหนีไฟล็อกจากภายนอก")
    screen = open_record(home, record_id)
    screen.acts.buttons["compare"].click()
    dialog = open_dialog(home)
    assert isinstance(dialog, CompareDialog)
    assert any(row.before.th == "ล็อกประตู" and row.after.th == "ประตูหนีไฟล็อกจากภายนอก" for row in dialog.found.rows)
    assert REASON in dialog.subtitle_label.text()
    dialog.printed.emit(dialog.found.before.revision_id)
    dialog.reject()
    wait_for(lambda: screen.papers.paper)
    assert "ฉบับที่ 1" in screen.papers.words.text()


def test_a_laboratory_result_is_sealed_as_an_addendum(home: MainWindow) -> None:
    record_id = sealed_record(home, FA_A00="full", FA_G06="lab")
    screen = open_record(home, record_id)
    form = screen.acts.ask_result()
    assert form is not None
    form.restore({"value": "7.1", "laboratory": "ห้องแล็บตัวอย่าง", "report_no": "R-1", "reported_on": "22/11/69"})
    form.accept()
    assert home.context.saver.drain()
    wait_for(lambda: "ห้องปฏิบัติการ" in screen.error.text())
    assert len(home.context.store.records.addenda(record_id)) == 1
