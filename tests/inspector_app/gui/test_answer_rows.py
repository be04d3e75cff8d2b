"""Where the answers of a card stand: one row where they fit, else even rows; one-line fields at the left."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.questions.fields import LineField
from inspector_app.gui.widgets.verdict_bar import Option, OptionBar, OptionButton
from tests.support import fill_window

WORDS = ("Pass", "Fail", "Not applicable", "Cannot check", "Observation")


def rows_of(qtbot: QtBot, width: int) -> list[list[OptionButton]]:
    """Return the buttons of a verdict row of this width, by their rows."""
    bar = OptionBar([Option(w, w, str(i + 1), "ok", "check") for i, w in enumerate(WORDS)], name="A01", fill=True)
    qtbot.addWidget(bar)
    bar.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    bar.resize(width, bar.heightForWidth(width))
    bar.show()
    rows: dict[int, list[OptionButton]] = {}
    for word in WORDS:
        button = bar.button(word)
        assert button is not None
        rows.setdefault(button.y(), []).append(button)
    return list(rows.values())


def test_five_verdicts_stand_in_one_row_where_the_card_is_wide_enough(qtbot: QtBot) -> None:
    assert [len(row) for row in rows_of(qtbot, 900)] == [5]


@pytest.mark.parametrize(("width", "expected"), [(586, [3, 2]), (400, [2, 2, 1])], ids=["laptop", "small"])
def test_verdicts_that_do_not_fit_stand_in_even_columns_from_the_left(
    qtbot: QtBot, width: int, expected: list[int]
) -> None:
    rows = rows_of(qtbot, width)
    assert [len(row) for row in rows] == expected
    assert len({button.width() for row in rows for button in row}) == 1
    for row in rows:
        assert [button.x() for button in row] == [button.x() for button in rows[0]][: len(row)]
    assert all(button.width() >= button.minimumSizeHint().width() for row in rows for button in row)


def test_a_date_stands_at_the_left_of_its_card(home: MainWindow, qtbot: QtBot) -> None:
    screen = fill_window.open_fill(home, fill_window.start_record(home, "accident_investigation"))
    assert screen.view is not None
    assert screen.model is not None
    index = screen.model.places.find("A01")
    assert index is not None
    screen.view.open_item(index)
    field = screen.view.editor.question.field
    assert isinstance(field, LineField)
    qtbot.waitUntil(lambda: field.width() > 2 * field.edit.width())
    assert field.edit.x() == 0
