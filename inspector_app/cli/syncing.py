"""`inspector sync`: the dry run, sending straight or through an office relay, and a log to keep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from checklists.model import Changes
from inspector_app.actions.sending import near_relay, network, registry, signing_in, syncing
from inspector_app.actions.sending.syncing import Way
from inspector_app.cli import handover
from inspector_app.cli.calls import Answer, Call, size_words
from inspector_app.cli.run_log import RunLog
from inspector_app.cli.table import ExitCode
from inspector_app.messages import explain_code

if TYPE_CHECKING:
    from checklists.store import Store
    from inspector_app.actions.sending.plans import Plan
    from sync.client.device_grant import Asked
    from sync.events import SyncEvent, SyncReport


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
        file: Path | None = given.proxy_password_file
        password = file.read_text(encoding="utf-8").rstrip("\r\n") if file else call.ask(call.t("cli.ask.proxy"))
        network.keep_login(store, given.proxy_user, password, proxy=given.proxy)
    elif given.proxy is not None:
        before = network.network_of(store)
        network.keep(store, network.Network(before.ca_file, given.proxy, before.user))


def _dry_run(call: Call, store: Store) -> Answer:
    plan = syncing.plan(store, clock=call.clock, way=_way(call), url=call.arguments.server or "")
    return Answer({"plan": plan}, _plan_lines(call, plan))


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
    teller = _Teller(call)
    report = syncing.sync_now(
        store,
        clock=call.clock,
        url=given.server or "",
        emit=teller.tell,
        force=given.force or bool(given.code),
        way=_way(call),
        hold_files=given.no_photos,
    )
    factories = _fetch_registry(call, store, teller) if report.clean else None
    if given.log is not None:
        teller.log.write(given.log)
    return _answer(call, store, report, teller, factories)


def _answer(call: Call, store: Store, report: SyncReport, teller: _Teller, factories: int | None) -> Answer:
    counts = store.outbox.counts()
    left = sum(counts.values())
    words = {"waiting": counts["waiting"], "parked": counts["parked"], "conflicts": counts["conflict"]}
    lines = [call.t("cli.sync.left", **words) if left else call.t("cli.sync.all-sent")]
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

    def __init__(self, call: Call) -> None:
        self._call = call
        self.log = RunLog(call.clock)
        self.way = ""
        self.received: list[str] = []
        self.relayed: list[str] = []
        self.troubles: list[dict[str, str]] = []

    def tell(self, event: SyncEvent) -> None:
        from sync import events

        match event:
            case events.RunStarted(records=waiting, blobs=blobs) if waiting:
                self._say("started", records=waiting, blobs=blobs)
            case events.Connected(relay=relay):
                self.way = "relay" if relay else "centre"
                self._say("connected-relay" if relay else "connected")
            case events.RecordState(blobs_total=total, blobs_done=done, record_id=record) if total:
                self._say("progress", done=done, total=total, record=record)
            case events.Received(record_id=record, receipt=receipt):
                self.received.append(record)
                self._say("received", receipt=receipt.receipt_id, record=record)
            case events.Relayed(record_id=record, receipt=receipt):
                self.relayed.append(record)
                self._say("relayed", receipt=receipt.receipt_id, record=record)
            case events.Trouble():
                self.trouble(event.code, event.record_id, event.retry_at)
            case _:
                pass

    def _say(self, key: str, **values: object) -> None:
        text = self._call.t(f"cli.sync.{key}", **values)
        self.log.note(key, text, str(values.get("record", "")))
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
        self.log.note(code, message.text(self._call.texts.language), record_id)
        self._call.say(message.text("th"))
        self._call.say(message.text("en"))
