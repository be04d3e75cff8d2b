"""`inspector sync`: the dry run, sending straight or through an office relay, and a log to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checklists.model import Changes
from inspector_app.actions.sending import near_relay, network, registry, signing_in, syncing
from inspector_app.actions.sending.syncing import Way
from inspector_app.cli import handover
from inspector_app.cli.calls import Answer, Call, size_words
from inspector_app.cli.run_log import RunLog
from inspector_app.cli.stopping import orderly
from inspector_app.cli.table import ExitCode
from inspector_app.messages import explain_code
from sync.plan import is_relayed

if TYPE_CHECKING:
    from checklists.store import Store
    from inspector_app.actions.sending.plans import Plan
    from inspector_app.actions.sending.syncing import Waiting
    from sync.client.device_grant import Asked
    from sync.events import RecordState, SyncEvent, SyncReport


def sync(call: Call) -> Answer:
    """Register with a code or join a relay where one is given, then send; exit code 8 while something is left."""
    given = call.arguments
    with call.store() as store:
        _set_network(call, store)
        if given.openrosa:
            return handover.hand_over(call, store)
        if given.code:
            syncing.register(store, given.server or syncing.session_of(store).url, given.code, clock=call.clock)
            call.say(call.t("cli.sync.registered"))
        if given.sign_in:
            _sign_in(call, store)
        if given.relay:
            syncing.join_relay(store, given.relay, given.word, clock=call.clock)
            call.say(call.t("cli.sync.relay-joined", url=given.relay))
        if given.dry_run:
            return _dry_run(call, store)
        return _send(call, store)


def _sign_in(call: Call, store: Store) -> None:
    """Enrol by the centre's identity service: show where to go and the code to type, then wait."""

    def show(asked: Asked) -> None:
        said = call.t("cli.sync.sign-in", address=asked.link or asked.address, code=asked.code)
        print(said, file=call.err if call.arguments.json else call.out, flush=True)

    url = call.arguments.server or syncing.session_of(store).url
    signing_in.enrol(store, url, clock=call.clock, show=show)
    call.say(call.t("cli.sync.registered"))


def _way(call: Call) -> Way:
    given = call.arguments
    return Way(given.way) if given.way else Way.RELAY if given.relay else Way.NEAREST


def _set_network(call: Call, store: Store) -> None:
    """Keep what was given about the way: the authority to believe, the proxy and its login."""
    given = call.arguments
    if given.ca is not None:
        before = network.network_of(store)
        network.keep(store, network.Network(str(given.ca.resolve()), before.proxy, before.user))
    if given.proxy_user:
        password = call.password(given.proxy_password_file, "cli.ask.proxy")
        network.keep_login(store, given.proxy_user, password, proxy=given.proxy)
    elif given.proxy is not None:
        before = network.network_of(store)
        network.keep(store, network.Network(before.ca_file, given.proxy, before.user))


def _dry_run(call: Call, store: Store) -> Answer:
    plan = syncing.plan(store, clock=call.clock, way=_way(call), url=call.arguments.server or "")
    waiting = syncing.overview(store)
    told = [
        {
            "record_id": one.summary.record_id,
            "state": one.row.state,
            "files": len(one.row.blobs),
            "size": sum(blob.size for blob in one.row.blobs),
        }
        for one in waiting
    ]
    return Answer({"plan": plan, "records": told}, _plan_lines(call, plan) + [_waiting_line(call, w) for w in waiting])


def _waiting_line(call: Call, waiting: Waiting) -> str:
    summary, row = waiting.summary, waiting.row
    return call.t(
        "cli.sync.plan-record",
        name=summary.site.name_th,
        sealed=summary.sealed_at[:16].replace("T", " "),
        files=len(row.blobs),
        size=size_words(sum(blob.size for blob in row.blobs)),
        state=call.t(f"cli.sync.state-{'relayed' if is_relayed(row) else row.state}"),
    )


def _plan_lines(call: Call, plan: Plan) -> list[str]:
    lines = [call.t("cli.sync.plan", records=plan.records, files=plan.files, size=size_words(plan.size))]
    if plan.reached:
        lines.append(call.t(f"cli.sync.plan-{plan.reached}", rest=size_words(plan.rest)))
    if plan.relayed:
        lines.append(call.t("cli.sync.plan-relayed", count=plan.relayed))
    if plan.stuck:
        lines.append(call.t("cli.sync.plan-stuck", count=plan.stuck))
    if plan.rest:
        key = "cli.sync.plan-time" if plan.measured else "cli.sync.plan-time-assumed"
        lines.append(call.t(key, minutes=max(1, round(plan.seconds / 60))))
    if plan.trouble:
        lines.append(explain_code(plan.trouble, call.texts).text(call.texts.language))
    return lines


