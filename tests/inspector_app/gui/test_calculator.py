"""Computations are a key away at a measured value, with their formula, and go into the open item."""

from __future__ import annotations

from checklists.authoring.catalogue import UNCONFIRMED, Catalogue
from inspector_app.actions.inspection import computing
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.fill.calculator import Calculator
from inspector_app.gui.widgets.dialogs import open_dialog
from tests.support.fill_keys import Typist
from tests.support.fill_window import open_fill, start_record

CATALOGUE = Catalogue.bundled()


def test_a_result_with_its_formula_goes_into_the_open_item(home: MainWindow) -> None:
    screen = open_fill(home, start_record(home))
    assert screen.model is not None
    assert screen.view is not None
    index = next(
        i
        for i, item in enumerate(screen.model.items)
        if item.value_type == "decimal" and screen.model.state(i).relevant
    )
    screen.view.open_item(index)
    press = Typist(home).press
    press("F7")
    dialog = open_dialog(home)
    assert isinstance(dialog, Calculator)
    dialog.choose("leq")
    assert not dialog.take_button.isEnabled()
    name = next(iter(dialog.fields))
    dialog.fields[name].setText("85 85")
    dialog.compute()
    assert dialog.result.text().startswith("85")
    assert dialog.formula.text() == computing.compute("leq", {name: ["85", "85"]}, CATALOGUE, on="2026-11-23").formula
    assert dialog.ground.text() == ""
    dialog.choose("toilets")
    dialog.fields["workers"].setText("81")
    dialog.compute()
    assert dialog.ground.text().endswith(UNCONFIRMED.th)
    dialog.choose("leq")
    dialog.fields[name].setText("85 85")
    dialog.compute()
    dialog.accept()
    assert screen.model.value(screen.model.items[index].value_path) == "85"
