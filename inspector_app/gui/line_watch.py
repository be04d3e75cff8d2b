"""What the operating system says about networks: a hint only, never a proof.

It names "online" where only a captive portal answers, and knows nothing of the centre. So a network that appears is
told to the person as a moment to send, and is a moment to ask the centre itself (`sync_schedule`).
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QNetworkInformation

Reachability = QNetworkInformation.Reachability
NONE, LOCAL, ONLINE = "none", "local", "online"
_KINDS = {
    Reachability.Disconnected: NONE,
    Reachability.Local: LOCAL,
    Reachability.Site: LOCAL,
    Reachability.Online: ONLINE,
}


class LineWatch(QObject):
    """`kind` is "" where nothing is known; `appeared` fires when a network comes after there was none."""

    appeared = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kind = ""
        self.metered = False
        self.captive = False

    @property
    def present(self) -> bool:
        """Tell whether the system knows of a network; False also where it tells nothing."""
        return self.kind in (LOCAL, ONLINE)

    def listen(self) -> bool:
        """Begin to hear the system's news; False where it has none for us."""
        if not QNetworkInformation.loadDefaultBackend():
            return False
        system = QNetworkInformation.instance()
        system.reachabilityChanged.connect(self.note_reachability)
        system.isMeteredChanged.connect(self.note_metered)
        system.isBehindCaptivePortalChanged.connect(self.note_captive)
        self.kind = _KINDS.get(system.reachability(), "")
        self.metered, self.captive = system.isMetered(), system.isBehindCaptivePortal()
        return True

    def note_reachability(self, reachability: QNetworkInformation.Reachability) -> None:
        before, self.kind = self.kind, _KINDS.get(reachability, "")
        if before in (NONE, LOCAL) and self.kind == ONLINE:
            self.appeared.emit()
        if before != self.kind:
            self.changed.emit()

    def note_metered(self, metered: bool) -> None:
        self.metered = metered
        self.changed.emit()

    def note_captive(self, captive: bool) -> None:
        self.captive = captive
        self.changed.emit()
