"""The fill screen with every checklist, language, theme and size: all of it shown, nothing cut."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from checklists.loading import bundled_ids
from checklists.model import Verdict
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.seal import SealDialog
from inspector_app.gui.widgets.sign_dialog import SignDialog
from tests.inspector_app.gui.conftest import OpenWindow, sign_in
from tests.support.fill_story import Story, settle
from tests.support.fill_window import start_record
from tests.support.window_checks import faults


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
