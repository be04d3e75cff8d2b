"""A whole short visit in the real window on the real store, by keys only: fill, photos, signatures, seal, paper."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from checklists.loading import bundled_ids
from checklists.model import Audience, ItemResult, RecordState, Verdict
from checklists.sealing import parse_envelope, verify
from inspector_app.actions import earlier, records
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.closing import ClosingScreen
from inspector_app.gui.screens.fill import FillScreen
from inspector_app.gui.screens.record import RecordScreen
from inspector_app.gui.screens.seal import SealDialog
from inspector_app.gui.screens.sign_in.ask import AskPassphrase
from inspector_app.gui.widgets.dialogs import open_dialog
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.gui.widgets.sign_dialog import SignDialog
from tests.inspector_app.gui.conftest import OpenWindow, sign_in
from tests.support import photos
from tests.support.fill_keys import KEDMANEE, US, Typist
from tests.support.fill_window import open_fill, start_record, wait_for
from tests.support.window_checks import faults
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


@pytest.fixture
def begin(home: MainWindow) -> Callable[..., Story]:
    def start(layout: str = US) -> Story:
        return Story(home, start_record(home), layout)

    return start


@pytest.mark.parametrize("layout", [US, KEDMANEE])
def test_a_short_visit_from_the_first_key_to_the_paper(
    begin: Callable[..., Story], layout: str, tmp_path: Path
) -> None:
    story = begin(layout)
    model = story.fill.model
    assert model is not None
    presses = story.answer_all()
    model.judge_now()
    plain = sum(1 for i, item in enumerate(model.items) if item.kind == "verdict" and model.state(i).answered)
    assert model.progress().total > 50
    assert plain > 25
    assert presses / plain <= 1.3

    # one item fails: a note, two photos chosen by file
    story.go("B06")
    story.press("2", "N")
    story.type("พาเลทกีดขวางทางออกด้านทิศเหนือ")
    story.press("Esc")
    file = tmp_path / "ทางออก.jpg"
    file.write_bytes(photos.photo())
    story.fill.choose_files = lambda: [str(file), str(file)]
    story.press("P")
    wait_for(lambda: len(model.photos("FA-B06")) == 2)
    assert [p.exhibit for p in model.photos("FA-B06")] == ["จ.1", "จ.2"]

    # the last check says what is missing, Enter leads there
    story.press("Ctrl+Enter")
    assert isinstance(story.dialog, SealDialog)
    assert not story.dialog.seal_button.isEnabled()
    assert [p.message.th for p in story.dialog.blocking if p.kind.value != "signature"] == []
    story.press("Enter")
    assert isinstance(story.screen, ClosingScreen)
    closing = story.screen
    assert [f.item_id for f in closing.findings] == ["FA-B06"]
    story.sign(closing, "officer")
    story.sign(closing, "guide")
    story.press("Ctrl+Enter")
    hand_back(story)

    dialog = story.dialog
    assert isinstance(dialog, SealDialog)
    assert dialog.blocking == []
    story.press("Ctrl+Enter")
    wait_for(lambda: isinstance(story.screen, RecordScreen))
    record = story.screen
    assert isinstance(record, RecordScreen)
    wait_for(lambda: record.papers.paper)

    context = story.window.context
    assert context.saver.drain()
    assert context.saver.error is None
    assert context.store.records.summary(story.record_id).state is RecordState.SEALED
    sealed = context.store.records.sealed(story.record_id)
    verify(sealed, context.workplace.keys.device_key.public_bytes)
    envelope = parse_envelope(sealed.envelope)
    assert len(envelope["attachments"]) == 4
    assert envelope["findings"][0]["fact"]
    assert record.papers.view.document is not None
    assert len(record.papers.view.document) >= 2

    story.press("F")  # the factory's copy
    wait_for(lambda: record.papers.copy == "factory" and record.papers.paper)
    target = tmp_path / "ฉบับโรงงาน.pdf"
    record.papers.choose_file = lambda _: str(target)
    story.press("Ctrl+S")
    assert target.read_bytes().startswith(b"%PDF-")

    # the next visit to the same place shows what was found
    again = Story(story.window, start_record(story.window), layout)
    again.go("B06")
    assert again.fill.view is not None
    assert "ไม่ผ่าน\nพาเลทกีดขวาง" in again.fill.view.context.last_words.text()
    panel = again.fill.view.context
    assert panel.carry_button.isHidden()  # a failure is judged anew, never carried
    story.press("2")
    wait_for(lambda: panel.trend.text() == "เหมือนเดิม")
    assert again.fill.last is not None
    assert again.fill.model is not None
    assert again.fill.opened is not None
    opened, last = again.fill.opened, again.fill.last
    index = next(
        i
        for i, item in enumerate(again.fill.model.items)
        if item.note_path and earlier.carried(opened, last, item.item_id)
    )
    again.fill.view.open_item(index)
    again.fill.view.focus_card()
    story.press("C")
    state = again.fill.model.state(index)
    assert state.answered
    assert "2026-11-22" in state.note  # marked as carried, with the day


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


def test_answers_are_on_disk_and_the_record_comes_back_at_the_item_after_a_kill(
    begin: Callable[..., Story], workspace: Path, tmp_path: Path, open_window: OpenWindow, qtbot: QtBot
) -> None:
    story = begin()
    for _ in range(4):
        story.answer(story.fill.model.cursor if story.fill.model else 0)
    number = story.fill.model.items[story.fill.model.cursor].number if story.fill.model else ""
    before = story.saved()
    wait_for(lambda: _cursor(story) == number)

    # what lies on disk at this moment is all that a killed program leaves behind
    import shutil

    copy = tmp_path / "after the kill"
    shutil.copytree(workspace, copy, ignore=shutil.ignore_patterns("lock"))
    window = sign_in(qtbot, open_window(copy))
    again = Story(window, story.record_id)
    assert again.fill.model is not None
    assert again.fill.model.items[again.fill.model.cursor].number == number
    assert again.saved() == before


def _cursor(story: Story) -> str:
    cursor = story.window.context.store.records.draft(story.record_id).cursor
    model = story.fill.model
    index = model.places.of_problem("", cursor.path) if cursor and model else None
    return model.items[index].number if model and index is not None else ""


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


def test_a_broken_photo_is_told_and_loses_nothing(begin: Callable[..., Story], tmp_path: Path) -> None:
    story = begin()
    file = tmp_path / "เสีย.jpg"
    file.write_bytes(b"\xff\xd8\xff this is no picture")
    story.fill.choose_files = lambda: [str(file)]
    story.press("P")
    view, model = story.fill.view, story.fill.model
    assert view is not None
    assert model is not None
    wait_for(lambda: not view.notice.isHidden())
    assert "เสีย.jpg" in view.notice.text()
    assert model.attachments == ()
    assert story.fill.photos.waiting == 0


def test_files_dropped_on_a_card_become_its_photos_and_the_bad_ones_are_told(
    begin: Callable[..., Story], tmp_path: Path
) -> None:
    story = begin()
    view, model = story.fill.view, story.fill.model
    assert view is not None
    assert model is not None
    card = view.card
    assert card is not None
    item = model.items[card.index].item_id
    contents = {
        "1.jpg": photos.photo(),
        "2 เสีย.jpg": b"\xff\xd8\xff broken",
        "3.txt": b"words",
        "4.jpg": photos.photo(),
    }
    data = QMimeData()
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in contents])
    told: list[str] = []
    story.fill.photos.refused.connect(told.append)
    place = QPointF(card.mapTo(view, card.rect().center()))
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(place.toPoint(), *how)
    QApplication.sendEvent(view, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(view, QDropEvent(place, *how))
    wait_for(lambda: story.fill.photos.waiting == 0)
    assert [a.exhibit for a in model.photos(item)] == ["จ.1", "จ.2"]
    assert len(told) == 2
    assert ["2 เสีย.jpg" in told[0], "3.txt" in told[1]] == [True, True]


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


def test_a_caption_is_kept_and_a_photo_can_be_taken_out(begin: Callable[..., Story], tmp_path: Path) -> None:
    story = begin()
    file = tmp_path / "a.jpg"
    file.write_bytes(photos.photo())
    story.fill.choose_files = lambda: [str(file), str(file)]
    story.press("P")
    model = story.fill.model
    assert model is not None
    item = model.items[model.cursor].item_id
    wait_for(lambda: len(model.photos(item)) == 2)
    story.press("Shift+P")
    story.type("ป้ายหน้าโรงงาน")
    story.press("Enter", "Shift+P")  # the next one without a caption
    story.press("F4")
    assert [p.caption for p in model.photos(item)] == ["ป้ายหน้าโรงงาน"]
    story.window.context.saver.drain()
    kept = story.window.context.store.attachments.list(story.record_id)
    assert [a.caption for a in kept] == ["ป้ายหน้าโรงงาน"]


def test_the_language_changes_while_a_record_is_open(begin: Callable[..., Story]) -> None:
    story = begin()
    story.press("Down")
    story.window.context.set_language("en")
    view = story.fill.view
    assert view is not None
    assert view.card is not None
    assert view.card.face.place.startswith("Item ")
    assert view.goto.button.text() == "Go to item…"
    story.press("2")
    assert story.fill.model is not None
    assert story.fill.model.state(story.fill.model.cursor).verdict in {Verdict.FAIL, None}


def settle() -> None:
    """Let layouts come to rest: a scroll bar that appears makes them work twice."""
    for _ in range(4):
        QApplication.processEvents()


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("theme, percent", [("light", 100), ("sunlight", 100), ("dark", 150)])
def test_nothing_is_cut_unnamed_too_small_or_on_top_of_each_other(
    open_window: OpenWindow, workspace: Path, qtbot: QtBot, language: str, theme: str, percent: int
) -> None:
    window = sign_in(qtbot, open_window(workspace, language=language, theme=theme, percent=percent))
    window.resize(1093, 614)
    story = Story(window, start_record(window))
    found: list[str] = []
    kinds: set[str] = set()
    model = story.fill.model
    assert model is not None
    for index, item in enumerate(model.items):
        if item.kind not in kinds and model.state(index).relevant:
            kinds.add(item.kind)
            story.fill.view.open_item(index) if story.fill.view else None
            settle()
            found += [f"{item.number} {fault}" for fault in faults(window)]
    story.go("B06")
    story.press("2")
    settle()
    found += [f"failed {fault}" for fault in faults(window)]
    story.press("Ctrl+Enter")
    assert isinstance(story.dialog, SealDialog)
    found += [f"seal {fault}" for fault in faults(story.dialog)]
    story.press("Esc", "F9")
    settle()
    found += [f"closing {fault}" for fault in faults(window)]
    story.press("S")
    assert isinstance(story.dialog, SignDialog)
    found += [f"sign {fault}" for fault in faults(story.dialog)]
    story.press("Esc")
    assert not found, "\n".join(dict.fromkeys(found))


def test_items_of_a_repeat_are_asked_row_by_row_and_a_row_is_one_key(home: MainWindow) -> None:
    story = Story(home, start_record(home, "machinery_registration"))
    model = story.fill.model
    assert model is not None
    assert [item.number for item in model.items if item.repeat_path][:2] == ["A01/1", "A02/1"]
    story.go("A01/1")
    story.press("1", "Ctrl+Ins")
    wider = story.fill.model
    assert wider is not None
    assert wider.items[wider.cursor].number == "A01/2"
    story.press("1")
    story.window.context.saver.drain()
    draft = story.window.context.store.records.draft(story.record_id)
    rows = [row for row in draft.rows if row.path.endswith("/machines")]
    assert len(rows) == 2
    assert {a.row for a in draft.answers if a.path.endswith("mc_a01_v") and a.value == "pass"} == {
        row.row for row in rows
    }


def test_a_row_with_answers_is_removed_after_asking_and_undo_brings_it_back(home: MainWindow) -> None:
    story = Story(home, start_record(home, "machinery_registration"))

    def numbers() -> list[str]:
        assert story.fill.model is not None
        return [item.number for item in story.fill.model.items if item.number.startswith("A01/")]

    story.go("A01/1")
    story.press("Ctrl+Ins", "1")
    assert numbers() == ["A01/1", "A01/2"]
    story.go("A01/2")
    story.press("Ctrl+Del")
    assert "ลบรายการ" in story.dialog.title_label.text()
    story.press("Esc")
    assert numbers() == ["A01/1", "A01/2"]
    story.press("Ctrl+Del")
    story.dialog.accept()
    settle()
    assert numbers() == ["A01/1"]
    story.press("Ctrl+Z")
    settle()
    assert numbers() == ["A01/1", "A01/2"]
    assert story.fill.model is not None
    index = story.fill.model.places.find("A01/2")
    assert index is not None
    assert story.fill.model.state(index).verdict is Verdict.PASS
    assert story.window.context.saver.drain()
    draft = story.window.context.store.records.draft(story.record_id)
    assert len([row for row in draft.rows if row.path.endswith("/machines")]) == 2


@pytest.mark.parametrize("form_id", [pin.form_id for pin in bundled_ids()])
def test_every_bundled_checklist_opens_and_each_kind_of_item_can_be_shown(home: MainWindow, form_id: str) -> None:
    story = Story(home, start_record(home, form_id))
    model, view = story.fill.model, story.fill.view
    assert model is not None
    assert view is not None
    shown = set()
    for index, item in enumerate(model.items):
        if model.state(index).relevant and (item.kind, item.value_type) not in shown:
            shown.add((item.kind, item.value_type))
            view.open_item(index)
            assert view.editor is not None
            assert view.editor.index == index
    assert shown
