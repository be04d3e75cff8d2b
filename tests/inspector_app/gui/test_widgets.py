"""The small parts: Thai breaks at words, is never cut or squeezed, and is copied clean."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.gui.widgets.buttons import CHOICE, ActionButton
from inspector_app.gui.widgets.cards import ListRow, Notice
from inspector_app.gui.widgets.context_panel import ContextPanel, ProblemFace
from inspector_app.gui.widgets.fields import Field, SearchField
from inspector_app.gui.widgets.labels import Chip, KeyCap, ThaiLabel
from inspector_app.gui.widgets.photo_strip import Thumbnails
from inspector_app.gui.widgets.progress import ProgressLine

LONG = "ผู้ประกอบกิจการโรงงานต้องจัดให้มีทางออกฉุกเฉินที่เปิดออกได้ง่ายและไม่มีสิ่งกีดขวางตลอดเวลาที่มีคนงานอยู่"


def test_a_long_text_breaks_at_words_and_keeps_its_height(qtbot: QtBot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    label = ThaiLabel(LONG)
    QVBoxLayout(box).addWidget(label)
    box.resize(220, 40)
    box.show()
    qtbot.waitExposed(box)
    qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()) >= 60)
    assert box.width() == 220  # the label did not widen it


def test_a_text_that_changes_takes_the_height_it_needs_and_an_unchanged_one_asks_for_no_new_layout(
    qtbot: QtBot,
) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    label = ThaiLabel("สั้น")
    QVBoxLayout(box).addWidget(label)
    box.resize(220, 400)
    with qtbot.waitExposed(box):
        box.show()
    low = label.minimumHeight()
    label.setText(LONG)
    high = label.minimumHeight()
    assert high == QLabel.heightForWidth(label, label.width()) > 2 * low
    label.set_role("note")
    assert low < label.minimumHeight() < high
    label.set_role("body")
    assert label.minimumHeight() == high
    asked = Requests(box)
    label.setText(LONG)
    QCoreApplication.sendPostedEvents()
    assert asked.count == 0
    label.setText("สั้น")
    QCoreApplication.sendPostedEvents()
    assert (label.minimumHeight(), asked.count > 0) == (low, True)


class Requests(QObject):
    """Counts how often a widget is asked to lay itself out."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        QCoreApplication.sendPostedEvents()
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_problems_that_stay_keep_their_rows_and_the_keyboard(qtbot: QtBot) -> None:
    panel = ContextPanel(Thumbnails(lambda _: None))
    qtbot.addWidget(panel)
    first, second, third = (ProblemFace(f"A0{n}", "ยังไม่มีเหตุผล", f"FA-A0{n}", "", True) for n in (1, 2, 3))
    panel.show_problems("ปัญหา", [first, third], "ไม่มี")
    with qtbot.waitActive(panel):
        panel.show()
        panel.activateWindow()
    kept = panel.rows[1]
    kept.setFocus()
    panel.show_problems("ปัญหา", [second, third], "ไม่มี")
    assert [row.face for row in panel.rows] == [second, third]
    assert panel.rows[1] is kept
    assert kept.hasFocus()
    panel.show_problems("ปัญหา", [third, second, second], "ไม่มี")
    QCoreApplication.sendPostedEvents()
    places = [panel.problems.body.indexOf(row) for row in panel.rows]
    assert places == [1, 2, 3]


def test_the_text_of_a_label_has_no_zero_width_spaces(qtbot: QtBot) -> None:
    label = ThaiLabel(LONG)
    qtbot.addWidget(label)
    assert label.text() == LONG
    assert QAccessible.queryAccessibleInterface(label).text(QAccessible.Text.Name) == LONG


def test_copied_text_has_no_zero_width_spaces(qtbot: QtBot) -> None:
    label = ThaiLabel(LONG)
    by = Qt.TextInteractionFlag
    label.setTextInteractionFlags(by.TextSelectableByMouse | by.TextSelectableByKeyboard)
    qtbot.addWidget(label)
    label.show()
    label.setSelection(0, len(QLabel.text(label)))
    qtbot.keyClick(label, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == LONG


def test_a_one_line_label_is_cut_with_an_ellipsis_and_tells_the_rest(qtbot: QtBot) -> None:
    label = ThaiLabel(LONG, wrap=False)
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() < 100
    label.resize(120, 24)
    label.show()
    assert label.toolTip() == LONG
    label.resize(2000, 24)
    assert label.toolTip() == ""


def test_a_button_has_its_key_and_an_accessible_name(qtbot: QtBot) -> None:
    button = ActionButton("ผ่าน & ไป", key="1", icon="check-bold", kind=CHOICE, tone="ok")
    qtbot.addWidget(button)
    assert button.text() == "ผ่าน & ไป"
    assert button.accessibleName() == "ผ่าน & ไป"
    assert button.accessibleDescription() == "1"
    assert button.sizeHint().height() >= 44
    assert button.shortcut().isEmpty()  # an ampersand in a text is no mnemonic


def test_enter_and_a_double_click_activate_a_row(qtbot: QtBot) -> None:
    row = ListRow("โรงสีข้าวตัวอย่าง", "ตามแผน", action="เปิด")
    qtbot.addWidget(row)
    done: list[int] = []
    row.activated.connect(lambda: done.append(1))
    row.show()
    row.setFocus()
    qtbot.keyClick(row, Qt.Key.Key_Return)
    qtbot.mouseDClick(row, Qt.MouseButton.LeftButton)
    assert row.button is not None
    row.button.click()
    assert len(done) == 3


def test_a_field_names_its_edit_and_gives_clean_text(qtbot: QtBot) -> None:
    field = Field("ชื่อ")
    qtbot.addWidget(field)
    field.setText(" น\u0e4d\u0e32\u200bเสีย ")
    assert field.text() == "น้ำเสีย".replace("้", "")
    assert field.edit.accessibleName() == "ชื่อ"
    field.set_message("กรุณาใส่ชื่อ", wrong=True)
    assert field.edit.accessibleDescription() == "กรุณาใส่ชื่อ"


def test_search_waits_for_the_last_key(qtbot: QtBot) -> None:
    field = SearchField("ค้นหา")
    qtbot.addWidget(field)
    heard: list[str] = []
    field.search_changed.connect(heard.append)
    qtbot.keyClicks(field, "abc")
    assert heard == []
    qtbot.waitUntil(lambda: heard == ["abc"])


def test_states_are_words_as_well_as_colours(qtbot: QtBot) -> None:
    chip, notice, cap = Chip("ไม่ผ่าน", "bad"), Notice("พื้นที่เหลือน้อย", "obs"), KeyCap("Ctrl+K")
    for widget in (chip, notice, cap):
        qtbot.addWidget(widget)
    assert chip.accessibleName() == "ไม่ผ่าน"
    assert notice.text() == "พื้นที่เหลือน้อย"
    assert cap.sizeHint().width() > cap.sizeHint().height()


def test_a_progress_line_has_a_value_and_a_name(qtbot: QtBot) -> None:
    line = ProgressLine(name="โรงสี")
    qtbot.addWidget(line)
    line.set(9, 12)
    assert (line.value(), line.maximum(), line.accessibleName()) == (9, 12, "โรงสี")
    line.set(0, 0)
    assert line.maximum() == 1
