"""The one window: sign-in first, then head, navigation, screens and foot. Closing waits until everything is on disk."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QWidget

from checklists.errors import InspectorError
from inspector_app.actions.laptop import workspace
from inspector_app.gui.context import AppContext
from inspector_app.gui.screens.sign_in.screen import SignInScreen

if TYPE_CHECKING:
    from checklists.crypto import WorkspaceKeys
    from inspector_app.gui.screens.sign_in.setup import SetupScreen
    from inspector_app.gui.shell import Shell
    from inspector_app.gui.typed import Typed
    from inspector_app.gui.watch import Watch
    from inspector_app.gui.widgets.dialogs import Dialog

WARM_UP_MS = 400
"""Home is painted and has taken its first keys by then."""


class MainWindow(QMainWindow):
    """Owns the context and closes it. `ready` fires when home can be used, `closed` when everything is put away."""

    ready = Signal()
    closed = Signal()
    locked = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.shell: Shell | None = None
        self.watch: Watch | None = None
        self._locked: _Locked | None = None
        self._typed: Typed | None = None
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
        QShortcut(QKeySequence("Ctrl+L"), self, self.lock)  # from everywhere, also from a dialog

    def _first_screen(self) -> SignInScreen | SetupScreen:
        folder = self.context.workspace
        screen: SignInScreen | SetupScreen
        if not workspace.exists(folder):
            from inspector_app.gui.screens.sign_in.setup import SetupScreen

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
        from inspector_app.gui.watch import Watch, back_up

        self.context.enter(workplace)
        self.context.final_step = back_up
        self.shell = Shell(self.context)
        self.setCentralWidget(self.shell)  # deletes the sign-in
        self.shell.show()  # now, not with the next turn of the event loop: home takes the keyboard
        locked, self._locked = self._locked, None
        if locked is not None and locked.person_id == keys.person_id and locked.way:
            self.shell.resume(locked.way)
        else:
            self.shell.go("home")
        self._tell_typed()
        self.watch = Watch(self.context, self)
        self.watch.idle.connect(self.lock)
        self.watch.room_changed.connect(self.shell.show_room)
        self.watch.look_at_room()
        self.ready.emit()
        QTimer.singleShot(WARM_UP_MS, self, self._warm_up)

    def _warm_up(self) -> None:
        """Load the form engine in the pool while the person looks at home, so that the first record opens at once."""
        if self.context.inside:
            self.context.tasks.run(load_engine)

    # --- locking

    def lock(self) -> bool:
        """Put everything away and ask for the passphrase again; False where the last answer is not safe on disk yet.

        Stores are closed and keys dropped with everything that held them, as far as Python allows: freed memory is not
        overwritten.
        """
        if self.shell is None:
            return False
        self._keep_typed()
        while (dialog := _open_dialog(self)) is not None:
            dialog.reject()
        self.shell.leave()
        if not self._all_saved():
            return False  # the banner says what is wrong; the lock is tried again
        self._locked = _Locked(self.context.workplace.keys.person_id, self.shell.way)
        self._stop_watch()
        shell, self.shell = self.shell, None
        self.context.leave()
        self.sign_in = self._first_screen()
        self.setCentralWidget(self.sign_in)  # deletes the shell with every screen
        shell.deleteLater()
        if isinstance(self.sign_in, SignInScreen):
            self.sign_in.show_locked(self._locked.person_id)
        self.sign_in.focus_first()
        self.locked.emit()
        QTimer.singleShot(0, self, gc.collect)
        return True

    def _keep_typed(self) -> None:
        """What stands in an open dialog goes into the encrypted store, before the keys are dropped."""
        dialog = _open_dialog(self)
        if dialog is None or self.shell is None:
            return
        from inspector_app.gui import typed

        texts = {name: text for name, text in typed.texts_of(dialog).items() if text}
        if not texts:
            return
        person_id, place = self.context.workplace.keys.person_id, typed.place_of(self.shell.way)
        found = typed.Typed(person_id, place, dialog.dialog_name, dialog.title_label.text(), texts)
        self.context.saver.submit(lambda store: typed.keep(store, found))

    def _tell_typed(self) -> None:
        """After the sign-in: say that what was typed is still there, and where."""
        from inspector_app.gui import typed

        self._typed = typed.kept(self.context.store, self.context.workplace.keys.person_id)
        if self._typed is not None and self.shell is not None:
            self.shell.say(self.context.t("shell.typed_kept", title=self._typed.title))

    def dialog_opened(self, dialog: Dialog) -> None:
        """Give back what was typed into this dialog before the lock, once, at the place where it was."""
        found = self._typed
        if found is None or self.shell is None:
            return
        from inspector_app.gui import typed

        if found.dialog == dialog.dialog_name and found.place == typed.place_of(self.shell.way):
            self._typed = None
            typed.give_back(dialog, found.texts)
            self.shell.say("")
            self.context.saver.submit(typed.forget)

    def _stop_watch(self) -> None:
        if self.watch is not None:
            self.watch.stop()
            self.watch.deleteLater()
            self.watch = None

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
        self._stop_watch()
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


@dataclass(frozen=True)
class _Locked:
    """Whose window was locked, and where."""

    person_id: str
    way: list[tuple[str, dict[str, Any]]]


def _open_dialog(window: QWidget) -> Any:
    from inspector_app.gui.widgets.dialogs import open_dialog

    return open_dialog(window)


def load_engine() -> None:
    """Import what opening a record needs; 0.4 s on the reference machine."""
    from inspector_app.actions.reference import checklists

    checklists.bundled()
