"""What was typed into a dialog that the lock closed: kept encrypted with the workspace, given back to the same person.

Passphrases are never kept. A drawing on the signature pad is not text and has to be drawn again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

if TYPE_CHECKING:
    from checklists.model import Changes
    from checklists.store import Store

SETTING = "window.typed"
Way = Sequence[tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Typed:
    """The texts of one dialog by the accessible names of its fields, for whom and at which place of the window."""

    person_id: str
    place: str
    dialog: str
    title: str
    texts: Mapping[str, str]


def place_of(way: Way) -> str:
    """Return the last place of a way as one text: its name and which record it shows."""
    if not way:
        return ""
    name, arguments = way[-1]
    return f"{name}:{arguments.get('record_id', '')}"


def texts_of(dialog: QWidget) -> dict[str, str]:
    """Return what stands in the fields of a dialog, without passphrases."""
    found: dict[str, str] = {}
    for widget in dialog.findChildren(QWidget):
        name = widget.accessibleName()
        if not name:
            continue
        if isinstance(widget, QLineEdit) and widget.echoMode() is QLineEdit.EchoMode.Normal:
            found[name] = widget.text()
        elif isinstance(widget, QPlainTextEdit):
            found[name] = widget.toPlainText()
        elif isinstance(widget, QComboBox):
            found[name] = str(widget.currentIndex())
    return found


def give_back(dialog: QWidget, texts: Mapping[str, str]) -> None:
    """Put the texts back into the fields with the same names."""
    for widget in dialog.findChildren(QWidget):
        text = texts.get(widget.accessibleName())
        if text is None:
            continue
        if isinstance(widget, QLineEdit) and widget.echoMode() is QLineEdit.EchoMode.Normal:
            widget.setText(text)
        elif isinstance(widget, QPlainTextEdit):
            widget.setPlainText(text)
        elif isinstance(widget, QComboBox) and text.isdigit():
            widget.setCurrentIndex(int(text))


def keep(store: Store, typed: Typed) -> Changes:
    """Writer step: keep the texts until the next sign-in."""
    return store.settings.set(SETTING, json.dumps(asdict(typed), ensure_ascii=False))


def kept(store: Store, person_id: str) -> Typed | None:
    """Return what this person had typed before the lock."""
    text = store.settings.get(SETTING)
    typed = Typed(**json.loads(text)) if text else None
    return typed if typed is not None and typed.person_id == person_id else None


def forget(store: Store) -> Changes:
    """Writer step: what was given back, or belonged to a place that was left, is not kept any longer."""
    return store.settings.forget(SETTING)
