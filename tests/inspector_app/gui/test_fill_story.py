"""A whole short visit in the real window on the real store, by keys only: fill, photos, signatures, seal, paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from checklists.model import RecordState
from checklists.sealing import parse_envelope, verify
from inspector_app.actions.afterwards import earlier
from inspector_app.gui.screens.closing import ClosingScreen
from inspector_app.gui.screens.record import RecordScreen
from inspector_app.gui.screens.seal import SealDialog
from tests.inspector_app.gui.conftest import OpenWindow, sign_in
from tests.support import photos
from tests.support.fill_keys import KEDMANEE, US
from tests.support.fill_story import Story, hand_back
from tests.support.fill_window import start_record, wait_for


@pytest.mark.parametrize("layout", [US, KEDMANEE])
def test_a_short_visit_from_the_first_key_to_the_paper(
    begin: Callable[..., Story], layout: str, tmp_path: Path
) -> None:
    story = begin(layout)
    answer_every_item_in_about_one_key_each(story)
    fail_an_item_with_a_note_and_two_photos(story, tmp_path / "ทางออก.jpg")
    sign_what_the_last_check_asks_for(story)
    record = seal(story)
    the_record_is_sealed_whole(story, record)
    keep_the_factorys_copy(story, record, tmp_path / "ฉบับโรงงาน.pdf")
    the_next_visit_shows_what_was_found(story, layout)


def answer_every_item_in_about_one_key_each(story: Story) -> None:
    model = story.fill.model
    assert model is not None
    presses = story.answer_all()
    model.judge_now()
    plain = sum(1 for i, item in enumerate(model.items) if item.kind == "verdict" and model.state(i).answered)
    assert model.progress().total > 50
    assert plain > 25
    assert presses / plain <= 1.3


def fail_an_item_with_a_note_and_two_photos(story: Story, file: Path) -> None:
    model = story.fill.model
    assert model is not None
    story.go("B06")
    story.press("2", "N")
    story.type("พาเลทกีดขวางทางออกด้านทิศเหนือ")
    story.press("Esc")
    file.write_bytes(photos.photo())
    story.fill.choose_files = lambda: [str(file), str(file)]
    story.press("P")
    wait_for(lambda: len(model.photos("FA-B06")) == 2)
    assert [p.exhibit for p in model.photos("FA-B06")] == ["จ.1", "จ.2"]


def sign_what_the_last_check_asks_for(story: Story) -> None:
    """The last check says what is missing; Enter leads there."""
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


def seal(story: Story) -> RecordScreen:
    dialog = story.dialog
    assert isinstance(dialog, SealDialog)
    assert dialog.blocking == []
    story.press("Ctrl+Enter")
    wait_for(lambda: isinstance(story.screen, RecordScreen))
    record = story.screen
    assert isinstance(record, RecordScreen)
    wait_for(lambda: record.papers.paper)
    return record


def the_record_is_sealed_whole(story: Story, record: RecordScreen) -> None:
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


def keep_the_factorys_copy(story: Story, record: RecordScreen, target: Path) -> None:
    story.press("F")
    wait_for(lambda: record.papers.copy == "factory" and record.papers.paper)
    record.papers.choose_file = lambda _: str(target)
    story.press("Ctrl+S")
    assert target.read_bytes().startswith(b"%PDF-")


def the_next_visit_shows_what_was_found(story: Story, layout: str) -> None:
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
