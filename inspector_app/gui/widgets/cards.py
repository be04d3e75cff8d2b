"""Cards, rows of lists, notices and empty states."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inspector_app.gui import icons
from inspector_app.gui.theme import Themed, current_theme
from inspector_app.gui.widgets import paint
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.labels import ThaiLabel

ROW_HEIGHT = 52


class Card(Themed, QWidget):
    """A panel with a painted stripe (`tone`) and edge. Put children into `body` (a vertical layout).

    States: `set_open(True)` draws the focus ring of the one open card; `set_inner_focus(True)` the thin accent edge
    while a field inside has the ring; `set_selected(True)` soft ground and accent stripe; `set_sunk(True)` the folded
    look.
    """

    def __init__(self, tone: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone, self._open, self._inner, self._selected, self._sunk = tone, False, False, False, False
        self._soft = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(14, 8, 14, 8)
        self.body.setSpacing(6)

    def tone(self) -> str:
        return self._tone

    def set_tone(self, tone: str) -> None:
        self._tone = tone
        self.update()

    def set_soft(self, tone: str) -> None:
        """Use the soft ground of a tone, e.g. `obs` for a warning."""
        self._soft = tone
        self.update()

    def set_open(self, value: bool) -> None:
        self._open = value
        self.update()

    def set_inner_focus(self, value: bool) -> None:
        self._inner = value
        self.update()

    def set_selected(self, value: bool) -> None:
        self._selected = value
        self.update()

    def set_sunk(self, value: bool) -> None:
        self._sunk = value
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = current_theme().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = t.soft("info") if self._selected else t.tone("sunk" if self._sunk else "surface")
        if self._soft:
            fill = t.soft(self._soft)
        edge, width = t.tone("line"), t.edge
        if self._inner or self._selected:
            edge = t.tone("acc")
        if self._open or self.hasFocus():
            edge, width = t.tone("acc"), t.ring
        tone = self._tone or ("acc" if self._selected else "")
        stripe = t.tone(tone) if tone else None
        paint.draw_panel(painter, QRectF(self.rect()), fill, edge, width, radius=paint.CARD_RADIUS, stripe=stripe)


class ListRow(Card):
    """A focusable row: icon, name, note, words on the right, one button that does what Enter does.

    Emits `activated`. Up and down move between the rows of the same parent.
    """

    activated = Signal()

    def __init__(
        self, name: str, note: str = "", *, icon: str = "", icon_tone: str = "muted", right: str = "",
        right_tone: str = "muted", action: str = "", action_icon: str = "", key: str = "",
        primary: bool = False, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent=parent)
        self._icon, self._icon_tone = icon, icon_tone
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(max(ROW_HEIGHT, current_theme().target + 8))
        self.name_label = ThaiLabel(name, role="name_bold", wrap=False)
        self.note_label = ThaiLabel(note, role="note", tone="muted", wrap=False)
        self.right_label = ThaiLabel(right, role="note_bold", tone=right_tone, wrap=False)
        self.right_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.button: ActionButton | None = None
        self.body.setContentsMargins(46 if icon else 14, 4, 4, 4)
        self._line = QHBoxLayout()
        self._line.setSpacing(12)
        self.body.addLayout(self._line)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.setContentsMargins(0, 2, 0, 2)
        words.addStretch()
        words.addWidget(self.name_label)
        words.addWidget(self.note_label)
        words.addStretch()
        if not note:
            self.note_label.hide()  # never setVisible(True) here: without a parent yet it would be a window
        self._line.addLayout(words, 1)
        self._line.addWidget(self.right_label)
        if not right:
            self.right_label.hide()
        if action:
            self._add_button(action, action_icon, key, primary=primary)
        self.setAccessibleName(" · ".join(part for part in (name, note, right) if part))

    def _add_button(self, text: str, icon: str, key: str, *, primary: bool) -> None:
        self.button = ActionButton(text, icon=icon, key=key, kind="primary" if primary else "secondary")
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the row itself is the stop for Tab; Enter does the same
        self.button.clicked.connect(self.activated)
        self.button.setMinimumWidth(122)
        self._line.addWidget(self.button)

    def add_widget(self, widget: QWidget, stretch: int = 0) -> None:
        """Put a widget between the words and the right end (a chip, a progress block)."""
        self._line.insertWidget(1, widget, stretch)

    def text(self) -> str:
        return self.name_label.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and not event.modifiers() & ~_KEYPAD:
            self.activated.emit()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and focus_neighbour(self, 1 if key == Qt.Key.Key_Down else -1):
            event.accept()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.activated.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._icon:
            theme = current_theme()
            side = theme.px(20)
            rect = QRectF(24 - side / 2, (self.height() - side) / 2, side, side)
            icons.draw(QPainter(self), rect, self._icon, theme.tokens.tone(self._icon_tone))


_KEYPAD = Qt.KeyboardModifier.KeypadModifier


def focus_neighbour(row: QWidget, step: int) -> bool:
    """Move the focus to the next or previous visible `ListRow` of the same parent; False at the end."""
    parent = row.parentWidget()
    if parent is None:
        return False
    rows = [r for r in parent.findChildren(ListRow) if r.isVisible() and r.isEnabled()]
    rows.sort(key=lambda r: r.mapTo(parent, r.rect().topLeft()).y())
    place = rows.index(row) + step if row in rows else 0
    if not 0 <= place < len(rows):
        return False
    rows[place].setFocus(Qt.FocusReason.TabFocusReason)
    return True


class Notice(Card):
    """A short message on a soft ground: icon and wrapping text. `tone`: obs (look here), bad, ok, info."""

    def __init__(self, text: str = "", tone: str = "obs", *, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._icon = icon
        self.label = ThaiLabel(text, tone=tone)
        self.body.setContentsMargins(38, 7, 12, 7)
        self.body.addWidget(self.label)
        self.set(text, tone, icon)

    def set(self, text: str, tone: str = "obs", icon: str = "") -> None:
        self._soft, self._icon = tone, icon or self._icon
        self.label.setText(text)
        self.label.set_tone("acc" if tone == "info" else tone)
        self.setAccessibleName(text)
        self.update()

    def text(self) -> str:
        return self.label.text()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        t = theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = t.edge if t.outlined else 0.0
        tone = t.tone(self._soft)
        paint.draw_panel(painter, QRectF(self.rect()), t.soft(self._soft), tone, width, radius=paint.CONTROL_RADIUS)
        side = theme.px(18)
        name = self._icon or {"bad": "alert-circle-outline", "ok": "check-circle-outline"}.get(
            self._soft, "information-outline"
        )
        icons.draw(painter, QRectF(11, (self.height() - side) / 2, side, side), name, tone)


class EmptyState(Card):
    """What an empty place says: an icon, what is so, and what to do next."""

    def __init__(self, icon: str, title: str, text: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._icon = icon
        self.set_sunk(True)
        self.title_label = ThaiLabel(title, role="section")
        self.text_label = ThaiLabel(text, role="body", tone="muted")
        for label in (self.title_label, self.text_label):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.body.setContentsMargins(14, 52, 14, 14)
        self.body.addWidget(self.title_label)
        self.body.addWidget(self.text_label)

    def set(self, title: str, text: str) -> None:
        self.title_label.setText(title)
        self.text_label.setText(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = current_theme()
        side = theme.px(28)
        icons.draw(
            QPainter(self), QRectF((self.width() - side) / 2, 16, side, side), self._icon, theme.tokens.tone("muted")
        )
