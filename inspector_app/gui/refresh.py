"""News of what changed, told to whoever shows it: frozen `Changes` cross threads and arrive on the main thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

if TYPE_CHECKING:  # the model is not loaded before the first window
    from checklists.model import Changes


class RefreshHub(QObject):
    """`publish` may be called from any thread; `changed` fires on the main thread."""

    changed = Signal(object)
    _published = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._published.connect(self.changed, Qt.ConnectionType.QueuedConnection)

    def publish(self, changes: Changes) -> None:
        if changes.items:
            self._published.emit(changes)
