"""Who can sign in: `inspector person add|list|remove|…`, `passphrase`, `recover`, `recovery new`, `erase`."""

from __future__ import annotations

import sys
from pathlib import Path

from checklists.model import Officer, RecordState
from inspector_app.actions.laptop import people, workspace
from inspector_app.cli.calls import Answer, Call, NoPassphraseError
from inspector_app.cli.parser import UsageError


def add(call: Call) -> Answer:
    """Let another person sign in on this laptop; they give their own passphrase."""
    given = call.arguments
    keys = workspace.sign_in(call.workspace, passphrase=call.passphrase(), clock=call.clock)
    with workspace.open_store(call.workspace, keys, clock=call.clock) as store:
        made = people.add(call.workspace, keys, name=given.name, passphrase=_new(call))
        who = Officer(made.person_id, made.name, position=given.position, office=given.office, card_no=given.card)
        workspace.set_officer(store, who)
    return Answer({"person": made}, [call.t("cli.person.added", name=made.name, id=made.person_id)])


def show_list(call: Call) -> Answer:
    """List who can sign in; needs no passphrase, as the sign-in window does."""
    workspace.check(call.workspace)
    everybody = workspace.people(call.workspace)
    return Answer({"people": everybody}, [call.t("cli.person.row", name=p.name, id=p.person_id) for p in everybody])


def remove(call: Call) -> Answer:
    """Take a person's way in away; what they inspected stays."""
    keys = workspace.sign_in(call.workspace, passphrase=call.passphrase(), clock=call.clock)
    with workspace.open_store(call.workspace, keys, clock=call.clock) as store:
        gone = people.remove(call.workspace, keys, call.arguments.person)
        store.audit.note("person-removed", "person", gone.person_id, {"by": keys.person_id})
    return Answer({"person": gone}, [call.t("cli.person.removed", name=gone.name)])


def new_recovery_key(call: Call) -> Answer:
    """Replace the recovery key; the new one is in the answer, this once, and the old one opens nothing more."""
    keys = workspace.sign_in(call.workspace, passphrase=call.passphrase(), clock=call.clock)
    with workspace.open_store(call.workspace, keys, clock=call.clock) as store:
        key = people.new_recovery_key(call.workspace, keys)
        store.audit.note("recovery-key", "workspace", keys.workspace_id, {"by": keys.person_id})
    return Answer({"recovery_key": key}, [call.t("cli.recovery.new", key=key)])


def erase(call: Call) -> Answer:
    """Crypto-erase: nothing of this workspace can be read ever again. The folder's name must be given to confirm."""
    folder = call.workspace
    if call.arguments.confirm != folder.name:
        raise UsageError(detail=f"erase: --confirm {folder.name}")
    keys = workspace.sign_in(folder, passphrase=call.passphrase(), clock=call.clock)
    with workspace.open_store(folder, keys, clock=call.clock) as store:
        waiting = len(store.outbox.pending()) + store.records.count([RecordState.DRAFT])
    people.erase(folder, keys, waiting=waiting, unsent_too=call.arguments.unsent_too)
    return Answer({"erased": str(folder)}, [call.t("cli.erase.done", folder=folder)])


def change(call: Call) -> Answer:
    keys = workspace.sign_in(call.workspace, passphrase=call.passphrase(), clock=call.clock)
    people.change_passphrase(call.workspace, keys, _new(call))
    return Answer({"person_id": keys.person_id}, [call.t("cli.passphrase.changed", name=keys.person_name)])


def recover(call: Call) -> Answer:
    """Replace a forgotten passphrase by the recovery key."""
    given = call.arguments
    key = _secret(call, given.recovery_key_file, "cli.ask.recovery-key")
    who = people.recover(call.workspace, key.strip(), _new(call), person_id=given.person or "")
    return Answer({"person": who}, [call.t("cli.passphrase.changed", name=who.name)])


def _new(call: Call) -> str:
    return _secret(call, call.arguments.new_passphrase_file, "cli.ask.new-passphrase")


def _secret(call: Call, file: Path | None, prompt: str) -> str:
    """Return a secret from its file, or ask; never from the command line, where others could read it."""
    if file is not None:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    if not sys.stdin.isatty():
        raise NoPassphraseError
    return call.ask(call.t(prompt))
