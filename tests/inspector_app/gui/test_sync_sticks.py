"""A stick there and back from the window: by keyboard alone, one at a time, and in words of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from checklists.crypto import DeviceKey
from checklists.model import RecordState
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.sync.addressee import AddresseeDialog
from sync.bundle import office_word
from sync.bundle_format import Office, bundles_on, new_recipient, read_manifest
from sync.protocol import ReceiptKey
from sync.server.bundles import import_bundle
from tests.support.sync_server import RunningCentre
from tests.support.window_sending import WAIT, at_sending

pytestmark = pytest.mark.usefixtures("present_time")


def test_a_stick_carries_the_work_to_the_centre_and_the_receipts_back(
    home: MainWindow, centre: RunningCentre, tmp_path: Path, qtbot: QtBot
) -> None:
    screen, stick = at_sending(qtbot, home, centre), tmp_path / "stick"
    stick.mkdir()
    screen.tools.choose_folder = lambda _title: str(stick)
    screen.tools.export_button.click()
    addressee(home).accept()
    qtbot.waitUntil(lambda: "เขียนลง USB และตรวจทานแล้ว" in screen.notice.text(), timeout=WAIT)
    assert home.context.store.records.count((RecordState.SEALED,)) == 3  # nothing counts as sent without a receipt
    for folder in bundles_on(stick):
        import_bundle(centre.centre, folder)
    screen.tools.receipts_button.click()
    qtbot.waitUntil(lambda: "รับใบรับของศูนย์แล้ว 3 ใบ" in screen.notice.text(), timeout=WAIT)
    assert home.context.store.records.count((RecordState.SEALED,)) == 0


def test_a_stick_is_written_by_keyboard_alone_and_by_one_at_a_time(
    home: MainWindow, centre: RunningCentre, tmp_path: Path, qtbot: QtBot
) -> None:
    screen, stick = at_sending(qtbot, home, centre), tmp_path / "stick"
    screen.tools.choose_folder = lambda _title: str(stick)
    screen.tools.export_button.setFocus()
    qtbot.keyClick(screen.tools.export_button, Qt.Key.Key_Space)
    qtbot.keyClick(addressee(home).choice, Qt.Key.Key_Return)
    assert not screen.tools.export_button.isEnabled()
    assert not screen.tools.receipts_button.isEnabled()
    qtbot.waitUntil(lambda: "เขียนลง USB และตรวจทานแล้ว" in screen.notice.text(), timeout=WAIT)
    assert screen.tools.export_button.hasFocus()  # it was disabled meanwhile, and a neighbour had it
    assert len(bundles_on(stick)) == 1


def test_trouble_with_a_stick_is_not_called_trouble_with_saving(
    home: MainWindow, centre: RunningCentre, tmp_path: Path, qtbot: QtBot
) -> None:
    screen = at_sending(qtbot, home, centre)
    screen.tools.choose_folder = lambda _title: str(tmp_path)
    screen.tools.receipts_button.click()
    qtbot.waitUntil(lambda: "ไม่พบชุดงาน" in screen.notice.text(), timeout=WAIT)
    assert "บันทึกครบ" in home.shell.head.saved.text()


def addressee(window: MainWindow) -> AddresseeDialog:
    return window.findChildren(AddresseeDialog)[-1]


def test_a_stick_for_an_office_is_addressed_by_its_file_only_with_the_right_word(
    home: MainWindow, centre: RunningCentre, tmp_path: Path, qtbot: QtBot
) -> None:
    screen, stick, file = at_sending(qtbot, home, centre), tmp_path / "stick", tmp_path / "office.json"
    key = ReceiptKey("k-1", DeviceKey.from_seed(b"\5" * 32).public_bytes.hex())
    office = Office("relay-1", centre.centre.server_id, "สอจ.ระยอง", new_recipient()[1].hex(), key)
    office.write(file)
    screen.tools.choose_folder = lambda _title: str(stick)
    screen.tools.export_button.click()
    dialog = addressee(home)
    dialog.choice.setCurrentIndex(dialog.choice.count() - 1)
    dialog.use_file(file)
    dialog.word.setText("AAAA-BBBB-CCCC-DDDD")
    dialog.accept()
    qtbot.waitUntil(lambda: "รหัสไม่ตรง" in dialog.notice.text(), timeout=WAIT)
    dialog.word.setText(office_word(office))
    dialog.accept()
    qtbot.waitUntil(lambda: "อ่านได้เฉพาะสำนักงาน สอจ.ระยอง" in screen.notice.text(), timeout=WAIT)
    assert [read_manifest(folder).office for folder in bundles_on(stick)] == ["สอจ.ระยอง"]


def test_an_empty_stick_is_told(home: MainWindow, centre: RunningCentre, tmp_path: Path, qtbot: QtBot) -> None:
    screen = at_sending(qtbot, home, centre)
    screen.tools.choose_folder = lambda _title: str(tmp_path / "empty")
    screen.tools.take_receipts()
    qtbot.waitUntil(screen.notice.isVisible, timeout=WAIT)
    assert "รับใบรับของศูนย์แล้ว" not in screen.notice.text()
