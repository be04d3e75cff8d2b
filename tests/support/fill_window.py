"""A real draft of the real checklist in a real window: the beginning of every test of the fill screen's story."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QApplication

from checklists.model import PersonMet
from inspector_app import demo_data
from inspector_app.actions.inspection import records
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.fill import FillScreen
from tests.support import window_workspace
from tests.support.handbook_records import Desk


def start_record(window: MainWindow, form_id: str = "factory_act_general") -> str:
    """Begin a visit with one record, through the writer as the start screen does."""
    context = window.context
    site = demo_data.first_factory()

    def step(store: Any) -> str:
        team = (window_workspace.OFFICER, window_workspace.HELPER)
        started = records.start(store, site=site, form_id=form_id, team=team, clock=context.clock, ids=context.ids)
        visit = store.visits.get(started.visit_id)
        met = (PersonMet("กมล ตัวอย่าง", "ผู้จัดการโรงงาน"),)
        store.visits.update(type(visit).from_json({**visit.to_json(), "met": [m.to_json() for m in met]}))
        return started.record_id

    return str(context.workplace.writer.submit(step).result(30))


def sealed_record(window: MainWindow, **answers: str) -> str:
    """Begin, answer and seal a record of the general inspection as it stands: `FA_B06="fail"`."""

    def step(store: Any) -> str:
        desk = Desk(store, window.context.clock, window.context.ids)  # type: ignore[arg-type]  # the test's clock
        record_id = desk.begin(**answers)
        desk.seal(record_id)
        return record_id

    return str(context_writer(window).submit(step).result(30))


def context_writer(window: MainWindow) -> Any:
    return window.context.workplace.writer


def open_fill(window: MainWindow, record_id: str) -> FillScreen:
    assert window.shell is not None
    window.shell.go("fill", record_id=record_id)
    screen = window.shell.current
    assert isinstance(screen, FillScreen)
    return screen


def wait_for(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Let the window work until `condition` holds."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise AssertionError("what was waited for did not happen")
        QApplication.processEvents()
        time.sleep(0.002)
