"""Sending from the window against a real centre: what is said is true, the window never waits, a cut loses nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from checklists.model import RecordState
from inspector_app import demo_data
from inspector_app.actions.sending import network, syncing
from inspector_app.actions.serving import centre_registry
from inspector_app.gui import sync_words
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.settings import SettingsScreen
from inspector_app.gui.screens.sync import SyncScreen
from inspector_app.gui.screens.sync.dialogs import AskDialog
from inspector_app.gui.sync_worker import Fetched, RegistryFetched
from sync.client import Session
from sync.events import RecordState as RecordState_
from sync.events import RecordStep, SyncReport, Trouble
from sync.server.config import DEFAULT_SCOPE, ServerConfig
from sync.server.publishing import publish_assignments
from tests.support.sync_server import RunningCentre, running_centre
from tests.support.window_sending import WAIT, at_sending, register, sending, settings

pytestmark = pytest.mark.usefixtures("present_time")


def test_without_a_centre_the_screen_says_that_work_is_safe_and_leads_to_the_settings(
    home: MainWindow, qtbot: QtBot
) -> None:
    qtbot.keyClick(home.focusWidget(), Qt.Key.Key_F5)
    screen = sending(home)
    assert "ปลอดภัย" in screen.detail.text()
    assert not home.context.sync.running
    qtbot.mouseClick(screen.main_button, Qt.MouseButton.LeftButton)
    assert home.shell is not None
    assert isinstance(home.shell.current, SettingsScreen)


def test_f5_sends_everything_and_each_line_shows_its_receipt(
    home: MainWindow, centre: RunningCentre, qtbot: QtBot
) -> None:
    register(qtbot, home, centre)
    qtbot.keyClick(home.focusWidget(), Qt.Key.Key_F5)
    screen = sending(home)
    with qtbot.waitSignal(home.context.sync.state_changed, timeout=WAIT):
        pass
    qtbot.waitUntil(lambda: not home.context.sync.running, timeout=WAIT)
    qtbot.waitUntil(lambda: "ส่งครบแล้ว" in screen.headline.text(), timeout=WAIT)
    assert home.context.store.records.count((RecordState.SEALED,)) == 0
    assert home.context.store.records.count((RecordState.SENT,)) == 4
    chips = {row.chip.text() for row in screen._rows.values()}
    assert chips == {"ศูนย์รับแล้ว"}
    assert all("ใบรับ" in row.note_label.text() for row in screen._rows.values())
    assert home.shell is not None
    assert "เชื่อมต่อศูนย์แล้ว" in home.shell.head.connection.text()


def test_a_sent_record_is_sent_only_by_a_receipt_that_is_kept(
    home: MainWindow, centre: RunningCentre, qtbot: QtBot
) -> None:
    register(qtbot, home, centre)
    home.context.sync.start()
    qtbot.waitUntil(lambda: len(home.context.sync.received) == 3, timeout=WAIT)
    qtbot.waitUntil(lambda: not home.context.sync.running, timeout=WAIT)
    for record_id, received in home.context.sync.received.items():
        kept = home.context.store.outbox.receipts(record_id)
        assert [r.digest for r in kept] == [received.receipt.digest]
        assert received.receipt.digest == home.context.store.records.sealed(record_id).digest


def test_a_wrong_address_is_told_in_words(home: MainWindow, qtbot: QtBot) -> None:
    screen = settings(home)
    screen.url.setText("http://127.0.0.1:9")
    screen.code.setText("ABCD-EFGH-JKLM")
    screen.register()
    qtbot.waitUntil(screen.centre_notice.isVisible, timeout=WAIT)
    assert screen.centre_notice.text()
    assert screen.register_button.isEnabled()


def test_a_wrong_code_is_told_in_words(home: MainWindow, centre: RunningCentre, qtbot: QtBot) -> None:
    screen = settings(home)
    screen.url.setText(centre.url)
    screen.code.setText("AAAA-AAAA-AAAA")
    screen.register()
    qtbot.waitUntil(screen.centre_notice.isVisible, timeout=WAIT)
    assert "ลงทะเบียนเครื่องนี้กับศูนย์แล้ว" not in screen.centre_notice.text()


def test_a_centre_that_went_away_leaves_everything_waiting(home: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    with running_centre(ServerConfig(tmp_path / "gone")) as centre:
        register(qtbot, home, centre)
    qtbot.keyClick(home.focusWidget(), Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: not home.context.sync.running, timeout=WAIT)
    screen = sending(home)
    qtbot.waitUntil(lambda: "ยังส่งไม่ครบ" in screen.headline.text(), timeout=WAIT)
    assert home.context.store.records.count((RecordState.SEALED,)) == 3
    assert home.shell is not None
    assert "ทำงานต่อได้" in home.shell.head.connection.text()


def test_closing_during_a_run_stops_it_and_leaves_no_thread(
    home: MainWindow, centre: RunningCentre, qtbot: QtBot
) -> None:
    register(qtbot, home, centre)
    home.context.sync.start()
    with qtbot.waitSignal(home.closed, timeout=WAIT):
        home.close()


def test_the_window_answers_keys_while_sending(home: MainWindow, centre: RunningCentre, qtbot: QtBot) -> None:
    register(qtbot, home, centre)
    home.context.sync.start()
    qtbot.keyClick(home.focusWidget(), Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert home.shell is not None
    assert home.shell.current is not None
    assert home.shell.current.name == "home"
    qtbot.waitUntil(lambda: not home.context.sync.running, timeout=WAIT)


def home_session(window: MainWindow) -> Session:
    return syncing.session_of(window.context.store)


def sent(qtbot: QtBot, window: MainWindow) -> SyncScreen:
    assert window.shell is not None
    window.shell.go("sync", send=True)
    qtbot.waitUntil(lambda: not window.context.sync.running, timeout=WAIT)
    return sending(window)


def test_after_sending_what_the_centre_has_is_fetched_and_told(
    home: MainWindow, centre: RunningCentre, qtbot: QtBot
) -> None:
    register(qtbot, home, centre)
    publish_assignments(centre.centre, DEFAULT_SCOPE, [{"id": "a-1", "site_id": "s-1"}, {"id": "a-2"}])
    sent(qtbot, home)
    fetched = [event for _, event in home.context.sync.history if isinstance(event, Fetched)]
    assert [event.rows for event in fetched] == [2]  # the assignments; the three just sent are no news
    assert "ได้รับจากศูนย์ 2 รายการ" in sync_words.event_words(home.context, fetched[0]).text
    assert home.context.store.pulled.cursor() != ""


def test_the_head_of_the_audit_chain_is_left_at_the_centre(
    home: MainWindow, centre: RunningCentre, qtbot: QtBot
) -> None:
    register(qtbot, home, centre)
    sent(qtbot, home)
    (server_id, head), *others = home.context.store.audit.anchors()
    assert (server_id, others) == (home_session(home).server_id, [])
    assert head.seq > 0


def test_ctrl_s_saves_the_log_without_names(
    home: MainWindow, centre: RunningCentre, tmp_path: Path, qtbot: QtBot
) -> None:
    register(qtbot, home, centre)
    screen = sent(qtbot, home)
    screen.tools.choose_file = lambda: str(tmp_path / "log.txt")
    with qtbot.waitActive(home):
        home.activateWindow()
    screen.tools.log_button.setFocus()
    qtbot.waitUntil(screen.tools.log_button.hasFocus)
    qtbot.keyClick(screen.tools.log_button, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil((tmp_path / "log.txt").exists)
    text = (tmp_path / "log.txt").read_text("utf-8")
    assert text.count("\tReceived\t") == 3
    assert "ตัวอย่าง" not in text
    assert "log.txt" in screen.notice.text()


def test_a_log_that_cannot_be_written_is_told(home: MainWindow, tmp_path: Path) -> None:
    assert home.shell is not None
    home.shell.go("sync")
    screen = sending(home)
    screen.tools.choose_file = lambda: str(tmp_path / "not-there" / "log.txt")
    screen.tools.save_log()
    assert screen.notice.text()
    assert "แล้ว" not in screen.notice.text()


def test_a_paused_run_says_what_has_arrived_and_how_it_goes_on(
    home: MainWindow, centre: RunningCentre, qtbot: QtBot
) -> None:
    screen, sync = at_sending(qtbot, home, centre), home.context.sync
    first = screen._waiting[0]
    sync.progress[first.summary.record_id] = RecordState_(
        first.summary.record_id, first.row.revision_id, RecordStep.SENDING_FILES, 2, 4, 60_000, 120_000
    )
    sync.report = SyncReport(waiting=3, stopped=True)
    screen.retranslate()
    assert "พักการส่งไว้ · รอส่ง 3 งาน" in screen.headline.text()
    assert "2/4" in screen._rows[first.summary.record_id].photos.text()


# --- an office's relay, and a proxy on the way


def test_what_the_office_relay_holds_is_never_called_received(
    home: MainWindow, centre: RunningCentre, qtbot: QtBot
) -> None:
    register(qtbot, home, centre)
    context = home.context
    for row in context.store.outbox.pending():
        context.workplace.writer.submit(
            lambda store, row=row: store.outbox.failed(row.revision_id, "relayed", "2026-11-22T10:00:00+07:00", "")
        ).result()
    assert home.shell is not None
    home.shell.go("sync")
    screen = sending(home)
    assert {row.chip.text() for row in screen._rows.values()} == {"สำนักงานรับฝาก"}
    assert "ยังไม่ถึงศูนย์" in screen.headline.text()
    assert all("ยังไม่ถึงศูนย์" in row.note_label.text() for row in screen._rows.values())
    said = screen.headline.text() + screen.detail.text()
    assert "ศูนย์รับแล้ว" not in said
    assert "ส่งครบ" not in said


def test_a_proxy_that_wants_a_login_is_asked_for_and_sending_goes_on(
    home: MainWindow, centre: RunningCentre, qtbot: QtBot
) -> None:
    screen, context = at_sending(qtbot, home, centre), home.context
    context.sync.trouble = Trouble("proxy-login", action="sign-in")
    screen._show_status()
    assert screen.main_button.text() == "เข้าใช้พร็อกซี"
    screen.main_button.click()
    dialog = next(d for d in home.findChildren(AskDialog) if d.isVisible())
    dialog.fields["user"].setText("somchai")
    dialog.fields["password"].setText("p@ss word")
    dialog.accept()
    qtbot.waitUntil(lambda: context.sync.finished_at is not None, timeout=WAIT)
    assert network.network_of(context.store).user == "somchai"
    assert not context.sync.running


def test_the_registry_is_fetched_by_its_button(home: MainWindow, centre: RunningCentre, qtbot: QtBot) -> None:
    screen = at_sending(qtbot, home, centre)
    screen.tools.registry_button.click()
    qtbot.waitUntil(lambda: home.context.sync.finished_at is not None, timeout=WAIT)
    assert any(isinstance(event, RegistryFetched) for _, event in home.context.sync.history)


# --- what the system says about networks is a hint


def test_on_a_metered_line_text_goes_first_and_photos_when_asked_once_more(
    home: MainWindow, centre: RunningCentre, qtbot: QtBot
) -> None:
    screen, sync = at_sending(qtbot, home, centre), home.context.sync
    sync.line.note_metered(True)
    assert "ส่งข้อความ" in screen.main_button.text()
    screen.send()
    qtbot.waitUntil(lambda: not sync.running and sync.report is not None, timeout=WAIT)
    assert centre.centre.records.counts()["revisions_pending"] > 0
    screen.send()
    qtbot.waitUntil(lambda: not sync.running, timeout=WAIT)
    qtbot.waitUntil(lambda: home.context.store.outbox.pending() == (), timeout=WAIT)


def test_after_sending_a_newer_registry_is_fetched_too_and_nothing_is_said_where_there_is_none(
    home: MainWindow, centre: RunningCentre, tmp_path: Path, qtbot: QtBot
) -> None:
    screen, sync = at_sending(qtbot, home, centre), home.context.sync
    sites = [site.to_json() for site in demo_data.factories(7)]
    (tmp_path / "r.json").write_text(json.dumps(sites), encoding="utf-8")
    centre_registry.publish(tmp_path / "centre", tmp_path / "r.json")
    screen.send()
    qtbot.waitUntil(lambda: not sync.running and sync.report is not None, timeout=WAIT)
    assert [event.count for _, event in sync.history if isinstance(event, RegistryFetched)] == [7]
    assert home.context.store.registry.count() == 7
    screen.send()
    qtbot.waitUntil(lambda: not sync.running and sync.report is not None, timeout=WAIT)
    assert len([event for _, event in sync.history if isinstance(event, RegistryFetched)]) == 1
