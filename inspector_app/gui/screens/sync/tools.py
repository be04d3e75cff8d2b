"""What else can be done on the sending screen: a stick there and back, the registry, the office's relay, the log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from checklists.model import Changes
from inspector_app.actions.sending import bundles
from inspector_app.gui import sync_words
from inspector_app.gui.context import AppContext
from inspector_app.gui.screens.sync import dialogs
from inspector_app.gui.screens.sync.addressee import AddresseeDialog
from inspector_app.gui.sync_worker import Job
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.flow import FlowLayout
from inspector_app.messages import explain
from sync.errors import BundleError

if TYPE_CHECKING:
    from sync.bundle import Exported


PORTAL_PAGE = "http://example.com/"
"""Any page without TLS: the network puts its own login page in its place."""


class SyncTools(QWidget):
    """Buttons below the list; `told` carries words and their tone for the notice."""

    told = Signal(str, str)
    _written = Signal(int, int)

    def __init__(self, context: AppContext, over: QWidget) -> None:
        super().__init__()
        self._context, self._over = context, over
        self.export_button = ActionButton()
        self.receipts_button = ActionButton()
        self.registry_button = ActionButton()
        self.relay_button = ActionButton()
        self.log_button = ActionButton()
        self._at_stick = False
        self._stick_button = self.export_button
        self._written.connect(self._show_written)
        self.choose_folder: Callable[[str], str] = lambda title: QFileDialog.getExistingDirectory(self, title)
        self.choose_file: Callable[[], str] = self._ask_for_file
        row = FlowLayout(self, spacing=8)
        for button, step in self._steps():
            row.addWidget(button)
            button.clicked.connect(step)

    def _steps(self) -> tuple[tuple[ActionButton, Callable[[], None]], ...]:
        return (
            (self.export_button, self.export_bundle),
            (self.receipts_button, self.take_receipts),
            (self.registry_button, self.fetch_registry),
            (self.relay_button, self.join_relay),
            (self.log_button, self.save_log),
        )

    def retranslate(self) -> None:
        t = self._context.t
        self.export_button.setText(t("sync.export"))
        self.receipts_button.setText(t("sync.take_receipts"))
        self.registry_button.setText(t("sync.fetch_registry"))
        self.relay_button.setText(t("sync.relay_change" if sync_words.has_relay(self._context) else "sync.relay_join"))
        self.log_button.setText(t("sync.save_log"))

    def show_ready(self, *, ready: bool, waiting: bool) -> None:
        """Enable what makes sense now: a stick is written or read by one at a time."""
        self.export_button.setEnabled(ready and waiting and not self._at_stick)
        self.receipts_button.setEnabled(ready and not self._at_stick)
        for button in (self.registry_button, self.relay_button):
            button.setEnabled(ready)

    # --- a stick there and back

    def export_bundle(self) -> None:
        """Ask who shall be able to read the stick, then for the stick; what was written waits for its receipts."""
        dialog = AddresseeDialog(self._over, self._context)
        dialog.closed.connect(lambda accepted: self._export_to(dialog.addressee) if accepted else None)
        dialog.open()

    def _export_to(self, to: bundles.Addressee) -> None:
        context = self._context
        folder = self.choose_folder(context.t("sync.export"))
        if not folder:
            return
        workplace, clock = context.workplace, context.clock

        def work() -> Exported:
            store = workplace.open_store()
            try:
                return bundles.export(store, Path(folder), clock=clock, to=to, progress=self._written.emit)
            finally:
                store.close()

        self._begin_stick(self.export_button, context.t("sync.exporting"))
        context.tasks.run(work, self._exported, self._stick_failed)

    def _show_written(self, number: int, of: int) -> None:
        if self._at_stick:
            words = self._context.t("sync.exporting") + " " + self._context.t("sync.export_at", number=number, of=of)
            self.told.emit(words, "info")

    def _begin_stick(self, button: ActionButton, words: str) -> None:
        self._at_stick, self._stick_button = True, button
        self.told.emit(words, "info")

    def _end_stick(self, words: str, tone: str) -> None:
        """Tell how it ended; the focus that its disabled button lost to a neighbour comes back to it."""
        self._at_stick = False
        self.told.emit(words, tone)
        if any(button.hasFocus() for button, _step in self._steps()):
            self._stick_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _stick_failed(self, error: BaseException) -> None:
        self._end_stick(explain(error, self._context.translator).text(self._context.language), "bad")

    def _exported(self, exported: Exported) -> None:
        key = "sync.exported_some" if exported.left_behind else "sync.exported"
        office = exported.manifest.office
        t = self._context.t
        words = t(key, folder=exported.folder.name, left=len(exported.left_behind))
        words += " " + (t("sync.exported_office", office=office) if office else t("sync.exported_centre"))
        self._end_stick(words, "obs" if exported.left_behind else "ok")

    def take_receipts(self) -> None:
        """Keep the receipts that came back on a stick; each is checked like one that came over the line."""
        folder = self.choose_folder(self._context.t("sync.take_receipts"))
        if not folder:
            return
        workplace, clock = self._context.workplace, self._context.clock

        def work() -> bundles.Receipts:
            store = workplace.open_store()  # a slow stick holds up nobody's saving
            try:
                return bundles.take(store, Path(folder), clock=clock, submit=workplace.writer.submit)
            finally:
                store.close()

        self._begin_stick(self.receipts_button, self._context.t("sync.reading_stick"))
        self._context.tasks.run(work, self._taken, self._stick_failed)

    def _taken(self, told: bundles.Receipts) -> None:
        t = self._context.t
        key = "sync.receipts_refused" if told.refused else "sync.receipts_taken"
        counts = {"taken": told.taken, "others": told.others, "waiting": told.waiting, "refused": told.refused}
        parts = [t(key, **counts, known=told.known)]
        if told.relayed:
            parts.append(t("sync.receipts_relayed", relayed=told.relayed))
        parts += [t("sync.stick_trouble", folder=folder, problem=self._problem(what)) for folder, what in told.troubles]
        good = (told.taken or told.known) and not (told.refused or told.troubles)
        self._end_stick(" ".join(parts), "ok" if good else "obs")
        self._context.refresh.publish(Changes.of("sync", "bundle") | Changes.of("record", "bundle"))

    def _problem(self, what: str) -> str:
        return explain(BundleError(what=what), self._context.translator).text(self._context.language)

    # --- over the line

    def fetch_registry(self) -> None:
        """Fetch the centre's factory registry where it is newer; F6 stops it, and it goes on from there."""
        self._context.sync.start(Job.REGISTRY)

    def join_relay(self) -> None:
        """Ask for the office's relay; from then on sending goes through it wherever it is near."""
        dialog = dialogs.join_relay(self._over, self._context)
        dialog.closed.connect(self._joined)
        dialog.open()

    def _joined(self, accepted: bool) -> None:
        if accepted:
            self.told.emit(self._context.t("sync.relay_joined"), "ok")
            self.retranslate()

    def log_in_to_proxy(self) -> None:
        """Ask for the proxy's login, then send again."""
        dialog = dialogs.proxy_login(self._over, self._context)
        dialog.closed.connect(lambda accepted: self._context.sync.start() if accepted else None)
        dialog.open()

    def open_browser(self) -> None:
        """Open the system's browser where a network's own page stands before the centre; F5 sends afterwards."""
        QDesktopServices.openUrl(QUrl(PORTAL_PAGE))

    # --- the log

    def save_log(self) -> None:
        """Write the events of this window to a text file, for whoever helps."""
        target = self.choose_file()
        if not target:
            return
        try:
            Path(target).write_text(sync_words.log_text(self._context), encoding="utf-8")
        except OSError as error:
            self.failed(error)
        else:
            self.told.emit(self._context.t("sync.log_saved", file=Path(target).name), "ok")

    def _ask_for_file(self) -> str:
        name = f"inspector-sync-{self._context.clock.now():%Y%m%d-%H%M}.txt"
        return QFileDialog.getSaveFileName(self, self._context.t("sync.save_log"), name)[0]

    def failed(self, error: BaseException) -> None:
        self.told.emit(explain(error, self._context.translator).text(self._context.language), "bad")
