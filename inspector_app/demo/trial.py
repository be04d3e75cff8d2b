"""`make run`: the window on a demo workspace that stays, with a centre of its own on this computer."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from inspector_app import config
from inspector_app.actions.factories import sites
from inspector_app.actions.laptop import workspace
from inspector_app.actions.sending import syncing
from inspector_app.credentials import NoSecretStore
from inspector_app.demo import director
from inspector_app.demo.stage import OFFICER, PASSPHRASE

if TYPE_CHECKING:
    from inspector_app.cli.calls import Call


def run(call: Call) -> int:
    """Make the demo workspace where there is none, start the centre, show the window; prints the passphrase."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(
            number, signal.SIG_DFL
        )  # Qt's loop runs no Python; answers are durable and the centre's lifeline ends
    folder = call.arguments.workspace or config.default_workspace().with_name("demo-workspace")
    call.say(call.t("demo.passphrase", passphrase=PASSPHRASE, folder=folder))
    with director.centre_process(folder.with_name(folder.name + "-centre")) as (port, code):
        _make(call, folder, f"http://127.0.0.1:{port}", code)
        from inspector_app.gui import application

        return application.run(folder, clock=call.clock)


def _make(call: Call, folder: object, url: str, code: str) -> None:
    from pathlib import Path

    place = Path(str(folder))
    if not workspace.exists(place):
        made = workspace.create(
            place,
            officer=OFFICER,
            passphrase=PASSPHRASE,
            clock=call.clock,
            secrets=NoSecretStore(),
        )
        with workspace.open_store(place, made.keys, clock=call.clock) as store:
            sites.import_demo(store)
    keys = workspace.sign_in(place, passphrase=PASSPHRASE, clock=call.clock)
    with workspace.open_store(place, keys, clock=call.clock) as store:
        syncing.register(store, url, code, clock=call.clock)
