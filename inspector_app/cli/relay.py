"""`inspector relay` and `inspector relay status`: the machine of an office that forwards for its laptops."""

from __future__ import annotations

import errno
import json
import socket

from inspector_app import logs
from inspector_app.actions.serving import lifeline, relay
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.serving import PortInUseError
from inspector_app.cli.table import ExitCode
from inspector_app.messages import explain_code


def relay_(call: Call) -> Answer:
    """Run the relay, say how it is doing, or write the file by which laptops address sticks to this office."""
    handlers = {"status": _status, "key": _key, "run": _run}
    return handlers[call.arguments.what](call)


def _key(call: Call) -> Answer:
    given = call.arguments
    if given.office_file is None:
        raise relay.RelayOptionError(option="--office-file", value="")
    word = relay.office(given.data, given.office_file)
    told = {"file": str(given.office_file), "word": word}
    return Answer(told, [call.t("cli.relay.key", **told)])


def _run(call: Call) -> Answer:
    given = call.arguments
    if given.lifeline:
        lifeline.watch(lifeline.stop_like_a_person)
    where = relay.listening(given.listen)
    how = relay.config(
        given.data, centre=given.centre, name=given.name, cap=given.cap, night=given.night, ca_file=given.ca
    )
    tls = relay.certificate(given.tls_cert, given.tls_key)

    def announce(event: dict[str, object]) -> None:
        if given.json:
            print(json.dumps(event), file=call.out, flush=True)
            return
        call.say(call.t("cli.relay.listening", url=f"{event['scheme']}://{event['host']}:{event['port']}"))
        if event["word"]:
            call.say(call.t("cli.relay.word", word=event["word"]))

    handler = logs.configure(given.data / "logs", name="relay.log", formatter=logs.JsonFormatter())
    try:
        relay.run(how, where, code=given.code, tls=tls, announce=announce)
    except OSError as error:
        raise _of_the_address(error, where, given.listen) from error
    finally:
        logs.stop(handler)
    return Answer()


def _of_the_address(error: OSError, where: relay.Listening, given: str) -> Exception:
    """Return what is wrong with the address; trouble with a file or folder names that one, and stays what it is."""
    if error.filename is not None:
        return error
    if error.errno in {errno.EADDRINUSE, errno.EACCES}:
        return PortInUseError(port=where.port, what="relay")
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return relay.RelayOptionError(option="--listen", value=given)
    return error


def _status(call: Call) -> Answer:
    found = relay.status(call.arguments.data)
    held = found.held
    lines = [
        call.t("cli.relay.held", waiting=held.waiting, urgent=held.urgent, arriving=held.arriving),
        call.t("cli.relay.ended", received=held.received, parked=held.parked, conflict=held.conflict),
        call.t("cli.relay.contact", contact=found.contact or "-", laptops=found.laptops),
    ]
    if found.ahead.kept or found.ahead.refused:
        lines.append(call.t("cli.relay.ahead", kept=found.ahead.kept))
    if found.ahead.refused:
        lines.append(call.t("cli.relay.ahead-refused", count=found.ahead.refused, code=found.ahead.code))
    if found.trouble:
        lines.append(explain_code(found.trouble, call.texts, what="relay").text(call.texts.language))
    code = ExitCode.SYNC if found.trouble or held.parked or held.conflict else ExitCode.OK
    return Answer({"status": found.to_json()}, lines, code)
