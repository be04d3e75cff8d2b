"""Two questions of the sending screen: name and password for the proxy, address and word of the office's relay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from inspector_app.actions.sending import network, syncing
from inspector_app.gui.context import AppContext
from inspector_app.gui.screens.work_dialog import Typed, WorkDialog

if TYPE_CHECKING:
    from checklists.store import Store

HIDDEN = "password"


class AskDialog(WorkDialog):
    """Asks for a few words, each of them needed."""

    area = "sync"
    hidden = frozenset({HIDDEN})

    def __init__(
        self, over: QWidget, context: AppContext, name: str, fields: Sequence[str], work: Callable[[Typed], object]
    ) -> None:
        super().__init__(over, context, name, fields, work, back="sync.back")

    def first_wrong(self) -> tuple[str, str]:
        empty = next((name for name, text in self.typed().items() if not text), "")
        return empty, self._context.t("sync.field_needed") if empty else ""


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
