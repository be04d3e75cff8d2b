"""The officer's power: appointments in the profile, a warning with its ground where a visit lies outside of them."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from checklists.findings.authority import Appointment
from inspector_app.actions.inspection import authority
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.fill import FillScreen
from inspector_app.gui.screens.power.appointments import AppointmentsDialog
from inspector_app.gui.screens.power.ground import GroundDialog
from inspector_app.gui.screens.settings import SettingsScreen
from inspector_app.gui.widgets.dialogs import open_dialog
from tests.support.fill_window import start_record, wait_for

GROUND = "ผู้จัดการโรงงานยินยอมให้เข้าตรวจ"


@pytest.fixture
def appointments(home: MainWindow) -> AppointmentsDialog:
    assert home.shell is not None
    home.shell.go("settings")
    screen = home.shell.current
    assert isinstance(screen, SettingsScreen)
    return screen.show_appointments()


def choose(dialog: AppointmentsDialog, act: str) -> None:
    dialog.act.setCurrentIndex(dialog.act.findData(act))


def kept(home: MainWindow) -> dict[str, Appointment]:
    assert home.context.saver.drain()
    return {one.act: one for one in authority.appointments(home.context.store)}


def forget_all(home: MainWindow) -> None:
    def step(store: Any) -> Any:
        return authority.set_appointments(store, ())

    home.context.workplace.writer.submit(step).result(30)


def test_an_appointment_is_written_with_its_card_area_and_period(
    home: MainWindow, appointments: AppointmentsDialog
) -> None:
    choose(appointments, "ma2560")
    appointments.card_no.setText("๑๒/๒๕๖๘")
    appointments.fields["provinces"].setText("สมุทรปราการ, Chon Buri")
    appointments.fields["valid_from"].setText("1 ต.ค. 2568")
    appointments.fields["valid_until"].setText("30/9/70")
    appointments.keep()
    one = kept(home)["ma2560"]
    assert one.provinces == ("11", "20")
    assert (one.valid_from, one.valid_until) == ("2025-10-01", "2027-09-30")
    assert "ชลบุรี" in appointments.words(one)
    assert "30 ก.ย. 2570" in appointments.words(one)


@pytest.mark.parametrize("name, typed", [("provinces", "แอตแลนติส"), ("valid_from", "32/13/69")])
def test_what_cannot_be_read_is_told_at_its_field_and_not_written(
    home: MainWindow, appointments: AppointmentsDialog, name: str, typed: str
) -> None:
    choose(appointments, "ma2560")
    appointments.fields[name].setText(typed)
    appointments.keep()
    assert (kept(home)["ma2560"].provinces, kept(home)["ma2560"].valid_from) == ((), "2017-01-01")
    assert appointments.fields[name].message.text()


def test_going_on_outside_of_the_power_asks_for_the_ground_once_a_day(home: MainWindow, qtbot: QtBot) -> None:
    record_id = start_record(home)
    forget_all(home)
    assert home.shell is not None
    home.shell.go("fill", record_id=record_id)
    dialog = open_dialog(home)
    assert isinstance(dialog, GroundDialog)
    dialog.accept()
    assert open_dialog(home) is dialog  # a blank ground is not taken
    dialog.ground.setText(GROUND)
    with qtbot.waitSignal(dialog.closed):
        dialog.accept()
    assert home.context.saver.drain()
    visit_id = home.context.store.records.summary(record_id).visit_id
    assert GROUND in home.context.store.visits.get(visit_id).remarks
    home.shell.go("home")
    home.shell.go("fill", record_id=record_id)
    assert open_dialog(home) is None


def test_without_a_ground_the_officer_is_back_where_they_were(home: MainWindow) -> None:
    record_id = start_record(home)
    forget_all(home)
    assert home.shell is not None
    home.shell.go("fill", record_id=record_id)
    dialog = open_dialog(home)
    assert isinstance(dialog, GroundDialog)
    dialog.reject()
    wait_for(lambda: home.shell is not None and not isinstance(home.shell.current, FillScreen))
