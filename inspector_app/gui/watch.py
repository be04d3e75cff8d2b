"""What happens by itself while somebody is signed in: lock without input, a backup every half hour, a look at the disk.

One slow timer asks `tick`; all times come from the clock, so that tests move it and never wait.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from checklists.store import Backup, Room, Store
from inspector_app.gui.context import AppContext

log = logging.getLogger("inspector.gui")

TICK_MS = 5_000
BACKUP_SECONDS = 30 * 60
PAUSE_SECONDS = 5
ROOM_SECONDS = 60
INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.ShortcutOverride,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.InputMethod,
        QEvent.Type.Drop,
    }
)


class Watch(QObject):
    """Lives from sign-in to lock or close. `idle` asks for the lock, `room_changed` tells how full the disk is."""

    idle = Signal()
    room_changed = Signal(object)

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.room: Room | None = None
        self._input_at = self._times()
        self._backup_at = self._room_at = context.clock.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def stop(self) -> None:
        """Ask nothing any more; called before the stores are closed."""
        self._timer.stop()
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in INPUT:
            self._input_at = self._times()
        return False

    def tick(self) -> None:
        """Do what is due."""
        if not self._context.inside:
            return
        now = self._context.clock.monotonic()
        if now - self._room_at >= ROOM_SECONDS or self.room is None:
            self._room_at = now
            self.look_at_room()
        if now - self._backup_at >= BACKUP_SECONDS:
            self._backup_at = now
            self._context.saver.submit(back_up_in_a_pause)
        minutes = self._context.preferences.lock_minutes
        if minutes and self._idle_seconds() >= minutes * 60 and not self._busy():
            self.idle.emit()

    def look_at_room(self) -> None:
        room = self._context.store.room()
        changed = self.room is None or (room.level, room.photos_left) != (self.room.level, self.room.photos_left)
        self.room = room
        if changed:
            self.room_changed.emit(room)

    def _times(self) -> tuple[float, float]:
        """Both clocks: the monotonic one may stand still while the laptop sleeps, the other one may be set."""
        clock = self._context.clock
        return clock.monotonic(), clock.now().timestamp()

    def _idle_seconds(self) -> float:
        return max(now - then for now, then in zip(self._times(), self._input_at, strict=True))

    def _busy(self) -> bool:
        """Locking would cut off what runs; it waits until that has ended, unless nobody asked for it."""
        sync = self._context.sync
        return (sync.running and not sync.job.by_itself) or bool(self._context.tasks.running)


def back_up(store: Store) -> Backup | None:
    """The writer's last step: the chain's head is kept outside, then a checked backup within the time for closing."""
    from inspector_app.actions.laptop import care

    return _noted(lambda: care.at_closing(store))


def back_up_in_a_pause(store: Store) -> Backup | None:
    """Writer step: the checked backup; answers wait meanwhile, so it is broken off after `PAUSE_SECONDS`."""
    return _noted(lambda: store.back_up(seconds=PAUSE_SECONDS))


def _noted(backup: Callable[[], Backup | None]) -> Backup | None:
    """Trouble with a backup is noted; the work itself is not touched by it."""
    from checklists.errors import InspectorError

    try:
        made = backup()
    except InspectorError as error:
        log.warning("backup failed code=%s what=%s", error.code, error.data.get("what", ""))
        return None
    log.info("backup made" if made else "backup skipped: little room")
    return made
