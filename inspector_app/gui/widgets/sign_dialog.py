"""Signing and refusing: a name, and a signature drawn, typed or read from a picture; or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from inspector_app.gui import keys
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Notice
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.fields import Field
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.gui.widgets.photo_dialog import PictureView, decode
from inspector_app.gui.widgets.signature_pad import SignaturePad, typed_png
from inspector_app.gui.widgets.verdict_bar import Option, OptionBar

DRAW, TYPE, FILE = "draw", "type", "file"
_LARGEST_FILE = 10_000_000  # bytes; a scanned signature is far smaller


@dataclass(frozen=True, slots=True)
class Signed:
    """What came out of the dialog. `caption` says why it was not drawn, where it was not."""

    role: str
    signer: str
    png: bytes
    caption: str = ""


class SignDialog(Dialog):
    """`signed` fires with a complete signature; nothing else closes the dialog as accepted."""

    signed = Signal(object)

    def __init__(self, over: QWidget, t: Callable[..., str], *, role: str, signer: str, shown: str) -> None:
        super().__init__(over, t("sign.title", role=t(f"fill.role.{role}")), shown, width=760)
        self._t, self._role, self._mode = t, role, DRAW
        self._picture = b""
        self.name = Field(t("sign.name"))
        self.name.setText(signer)
        self.body.addWidget(self.name)
        self.ways = OptionBar(
            [
                Option(DRAW, t("sign.draw"), "F2", "", "draw-pen"),
                Option(TYPE, t("sign.type"), "F3", "", "keyboard-outline"),
                Option(FILE, t("sign.file"), "F4", "", "file-image-outline"),
            ],
            name=t("sign.way"),
        )
        self.ways.chosen.connect(self.use)
        line = QHBoxLayout()
        line.addWidget(self.ways, 1)
        self.body.addLayout(line)
        self.pad = SignaturePad(t("sign.pad"), t("sign.pad.hint"))
        self.pad.setFixedHeight(150)
        self.body.addWidget(self.pad)
        self.clear_button = ActionButton(t("sign.clear"), key="Del", icon="restore")
        self.clear_button.clicked.connect(self.pad.clear)
        line.addWidget(self.clear_button)
        self.reason = Field(t("sign.reason"), placeholder=t("sign.reason.hint"))
        self.body.addWidget(self.reason)
        self.view = PictureView(t("sign.file"))
        self.body.addWidget(self.view)
        self.problem = Notice("", "bad")
        self.body.addWidget(self.problem)
        self.problem.hide()
        self.body.addWidget(ThaiLabel(t("sign.void_later"), role="note", tone="muted"))
        self.body.addStretch(1)
        self.add_button(t("sign.back"), accept=False, key="Esc")
        done = self.add_button(t("sign.done"), accept=True, key="Ctrl+Enter", icon="check-bold")
        done.clicked.disconnect()
        done.clicked.connect(self.finish)
        self.choose_file: Callable[[], str] = self._ask_for_file
        self.use(DRAW)

    def use(self, mode: str) -> None:
        """Draw, type or take a picture."""
        self._mode = mode
        self.ways.show_value(mode)
        self.pad.setVisible(mode == DRAW)
        self.clear_button.setVisible(mode == DRAW)
        self.reason.setVisible(mode != DRAW)
        self.view.setVisible(mode == FILE)
        if mode == FILE:
            self._read_file()
        self._place()
        if self.isVisible():
            (self.pad if mode == DRAW else self.reason.edit).setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = keys.name(event)
        if name == "Ctrl+Enter" or (name == "Enter" and self._mode != DRAW):
            self.finish()
        elif not self.ways.press(name):
            super().keyPressEvent(event)
        event.accept()

    def finish(self) -> None:
        """Hand over the signature when it is complete, else say what is missing."""
        signer, reason = self.name.text().strip(), self.reason.text().strip()
        missing = self._missing(signer, reason)
        self.problem.set(missing, "bad")
        self.problem.setVisible(bool(missing))
        if missing:
            self._place()
            return
        png = self._picture
        if self._mode != FILE:
            png = self.pad.png() if self._mode == DRAW else typed_png(signer)
        self.accept()
        self.signed.emit(Signed(self._role, signer, png, reason if self._mode != DRAW else ""))

    def _missing(self, signer: str, reason: str) -> str:
        if not signer:
            return self._t("sign.need.name")
        if self._mode == DRAW and self.pad.is_empty:
            return self._t("sign.need.drawing")
        if self._mode == FILE and not self._picture:
            return self._t("sign.need.file")
        return self._t("sign.need.reason") if self._mode != DRAW and not reason else ""

    def _ask_for_file(self) -> str:
        name, _ = QFileDialog.getOpenFileName(self, self._t("sign.file"), "", "*.png *.jpg *.jpeg")
        return name

    def _read_file(self) -> None:
        name = self.choose_file()
        if not name:
            return
        file = Path(name)
        data = file.read_bytes() if file.is_file() and file.stat().st_size <= _LARGEST_FILE else b""
        picture = decode(data, QSize(1200, 800)) if data else None
        if picture is None or picture.isNull():
            self._picture = b""
            self.problem.set(self._t("sign.need.file"), "bad")
            self.problem.show()
            return
        self.problem.hide()
        self._picture = data
        self.view.show_picture(picture)


@dataclass(frozen=True, slots=True)
class Refused:
    """A person does not sign."""

    role: str
    name: str
    reason: str
    witness: str


class RefusalDialog(Dialog):
    """Who does not sign, why, and who saw it. Of equal weight with signing: nothing here is a warning."""

    refused = Signal(object)

    def __init__(self, over: QWidget, t: Callable[..., str], *, role: str, name: str) -> None:
        super().__init__(over, t("sign.refuse.title"), t("sign.refuse.subtitle"), width=600)
        self._t, self._role = t, role
        self.name = Field(t("sign.refuse.name"))
        self.name.setText(name)
        self.reason = Field(t("sign.refuse.reason"), placeholder=t("sign.refuse.reason.hint"))
        self.witness = Field(t("sign.refuse.witness"), placeholder=t("sign.refuse.witness.hint"))
        self._fields: Sequence[Field] = (self.name, self.reason, self.witness)
        for field in self._fields:
            self.body.addWidget(field)
        self.body.addStretch(1)
        self.add_button(t("sign.back"), accept=False, key="Esc")
        done = self.add_button(t("sign.refuse.done"), accept=True, key="Ctrl+Enter", icon="check-bold")
        done.clicked.disconnect()
        done.clicked.connect(self.finish)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = keys.name(event)
        if name == "Ctrl+Enter":
            self.finish()
        elif name == "Enter":
            blank = next((f for f in self._fields if not f.text().strip()), None)
            if blank is None:
                self.finish()
            else:
                blank.edit.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)
        event.accept()

    def finish(self) -> None:
        blank = next((f for f in self._fields if not f.text().strip()), None)
        for field in self._fields:
            field.set_message(self._t("sign.refuse.blank") if field is blank else "", wrong=field is blank)
        if blank is not None:
            blank.edit.setFocus(Qt.FocusReason.TabFocusReason)
            self._place()
            return
        self.accept()
        name, reason, witness = (field.text().strip() for field in self._fields)
        self.refused.emit(Refused(self._role, name, reason, witness))
