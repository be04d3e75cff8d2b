"""The one window: sign-in first, then head, navigation, screens and foot. Closing waits until everything is on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from checklists.errors import InspectorError
from inspector_app.actions import workspace
from inspector_app.gui.context import AppContext
from inspector_app.gui.screens.sign_in import SignInScreen

if TYPE_CHECKING:
    from checklists.crypto import WorkspaceKeys
    from inspector_app.gui.screens.setup import SetupScreen
    from inspector_app.gui.shell import Shell

WARM_UP_MS = 400
"""Home is painted and has taken its first keys by then."""


class MainWindow(QMainWindow):
    """Owns the context and closes it. `ready` fires when home can be used, `closed` when everything is put away."""

    ready = Signal()
    closed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.shell: Shell | None = None
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(640, 420)
        self.resize(1093, 614)
        self._restore_place()
        context.language_changed.connect(self._retranslate)
        self.sign_in = self._first_screen()
        self.setCentralWidget(self.sign_in)
        self._retranslate()
        self.sign_in.focus_first()

    def _first_screen(self) -> SignInScreen | SetupScreen:
        folder = self.context.workspace
        screen: SignInScreen | SetupScreen
        if not workspace.exists(folder):
            from inspector_app.gui.screens.setup import SetupScreen

            screen = SetupScreen(self.context)
        else:
            try:
                workspace.check(folder)
                screen = SignInScreen(self.context, workspace.people(folder))
            except InspectorError as error:  # half a workspace, or one of a newer version: told, and nothing touched
                screen = SignInScreen(self.context, ())
                screen.show_error(error)
        screen.entered.connect(self._open_workspace)
        return screen

    # --- from the passphrase to home

    def _open_workspace(self, keys: WorkspaceKeys) -> None:
        """Open the writing store in its own thread; the window stays alive while the database is opened or upgraded."""
        context = self.context

        def open_writer() -> object:
            from inspector_app.gui.workplace import open_writer

            return open_writer(context.workspace, keys, context.clock)

        context.tasks.run(open_writer, lambda writer: self._enter(keys, writer), self.sign_in.show_error)

    def _enter(self, keys: WorkspaceKeys, writer: Any) -> None:
        from inspector_app.gui.shell import Shell
        from inspector_app.gui.workplace import make_workplace

        try:
            workplace = make_workplace(self.context, keys, writer)
        except Exception as error:  # noqa: BLE001 - any error of opening is told on the sign-in screen
            writer.close()
            self.sign_in.show_error(error)
            return
        self.context.enter(workplace)
        self.shell = Shell(self.context)
        self.setCentralWidget(self.shell)  # deletes the sign-in
        self.shell.show()  # now, not with the next turn of the event loop: home takes the keyboard
        self.shell.go("home")
        self.ready.emit()
        QTimer.singleShot(WARM_UP_MS, self, self._warm_up)

    def _warm_up(self) -> None:
        """Load the form engine in the pool while the person looks at home, so that the first record opens at once."""
        if self.context.inside:
            self.context.tasks.run(load_engine)

    # --- words and place

    def _retranslate(self) -> None:
        self.setWindowTitle(self.context.t("shell.window_title"))
        current: QWidget | None = self.centralWidget()
        if self.shell is not None:
            self.shell.retranslate()
        elif current is self.sign_in:
            self.sign_in.retranslate()

    def _restore_place(self) -> None:
        place = self.context.preferences.window
        if place:
            self.restoreGeometry(QByteArray.fromBase64(place.encode("ascii")))

    # --- closing

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save what is in a field, drain the writer, stop sync; ask first when something could not be saved."""
        if self.shell is not None:
            self.shell.leave()
            if not (self._all_saved() or self.shell.leave_unsaved):
                event.ignore()
                self.shell.ask_leave_unsaved(self.close)
                return
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self.context.change_preferences(window=geometry)
        self.hide()
        self.context.close()
        self.closed.emit()
        event.accept()

    def tell_unexpected(self, error: BaseException) -> None:
        """Say that something unforeseen happened, and let the person close safely or go on."""
        from inspector_app.gui.widgets.dialogs import Question, open_dialog
        from inspector_app.messages import explain

        if not self.isVisible() or open_dialog(self) is not None:
            return
        t = self.context.t
        text = explain(error, self.context.translator).text(self.context.language)
        yes, no = t("shell.close_safely"), t("shell.go_on_working")
        question = Question(self, t("shell.unexpected"), text, yes=yes, no=no)
        question.closed.connect(lambda close: self.close() if close else None)
        question.open(question.yes_button)

    def _all_saved(self) -> bool:
        saver = self.context.saver
        return saver.drain() and saver.error is None


def load_engine() -> None:
    """Import what opening a record needs; 0.4 s on the reference machine."""
    from inspector_app.actions import checklists

    checklists.bundled()
