"""Sign-in: who am I, then the passphrase. Imports nothing heavy: it is the first thing a person sees.

The key derivation runs in the pool; a wrong passphrase is told in words with the tries that are left. A folder
without a workspace gets the form that makes one (`setup.py`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from checklists.errors import WrongPassphraseError
from inspector_app.gui import icons
from inspector_app.gui.context import AppContext
from inspector_app.gui.theme import current_theme
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Card, Notice, focus_neighbour
from inspector_app.gui.widgets.fields import LineEdit
from inspector_app.gui.widgets.labels import KeyCap, ThaiLabel

FORM_WIDTH = 440
PEOPLE_SHOWN = 4
VERSION = "0.1"


class PersonRow(Card):
    """One person who can sign in: initials, name, key. Space or a click chooses; the chosen one is filled softly."""

    chosen = Signal()

    def __init__(self, name: str, key: str) -> None:
        super().__init__()
        self._initials = initials(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(52)
        self.body.setContentsMargins(58, 4, 12, 4)
        line = QHBoxLayout()
        self.name_label = ThaiLabel(name, role="name_bold", wrap=False)
        line.addWidget(self.name_label, 1)
        line.addWidget(KeyCap(key))
        self.body.addLayout(line)
        self.setAccessibleName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            focus_neighbour(self, 1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, _event: object) -> None:
        self.chosen.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = current_theme()
        t = theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disc = QRectF(14, (self.height() - 36) / 2, 36, 36)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.tone("acc") if self._selected else t.soft("na"))
        painter.drawEllipse(disc)
        painter.setFont(theme.font("note_bold"))
        painter.setPen(t.tone("acc_text") if self._selected else t.tone("text"))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, self._initials)


def initials(name: str) -> str:
    """Return two letters for the disc: the first consonants of given name and family name."""
    letters = [next((c for c in word if c.isalpha() and c not in "เแโใไ"), "") for word in name.split()[:2]]
    return "".join(letters).upper()


class Brand(QWidget):
    """The quiet side: what this is and that it needs no internet."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.setObjectName("brand")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context = context
        self.title = ThaiLabel(role="sign_in", tone="bar_text", wrap=False)
        self.owner = ThaiLabel(role="body", tone="bar_muted", wrap=False)
        self.promise = ThaiLabel(role="body", tone="bar_text", wrap=False)
        self.promise2 = ThaiLabel(role="body", tone="bar_text", wrap=False)
        self.foot = ThaiLabel(role="note", tone="bar_muted", wrap=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(44, 24, 24, 20)
        column.addStretch(3)
        column.addSpacing(64)
        for label in (self.title, self.owner):
            column.addWidget(label)
        column.addSpacing(12)
        column.addWidget(self.promise)
        column.addWidget(self.promise2)
        column.addStretch(4)
        column.addWidget(self.foot)

    def retranslate(self) -> None:
        t = self._context.t
        self.title.setText(t("signin.program"))
        self.owner.setText(t("signin.owner"))
        self.promise.setText(t("signin.promise"))
        self.promise2.setText(t("signin.promise_keys"))
        self.foot.setText(t("signin.version", version=VERSION))

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = current_theme().tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), t.tone("bar"))
        side = 50
        top = self.title.y() - side - 16
        icons.draw(painter, QRectF(40, top, side, side), "shield-check-outline", t.tone("bar_text"))


