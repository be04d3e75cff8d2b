"""`inspector serve` and `inspector admin …`: the centre's side."""

from __future__ import annotations

import dataclasses
import errno
import json

from checklists.errors import StorageError
from inspector_app.actions import centre, lifeline
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

    try:
        server.run(given.data, given.host, given.port, announce=announce)
    except OSError as error:
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise PortInUseError(port=given.port) from error
        raise
    return Answer({}, ())


def admin_device(call: Call) -> Answer:
    from sync import server

    given = call.arguments
    more = {"scope": given.scope} if given.scope else {}
    code = server.make_device_code(given.data, role=given.role, **more)
    return Answer({"code": code}, [call.t("cli.serve.code", code=code)])


def admin_devices(call: Call) -> Answer:
    found = centre.devices(call.arguments.data)
    lines = [
        call.t(
            "cli.admin.device-row",
            id=d.device_id,
            name=d.name,
            role=d.role,
            scope=d.scope,
            state=call.t("cli.admin.revoked" if d.revoked_at else "cli.admin.registered"),
        )
        for d in found
    ]
    return Answer({"devices": [dataclasses.asdict(d) for d in found]}, lines or [call.t("cli.admin.no-devices")])


def admin_publish(call: Call) -> Answer:
    """Give a checklist to every laptop: a bundled one's id, or a file."""
    pin = centre.publish_checklist(call.arguments.data, call.arguments.checklist)
    return Answer({"checklist": pin}, [call.t("cli.admin.published", id=pin.form_id, version=pin.version)])


def admin_registry(call: Call) -> Answer:
    """Offer a registry to every laptop, as one signed file."""
    done = centre.publish_registry(call.arguments.data, call.arguments.file)
    return Answer(dataclasses.asdict(done), [call.t("cli.admin.registry", **dataclasses.asdict(done))])


def admin_revoke(call: Call) -> Answer:
    gone = centre.revoke(call.arguments.data, call.arguments.device)
    return Answer({"device": dataclasses.asdict(gone)}, [call.t("cli.admin.shut-out", name=gone.name)])
