"""Starting: the right site fast, one key each for kind and team, one final act."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from checklists.model import SiteKind, VisitKind
from inspector_app import demo_data
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.start import StartScreen
from inspector_app.gui.screens.start.new_site import NewSiteDialog
from inspector_app.gui.widgets.dialogs import open_dialog
from tests.support import window_workspace

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def start(home: MainWindow, qtbot: QtBot) -> StartScreen:
    assert home.shell is not None
    home.shell.go("start")
    screen = home.shell.current
    assert isinstance(screen, StartScreen)
    qtbot.waitUntil(lambda: screen.forms.count() > 0, timeout=20_000)
    return screen


def search(qtbot: QtBot, screen: StartScreen, text: str) -> None:
    screen.search.setText(text)
    screen.search.search_now()


def test_a_number_finds_its_factory_and_says_why(start: StartScreen, qtbot: QtBot) -> None:
    factory = demo_data.first_factory()
    search(qtbot, start, factory.registry_no)
    assert start.site is not None
    assert start.site.registry_no == factory.registry_no
    lines = start.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "ตรงกับเลขทะเบียน" in lines


def test_search_comes_by_itself_after_the_last_key(start: StartScreen, qtbot: QtBot) -> None:
    start.search.clear()
    qtbot.keyClicks(start.search, demo_data.first_factory().registry_no[:8])
    qtbot.waitUntil(lambda: start.model.rowCount() > 0)


def test_arrows_choose_while_the_search_keeps_the_keyboard(start: StartScreen, qtbot: QtBot) -> None:
    search(qtbot, start, "ไทย")
    assert start.model.rowCount() > 2
    first = start.site
    qtbot.keyClick(start.search, Qt.Key.Key_Down)
    assert start.search.hasFocus()
    assert start.site != first
    qtbot.keyClick(start.search, Qt.Key.Key_Up)
    assert start.site == first


def test_what_is_not_found_leads_to_a_new_place(start: StartScreen, qtbot: QtBot) -> None:
    search(qtbot, start, "qqqzzz")
    assert start.nothing.isVisible()
    assert "F2" in start.nothing.text_label.text()
    assert not start.create_button.isEnabled()
    assert "เลือกสถานที่" in start.reason.text()


def test_digits_choose_the_kind_but_not_while_typing(start: StartScreen, qtbot: QtBot) -> None:
    qtbot.keyClick(start.search, Qt.Key.Key_3)
    assert start.kind_buttons[VisitKind.PLANNED].isChecked()
    assert start.search.text().endswith("3")
    search(qtbot, start, "ไทย")
    qtbot.keyClick(start.search, Qt.Key.Key_Return)
    qtbot.keyClick(start.window().focusWidget(), Qt.Key.Key_3)
    assert [kind for kind, button in start.kind_buttons.items() if button.isChecked()] == [VisitKind.COMPLAINT]


def test_ctrl_enter_makes_visit_and_record_and_opens_the_checklist(
    home: MainWindow, start: StartScreen, qtbot: QtBot
) -> None:
    search(qtbot, start, demo_data.first_factory().registry_no)
    qtbot.keyClick(start.search, Qt.Key.Key_T, CTRL)
    asked: list[tuple[str, dict[str, str]]] = []
    home.context.go_requested.disconnect()
    home.context.go_requested.connect(lambda name, arguments: asked.append((name, arguments)))
    qtbot.keyClick(start.search, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: bool(asked), timeout=20_000)
    name, arguments = asked[0]
    assert name == "fill"
    summary = home.context.store.records.summary(arguments["record_id"])
    visit = home.context.store.visits.get(summary.visit_id)
    assert summary.site.registry_no == demo_data.first_factory().registry_no
    assert [officer.name for officer in visit.team] == [window_workspace.OFFICER.name, window_workspace.HELPER.name]
    assert visit.team[0].lead


def test_pressing_twice_makes_one_record(home: MainWindow, start: StartScreen, qtbot: QtBot) -> None:
    search(qtbot, start, demo_data.first_factory().registry_no)
    before = home.context.store.records.count()
    asked: list[str] = []
    home.context.go_requested.disconnect()
    home.context.go_requested.connect(lambda name, _: asked.append(name))
    start.begin()
    start.begin()
    qtbot.waitUntil(lambda: bool(asked), timeout=20_000)
    assert home.context.store.records.count() == before + 1


def test_another_checklist_is_chosen_by_keyboard(home: MainWindow, start: StartScreen, qtbot: QtBot) -> None:
    assert start.forms.currentData() == "factory_act_general"
    start.forms.setFocus()
    qtbot.keyClick(start.forms, Qt.Key.Key_Down)
    other = start.forms.currentData()
    assert other != "factory_act_general"
    search(qtbot, start, demo_data.first_factory().registry_no)
    asked: list[str] = []
    home.context.go_requested.disconnect()
    home.context.go_requested.connect(lambda _, arguments: asked.append(arguments["record_id"]))
    start.begin()
    qtbot.waitUntil(lambda: bool(asked), timeout=20_000)
    assert home.context.store.records.summary(asked[0]).form.form_id == other


def test_a_place_described_on_the_spot_can_be_inspected(start: StartScreen, qtbot: QtBot) -> None:
    start.search.clear()
    start.describe_site()
    dialog = open_dialog(start)
    assert isinstance(dialog, NewSiteDialog)
    dialog.accept()
    assert "กรุณาใส่ชื่อ" in dialog.first.message.text()
    dialog.first.setText("ลานเก็บของเก่าข้างวัด\u200b")
    dialog.fields["lat"].setText("999")
    dialog.accept()
    assert dialog.fields["lat"].message.isVisible()
    dialog.fields["lat"].setText("13.5")
    dialog.accept()
    qtbot.waitUntil(lambda: start.site is not None, timeout=10_000)
    assert start.site is not None
    assert start.site.name_th == "ลานเก็บของเก่าข้างวัด"
    assert start.site.kind is SiteKind.UNREGISTERED
    assert start.site.lat == 13.5


def test_the_card_shows_when_somebody_was_there(home: MainWindow, start: StartScreen, qtbot: QtBot) -> None:
    visited = home.context.store.records.summary("r-today-1").site
    start.choose_site(visited)
    assert "22 พ.ย. 2569" in start.card.visits.text()
    start.choose_site(demo_data.factories(118).__next__())
    assert "ยังไม่เคยตรวจ" in start.card.visits.text() or "ตรวจจากเครื่องนี้" in start.card.visits.text()
