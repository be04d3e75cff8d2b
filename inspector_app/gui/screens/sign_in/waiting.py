"""After too many wrong tries: how long a person must wait, counted down."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from checklists.clock import Clock


class Waiting(QObject):
    """Counts one person's wait. `left(seconds)` comes each second, `over` at its end."""

    left = Signal(int)
    over = Signal()

    def __init__(self, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._clock = clock
        self._free_at: datetime | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.count_down)

    @property
    def seconds(self) -> int:
        """How long it still takes; 0 when the way is open."""
        if self._free_at is None:
            return 0
        return max(0, math.ceil((self._free_at - self._clock.now()).total_seconds()))

    def begin(self, seconds: int) -> None:
        self._free_at = self._clock.now() + timedelta(seconds=seconds)
        self._timer.start()
        self.count_down()

    def count_down(self) -> None:
        """Tell what is left, or that it is over."""
        seconds = self.seconds
        if seconds:
            self.left.emit(seconds)
        else:
            self.stop()

    def stop(self) -> None:
        """End the wait, e.g. because another person was chosen."""
        self._timer.stop()
        if self._free_at is not None:
            self._free_at = None
            self.over.emit()
