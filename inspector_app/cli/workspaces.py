"""`inspector init`."""

from __future__ import annotations

import sys

from checklists.model import Officer
from checklists.store import cloud_folder
from inspector_app.actions.factories import sites
from inspector_app.actions.laptop import workspace
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.parser import UsageError
from inspector_app.credentials import NoSecretStore, SystemSecretStore


def init(call: Call) -> Answer:
    """Make a workspace; the recovery key is in the answer, this once."""
    who = _officer(call)
    secrets = NoSecretStore() if call.arguments.no_device_secret else SystemSecretStore()
    created = workspace.create(
        call.workspace,
        officer=who,
        passphrase=call.passphrase(prompt="cli.ask.new-passphrase"),
        clock=call.clock,
        secrets=secrets,
    )
    lines = [
        call.t("cli.init.done", folder=created.folder),
        call.t("cli.init.recovery", key=created.recovery_key),
        call.t("cli.init.secret" if created.bound_to_device else "cli.init.no-secret"),
    ]
    if service := cloud_folder(created.folder):
        lines.append(call.t("cli.check.place.bad", service=service))
    data = {
        "cloud": service,
        "workspace": str(created.folder),
        "workspace_id": created.keys.workspace_id,
        "person_id": who.person_id,
        "recovery_key": created.recovery_key,
        "bound_to_device": created.bound_to_device,
    }
    if call.arguments.demo_data:
        with workspace.open_store(created.folder, created.keys, clock=call.clock) as store:
            done = sites.import_demo(store)
        data["factories"] = done.count
    return Answer(data, lines)


def _officer(call: Call) -> Officer:
    given = call.arguments
    name = given.name or (input(call.t("cli.ask.name")) if sys.stdin.isatty() else "")
    if not name.strip():
        raise UsageError(detail="init: --name")
    return Officer(
        call.ids.new(), name.strip(), position=given.position, office=given.office, card_no=given.card, lead=True
    )
