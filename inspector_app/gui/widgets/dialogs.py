"""Dialogs inside the window: the rest is dimmed, Esc closes, the focus stays inside and goes back after.

An overlay child of the top window rather than a window of its own: it looks the same on every system, needs no
compositor and can be driven by tests. While one is open, shortcuts of screens do not fire,
because they are bound to the screens.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from inspector_app.gui.theme import Themed, current_theme
from inspector_app.gui.widgets import paint
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.labels import ThaiLabel

MARGIN = 24


@runtime_checkable
class GivesBack(Protocol):
    """A window that remembers what was typed into a dialog when the lock closed it."""

    def dialog_opened(self, dialog: Dialog) -> None:
        """Put back what had been typed into this dialog, if anything."""


class Dialog(Themed, QWidget):
    """Base of dialogs. Fill `body`, add buttons with `add_button`, call `open()`; `closed` tells if it was accepted."""

    closed = Signal(bool)

    def __init__(self, over: QWidget, title: str, subtitle: str = "", *, width: int = 560) -> None:
        super().__init__(over.window())
        self._over = over.window()
        self._focus_before: QWidget | None = None
        self._width = width
        self._over.installEventFilter(self)
        self.title_label = ThaiLabel(title, role="dialog")
        self.subtitle_label = ThaiLabel(subtitle, tone="muted")
        if not subtitle:
            self.subtitle_label.hide()
        self.setAccessibleName(title)
        self._panel = QWidget(self)
        column = QVBoxLayout(self._panel)
        column.setContentsMargins(20, 14, 20, 16)
        column.setSpacing(8)
        column.addWidget(self.title_label)
        column.addWidget(self.subtitle_label)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setObjectName("scrolled")
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(3, 3, 12, 3)  # 12: the scroll bar covers the right end on a short window
        self.body.setSpacing(8)
        self._scroll.setWidget(inner)
        column.addWidget(self._scroll, 1)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.addStretch()
        column.addLayout(self.buttons)
        self.hide()

    def add_button(self, text: str, *, accept: bool, key: str = "", kind: str = "", icon: str = "") -> ActionButton:
        """Add a button that closes the dialog; the accepting one is primary unless `kind` says otherwise."""
        button = ActionButton(text, key=key, icon=icon, kind=kind or ("primary" if accept else "secondary"))
        button.clicked.connect(self.accept if accept else self.reject)
        if accept:
            self.buttons.addWidget(button)
        else:
            self.buttons.insertWidget(0, button)
        return button

    def open(self, focus: QWidget | None = None) -> None:
        """Show the dialog over the window; `focus` gets the keyboard."""
        self._focus_before = QApplication.focusWidget()
        self.setGeometry(self._over.rect())
        self._place()
        self.show()
        self.raise_()
        (focus or self._first_stop() or self).setFocus(Qt.FocusReason.TabFocusReason)
        if isinstance(self._over, GivesBack):
            self._over.dialog_opened(self)

    @property
    def dialog_name(self) -> str:
        """What tells this dialog from others: its kind and its title."""
        return f"{type(self).__name__}|{self.title_label.text()}"

    def accept(self) -> None:
        self._close(accepted=True)

    def reject(self) -> None:
        self._close(accepted=False)

    def _close(self, *, accepted: bool) -> None:
        if self.isHidden():
            return
        self._over.removeEventFilter(self)
        self.hide()
        if self._focus_before is not None and self._focus_before.isVisible():
            self._focus_before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit(accepted)
        self.deleteLater()

    def _first_stop(self) -> QWidget | None:
        stops = self._stops()
        return stops[0] if stops else None

    def _stops(self) -> list[QWidget]:
        children = self._panel.findChildren(QWidget)
        return [
            w for w in children if w.isVisibleTo(self) and w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's own name
        """Keep Tab inside the dialog."""
        stops, current = self._stops(), QApplication.focusWidget()
        if not stops:
            return True
        place = stops.index(current) + (1 if next else -1) if current in stops else 0
        stops[place % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reject()
        event.accept()  # nothing below the dialog hears keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._over.rect())
            self._place()
        return False

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._place()

    def _place(self) -> None:
        width = min(self._width, self.width() - 2 * MARGIN)
        layout = self._panel.layout()
        inner = self._scroll.widget()
        wanted = 0
        if layout is not None and inner is not None:
            inner_width = width - 40
            body = max(inner.sizeHint().height(), inner.heightForWidth(inner_width) if inner.hasHeightForWidth() else 0)
            self._scroll.setMinimumHeight(min(body + 2, 120))
            chrome = layout.sizeHint().height() - self._scroll.sizeHint().height()
            wanted = chrome + body + 8
        height = min(max(wanted, 120), self.height() - 2 * MARGIN)
        self._panel.setGeometry((self.width() - width) // 2, (self.height() - height) // 2, width, height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = current_theme().tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(10, 16, 23, 150))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = t.tone("line2")
        paint.draw_panel(painter, QRectF(self._panel.geometry()), t.tone("surface"), edge, t.edge, radius=10.0)


class EntryDialog(Dialog):
    """A dialog with several fields: Ctrl+Enter keeps what stands in them, Enter alone does not."""

    def keep(self) -> None:
        """Take what stands in the fields."""
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.keep()
            event.accept()
        else:
            super().keyPressEvent(event)


def open_dialog(window: QWidget) -> Dialog | None:
    """Return the dialog that is open over this window, if any."""
    dialogs = [d for d in window.window().findChildren(Dialog) if d.isVisible()]
    return dialogs[-1] if dialogs else None


class Question(Dialog):
    """One question with two answers in words of their own (never OK / Cancel)."""

    def __init__(self, over: QWidget, title: str, text: str, *, yes: str, no: str) -> None:
        super().__init__(over, title, width=520)
        self.body.addWidget(ThaiLabel(text))
        self.no_button = self.add_button(no, accept=False, key="Esc")
        self.yes_button = self.add_button(yes, accept=True, key="Enter")
