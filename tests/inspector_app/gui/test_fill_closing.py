"""The closing meeting: what the factory sees, signatures, refusal, statement, and the way back to the office."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from checklists.model import Audience
from inspector_app.actions.inspection import records
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.closing import ClosingScreen
from inspector_app.gui.screens.fill import FillScreen
from inspector_app.gui.screens.sign_in.ask import AskPassphrase
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.gui.widgets.sign_dialog import SignDialog
from tests.support.fill_story import Story, hand_back
from tests.support.fill_window import start_record, wait_for


def test_the_closing_meeting_shows_nothing_but_the_factorys_part(
    begin: Callable[..., Story],
) -> None:
    story = begin()
    story.go("B06")
    story.press("2", "N")
    story.type("สิ่งที่โรงงานเห็นได้")
    story.press("F9")
    closing = story.screen
    assert isinstance(closing, ClosingScreen)
    seen = closing.result.findings[0]
    secret = [
        dataclasses.replace(seen, finding_id=a.value, fact="ผู้ร้องเรียนลับ", audience=a)
        for a in (Audience.OFFICE, Audience.RESTRICTED)
    ]
    closing.result = dataclasses.replace(closing.result, findings=(*secret, seen))
    closing.retranslate()
    story.press("Right", "Right")
    texts = [label.text() for label in closing.findChildren(ThaiLabel)]
    assert "สิ่งที่โรงงานเห็นได้" in texts
    assert not any("ลับ" in text for text in texts)


def test_a_change_after_signing_voids_the_signature_visibly(begin: Callable[..., Story]) -> None:
    story = begin()
    story.answer_all()
    story.press("F9")
    closing = story.screen
    assert isinstance(closing, ClosingScreen)
    story.sign(closing, "officer")
    story.press("Esc")
    hand_back(story)
    fill = story.screen
    assert isinstance(fill, FillScreen)
    assert fill.view is not None
    assert fill.view.notice.isHidden()
    story.go("B06")
    story.press("5")
    wait_for(lambda: not fill.view.notice.isHidden())
    assert "โมฆะ" in fill.view.notice.text()
    story.press("F9")
    assert "โมฆะ" in closing.cards["officer"].state.text()


def test_a_refusal_takes_the_place_of_the_guides_signature(begin: Callable[..., Story]) -> None:
    story = begin()
    story.answer_all()
    story.press("F9")
    closing = story.screen
    assert isinstance(closing, ClosingScreen)
    story.sign(closing, "officer")
    story.press("F8")
    story.type("ขอปรึกษาฝ่ายกฎหมายก่อน")
    story.press("Enter")
    story.type("อรุณี ตัวอย่าง วิศวกร")
    story.press("Ctrl+Enter")
    wait_for(lambda: "ฝ่ายกฎหมาย" in closing.cards["guide"].state.text())
    assert closing.result.problems == ()


def test_a_signature_is_drawn_with_the_mouse(begin: Callable[..., Story]) -> None:
    story = begin()
    story.press("F9", "S")
    dialog = story.dialog
    assert isinstance(dialog, SignDialog)
    story.press("Ctrl+Enter")
    assert not dialog.problem.isHidden()  # nothing is drawn yet
    pad = dialog.pad
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPointF(30, 90).toPoint())
    for step in range(1, 9):
        QTest.mouseMove(pad, QPointF(30 + 20 * step, 90 - 30 * (step % 2)).toPoint())
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPointF(200, 80).toPoint())
    assert not pad.is_empty
    story.press("Ctrl+Enter")
    closing = story.screen
    assert isinstance(closing, ClosingScreen)
    wait_for(lambda: closing.signatures is not None and closing.signatures.signature("officer") is not None)
    signature = closing.signatures.signature("officer")
    assert signature is not None
    with story.window.context.store.attachments.open(signature.sha256) as file:
        assert file.read().startswith(b"\x89PNG")


def test_the_representatives_statement_is_one_key_from_the_closing_where_the_checklist_has_it(
    begin: Callable[..., Story],
) -> None:
    story = begin()
    story.press("F9")
    closing = story.screen
    assert isinstance(closing, ClosingScreen)
    assert "T" in [hint.key for hint in closing.key_hints()]
    assert "Ctrl+P" not in [hint.key for hint in closing.key_hints()]  # the record is printed once it is sealed
    story.press("T")
    story.type("จะแก้ไขภายในเดือนนี้")
    story.press("Ctrl+Enter")
    assert story.screen is closing  # the meeting goes on
    assert story.window.context.saver.drain()
    opened = records.load(story.window.context.store, story.record_id, clock=story.window.context.clock)
    item = opened.outline.by_id["FA-K03"]
    assert opened.session.value(item.note_path or item.value_path) == "จะแก้ไขภายในเดือนนี้"


def test_the_representative_does_not_get_from_the_closing_into_the_office_view(begin: Callable[..., Story]) -> None:
    story = begin()
    story.press("F9")
    closing = story.screen
    for way_out in ("Esc", "Alt+1", "Ctrl+N", "F5", "Ctrl+Enter"):
        story.press(way_out)
        assert story.screen is closing, way_out
        dialog = story.dialog
        assert isinstance(dialog, AskPassphrase), way_out
        dialog.reject()
    story.press("Esc")
    story.type("wrong words")
    story.press("Enter")
    asked = story.dialog
    assert isinstance(asked, AskPassphrase)
    wait_for(asked.notice.isVisible)
    assert story.screen is closing
    hand_back(story)
    assert isinstance(story.screen, FillScreen)


def test_a_checklist_without_a_statement_does_not_offer_it(home: MainWindow) -> None:
    story = Story(home, start_record(home, "machinery_registration"))
    story.press("F9")
    closing = story.screen
    assert isinstance(closing, ClosingScreen)
    assert "T" not in [hint.key for hint in closing.key_hints()]
    story.press("T")
    assert story.screen is closing
