"""What the sync screen says: states, events and plans in words. Reads, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inspector_app.actions.sending import near_relay, plans, syncing
from inspector_app.actions.sending.syncing import Waiting
from inspector_app.gui.context import AppContext
from inspector_app.gui.sync_states import Status, clock_words, trouble_status, trouble_text
from inspector_app.gui.sync_worker import Fetched, Job, News, RegistryFetched
from sync.events import (
    Connected,
    FilesChecked,
    Received,
    RecordState,
    RecordStep,
    Relayed,
    RunFinished,
    RunStarted,
    Trouble,
)
from sync.plan import is_relayed


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log."""

    text: str
    icon: str = "circle-small"
    tone: str = "muted"


STEP_CHIPS = {
    RecordStep.WAITING: ("na", "timer-sand"),
    RecordStep.SENDING_TEXT: ("info", "progress-upload"),
    RecordStep.SENDING_FILES: ("info", "progress-upload"),
    RecordStep.PENDING: ("lab", "image-multiple-outline"),
    RecordStep.RELAYED: ("lab", "office-building-outline"),
    RecordStep.RECEIVED: ("ok", "check-decagram-outline"),
    RecordStep.CONFLICT: ("obs", "alert-outline"),
    RecordStep.PARKED: ("obs", "alert-outline"),
}


def is_set_up(context: AppContext) -> bool:
    """Tell whether this laptop is registered at a centre."""
    return syncing.session_of(context.store).registered


def size_words(size: int) -> str:
    """Return bytes as people read them; 1 MB = 1,000,000 bytes as on the meters of mobile networks."""
    if size >= 1_000_000:
        return f"{size / 1_000_000:.1f} MB"
    return f"{max(1, round(size / 1000)) if size else 0} KB"


def status(context: AppContext, waiting: int, relayed: int = 0, stuck: int = 0) -> Status:
    """Return the one sentence that tells whether the work is safe and what to do.

    `waiting` are all that have no receipt, `relayed` and `stuck` (parked, in conflict) those among them.
    """
    sync, t = context.sync, context.t
    if sync.running:
        key = "sync.pausing" if sync.stopping else "sync.running"
        pause = (t("sync.pause"), "pause", "F6")
        if sync.job is Job.REGISTRY:
            note = t("sync.fetching_registry_note")
            return Status(t("sync.fetching_registry"), note, "download-outline", "acc", *pause, primary=False)
        done = len(sync.received)
        return Status(t(key, done=done), t("sync.running_note"), "cloud-upload-outline", "acc", *pause, primary=False)
    if not is_set_up(context):
        setup = (t("sync.set_up"), "cog-outline", "")
        note = t("sync.no_centre_note", count=waiting)
        return Status(t("sync.no_centre"), note, "cloud-off-outline", "obs", *setup, primary=True)
    if (trouble := trouble_status(context, waiting)) is not None:
        return trouble
    calm = _calm_status(context, waiting, relayed, stuck)
    if clock := clock_words(context, sync.clock_off_minutes):
        return replace(calm, detail=clock, icon="clock-alert-outline", tone="obs")
    return calm


def _calm_status(context: AppContext, waiting: int, relayed: int, stuck: int) -> Status:
    """Return the card of a run that ended well, or of a window that has not sent yet."""
    sync, t = context.sync, context.t
    send = (t("sync.send_now"), "upload", "F5")
    if stuck and stuck == waiting:
        note = t("sync.all_stuck_note")
        return Status(t("sync.all_stuck", count=stuck), note, "alert-outline", "obs", *send, primary=False)
    if waiting and sync.line.metered:
        send = (t("sync.send_photos") if sync.job.text_only else t("sync.send_text"), "upload", "F5")
        return Status(
            t("sync.metered", count=waiting), t("sync.metered_note"), "upload-outline", "acc", *send, primary=True
        )
    if waiting and waiting == relayed:
        note = t("sync.all_relayed_note")
        headline = t("sync.all_relayed", count=relayed)
        return Status(headline, note, "office-building-outline", "lab", *send, primary=True)
    if waiting and sync.report is not None and sync.report.stopped:
        return Status(t("sync.paused", count=waiting), t("sync.paused_note"), "pause", "acc", *send, primary=True)
    if waiting:
        note = t("sync.some_relayed_note", count=relayed) if relayed else t("sync.waiting_note")
        return Status(t("sync.waiting", count=waiting), note, "upload-outline", "acc", *send, primary=True)
    last = sync.last_receipt_at
    note = t("sync.empty_last", time=f"{last:%H:%M}") if last else t("sync.all_sent_note")
    return Status(t("sync.all_sent"), note, "cloud-check-outline", "ok", *send, primary=False)


def plan(context: AppContext, waiting: Sequence[Waiting]) -> list[tuple[str, str]]:
    """Return what would be sent now, without sending anything: (words, number) five times."""
    t = context.t
    relayed = sum(1 for w in waiting if is_relayed(w.row))
    ready = [w for w in waiting if w.row.state == "waiting" and not is_relayed(w.row)]
    blobs = [blob for w in ready for blob in w.row.blobs]
    stuck = len(waiting) - len(ready) - relayed
    speed, measured = plans.speed_of(context.store)
    size = sum(blob.size for blob in blobs)
    return [
        (t("sync.plan_records"), str(len(ready))),
        (t("sync.plan_photos"), str(len(blobs))),
        (t("sync.plan_size"), size_words(size)),
        (t("sync.plan_time" if measured else "sync.plan_time_assumed"), time_words(context, size / speed)),
        _rest_of_plan(context, stuck, relayed),
    ]


