"""What a test can see on a screen: controls without a name or too small, cut texts, widgets over each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from PySide6.QtCore import QRect
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QStackedWidget,
    QTextEdit,
    QWidget,
)

from inspector_app.gui.theme import MIN_TARGET
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import ListRow
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.frame import NavButton
from inspector_app.gui.widgets.groups import Tile
from inspector_app.gui.widgets.labels import Chip, ThaiLabel

CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, ListRow)


def shown(root: QWidget) -> list[QWidget]:
    return [w for w in root.findChildren(QWidget) if w.isVisible() and not w.size().isEmpty()]


def describe(widget: QWidget) -> str:
    text = getattr(widget, "text", lambda: "")()
    return f"{type(widget).__name__}({str(text)[:40]!r}) {widget.geometry().getRect()}"


def unnamed_controls(root: QWidget) -> list[str]:
    """Return controls that a screen reader could not tell."""
    found = []
    for widget in shown(root):
        if isinstance(widget, (*CONTROLS, QAbstractItemView)):
            interface = QAccessible.queryAccessibleInterface(widget)
            if interface is None or not interface.text(QAccessible.Text.Name).strip():
                found.append(describe(widget))
    return found


def small_targets(root: QWidget) -> list[str]:
    return [describe(w) for w in shown(root) if isinstance(w, CONTROLS) and w.height() < MIN_TARGET]


def cut_texts(root: QWidget) -> list[str]:
    """Return buttons, chips and wrapped labels that have less room than their text needs."""
    found = []
    for widget in shown(root):
        if isinstance(widget, ThaiLabel) and widget.wordWrap():
            if widget.text() and widget.height() < widget.heightForWidth(widget.width()):
                found.append(describe(widget))
        elif isinstance(widget, (ActionButton, NavButton, Tile)):
            if widget.width() < widget.minimumSizeHint().width() or widget.height() < widget.minimumSizeHint().height():
                found.append(describe(widget))
        elif isinstance(widget, Chip) and widget.width() < widget.sizeHint().width():
            found.append(describe(widget))
    return found


def outside(root: QWidget) -> list[str]:
    """Return widgets that reach over the right edge of what holds them: the trap of a label that widens the page."""
    found = []
    for widget in shown(root):
        parent = widget.parentWidget()
        if parent is None or isinstance(parent, QAbstractScrollArea):
            continue
        if widget.geometry().right() > parent.width() and not isinstance(widget, QScrollBar):
            found.append(describe(widget))
    return found


def overlaps(root: QWidget) -> list[str]:
    """Return pairs of siblings that lie over each other."""
    found = []
    for parent in [root, *shown(root)]:
        if isinstance(parent, (QStackedWidget, QAbstractScrollArea, QLineEdit, QComboBox)):
            continue
        children = [c for c in parent.children() if isinstance(c, QWidget) and c.isVisible() and not c.isWindow()]
        found += [
            f"{describe(one)} over {describe(other)}"
            for one, other in itertools.combinations(children, 2)
            if not isinstance(one, Dialog)
            and not isinstance(other, Dialog)  # lies over the window on purpose
            and _area(one.geometry().intersected(other.geometry())) > 4
        ]
    return found


def faults(root: QWidget) -> Iterator[str]:
    """Yield everything that these checks find on what is visible of `root`."""
    for check in (unnamed_controls, small_targets, cut_texts, outside, overlaps):
        for fault in check(root):
            yield f"{check.__name__}: {fault}"


def _area(rect: QRect) -> int:
    return rect.width() * rect.height() if rect.isValid() else 0
