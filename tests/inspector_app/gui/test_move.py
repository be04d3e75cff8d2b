"""A draft stays on its version of the checklist until the inspector moves it, seeing first what becomes of it."""

from __future__ import annotations

from typing import Any

from checklists.authoring.catalogue import HANDBOOK
from checklists.loading import load_form
from inspector_app.actions.inspection import versions
from inspector_app.actions.reference import checklists as checklist_actions
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.fill.move import MoveDialog
from inspector_app.gui.widgets.dialogs import open_dialog
from tests.support.fill_keys import Typist
from tests.support.fill_window import context_writer, open_fill, start_record, wait_for


def on_another_version(window: MainWindow) -> str:
    """Begin a record and put it on a version of its checklist that is not the newest."""
    record_id = start_record(window, "minerals_act")

    def step(store: Any) -> None:
        text = (HANDBOOK / "minerals_act.yaml").read_text(encoding="utf-8")
        other = load_form(text.replace('version: "2569.1"', 'version: "2568.9"', 1))
        pin = checklist_actions.pin_of(other)
        store.checklists.put(pin, other.xml)
        versions.move_to_version(store, record_id, pin.sha256, clock=window.context.clock)

    context_writer(window).submit(step).result(60)
    return record_id


def test_the_draft_says_that_there_is_a_newer_version_and_moves_when_told_to(home: MainWindow) -> None:
    record_id = on_another_version(home)
    screen = open_fill(home, record_id)
    view = screen.view
    assert view is not None
    wait_for(lambda: "2569.1" in view.notice.text(), seconds=30)
    Typist(home).press("F6")
    dialog = open_dialog(home)
    assert isinstance(dialog, MoveDialog)
    dialog.accept()
    wait_for(lambda: screen.opened is not None and screen.opened.definition.version == "2569.1", seconds=30)


def test_a_draft_on_the_newest_version_is_left_alone(home: MainWindow) -> None:
    screen = open_fill(home, start_record(home, "minerals_act"))
    assert screen.offer_move() is None
    assert screen.view is not None
    assert screen.view.said == "ok"
