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


@pytest.mark.parametrize("state", LINE_STATES, ids=lambda state: state.name)
def test_each_state_has_its_words_and_its_next_step(screen: SyncScreen, state: LineState) -> None:
    sync_states.show(screen.context, state)
    assert state.said in screen.headline.text()
    assert state.button in screen.main_button.text()
    assert screen.detail.text()


def test_no_two_states_read_alike(screen: SyncScreen) -> None:
    said = set()
    for state in LINE_STATES:
        sync_states.show(screen.context, state)
        said.add((screen.headline.text(), screen.detail.text()))
    assert len(said) == len(LINE_STATES)


@pytest.mark.parametrize(("name", "said"), [("offline", "ไม่มีอินเทอร์เน็ต"), ("no_centre", "ยังติดต่อศูนย์ไม่ได้")])
def test_the_head_does_not_say_no_internet_where_there_is_a_network(
    home: MainWindow, screen: SyncScreen, name: str, said: str
) -> None:
    sync_states.show(screen.context, state_named(name))
    assert home.shell is not None
    assert said in status.connection_words(screen.context.sync, 3, screen.context.t)[1]


def test_a_busy_centre_names_the_time_of_the_next_try(screen: SyncScreen) -> None:
    sync_states.show(screen.context, state_named("busy"))
    assert "10:55" in screen.detail.text()


def test_a_clock_that_is_off_is_told_though_sending_works(screen: SyncScreen) -> None:
    sync_states.show(screen.context, state_named("clock_off"))
    assert "17 นาที" in screen.detail.text()
    assert "17 นาที" in sync_words.event_words(screen.context, Connected("", "", -17 * 60_000)).text


@pytest.mark.parametrize("name", ["sign_in", "restored"])
def test_a_laptop_that_must_be_registered_is_led_to_the_settings(
    home: MainWindow, screen: SyncScreen, name: str
) -> None:
    sync_states.show(screen.context, state_named(name))
    screen.main_button.click()
    assert home.shell is not None
    assert isinstance(home.shell.current, SettingsScreen)


def test_a_proxys_login_is_asked_for(home: MainWindow, screen: SyncScreen) -> None:
    sync_states.show(screen.context, state_named("proxy"))
    screen.main_button.click()
    assert any(dialog.isVisible() for dialog in home.findChildren(AskDialog))


def test_one_records_trouble_is_not_the_lines(screen: SyncScreen) -> None:
    sync_states.show(screen.context, state_named("clock_off"))
    screen.context.sync._deliver(Trouble("not-our-server", record_id="r-1"))
    assert "เบราว์เซอร์" not in screen.headline.text()


def test_where_everything_left_needs_the_person_the_card_says_so(screen: SyncScreen) -> None:
    writer, store = screen.context.workplace.writer, screen.context.store
    for row in store.outbox.pending():
        writer.submit(lambda writing, row=row: writing.outbox.failed(row.revision_id, "invalid", "", "", parked=True))
    writer.submit(lambda writing: writing.settings.set("t", "t")).result()
    screen._rebuild()
    assert "ที่ต้องให้ท่านทำก่อน" in screen.headline.text()


def test_the_progress_in_all_is_of_this_run_only(screen: SyncScreen) -> None:
    sync = screen.context.sync
    sync._deliver(RunStarted(1, 4, 100))
    sync._deliver(RecordState("r-1", "rev-1", RecordStep.RECEIVED, 4, 4, 100, 100))
    sync._deliver(RunStarted(1, 2, 60))
    assert sync_words.whole_progress(screen.context) == (0, 0)
    sync._deliver(RecordState("r-2", "rev-2", RecordStep.SENDING_FILES, 1, 2, 30, 60))
    assert sync_words.whole_progress(screen.context) == (30, 60)


def test_files_that_the_centre_lacks_are_named_in_the_log(screen: SyncScreen) -> None:
    whole = sync_words.event_words(screen.context, FilesChecked("r-1", 12, 12))
    some = sync_words.event_words(screen.context, FilesChecked("r-1", 11, 12, ("P1020.jpg",)))
    assert "12 จาก 12" in whole.text
    assert "11 จาก 12" in some.text
    assert "P1020.jpg" in some.text
