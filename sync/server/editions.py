"""Signed editions of checklists at the centre: given out, piloted, recalled.

Author and approver sign on their own laptops; the centre keeps their public keys only. It vouches for these keys with
its own, so that laptops believe an edition on whatever way it came. What is given out is a row of the feed's forms: the
pin, the edition with both signatures, both vouchers, and a recall once there is one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, update

from checklists.authoring import publishing as signing
from checklists.authoring.publishing import Edition, EditionError, Recall
from checklists.clock import stamp
from checklists.crypto import signature_is_good
from checklists.errors import NotFoundError
from checklists.model import FormPin
from sync.protocol import Voucher
from sync.server import publishing
from sync.server.centre import Centre
from sync.server.database import tables, trail
from sync.server.database.upsert import insert_new

PUBLISHED, RECALLED = "published", "recalled"


@dataclass(frozen=True, slots=True)
class EditionEntry:
    """An edition as its keepers see it; `state` is published or recalled."""

    edition_id: str
    state: str
    author: str
    approver: str
    document: str
    effective_from: str
    provinces: tuple[str, ...]


def add_signer(centre: Centre, key_id: str, public_key: bytes, name: str) -> None:
    """Let a person sign the handbook: author or approver, as each edition says."""
    now = stamp(centre.config.clock.now())
    row = {"key_id": key_id, "public_key": public_key.hex(), "name": name, "added_at": now}

    def step(connection: Connection) -> None:
        insert_new(connection, tables.signers, row)
        trail.note(connection, now, "", "signer-added", key_id=key_id, name=name)

    centre.storage.write(step)


def publish(centre: Centre, pin: FormPin, xml: bytes, manifest: Edition) -> EditionEntry:
    """Give an edition to the laptops. Raises `EditionError` for one that they would refuse, or that changed."""
    signing.check(
        manifest,
        xml,
        trusted={signer.key_id: bytes.fromhex(signer.public_key) for signer in _signers(centre).values()},
        on=manifest.effective_from,
        province=next(iter(manifest.provinces), ""),
    )
    if (pin.form_id, pin.version) != (manifest.entry_id, manifest.version):
        raise EditionError(kind="changed", file=manifest.file)
    publishing.keep_form(centre, pin, xml)
    edition_id, now = f"{pin.form_id}@{pin.version}", stamp(centre.config.clock.now())
    row = {
        "edition_id": edition_id,
        "pin": json.dumps(pin.to_json(), ensure_ascii=False),
        "manifest": json.dumps(manifest.to_json(), ensure_ascii=False),
        "recall": "",
        "state": PUBLISHED,
        "size": len(xml),
        "changed_at": now,
    }

    def step(connection: Connection) -> bool:
        insert_new(connection, tables.editions, row)
        kept = _row(connection, edition_id)
        if kept is None or kept.manifest != row["manifest"]:
            return False
        trail.note(connection, now, "", "edition-published", edition_id=edition_id, author=manifest.author)
        return True

    if not centre.storage.write(step):
        raise EditionError(kind="changed", file=manifest.file)  # a version that was given out never changes
    return _give_out(centre, edition_id)


def recall(centre: Centre, told: Recall) -> EditionEntry:
    """Take an edition back: laptops begin nothing on it any more. Raises `EditionError`, `NotFoundError`."""
    edition_id, signers = f"{told.entry_id}@{told.version}", _signers(centre)
    _found(centre, edition_id)
    if told.key_id not in signers:
        raise EditionError(kind="unknown-signer", file=edition_id, name=told.name)
    if not signature_is_good(bytes.fromhex(signers[told.key_id].public_key), bytes.fromhex(told.value), told.message):
        raise EditionError(kind="forged", file=edition_id, name=told.name)
    now = stamp(centre.config.clock.now())
    values = {"recall": json.dumps(told.to_json(), ensure_ascii=False), "state": RECALLED, "changed_at": now}

    def step(connection: Connection) -> None:
        where = tables.editions.c.edition_id == edition_id
        connection.execute(update(tables.editions).where(where).values(values))
        trail.note(connection, now, "", "edition-recalled", edition_id=edition_id, name=told.name)

    centre.storage.write(step)
    return _give_out(centre, edition_id)


def listed(centre: Centre) -> tuple[EditionEntry, ...]:
    """Return every edition, by id."""
    query = select(tables.editions).order_by(tables.editions.c.edition_id)
    return tuple(_entry(row) for row in centre.storage.read(lambda c: c.execute(query).all()))


def _give_out(centre: Centre, edition_id: str) -> EditionEntry:
    """Write the feed's row of an edition; harmless twice."""
    row, signers = _found(centre, edition_id), _signers(centre)
    manifest = json.loads(row.manifest)
    told = json.loads(row.recall) if row.recall else None
    keys = {s["key_id"] for s in manifest["signatures"]} | ({told["key_id"]} if told else set())
    body = {
        **json.loads(row.pin),
        "size": row.size,
        "edition": manifest,
        "signers": [signers[key_id].signed(centre.key).to_json() for key_id in sorted(keys)],
    }
    publishing.put_form_row(centre, FormPin.from_json(body), {**body, "recall": told} if told else body)
    return _entry(row)


def _signers(centre: Centre) -> Mapping[str, Voucher]:
    columns = (tables.signers.c.key_id, tables.signers.c.public_key, tables.signers.c.name)
    rows = centre.storage.read(lambda c: c.execute(select(*columns)).all())
    return {row.key_id: Voucher(row.key_id, row.public_key, row.name) for row in rows}


def _row(connection: Connection, edition_id: str) -> Row[Any] | None:
    return connection.execute(select(tables.editions).where(tables.editions.c.edition_id == edition_id)).one_or_none()


def _found(centre: Centre, edition_id: str) -> Row[Any]:
    row = centre.storage.read(lambda c: _row(c, edition_id))
    if row is None:
        raise NotFoundError(kind="edition", key=edition_id)
    return row


def _entry(row: Row[Any]) -> EditionEntry:
    manifest = Edition.from_json(json.loads(row.manifest))
    named = (manifest.author, manifest.approver, manifest.document, manifest.effective_from, manifest.provinces)
    return EditionEntry(row.edition_id, row.state, *named)
