"""What is seen before anybody is signed in: the quiet side on the left, a form on the right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector_app.gui import icons
from inspector_app.gui.context import AppContext
from inspector_app.gui.theme import current_theme
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Notice
from inspector_app.gui.widgets.labels import ThaiLabel

FORM_WIDTH = 440
VERSION = "0.1"


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


class Entrance(QWidget):
    """Base of the two ways in: sign-in and setup. `entered(keys)` fires when the key file opened."""

    entered = Signal(object)

    def __init__(self, context: AppContext, button: ActionButton) -> None:
        super().__init__()
        self.setObjectName("screen")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context, self.button = context, button
        self.brand = Brand(context)
        self.title = ThaiLabel(role="sign_in", wrap=False)
        self.notice = Notice()
        self.notice.hide()

    def lay_out(self, *, share: int) -> QVBoxLayout:
        """Return the column of the form, which takes `share` parts of the right side; a part is left on each side."""
        form = QWidget()
        form.setMaximumWidth(FORM_WIDTH)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.brand, 3)
        right = QHBoxLayout()
        right.addStretch(1)
        right.addWidget(form, share)
        right.addStretch(1)
        whole.addLayout(right, 5)
        return QVBoxLayout(form)

    def say_error(self, error: BaseException, tone: str, more: str = "") -> None:
        """Tell in words what happened, what is safe and what to do."""
        from inspector_app.messages import explain  # not before the first window

        text = explain(error, self._context.translator).text(self._context.language)
        self.notice.set(f"{text} {more}".strip(), tone)
        self.notice.show()