class SignInScreen(QWidget):
    """Choose a person, type the passphrase, Enter. `entered(keys)` fires when the key file opened."""

    entered = Signal(object)

    def __init__(self, context: AppContext, people: Sequence[Any]) -> None:
        super().__init__()
        self.setObjectName("screen")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context = context
        self._people = list(people)
        self._place = 0
        self._busy = False
        self.brand = Brand(context)
        self.title = ThaiLabel(role="sign_in", wrap=False)
        self.hint = ThaiLabel(tone="muted", wrap=False)
        self.rows = [PersonRow(person.name, f"Alt+{i + 1}") for i, person in enumerate(self._people)]
        self.label = ThaiLabel(role="body_bold", wrap=False)
        self.layout_label = ThaiLabel(role="note", tone="muted", wrap=False)
        self.edit = LineEdit()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.button = ActionButton(key="Enter", icon="login", kind="primary")
        self.notice = Notice()
        self.notice.hide()
        self.forgot_button = ActionButton(kind="link")
        self.language_button = ActionButton(kind="link")
        self._free_at: datetime | None = None
        self._countdown: QTimer | None = None
        self._build()
        self._connect()
        self.retranslate()
        self.choose(0)

    def _build(self) -> None:
        form = QWidget()
        form.setMaximumWidth(FORM_WIDTH)
        column = QVBoxLayout(form)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self.title)
        column.addWidget(self.hint)
        column.addSpacing(4)
        column.addWidget(self._people_list(), 100)
        line = QHBoxLayout()
        line.addWidget(self.label, 1)
        line.addWidget(self.layout_label)
        column.addLayout(line)
        entry = QHBoxLayout()
        entry.addWidget(self.edit, 1)
        entry.addWidget(self.button)
        column.addLayout(entry)
        column.addWidget(self.notice)
        last = QHBoxLayout()
        last.addWidget(self.forgot_button)
        last.addStretch(1)
        last.addWidget(self.language_button)
        column.addLayout(last)
        column.addStretch(2)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.brand, 3)
        right = QHBoxLayout()
        right.addStretch(1)
        right.addWidget(form, 6)
        right.addStretch(1)
        whole.addLayout(right, 5)

    def _people_list(self) -> QWidget:
        """People scroll where there is no room for all, so that the passphrase stays in sight."""
        box = QWidget()
        box.setObjectName("scrolled")
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for row in self.rows:
            column.addWidget(row)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(box)
        shown = min(len(self.rows), PEOPLE_SHOWN)
        area.setMinimumHeight(58 if shown else 0)
        area.setMaximumHeight(58 * shown)  # a row and the space below it
        area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        return area

    def _connect(self) -> None:
        for i, row in enumerate(self.rows):
            choose = partial(self.choose, i, to_field=True)
            row.chosen.connect(choose)
            if i < 9:  # a shortcut, because a line edit takes Alt and a digit for typing
                QShortcut(QKeySequence(f"Alt+{i + 1}"), self, choose)
        self.button.clicked.connect(self.submit)
        self.edit.returnPressed.connect(self.submit)
        self.edit.textEdited.connect(lambda _: self._clear_notice())
        self.language_button.clicked.connect(self._other_language)
        self.forgot_button.clicked.connect(self.forgotten)
        QGuiApplication.inputMethod().localeChanged.connect(self._show_layout)

    # --- words

    def retranslate(self) -> None:
        t = self._context.t
        self.brand.retranslate()
        self.title.setText(t("signin.title"))
        self.hint.setText(t("signin.hint") if len(self.rows) > 1 else t("signin.hint_one"))
        self.label.setText(t("signin.passphrase"))
        self.edit.setAccessibleName(t("signin.passphrase"))
        self.button.setText(t("signin.enter"))
        self.forgot_button.setText(t("signin.forgot"))
        self.language_button.setText("ไทย" if self._context.language == "en" else "English")
        self._show_layout()

    def _show_layout(self) -> None:
        """Say the keyboard layout in words where the system tells it: a hidden passphrase hides a wrong layout."""
        name = QGuiApplication.inputMethod().locale().name()[:2]
        key = {"th": "signin.layout_th", "en": "signin.layout_en"}.get(name, "")
        self.layout_label.setText(self._context.t(key) if key else "")

    def _other_language(self) -> None:
        self._context.set_language("th" if self._context.language == "en" else "en")

    # --- choosing and entering

    def choose(self, place: int, *, to_field: bool = False) -> None:
        if not 0 <= place < len(self.rows):
            return
        if place != self._place:
            self._stop_waiting()  # the wait is of one person
        self._place = place
        for i, row in enumerate(self.rows):
            row.set_selected(i == place)
        if to_field:
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            self.edit.selectAll()

    def submit(self) -> None:
        """Unlock in the pool; the field keeps what was typed until the answer is there."""
        passphrase = self.edit.text()
        if self._busy or not self._people or self.waiting_seconds():
            return
        if not passphrase:
            self.notice.set(self._context.t("signin.empty"), "obs")
            self.notice.show()
            return
        self._set_busy(True)
        workspace, clock = self._context.workspace, self._context.clock
        person_id = self._people[self._place].person_id

        def unlock() -> object:
            from inspector_app.actions import workspace as actions  # argon2 and ciphers, after the first window

            return actions.sign_in(workspace, person_id=person_id, passphrase=passphrase, clock=clock)

        self._context.tasks.run(unlock, self.entered.emit, self.show_error)

    def show_error(self, error: BaseException) -> None:
        """Tell in words what happened, what is safe and what to do."""
        from inspector_app.messages import explain

        self._set_busy(False)
        if not self._people:
            for widget in (self.label, self.edit, self.button, self.forgot_button):
                widget.hide()
        wait = getattr(error, "data", {}).get("wait_seconds")
        if isinstance(wait, int) and wait > 0:
            self._wait(wait)
        else:
            text = explain(error, self._context.translator).text(self._context.language)
            self.notice.set(f"{text} {self._tries(error)}".strip(), "obs")
        self.notice.show()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edit.selectAll()

    def show_locked(self, person_id: str) -> None:
        """Begin with the person who was here; say that their work is safe."""
        for place, person in enumerate(self._people):
            if person.person_id == person_id:
                self.choose(place)
        self.notice.set(self._context.t("signin.locked"), "ok")
        self.notice.show()

    def _tries(self, error: BaseException) -> str:
        """Say how many tries are left before the program makes people wait."""
        left = error.data.get("tries_left") if isinstance(error, WrongPassphraseError) else None
        if not isinstance(left, int):
            return ""
        return self._context.t("signin.tries_left", count=left) if left else self._context.t("signin.must_wait")

    # --- too many wrong tries

    def waiting_seconds(self) -> int:
        """Return how long this person must still wait before the next try."""
        if self._free_at is None:
            return 0
        return max(0, math.ceil((self._free_at - self._context.clock.now()).total_seconds()))

    def _wait(self, seconds: int) -> None:
        self._free_at = self._context.clock.now() + timedelta(seconds=seconds)
        if self._countdown is None:
            self._countdown = QTimer(self)
            self._countdown.setInterval(1000)
            self._countdown.timeout.connect(self.count_down)
        self._countdown.start()
        self.count_down()

    def count_down(self) -> None:
        """Say how long it still takes; open the way when the time is over."""
        left = self.waiting_seconds()
        if not left:
            self._stop_waiting()
            return
        self.button.setEnabled(False)
        time = f"{left // 60}:{left % 60:02}"
        self.notice.set(self._context.t("signin.wait", time=time), "obs")
        self.notice.show()

    def _stop_waiting(self) -> None:
        if self._free_at is not None:
            self._free_at = None
            self.notice.hide()
            self.button.setEnabled(not self._busy)
        if self._countdown is not None:
            self._countdown.stop()

    def forgotten(self) -> None:
        """Ask for the recovery key and a new passphrase of the chosen person."""
        from inspector_app.gui.screens import people

        dialog = people.forgotten(self, self._context, self._people[self._place].person_id)
        dialog.closed.connect(self._recovered)
        dialog.open(dialog.fields["recovery"])

    def _recovered(self, done: bool) -> None:
        if done:
            self._stop_waiting()
            self.edit.clear()
            self.notice.set(self._context.t("signin.recovered"), "ok")
            self.notice.show()
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.edit.setReadOnly(busy)
        self.button.setEnabled(not busy)
        self.button.setText(self._context.t("signin.opening" if busy else "signin.enter"))
        if busy:
            self._clear_notice()

    def _clear_notice(self) -> None:
        if not self.waiting_seconds():
            self.notice.hide()

    def focus_first(self) -> None:
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
