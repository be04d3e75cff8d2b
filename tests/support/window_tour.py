"""The way through the inspector's day for the pictures: fill, findings, closing, seal, record, orders, power, lock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.support import fill_window

if TYPE_CHECKING:
    from tests.support.window_screenshots import Session

FORM = "factory_act_general"
Picture = tuple[Any, list[str]]
FACTS = {"FA_B02": "fail", "FA_B02_note": "เครื่องจักรเพิ่มจากที่ได้รับอนุญาต", "FA_B06": "fail",
         "FA_B06_note": "พาเลทกีดขวางทางออกด้านทิศเหนือ"}  # fmt: skip


def tour(session: Session) -> Iterator[Picture]:
    """Yield the pictures of everything after home."""
    earlier = fill_window.sealed_record(session.window, **FACTS)
    yield from _fill(session)
    yield from _foreign(session)
    yield from _record(session, earlier)
    yield from _orders(session, earlier)
    yield from _people_and_power(session)
    session.window.lock()
    yield session.shot("40_locked")


def _foreign(session: Session) -> Iterator[Picture]:
    from tests.support.foreign_form import start_foreign

    screen = fill_window.open_fill(session.window, start_foreign(session.window))
    model, view = screen.model, screen.view
    assert model is not None
    assert view is not None
    values = ("13:45:00.000+07:00", "2026-11-22T08:05:00.000+07:00", "13.7563 100.5018 0 0")
    for item, value in zip(model.items, values, strict=False):
        model.set_value(item.value_path, value)
    for name, index in (("moment", 1), ("point", 2), ("choices", 3)):
        view.open_item(index)
        yield session.shot(f"12_foreign_{name}")


def _fill(session: Session) -> Iterator[Picture]:
    from checklists.model import Verdict

    window = session.window
    record_id = _same_site(session)
    screen = fill_window.open_fill(window, record_id)
    yield session.shot("12_fill")
    model, view = screen.model, screen.view
    assert model is not None
    assert view is not None
    for number in ("B02", "B06"):
        index = model.places.find(number)
        assert index is not None
        view.open_item(index)
        model.set_verdict(index, Verdict.FAIL)
        model.set_value(model.items[index].note_path, FACTS[f"FA_{number}_note"])
        model.judge_now()
    yield session.shot("13_fill_failed_and_last_time")
    dialog = screen.show_findings()
    yield session.shot("14_findings")
    assert dialog is not None
    dialog.begin("edit")
    yield session.shot("15_findings_edit")
    session.close_dialog()
    screen.ask_seal()
    yield session.shot("16_seal_with_problems")
    session.close_dialog()
    window.shell.go("closing", record_id=record_id)
    yield session.shot("17_closing")
    closing = window.shell.current
    closing.sign("guide")
    yield session.shot("18_sign")
    session.close_dialog()
    closing.refuse()
    yield session.shot("19_refuse")
    session.close_dialog()
    window.shell.go("home")
    yield session.shot("20_leave_closing")
    _hand_back(session)
    yield session.shot("20_home_running")


def _hand_back(session: Session) -> None:
    """Type the passphrase that leads out of the closing meeting."""
    from inspector_app.gui.screens.sign_in.ask import AskPassphrase
    from inspector_app.gui.widgets.dialogs import open_dialog
    from tests.support.window_workspace import PASSPHRASE

    asked = open_dialog(session.window)
    assert isinstance(asked, AskPassphrase)
    closing = session.window.shell.current
    asked.field.edit.setText(PASSPHRASE)
    asked.accept()
    session.until(lambda: session.window.shell.current is not closing)


def _same_site(session: Session) -> str:
    """Begin a record at the place of the sealed one, so that the last time stands beside it."""
    from tests.support.handbook_records import Desk

    context = session.window.context

    def step(store: Any) -> str:
        return Desk(store, context.clock, context.ids).begin(FORM)

    return str(context.workplace.writer.submit(step).result(30))


def _record(session: Session, record_id: str) -> Iterator[Picture]:
    from tests.support.handbook_records import Desk

    window = session.window
    window.shell.go("record", record_id=record_id)
    record = window.shell.current
    session.until(lambda: record.papers.paper)
    yield session.shot("21_record")
    record.acts.ask_correction()
    yield session.shot("22_correct")
    session.close_dialog()
    context = window.context

    def correct(store: Any) -> None:
        from inspector_app.actions.inspection import records

        records.correct(store, record_id, reason="พิมพ์ข้อเท็จจริงผิด", author=context.officer)
        desk = Desk(store, context.clock, context.ids)
        desk.answer(record_id, FA_B06_note="พาเลทกีดขวางทางออกด้านทิศเหนือและทิศใต้")
        desk.seal(record_id)

    context.workplace.writer.submit(correct).result(30)
    window.shell.go("record", record_id=record_id)
    session.until(lambda: record.papers.paper)
    record.acts.show_comparison()
    yield session.shot("23_compare")
    session.close_dialog()
    record.acts.show_steps()
    yield session.shot("24_statutory")
    session.close_dialog()


def _orders(session: Session, record_id: str) -> Iterator[Picture]:
    window = session.window
    window.shell.go("orders", record_id=record_id)
    yield session.shot("25_orders_proposed")
    screen = window.shell.current
    screen.begin("s37")
    window.context.saver.drain()
    yield session.shot("26_orders_draft")
    screen.amend()
    yield session.shot("27_orders_amend")
    session.close_dialog()
    window.shell.search_laws()
    from inspector_app.gui.widgets.dialogs import open_dialog

    dialog: Any = open_dialog(window)
    dialog.search.setText("เสียง")
    dialog.show_matches("เสียง" if session.language == "th" else "noise")
    yield session.shot("28_law_search")
    session.close_dialog()


def _people_and_power(session: Session) -> Iterator[Picture]:
    from inspector_app.actions.inspection import authority
    from inspector_app.gui.screens.power.ground import GroundDialog

    window = session.window
    window.shell.go("settings")
    settings = window.shell.current
    for number, act in ((30, settings.people.add), (31, settings.people.change), (32, settings.people.remove)):
        act()
        yield session.shot(f"{number}_{act.__name__}_person")
        session.close_dialog()
    settings.show_appointments()
    yield session.shot("33_appointments")
    session.close_dialog()
    site = fill_window.demo_data.first_factory()
    found = authority.warnings(window.context.store, "minerals_act", site, clock=window.context.clock)
    dialog = GroundDialog(settings, window.context, found)
    dialog.open(dialog.ground)
    yield session.shot("34_ground")
    session.close_dialog()
