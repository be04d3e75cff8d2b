"""Items of a repeat: rows by one key, removed after asking, back by undo."""

from __future__ import annotations

from checklists.model import Verdict
from inspector_app.gui.main_window import MainWindow
from tests.support.fill_story import Story, settle
from tests.support.fill_window import start_record


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
