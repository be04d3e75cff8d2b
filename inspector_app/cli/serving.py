"""`inspector serve`: the centre as a process."""

from __future__ import annotations

import errno
import json

from checklists.errors import StorageError
from inspector_app import logs
from inspector_app.actions.serving import centre, lifeline
from inspector_app.cli.calls import Answer, Call


class PortInUseError(StorageError):
    """Another program listens on this port; `port` in data."""

    code = "port-in-use"


def serve(call: Call) -> Answer:
    """Run the centre until it is told to stop; prints address and a one-time code when it listens."""
    from sync import server

    given = call.arguments
    if given.lifeline:
        lifeline.watch(lifeline.stop_like_a_person)

    def announce(event: dict[str, object]) -> None:
        if given.json:
            print(json.dumps(event), file=call.out, flush=True)
            return
        call.say(call.t("cli.serve.listening", url=f"http://{event['host']}:{event['port']}"))
        call.say(call.t("cli.serve.code", code=event["code"]))

    handler = logs.configure(given.data / "logs", name="centre.log", formatter=logs.JsonFormatter())
    try:
        with centre.well_set_up():
            server.run(given.data, given.host, given.port, announce=announce)
    except OSError as error:
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise PortInUseError(port=given.port) from error
        raise
    finally:
        logs.stop(handler)
    return Answer({}, ())
