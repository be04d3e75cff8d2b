"""The two states in the head in words: is my work safe, and what about the centre."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from inspector_app.gui.saving import SavedState

if TYPE_CHECKING:
    from checklists.store import Room
    from inspector_app.gui.saving import Saver
    from inspector_app.gui.sync_worker import SyncWorker

Words = Callable[..., str]
OFFLINE_CODES = frozenset({"offline"})


def clock_time(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def room_words(room: Room, t: Words) -> tuple[str, str]:
    """Return words and tone for a disk that is getting full; answers can always be saved."""
    free = f"{room.free / 1_000_000:,.0f}"
    if room.level == "photos-stopped":
        return t("shell.room_photos_stopped", free=free), "bad"
    return t("shell.room_low", free=free, photos=room.photos_left), "obs"


def saved_words(saver: Saver, t: Words) -> tuple[str, str]:
    """Return icon and words. "Saved" only after the commit was acknowledged."""
    if saver.state is SavedState.FAILED:
        return "alert-circle-outline", t("shell.not_saved")
    if saver.state is SavedState.SAVING:
        return "progress-pencil", t("shell.saving")
    if saver.saved_at is not None:
        return "check-circle-outline", t("shell.saved", time=clock_time(saver.saved_at))
    return "check-circle-outline", t("shell.all_saved")


def connection_words(sync: SyncWorker, waiting: int, t: Words) -> tuple[str, str]:
    """Return icon and words: what the last try told, that work can go on, and how many records wait."""
    rest = t("shell.waiting", count=waiting) if waiting else t("shell.none_waiting")
    if sync.running:
        return "cloud-upload-outline", f"{t('shell.sending')} · {rest}"
    if sync.connected is None:
        return "cloud-outline", f"{t('shell.not_tried')} · {rest}"
    if sync.connected:
        key = "shell.connected_relay" if sync.through_relay else "shell.connected"
        return "wifi", f"{t(key)} · {rest}"
    trouble = sync.trouble.code if sync.trouble else ""
    offline = trouble in OFFLINE_CODES and not sync.line.present
    state = t("shell.offline") if offline else t("shell.not_reached")
    return "wifi-off", f"{state} · {t('shell.go_on')} · {rest}"
