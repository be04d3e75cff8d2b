"""What the sync screen says: states, events and plans in words. Reads, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspector_app.actions import syncing
from inspector_app.actions.syncing import Waiting
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import short_time
from inspector_app.gui.sync_worker import Fetched, News
from inspector_app.messages import explain, explain_code
from sync.events import Connected, FilesChecked, Received, RecordState, RecordStep, RunFinished, RunStarted, Trouble


@dataclass(frozen=True, slots=True)
class Status:
    """The card on top of the screen."""

    headline: str
    detail: str
    icon: str
    tone: str
    button: str
    button_icon: str
    key: str
    primary: bool


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


def status(context: AppContext, waiting: int) -> Status:
    """Return the one sentence that tells whether the work is safe and what to do."""
    sync, t = context.sync, context.t
    send = (t("sync.send_now"), "upload", "F5")
    if sync.running:
        key = "sync.pausing" if sync.stopping else "sync.running"
        pause = (t("sync.pause"), "pause", "F6")
        done = len(sync.received)
        return Status(t(key, done=done), t("sync.running_note"), "cloud-upload-outline", "acc", *pause, primary=False)
    if not is_set_up(context):
        setup = (t("sync.set_up"), "cog-outline", "")
        note = t("sync.no_centre_note", count=waiting)
        return Status(t("sync.no_centre"), note, "cloud-off-outline", "obs", *setup, primary=True)
    trouble = _trouble_words(context)
    if trouble:
        return Status(t("sync.stopped", count=waiting), trouble, "wifi-off", "obs", *send, primary=True)
    if waiting:
        note = t("sync.waiting_note")
        return Status(t("sync.waiting", count=waiting), note, "upload-outline", "acc", *send, primary=True)
    last = sync.last_receipt_at
    note = t("sync.empty_last", time=f"{last:%H:%M}") if last else t("sync.all_sent_note")
    return Status(t("sync.all_sent"), note, "cloud-check-outline", "ok", *send, primary=False)


def _trouble_words(context: AppContext) -> str:
    sync = context.sync
    if sync.error is not None:
        return explain(sync.error, context.translator).text(context.language)
    if sync.trouble is not None and not sync.trouble.record_id:
        return trouble_text(context, sync.trouble)
    return ""


def trouble_text(context: AppContext, trouble: Trouble) -> str:
    """Return a trouble in words, with the time of the next try where there is one."""
    text = explain_code(trouble.code, context.translator).text(context.language)
    if trouble.retry_at:
        text += " " + context.t("sync.retry_at", time=short_time(trouble.retry_at))
    return text


def plan(context: AppContext, waiting: Sequence[Waiting]) -> list[tuple[str, str]]:
    """Return what would be sent now, without sending anything: (words, number) four times."""
    t = context.t
    ready = [w for w in waiting if w.row.state == "waiting"]
    blobs = [blob for w in ready for blob in w.row.blobs]
    stuck = len(waiting) - len(ready)
    return [
        (t("sync.plan_records"), str(len(ready))),
        (t("sync.plan_photos"), str(len(blobs))),
        (t("sync.plan_size"), size_words(sum(blob.size for blob in blobs))),
        (t("sync.plan_stuck"), str(stuck)) if stuck else (t("sync.plan_none_sent"), ""),
    ]


def event_words(context: AppContext, event: News) -> Line:
    """Return a line of the log; an empty text for what is not worth one."""
    t = context.t
    if isinstance(event, RunStarted):
        return Line(t("sync.log_started", records=event.records, photos=event.blobs), "play-outline")
    if isinstance(event, Fetched):
        key = "sync.log_fetched" if event.rows else "sync.log_fetched_none"
        return Line(t(key, rows=event.rows, forms=event.forms), "download-outline", "ok" if event.rows else "muted")
    if isinstance(event, FilesChecked):
        whole = event.present == event.total
        icon, tone = ("check-bold", "ok") if whole else ("alert-outline", "obs")
        return Line(t("sync.log_files", present=event.present, total=event.total) if event.total else "", icon, tone)
    if isinstance(event, Connected):
        return Line(t("sync.log_connected"), "shield-check-outline", "ok")
    if isinstance(event, Received):
        return Line(t("sync.log_received", receipt=receipt_words(event)), "check-bold", "ok")
    if isinstance(event, Trouble):
        return Line(trouble_text(context, event), "alert-outline", "obs")
    if isinstance(event, RunFinished):
        left = event.report.waiting + event.report.parked + event.report.conflicts
        return Line(t("sync.log_finished", sent=event.report.sent, left=left), "flag-checkered")
    return _step_line(context, event) if isinstance(event, RecordState) else Line("")


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


def receipt_words(received: Received) -> str:
    """Return the first eight characters of the receipt's number in two groups, as printed on the receipt."""
    number = received.receipt.receipt_id.replace("-", "")
    return f"{number[:4]} {number[4:8]}"