def _rest_of_plan(context: AppContext, stuck: int, relayed: int) -> tuple[str, str]:
    """Return the plan's last line: what cannot go, what is with the relay, or that nothing is sent twice."""
    if stuck:
        return context.t("sync.plan_stuck"), str(stuck)
    return (context.t("sync.plan_relayed"), str(relayed)) if relayed else (context.t("sync.plan_none_sent"), "")


def time_words(context: AppContext, seconds: float) -> str:
    """Return a time as people say it."""
    if seconds < 60:
        return context.t("sync.under_a_minute") if seconds else "-"
    return context.t("sync.minutes", minutes=round(seconds / 60))


def whole_progress(context: AppContext) -> tuple[int, int]:
    """Return bytes that arrived and bytes in all, of the records of this run."""
    sync = context.sync
    states = [sync.progress[record_id] for record_id in sync.under_way]
    return sum(s.bytes_done for s in states), sum(s.bytes_total for s in states)


def has_relay(context: AppContext) -> bool:
    """Tell whether this laptop joined an office's relay."""
    return near_relay.relay_of(context.store) is not None


def event_words(context: AppContext, event: News) -> Line:
    """Return a line of the log; an empty text for what is not worth one."""
    t = context.t
    if isinstance(event, RunStarted):
        return Line(t("sync.log_started", records=event.records, photos=event.blobs), "play-outline")
    if isinstance(event, (Fetched, RegistryFetched)):
        return _fetched_line(context, event)
    if isinstance(event, FilesChecked):
        return _files_line(context, event)
    if isinstance(event, Connected):
        return _connected_line(context, event)
    if isinstance(event, Relayed):
        return Line(t("sync.log_relayed", receipt=receipt_words(event)), "office-building-outline", "lab")
    if isinstance(event, Received):
        return Line(t("sync.log_received", receipt=receipt_words(event)), "check-bold", "ok")
    if isinstance(event, Trouble):
        return Line(trouble_text(context, event), "alert-outline", "obs")
    if isinstance(event, RunFinished):
        left = event.report.waiting + event.report.parked + event.report.conflicts
        return Line(t("sync.log_finished", sent=event.report.sent, left=left), "flag-checkered")
    return _step_line(context, event) if isinstance(event, RecordState) else Line("")


def _files_line(context: AppContext, event: FilesChecked) -> Line:
    """Return "12 of 12", or the names of what is missing."""
    words = context.t("sync.log_files", present=event.present, total=event.total) if event.total else ""
    if event.missing:
        return Line(f"{words} · {', '.join(event.missing)}", "alert-outline", "obs")
    return Line(words, "check-bold", "ok")


def _connected_line(context: AppContext, event: Connected) -> Line:
    words = context.t("sync.log_connected_relay" if event.relay else "sync.log_connected")
    if clock := clock_words(context, event.clock_off_minutes):
        return Line(f"{words} · {clock}", "clock-alert-outline", "obs")
    return Line(words, "shield-check-outline", "ok")


def _fetched_line(context: AppContext, event: Fetched | RegistryFetched) -> Line:
    t = context.t
    if isinstance(event, RegistryFetched):
        key = "sync.log_registry" if event.changed else "sync.log_registry_same"
        return Line(t(key, count=event.count), "download-outline", "ok" if event.changed else "muted")
    key = "sync.log_fetched" if event.rows else "sync.log_fetched_none"
    return Line(t(key, rows=event.rows, forms=event.forms), "download-outline", "ok" if event.rows else "muted")


def _step_line(context: AppContext, event: RecordState) -> Line:
    t = context.t
    if event.state == RecordStep.SENDING_FILES:
        return Line(t("sync.log_photos", total=event.blobs_total), "image-multiple-outline")
    if event.state == RecordStep.PENDING:
        return Line(t("sync.log_pending", done=event.blobs_done, total=event.blobs_total), "image-multiple-outline")
    if event.state == RecordStep.CONFLICT:
        return Line(t("sync.log_conflict"), "alert-outline", "obs")
    return Line("")


def log_text(context: AppContext) -> str:
    """Return the whole log as a text file, oldest first; times in RFC 3339, no names of sites or people."""
    lines = []
    for moment, event in reversed(context.sync.history):
        words = event_words(context, event).text
        if words:
            record = getattr(event, "record_id", "")
            lines.append("\t".join((moment.isoformat(timespec="seconds"), type(event).__name__, record, words)))
    return "\n".join(lines) + "\n"


def receipt_words(received: Received | Relayed) -> str:
    """Return the first eight characters of the receipt's number in two groups, as printed on the receipt."""
    number = received.receipt.receipt_id.replace("-", "")
    return f"{number[:4]} {number[4:8]}"
