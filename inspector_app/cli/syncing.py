"""`inspector sync`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checklists.model import Changes
from inspector_app.actions import handover, registry, syncing
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.table import ExitCode
from inspector_app.messages import explain_code

if TYPE_CHECKING:
    from checklists.store import Store
    from sync.events import SyncEvent


def sync(call: Call) -> Answer:
    """Register with a code where one is given, then send; exit code 8 while something is left."""
    given = call.arguments
    if given.openrosa:
        return _hand_over(call)
    with call.store() as store:
        if given.code:
            syncing.register(store, given.server or syncing.session_of(store).url, given.code, clock=call.clock)
            call.say(call.t("cli.sync.registered"))
        teller = _Teller(call)
        report = syncing.sync_now(
            store, clock=call.clock, url=given.server or "", emit=teller.tell, force=given.force or bool(given.code)
        )
        factories = _fetch_registry(call, store, teller) if report.clean else None
        receipts = [r for record_id in teller.received for r in store.outbox.receipts(record_id)]
        counts = store.outbox.counts()
    left = sum(counts.values())
    words = {"waiting": counts["waiting"], "parked": counts["parked"], "conflicts": counts["conflict"]}
    lines = [call.t("cli.sync.left", **words) if left else call.t("cli.sync.all-sent")]
    data: dict[str, object] = {
        "report": report,
        "clean": report.clean,
        "receipts": receipts,
        "left": words,
        "troubles": teller.troubles,
    }
    if factories is not None:
        lines.append(call.t("cli.sync.registry", count=factories))
        data["factories"] = factories
    return Answer(data, lines, ExitCode.OK if report.clean and not left else ExitCode.SYNC)


def _fetch_registry(call: Call, store: Store, teller: _Teller) -> int | None:
    """Fetch the centre's registry where it is newer; return how many factories it has. Trouble is told, not fatal."""
    from checklists.store import RegistryFileError
    from sync.errors import SyncError

    try:
        changed = registry.fetch(store, clock=call.clock) != Changes()
        return store.registry.count() if changed else None
    except (SyncError, RegistryFileError) as error:
        teller.trouble(error.code)
        return None


def _hand_over(call: Call) -> Answer:
    """Hand what waits to an OpenRosa server; without a receipt nothing is called sent. Exit code 8 for a refusal."""
    with call.store() as store:
        done = handover.hand_over(store, call.arguments.openrosa)
    left = len(done.fates) - done.taken
    lines = [call.t("cli.openrosa.done", taken=done.taken, left=left)]
    lines += [
        call.t("cli.openrosa.fate", revision=revision, fate=call.t(f"cli.openrosa.{fate.value}"))
        for revision, fate in done.fates.items()
        if fate.value != "taken"
    ]
    return Answer({"fates": done.fates, "taken": done.taken}, lines, ExitCode.SYNC if left else ExitCode.OK)


class _Teller:
    """Prints the news of a run as they come."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self.received: list[str] = []
        self.troubles: list[dict[str, str]] = []

    def tell(self, event: SyncEvent) -> None:
        from sync import events

        call = self._call
        match event:
            case events.RunStarted(records=waiting, blobs=blobs) if waiting:
                call.say(call.t("cli.sync.started", records=waiting, blobs=blobs))
            case events.Connected():
                call.say(call.t("cli.sync.connected"))
            case events.RecordState(blobs_total=total, blobs_done=done, record_id=record) if total:
                call.say(call.t("cli.sync.progress", done=done, total=total, record=record))
            case events.Received(record_id=record, receipt=receipt):
                self.received.append(record)
                call.say(call.t("cli.sync.received", receipt=receipt.receipt_id, record=record))
            case events.Trouble():
                self.trouble(event.code, event.record_id, event.retry_at)
            case _:
                pass

    def trouble(self, code: str, record_id: str = "", retry_at: str = "") -> None:
        message = explain_code(code, self._call.texts, record=record_id)
        self.troubles.append(
            {
                "code": code,
                "record_id": record_id,
                "retry_at": retry_at,
                "th": message.text("th"),
                "en": message.text("en"),
            }
        )
        self._call.say(message.text("th"))
        self._call.say(message.text("en"))