def _send(call: Call, store: Store) -> Answer:
    given = call.arguments
    with RunLog(call.clock, given.log) as log, orderly(lambda: call.say(call.t("cli.sync.stopping"))) as should_stop:
        teller = _Teller(call, log)
        report = syncing.sync_now(
            store,
            clock=call.clock,
            url=given.server or "",
            emit=teller.tell,
            should_stop=should_stop,
            force=given.force or bool(given.code),
            way=_way(call),
            hold_files=given.no_photos,
        )
        factories = _fetch_registry(call, store, teller) if not (report.trouble or should_stop()) else None
        answer = _answer(call, store, report, teller, factories)
        for line in answer.lines:
            log.note("end", line)
    return answer


def _answer(call: Call, store: Store, report: SyncReport, teller: _Teller, factories: int | None) -> Answer:
    counts = store.outbox.counts()
    left = sum(counts.values())
    words = {"waiting": counts["waiting"], "parked": counts["parked"], "conflicts": counts["conflict"]}
    lines = [call.t("cli.sync.left", **words) if left else call.t("cli.sync.all-sent")]
    if report.stopped:
        lines.insert(0, call.t("cli.sync.stopped"))
    if report.relayed:
        lines.append(call.t("cli.sync.relayed-left", count=report.relayed))
    data: dict[str, object] = {
        "report": report,
        "clean": report.clean,
        "way": teller.way,
        "receipts": [r for record_id in teller.received for r in store.outbox.receipts(record_id)],
        "relayed": teller.relayed,
        "left": {**words, "relayed": report.relayed},
        "troubles": teller.troubles,
    }
    if factories is not None:
        lines.append(call.t("cli.sync.registry", count=factories))
        data["factories"] = factories
    if report.stopped:
        return Answer(data, lines, ExitCode.STOPPED)
    return Answer(data, lines, ExitCode.OK if report.clean and not left and not teller.troubles else ExitCode.SYNC)


def _fetch_registry(call: Call, store: Store, teller: _Teller) -> int | None:
    """Fetch the centre's registry where it is newer; return how many factories it has. Trouble is told, not fatal."""
    from checklists.store import RegistryFileError
    from sync.errors import SyncError

    try:
        changed = registry.fetch(store, clock=call.clock, way=_way(call)) != Changes()
        return store.registry.count() if changed else None
    except (SyncError, RegistryFileError) as error:
        teller.trouble(error.code)
        return None


def leave_relay(call: Call) -> Answer:
    """Forget the relay; what it holds still reaches the centre."""
    with call.store() as store:
        near_relay.leave(store)
    return Answer({}, [call.t("cli.relay.left")])


class _Teller:
    """Prints the news of a run as they come, and keeps them for the log."""

    def __init__(self, call: Call, log: RunLog) -> None:
        self._call, self._log = call, log
        self._size = 0
        self._arrived: dict[str, int] = {}
        self.way = ""
        self.received: list[str] = []
        self.relayed: list[str] = []
        self.troubles: list[dict[str, str]] = []

    def tell(self, event: SyncEvent) -> None:
        from sync import events

        match event:
            case events.RunStarted(records=waiting, blobs=blobs, total_bytes=size) if waiting:
                self._size = size
                self._say("started", records=waiting, blobs=blobs, size=size_words(size))
            case events.Connected(relay=relay):
                self.way = "relay" if relay else "centre"
                self._say("connected-relay" if relay else "connected")
                if minutes := event.clock_off_minutes:
                    self._note("clock-off", self._call.t("errors.clock-off.what", minutes=minutes))
                    self._note("clock-off", self._call.t("errors.clock-off.todo"))
            case events.RecordState() if event.blobs_total:
                self._progress(event)
            case events.Received(record_id=record, receipt=receipt):
                self.received.append(record)
                self._say("received", receipt=receipt.receipt_id, record=record)
            case events.Relayed(record_id=record, receipt=receipt):
                self.relayed.append(record)
                self._say("relayed", receipt=receipt.receipt_id, record=record)
            case events.FilesChecked(record_id=record, present=present, total=total, missing=missing) if total:
                key = "files-missing" if missing else "files"
                self._say(key, present=present, total=total, names=", ".join(missing), record=record)
            case events.Trouble():
                self.trouble(event.code, event.record_id, event.retry_at)
            case _:
                pass

    def _progress(self, state: RecordState) -> None:
        """Say how many files of the record are there, and how far all of the run is; text on its way says nothing."""
        from sync.events import RecordStep

        self._arrived[state.revision_id] = state.bytes_done
        if state.state in (RecordStep.SENDING_FILES, RecordStep.PENDING):
            percent = min(100, 100 * sum(self._arrived.values()) // max(1, self._size))
            self._say(
                "progress", done=state.blobs_done, total=state.blobs_total, record=state.record_id, percent=percent
            )

    def _say(self, key: str, **values: object) -> None:
        self._note(key, self._call.t(f"cli.sync.{key}", **values), str(values.get("record", "")))

    def _note(self, kind: str, text: str, record: str = "") -> None:
        self._log.note(kind, text, record)
        self._call.say(text)

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
        self._log.note(code, message.text(self._call.texts.language), record_id)
        self._call.say(message.text("th"))
        self._call.say(message.text("en"))
