"""Home: what must I do now, in the order of urgency; Enter goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from checklists.findings.orders import Hearing, Service
from checklists.store import OrderStepKind
from inspector_app.actions.afterwards import orders
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.home import HomeScreen, sort_out
from inspector_app.gui.widgets.cards import EmptyState, ListRow
from tests.inspector_app.gui.conftest import NOON, OpenWindow, sign_in
from tests.support import window_workspace
from tests.support.clock import FrozenClock
from tests.support.fill_window import sealed_record


def screen_of(window: MainWindow) -> HomeScreen:
    assert window.shell is not None
    current = window.shell.current
    assert isinstance(current, HomeScreen)
    return current


def test_records_are_sorted_by_what_they_ask_for(home: MainWindow) -> None:
    groups = sort_out(home.context.store.records.list(), NOON)
    assert {name: len(records) for name, records in groups.items()} == {
        "today": 2,
        "drafts": 3,
        "waiting": 3,
        "sent": 1,
    }
    assert [r.record_id for r in groups["today"]] == ["r-today-1", "r-today-2"]
    assert groups["waiting"] == sorted(groups["waiting"], key=lambda r: r.sealed_at)


def test_the_tiles_count_and_jump(home: MainWindow, qtbot: QtBot) -> None:
    screen = screen_of(home)
    assert {name: tile.count() for name, tile in screen.tiles.items()} == {
        "today": 2,
        "tasks": 0,
        "drafts": 3,
        "waiting": 3,
        "sent": 1,
    }
    qtbot.mouseClick(screen.tiles["waiting"], Qt.MouseButton.LeftButton)
    assert "ปิดผนึก" in home.focusWidget().accessibleName()


def test_enter_goes_on_with_the_running_work(home: MainWindow, qtbot: QtBot) -> None:
    asked: list[tuple[str, dict[str, str]]] = []
    home.context.go_requested.disconnect()
    home.context.go_requested.connect(lambda name, arguments: asked.append((name, arguments)))
    qtbot.keyClick(home.focusWidget(), Qt.Key.Key_Return)
    qtbot.keyClick(home.focusWidget(), Qt.Key.Key_Down)
    qtbot.keyClick(home.focusWidget(), Qt.Key.Key_Return)
    assert asked == [("fill", {"record_id": "r-today-1"}), ("fill", {"record_id": "r-today-2"})]


def test_a_sealed_record_opens_for_reading(home: MainWindow, qtbot: QtBot) -> None:
    asked: list[str] = []
    home.context.go_requested.disconnect()
    home.context.go_requested.connect(lambda name, _: asked.append(name))
    screen_of(home).jump("sent")
    qtbot.keyClick(home.focusWidget(), Qt.Key.Key_Return)
    assert asked == ["record"]


def test_only_one_button_is_primary(home: MainWindow) -> None:
    from inspector_app.gui.widgets.buttons import PRIMARY, ActionButton

    primary = [b for b in home.findChildren(ActionButton) if b.isVisible() and b.kind() == PRIMARY]
    assert [b.text() for b in primary] == ["ทำต่อ"]


def test_with_nothing_running_home_says_what_to_do_and_starting_is_primary(
    open_window: OpenWindow, tmp_path: Path, clock: FrozenClock, qtbot: QtBot
) -> None:
    window_workspace.make(tmp_path / "w", clock, factories=5)
    window = sign_in(qtbot, open_window(tmp_path / "w"))
    screen = screen_of(window)
    said = [e.text_label.text() for e in screen.findChildren(EmptyState) if e.isVisible()]
    assert any("Ctrl+N" in text for text in said)
    assert window.focusWidget() is screen.start_button
    assert screen.start_button.kind() == "primary"


def test_a_change_in_the_store_shows_at_once(home: MainWindow, qtbot: QtBot) -> None:
    screen = screen_of(home)
    home.context.saver.submit(lambda store: store.records.discard_draft("r-today-2", "ลองใช้"))
    qtbot.waitUntil(lambda: screen.tiles["today"].count() == 1)


def test_typing_in_the_search_goes_to_the_places(home: MainWindow, qtbot: QtBot) -> None:
    screen = screen_of(home)
    screen.focus_search()
    qtbot.keyClicks(screen.search, "1011")
    assert home.shell is not None
    qtbot.waitUntil(lambda: home.shell.current.name == "start")  # type: ignore[union-attr]
    assert home.shell.current.search.text() == "1011"  # type: ignore[union-attr]


def test_an_overdue_order_stands_in_the_list_and_opens(home: MainWindow, clock: FrozenClock, qtbot: QtBot) -> None:
    record_id = sealed_record(home, FA_B06="fail", FA_B06_note="ปั๊มลมไม่มีครอบสายพาน")
    context = home.context

    def order(store: Any) -> str:
        order_id, _ = orders.begin(store, record_id, "s37", person="ก", ids=context.ids, days=7, reasons="เสี่ยง",
                                   hearing=Hearing(True, "รับทราบ"))  # fmt: skip
        for kind in ("approved", "numbered", "issued"):
            orders.step(store, order_id, OrderStepKind(kind), person="ก", clock=clock, number="1")
        orders.serve(store, order_id, Service("hand", "2026-11-22"), person="ก", clock=clock)
        return order_id

    order_id = context.workplace.writer.submit(order).result(30)
    clock.advance(30 * 86_400)
    screen = screen_of(home)
    screen.reload()
    qtbot.waitUntil(lambda: screen.tiles["tasks"].count() > 0, timeout=10_000)
    asked: list[tuple[str, dict[str, str]]] = []
    context.go_requested.disconnect()
    context.go_requested.connect(lambda name, arguments: asked.append((name, arguments)))
    screen.jump("tasks")
    row = home.focusWidget()
    assert "เกินกำหนด" in row.accessibleName()
    qtbot.keyClick(row, Qt.Key.Key_Return)
    assert asked == [("orders", {"record_id": record_id, "order_id": order_id})]


def test_a_failed_item_without_an_order_asks_for_a_re_inspection_beside_the_other_work(
    home: MainWindow, qtbot: QtBot
) -> None:
    sealed_record(home, FA_B06="fail", FA_B06_note="ปั๊มลมไม่มีครอบสายพาน")
    screen = screen_of(home)
    screen.on_shown()
    qtbot.waitUntil(lambda: screen.tiles["tasks"].count() > 0, timeout=10_000)
    names = [row.text() for row in screen.list.widget().findChildren(ListRow) if row.isVisible()]
    assert len(names) >= 10
    assert home.focusWidget() in screen.list.widget().findChildren(ListRow)
