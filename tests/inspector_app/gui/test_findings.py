"""Before the closing meeting the inspector edits, merges and drops findings; everything can be taken back."""

from __future__ import annotations

import pytest

from checklists.model import Verdict
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.fill import FillScreen
from inspector_app.gui.screens.fill.findings_dialog import FindingsDialog
from tests.support.fill_keys import Typist
from tests.support.fill_window import open_fill, start_record

FAILED = ("B02", "B06")
REASON = "ซ้ำกับข้ออื่น"


class Bench:
    """A draft with two failed items and the list of its findings."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.record_id = start_record(window)
        self.screen: FillScreen = open_fill(window, self.record_id)
        model = self.screen.model
        assert model is not None
        for number in FAILED:
            index = model.places.find(number)
            assert index is not None
            model.set_verdict(index, Verdict.FAIL)
            model.set_value(model.items[index].note_path, f"พบปัญหาที่ {number}")
        dialog = self.screen.show_findings()
        assert dialog is not None
        self.dialog: FindingsDialog = dialog
        self.press = Typist(window).press

    @property
    def facts(self) -> list[str]:
        assert self.screen.model is not None
        return [finding.fact for finding in self.screen.model.result.findings]


@pytest.fixture
def bench(home: MainWindow) -> Bench:
    return Bench(home)


def test_failed_items_stand_in_the_list_with_their_facts(bench: Bench) -> None:
    assert [row.text() for row in bench.dialog.rows.values()] == ["B02  พบปัญหาที่ B02", "B06  พบปัญหาที่ B06"]


def test_a_dropped_finding_is_out_of_the_result_and_comes_back(bench: Bench) -> None:
    bench.press("D")
    bench.dialog.reason.setText(REASON)
    bench.press("Enter")
    assert bench.facts == ["พบปัญหาที่ B06"]
    assert len(bench.dialog.rows) == 2  # it stays in sight, with its reason
    bench.press("R")
    assert bench.facts == ["พบปัญหาที่ B02", "พบปัญหาที่ B06"]


def test_without_a_reason_nothing_is_dropped(bench: Bench) -> None:
    bench.press("D", "Enter")
    assert len(bench.facts) == 2
    assert bench.dialog.reason.message.text()


def test_two_findings_become_one(bench: Bench) -> None:
    bench.press("Down", "Enter", "Up", "M")
    bench.dialog.fact.setText("ทางหนีไฟและทะเบียนไม่เรียบร้อย")
    bench.dialog.reason.setText(REASON)
    bench.dialog.keep()
    assert bench.facts == ["ทางหนีไฟและทะเบียนไม่เรียบร้อย"]


def test_edited_words_are_kept_with_the_draft_and_are_there_again(bench: Bench) -> None:
    bench.press("E")
    bench.dialog.fact.setText("ทะเบียนหมดอายุ")
    bench.dialog.days.setText("15")
    bench.dialog.reason.setText("ให้ชัดเจนขึ้น")
    bench.dialog.keep()
    bench.dialog.reject()
    assert bench.window.context.saver.drain()
    assert bench.window.shell is not None
    bench.window.shell.go("home")
    again = open_fill(bench.window, bench.record_id)
    assert again.model is not None
    assert again.model.result.findings[0].fact == "ทะเบียนหมดอายุ"
    assert again.model.result.findings[0].due_days == 15
