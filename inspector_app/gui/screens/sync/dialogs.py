"""Two questions of the sending screen: name and password for the proxy, address and word of the office's relay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLineEdit, QWidget

from inspector_app.actions.sending import network, syncing
from inspector_app.gui.context import AppContext
from inspector_app.gui.widgets.cards import Notice
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.fields import Field
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.messages import explain

if TYPE_CHECKING:
    from checklists.store import Store

HIDDEN = "password"
Typed = dict[str, str]


class AskDialog(Dialog):
    """Fields and a button that does the work beside the window and closes when it is done. `name` gives the words."""

    def __init__(
        self, over: QWidget, context: AppContext, name: str, fields: Sequence[str], work: Callable[[Typed], object]
    ) -> None:
        super().__init__(over, context.t(f"sync.{name}_title"), width=520)
        self._context, self._work = context, work
        self._busy = False
        self.body.addWidget(ThaiLabel(context.t(f"sync.{name}_text"), tone="muted"))
        self.fields = {field: Field(context.t(f"sync.field_{field}")) for field in fields}
        for field, widget in self.fields.items():
            if field == HIDDEN:
                widget.edit.setEchoMode(QLineEdit.EchoMode.Password)
            widget.edit.returnPressed.connect(self.accept)
            self.body.addWidget(widget)
        self.notice = Notice()
        self.notice.hide()
        self.body.addWidget(self.notice)
        self.add_button(context.t("sync.back"), accept=False, key="Esc")
        self.button = self.add_button(context.t(f"sync.{name}_do"), accept=True, key="Enter")

    def accept(self) -> None:
        if self._busy:
            return
        typed = {name: w.edit.text() if name == HIDDEN else w.text() for name, w in self.fields.items()}
        empty = next((name for name, text in typed.items() if not text), "")
        if empty:
            self.fields[empty].set_message(self._context.t("sync.field_needed"), wrong=True)
            self.fields[empty].setFocus()
            self._place()
            return
        self._set_busy(True)
        work = self._work
        self._context.tasks.run(lambda: work(typed), self._done, self._failed)

    def reject(self) -> None:
        if not self._busy:
            super().reject()

    def _done(self, _result: object) -> None:
        self._busy = False
        if HIDDEN in self.fields:
            self.fields[HIDDEN].setText("")
        super().accept()

    def _failed(self, error: BaseException) -> None:
        self._set_busy(False)
        self.notice.set(explain(error, self._context.translator).text(self._context.language), "bad")
        self.notice.show()
        self._place()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.button.setEnabled(not busy)


def proxy_login(over: QWidget, context: AppContext) -> AskDialog:
    """Ask for the name and password that the proxy on the way wants; the password goes to the key store."""
    writer = context.workplace.writer

    def work(typed: Typed) -> Any:
        return writer.submit(lambda store: network.keep_login(store, typed["user"], typed[HIDDEN])).result()

    return AskDialog(over, context, "proxy", ("user", HIDDEN), work)


def join_relay(over: QWidget, context: AppContext) -> AskDialog:
    """Ask for the address and the word that the office's relay shows, and join it."""
    workplace, clock = context.workplace, context.clock

    def work(typed: Typed) -> Any:
        store: Store = workplace.open_store()
        try:
            submit = workplace.writer.submit
            return syncing.join_relay(store, typed["relay"], typed["word"], clock=clock, submit=submit)
        finally:
            store.close()

    return AskDialog(over, context, "relay", ("relay", "word"), work)
