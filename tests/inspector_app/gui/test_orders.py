"""After sealing: proposed papers become drafts, are filled in, and go through their steps with dates and rules."""

from __future__ import annotations

import pytest

from checklists.store import OrderStepKind
from inspector_app.actions.afterwards import orders
from inspector_app.actions.inspection import statutory
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.orders import OrdersScreen
from inspector_app.gui.screens.statutory import StatutoryDialog
from inspector_app.gui.widgets.dialogs import open_dialog
from inspector_app.gui.widgets.form_dialog import FormDialog
from tests.support.fill_keys import Typist
from tests.support.fill_window import sealed_record, wait_for

FACT = "ปั๊มลมไม่มีครอบสายพาน"


class Bench:
    """The orders of a record with one failed item."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.record_id = sealed_record(window, FA_B06="fail", FA_B06_note=FACT)
        assert window.shell is not None
        window.shell.go("orders", record_id=self.record_id)
        assert isinstance(window.shell.current, OrdersScreen)
        self.screen = window.shell.current
        self.press = Typist(window).press

    @property
    def form(self) -> FormDialog:
        dialog = open_dialog(self.window)
        assert isinstance(dialog, FormDialog)
        return dialog

    @property
    def state(self) -> str:
        assert self.window.context.saver.drain()
        return self.screen.lines[self.screen.chosen].state.value

    def begin(self, kind_id: str = "s37") -> None:
        self.screen.begin(kind_id)
        assert self.window.context.saver.drain()

    def fill(self, **values: str) -> None:
        form = self.form
        form.restore(values)
        form.accept()
        assert self.window.context.saver.drain()

    def take(self, kind: OrderStepKind, **values: str) -> None:
        self.screen.take(kind)
        self.fill(**values)


@pytest.fixture
def bench(home: MainWindow) -> Bench:
    return Bench(home)


def test_what_the_result_suggests_is_proposed_and_nothing_is_begun_by_itself(bench: Bench) -> None:
    assert "kind:s37" in bench.screen.rows
    assert not bench.screen.lines


def test_one_key_begins_a_draft_with_its_gaps_marked(bench: Bench) -> None:
    bench.screen.rows["kind:s37"].setFocus()
    bench.press("Enter")
    assert bench.state == "draft"
    texts = [
        label.text()
        for label in bench.screen.paper.findChildren(type(bench.screen.rows[bench.screen.chosen].name_label))
    ]
    assert any(FACT in text for text in texts)
    assert any("ยังขาด" in text for text in texts)


def test_a_paper_that_lacks_a_part_is_not_approved(bench: Bench) -> None:
    bench.begin()
    bench.take(OrderStepKind.APPROVED)
    assert bench.state == "draft"
    assert bench.screen.error.text()


def test_a_draft_is_filled_in_approved_numbered_issued_and_served_with_its_dates(bench: Bench) -> None:
    bench.begin()
    bench.press("A")
    bench.fill(reasons="เพื่อความปลอดภัยของคนงาน", days="๓๐", heard="yes", said="รับทราบและจะแก้ไข")
    bench.take(OrderStepKind.APPROVED)
    assert bench.state == "approved"
    bench.take(OrderStepKind.NUMBERED, number="อก 0301/1")
    bench.take(OrderStepKind.ISSUED)
    bench.take(OrderStepKind.SERVED, method="hand", on="23 พ.ย. 2569", receiver="กมล ตัวอย่าง")
    assert bench.state == "served"
    assert "2569" in bench.screen.error.text()  # received, to obey by, appeal: each with its rule
    line = bench.screen.lines[bench.screen.chosen]
    assert line.due
    assert orders.paper(bench.window.context.store, bench.screen.chosen).missing == ("law",)  # its reference is unsure


def test_a_day_that_is_none_is_told_at_its_field(bench: Bench) -> None:
    bench.begin()
    bench.screen.take(OrderStepKind.WITHDRAWN)
    form = bench.form
    form.restore({"on": "32/13/69"})
    form.accept()
    assert open_dialog(bench.window) is form
    assert form.fields["on"].message.text()


def test_a_step_of_the_visit_is_written_down_with_its_words(bench: Bench) -> None:
    visit_id = statutory.visit_of(bench.window.context.store, bench.record_id)
    dialog = StatutoryDialog(bench.screen, bench.window.context, visit_id)
    dialog.open()
    kind_id = next(iter(statutory.kinds()))
    dialog.choose(kind_id)
    dialog.note.setText("")
    dialog.keep()
    assert bench.window.context.saver.drain()
    dialog.note.setText("แสดงบัตรต่อผู้จัดการ")
    dialog.keep()
    wait_for(lambda: any("แสดงบัตร" in step.note for step in statutory.steps(bench.window.context.store, visit_id)))
