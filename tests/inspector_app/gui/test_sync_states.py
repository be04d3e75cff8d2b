"""Each state of the line has its words and its next step; what the button does is the step that it names."""

from __future__ import annotations

import pytest

from inspector_app.gui import status, sync_words
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.settings import SettingsScreen
from inspector_app.gui.screens.sync import SyncScreen
from inspector_app.gui.screens.sync.dialogs import AskDialog
from sync.events import Connected, FilesChecked, RecordState, RecordStep, RunStarted, Trouble
from tests.support import sync_states
from tests.support.sync_states import LINE_STATES, LineState


@pytest.fixture
def screen(home: MainWindow) -> SyncScreen:
    sync_states.register(home.context)
    assert home.shell is not None
    home.shell.go("sync")
    assert isinstance(home.shell.current, SyncScreen)
    return home.shell.current


def state_named(name: str) -> LineState:
    return next(state for state in LINE_STATES if state.name == name)


def test_each_state_has_its_words_and_its_next_step_and_no_two_read_alike(screen: SyncScreen) -> None:
    said = set()
    for state in LINE_STATES:
        sync_states.show(screen.context, state)
        assert state.said in screen.headline.text(), state.name
        assert state.button in screen.main_button.text(), state.name
        said.add((screen.headline.text(), screen.detail.text()))
    assert len(said) == len(LINE_STATES)


def test_the_words_tell_what_matters_of_each_state(screen: SyncScreen) -> None:
    """No internet is not said where there is a network; the next try, and how far the clock is off, are."""
    context = screen.context
    for name, said in (("offline", "ไม่มีอินเทอร์เน็ต"), ("no_centre", "ยังติดต่อศูนย์ไม่ได้")):
        sync_states.show(context, state_named(name))
        assert said in status.connection_words(context.sync, 3, context.t)[1]
    sync_states.show(context, state_named("busy"))
    assert "10:55" in screen.detail.text()
    sync_states.show(context, state_named("clock_off"))
    assert "17 นาที" in screen.detail.text()
    assert "17 นาที" in sync_words.event_words(context, Connected("", "", -17 * 60_000)).text
    context.sync._deliver(Trouble("not-our-server", record_id="r-1"))
    assert "เบราว์เซอร์" not in screen.headline.text()  # one record's trouble is not the line's


def test_the_button_does_what_it_names(home: MainWindow, screen: SyncScreen) -> None:
    assert home.shell is not None
    sync_states.show(screen.context, state_named("proxy"))
    screen.main_button.click()
    (dialog,) = (one for one in home.findChildren(AskDialog) if one.isVisible())
    dialog.reject()
    for name in ("sign_in", "restored"):
        home.shell.go("sync")
        sync_states.show(screen.context, state_named(name))
        screen.main_button.click()
        assert isinstance(home.shell.current, SettingsScreen), name


def test_where_everything_left_needs_the_person_the_card_says_so(screen: SyncScreen) -> None:
    writer, store = screen.context.workplace.writer, screen.context.store
    for row in store.outbox.pending():
        writer.submit(lambda writing, row=row: writing.outbox.failed(row.revision_id, "invalid", "", "", parked=True))
    writer.submit(lambda writing: writing.settings.set("t", "t")).result()
    screen._rebuild()
    assert "ที่ต้องให้ท่านทำก่อน" in screen.headline.text()


def test_progress_in_all_is_of_this_run_only_and_missing_files_are_named(screen: SyncScreen) -> None:
    context = screen.context
    context.sync._deliver(RunStarted(1, 4, 100))
    context.sync._deliver(RecordState("r-1", "rev-1", RecordStep.RECEIVED, 4, 4, 100, 100))
    context.sync._deliver(RunStarted(1, 2, 60))
    assert sync_words.whole_progress(context) == (0, 0)
    context.sync._deliver(RecordState("r-2", "rev-2", RecordStep.SENDING_FILES, 1, 2, 30, 60))
    assert sync_words.whole_progress(context) == (30, 60)
    assert "12 จาก 12" in sync_words.event_words(context, FilesChecked("r-1", 12, 12)).text
    some = sync_words.event_words(context, FilesChecked("r-1", 11, 12, ("P1020.jpg",))).text
    assert "11 จาก 12" in some
    assert "P1020.jpg" in some
