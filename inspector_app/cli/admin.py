"""`inspector admin …`: people and devices of a centre, what it gives out, what was done."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

from inspector_app.actions.serving import centre, centre_editions, centre_people, centre_registry
from inspector_app.cli.calls import Answer, Call
from sync.protocol import EVERYWHERE

if TYPE_CHECKING:
    from inspector_app.actions.factories.factory_csv import ReadRow
    from sync.server.editions import EditionEntry
    from sync.server.people.users import User

PROJECT = "ตรวจโรงงาน"
REFUSED_SHOWN = 20


# --- people -----------------------------------------------------------------------------------------------------------


def user_add(call: Call) -> Answer:
    given = call.arguments
    user = centre_people.add(
        given.data, given.name, role=given.role, scope=given.scope, issuer=given.issuer, subject=given.subject
    )
    return _user(call, user, "cli.admin.user-added")


def user_list(call: Call) -> Answer:
    found = centre_people.everybody(call.arguments.data)
    lines = [_row(call, user) for user in found]
    return Answer({"users": [dataclasses.asdict(u) for u in found]}, lines or [call.t("cli.admin.no-users")])


def user_change(call: Call) -> Answer:
    given = call.arguments
    user = centre_people.change(given.data, given.user, role=given.role, scope=given.scope or "")
    return _user(call, user, "cli.admin.user-changed")


def user_disable(call: Call) -> Answer:
    return _user(call, centre_people.shut_out(call.arguments.data, call.arguments.user), "cli.admin.user-disabled")


def user_enable(call: Call) -> Answer:
    return _user(call, centre_people.let_in(call.arguments.data, call.arguments.user), "cli.admin.user-enabled")


def _user(call: Call, user: User, said: str) -> Answer:
    return Answer({"user": dataclasses.asdict(user)}, [call.t(said, name=user.name), _row(call, user)])


def _row(call: Call, user: User) -> str:
    state = call.t("cli.admin.disabled" if user.disabled_at else "cli.admin.active")
    return call.t(
        "cli.admin.user-row", id=user.user_id, name=user.name, role=user.role.value, scope=user.scope, state=state
    )


# --- devices ----------------------------------------------------------------------------------------------------------


def device(call: Call) -> Answer:
    """Print a one-time code, bound to a person where one is named."""
    given = call.arguments
    if given.user:
        code = centre_people.code(given.data, given.user)
    else:
        code = centre.device_code(given.data, role=given.role, scope=given.scope or EVERYWHERE)
    return Answer({"code": code}, [call.t("cli.serve.code", code=code)])


def devices(call: Call) -> Answer:
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


def revoke(call: Call) -> Answer:
    gone = centre.revoke(call.arguments.data, call.arguments.device)
    return Answer({"device": dataclasses.asdict(gone)}, [call.t("cli.admin.shut-out", name=gone.name)])


def phone(call: Call) -> Answer:
    """Print the address for ODK Collect, once; with `-o` as the QR code that Collect scans."""
    given = call.arguments
    made = centre_people.phone(given.data, given.user, url=given.url, project=PROJECT)
    lines = [call.t("cli.admin.phone", url=made.url)]
    if given.output is not None:
        centre_people.write_qr(made.settings, given.output)
        lines.append(call.t("cli.admin.qr", file=given.output))
    else:
        lines.append(call.t("cli.admin.qr-text", text=made.settings))
    return Answer({"phone": dataclasses.asdict(made)}, lines)


def log(call: Call) -> Answer:
    """Print what was done at the centre, the newest first."""
    found = centre_people.log(call.arguments.data, limit=call.arguments.limit)
    lines = []
    for entry in found:
        more = {k: v for k, v in entry.items() if k not in {"at", "what"} and v}
        lines.append(f"{entry['at']}  {entry['what']}  {json.dumps(more, ensure_ascii=False)}")
    return Answer({"log": found}, lines)


# --- what is given out ------------------------------------------------------------------------------------------------


def signer(call: Call) -> Answer:
    """Let an author or approver sign the handbook: the file of `inspector checklists key`."""
    given = call.arguments
    key = centre_editions.add_signer(given.data, given.file)
    return Answer({"signer": dataclasses.asdict(key)}, [call.t("cli.admin.signer", name=key.name)])


def publish(call: Call) -> Answer:
    """Give a bundled checklist, or a signed edition (its manifest or folder), to every laptop."""
    given = call.arguments
    manifest = centre_editions.manifest_in(Path(given.checklist))
    if manifest is not None:
        return _edition(call, centre_editions.publish(given.data, manifest), "cli.admin.edition-out")
    pin = centre.publish_checklist(given.data, given.checklist)
    return Answer({"checklist": pin}, [call.t("cli.admin.published", id=pin.form_id, version=pin.version)])


def recall(call: Call) -> Answer:
    """Take an edition back: the file of `inspector checklists recall`."""
    return _edition(call, centre_editions.recall(call.arguments.data, call.arguments.file), "cli.admin.recalled")


def editions(call: Call) -> Answer:
    found = centre_editions.listed(call.arguments.data)
    lines = [_edition_row(call, entry) for entry in found]
    return Answer({"editions": [dataclasses.asdict(e) for e in found]}, lines or [call.t("cli.admin.no-editions")])


def _edition(call: Call, entry: EditionEntry, said: str) -> Answer:
    return Answer(
        {"edition": dataclasses.asdict(entry)}, [call.t(said, edition=entry.edition_id), _edition_row(call, entry)]
    )


def _edition_row(call: Call, entry: EditionEntry) -> str:
    where = ", ".join(entry.provinces) or call.t("cli.admin.everywhere")
    return call.t(
        "cli.admin.edition-row",
        edition=entry.edition_id,
        state=call.t(f"cli.admin.edition-{entry.state}"),
        author=entry.author,
        approver=entry.approver,
        effective=entry.effective_from,
        where=where,
    )


def registry(call: Call) -> Answer:
    """Bring the centre's registry to what a file holds: the difference as rows, a ready-made file when it is due."""
    given = call.arguments
    done = centre_registry.publish(given.data, given.file, new_file=given.new_file, fewer=given.fewer)
    counts = {name: value for name, value in dataclasses.asdict(done).items() if name != "refused"}
    refused = [{"line": r.line, "codes": r.codes, "number": r.number, "name": r.name} for r in done.refused]
    lines = [
        call.t("cli.admin.registry", **counts, refused=len(refused)),
        call.t("cli.admin.registry-file" if done.file_made else "cli.admin.registry-rows", size=done.size),
    ]
    if done.kept:
        lines.append(call.t("cli.admin.registry-kept", count=done.kept))
    lines += [_refused_row(call, row) for row in done.refused[:REFUSED_SHOWN]]
    if len(refused) > REFUSED_SHOWN:
        lines.append(call.t("cli.admin.registry-more", count=len(refused) - REFUSED_SHOWN))
    return Answer({**counts, "refused": len(refused), "refused_rows": refused}, lines)


def _refused_row(call: Call, row: ReadRow) -> str:
    why = ", ".join(call.t(f"cli.import.{code}") for code in row.codes)
    return call.t("cli.admin.registry-refused", line=row.line, number=row.number or "-", name=row.name or "-", why=why)
