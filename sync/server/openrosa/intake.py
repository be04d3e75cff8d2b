"""Taking a submission in, in as many posts as the phone likes, and filing it when it is whole.

The XML comes with every post, byte for byte the same; files are kept under the names that the XML gives them. The
envelope is made once, when the last file is there, and kept until it is filed, so that eight equal posts at once, and a
crash between two steps, end in the same record. The last post of a phone that lacks a file is refused by name: nobody
is told "sent" while the centre has half of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import Connection, Row, select, update

from checklists.clock import Clock, stamp
from checklists.crypto import DeviceKey
from checklists.errors import InspectorError
from checklists.model import FormPin
from checklists.sealing import seal, wire_line
from checklists.xform import FormDefinition
from sync.protocol import RevisionState, Role
from sync.server.database import tables, trail
from sync.server.database.storage import Storage
from sync.server.database.upsert import checked, insert_new
from sync.server.files.blobs import BlobFolder
from sync.server.intake.records import Records
from sync.server.intake.rows import sealed_of
from sync.server.openrosa import app_users
from sync.server.openrosa.envelopes import FileHere, Sender, envelope_of
from sync.server.openrosa.forms import Forms
from sync.server.openrosa.submission import Answers, Submission, SubmissionError, read, read_answers
from sync.server.openrosa.words import words
from sync.server.people.auth import Caller
from sync.server.people.users import find_user

PIECE = 256 * 1024


class RefusedSubmissionError(Exception):
    """Ends a post with a status and words for whoever holds the phone."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Part:
    """A file of one post."""

    name: str
    mime: str
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a post; `receipt_id` is "" while files are missing."""

    instance_id: str
    message: str
    receipt_id: str = ""


@dataclass(frozen=True, slots=True)
class Intake:
    """The parts of the centre that a submission passes through; `key` is the centre's own."""

    storage: Storage
    blobs: BlobFolder
    records: Records
    forms: Forms
    key: DeviceKey
    clock: Clock


def take(here: Intake, caller: Caller, xml: bytes, parts: Sequence[Part], *, more_follows: bool) -> Taken:
    """Take one post in. Raises `RefusedSubmissionError`."""
    try:
        submission = read(xml)
        xml.decode("utf-8")
    except (SubmissionError, UnicodeDecodeError) as error:
        raise RefusedSubmissionError(400, words("phone.no-submission", detail=error)) from error
    found = here.forms.find(submission.form_id, submission.version)
    if found is None:
        raise RefusedSubmissionError(404, words("phone.no-form", form=submission.form_id, version=submission.version))
    pin, kept = found
    if _arrived_signed(here, submission):
        return Taken(submission.instance_id, words("phone.already-signed"))
    staged = _stage(here, caller, submission)
    if staged.filed_at:
        return Taken(submission.instance_id, words("phone.already"))
    try:
        answers = read_answers(submission, kept.definition)
    except SubmissionError as error:
        raise RefusedSubmissionError(422, words("phone.not-allowed", detail=error)) from error
    dropped = _keep_files(here, staged, answers, parts)
    files = _files_here(here, staged)
    missing = [name for name in answers.files if name not in files]
    if missing and not more_follows:
        raise RefusedSubmissionError(422, words("phone.missing", names=", ".join(missing)))
    if missing:
        return Taken(
            submission.instance_id, words("phone.part", here=len(answers.files) - len(missing), all=len(answers.files))
        )
    receipt_id = _file(here, submission, answers, form=(pin, kept.definition), files=files)
    told = words("phone.dropped", names=", ".join(dropped)) if dropped else words("phone.received")
    return Taken(submission.instance_id, told, receipt_id)


# --- staging ----------------------------------------------------------------------------------------------------------


def _arrived_signed(here: Intake, submission: Submission) -> bool:
    """Say whether a laptop has sent this very submission with its own signature: that record stands."""
    revision_id = submission.instance_id.partition(":")[2]
    query = select(tables.revisions).where(tables.revisions.c.revision_id == revision_id)
    row = here.storage.read(lambda c: c.execute(query).first())
    if row is None or row.seq is None:
        return False
    return str(json.loads(sealed_of(row).envelope)["submission"]).encode() == submission.xml


def _stage(here: Intake, caller: Caller, submission: Submission) -> Row[Any]:
    """Note a submission by its first post; another with the same id is refused."""
    table, sha256 = tables.openrosa_submissions, hashlib.sha256(submission.xml).hexdigest()
    row = {
        "instance_id": submission.instance_id,
        "device_id": caller.device_id,
        "scope": caller.scope,
        "form_id": submission.form_id,
        "form_version": submission.version,
        "base_id": submission.deprecated_id,
        "sha256": sha256,
        "arrived_at": stamp(here.clock.now()),
    }

    def step(connection: Connection) -> Row[Any]:
        if submission.deprecated_id and _base_of(connection, submission.deprecated_id, caller.scope) is None:
            raise RefusedSubmissionError(404, words("phone.no-base"))
        insert_new(connection, table, row)
        return connection.execute(select(table).where(table.c.instance_id == submission.instance_id)).one()

    staged = here.storage.write(step)
    if staged.sha256 != sha256 or staged.scope != caller.scope:
        raise RefusedSubmissionError(409, words("phone.other-xml"))
    return staged


def _base_of(connection: Connection, revision_id: str, scope: str) -> tuple[str, str] | None:
    """Return (record_id, revision_id) of a whole revision of the scope."""
    rev = tables.revisions
    found = connection.execute(
        select(rev.c.record_id, rev.c.revision_id)
        .where((rev.c.revision_id == revision_id) & (checked(rev.c.scope) == scope))
        .where(rev.c.state != RevisionState.PENDING.value)
    ).first()
    return None if found is None else (found.record_id, found.revision_id)


def _keep_files(here: Intake, staged: Row[Any], answers: Answers, parts: Sequence[Part]) -> list[str]:
    """Store the files that the XML names; return the names of those that it does not."""
    dropped = [part.name for part in parts if part.name not in answers.files]
    for part in parts:
        if part.name in answers.files:
            _note_file(here, staged, _store(here, staged, part))
    return dropped


def _store(here: Intake, staged: Row[Any], part: Part) -> FileHere:
    """Write a file durably under its hash; a place of its own for each post, because two may come at once."""
    digest, size = hashlib.sha256(), 0
    while piece := part.file.read(PIECE):
        digest.update(piece)
        size += len(piece)
    sha256, place = digest.hexdigest(), f"{staged.device_id}#{uuid.uuid4()}"
    if not here.records.has_blob(staged.scope, sha256):
        try:
            _copy(here.blobs, place, sha256, part.file)
        finally:
            here.blobs.discard(place, sha256)
            with contextlib.suppress(OSError):
                here.blobs.part(place, sha256).parent.rmdir()  # each post has a folder of its own
        here.records.add_blob(staged.scope, sha256, size)
    return FileHere(part.name, sha256, size, part.mime)


def _copy(blobs: BlobFolder, place: str, sha256: str, file: BinaryIO) -> None:
    file.seek(0)
    with blobs.open_part(place, sha256) as out:
        while piece := file.read(PIECE):
            out.write(piece)
        os.fsync(out.fileno())
    if not blobs.keep(place, sha256):
        raise RefusedSubmissionError(500, words("phone.unread"))


def _note_file(here: Intake, staged: Row[Any], file: FileHere) -> None:
    table = tables.openrosa_files
    row = {"instance_id": staged.instance_id, **{n: getattr(file, n) for n in FileHere.__slots__}}

    def step(connection: Connection) -> str:
        insert_new(connection, table, row)
        where = (table.c.instance_id == staged.instance_id) & (table.c.name == file.name)
        return str(connection.execute(select(table.c.sha256).where(where)).scalar_one())

    if here.storage.write(step) != file.sha256:
        raise RefusedSubmissionError(409, words("phone.other-file", name=file.name))


def _files_here(here: Intake, staged: Row[Any]) -> Mapping[str, FileHere]:
    """Return the files by name; a correction keeps those of its base that it names again."""

    def step(connection: Connection) -> dict[str, FileHere]:
        old, new = tables.revision_blobs, tables.openrosa_files
        base = select(old.c.name, old.c.sha256, old.c.size, old.c.mime).where(old.c.revision_id == staged.base_id)
        own = select(new.c.name, new.c.sha256, new.c.size, new.c.mime).where(new.c.instance_id == staged.instance_id)
        found = {r.name: FileHere(*r) for r in connection.execute(base)} if staged.base_id else {}
        return {**found, **{r.name: FileHere(*r) for r in connection.execute(own)}}

    return here.storage.read(step)


# --- filing -----------------------------------------------------------------------------------------------------------


def _file(
    here: Intake,
    submission: Submission,
    answers: Answers,
    *,
    form: tuple[FormPin, FormDefinition],
    files: Mapping[str, FileHere],
) -> str:
    """Seal what is whole and file it like any line. Returns the receipt's id."""
    line, phone = _sealed_line(here, submission, answers, form=form, files=files)
    (result,) = here.records.file_lines(phone, [line.encode()], lambda _sha256: 0)
    if result.receipt is None:
        detail = f"{result.code} {result.detail}".strip()
        raise RefusedSubmissionError(409 if result.status == 409 else 422, words("phone.refused", detail=detail))
    table, receipt_id = tables.openrosa_submissions, str(result.receipt["receipt_id"])

    def step(connection: Connection) -> None:
        where = (table.c.instance_id == submission.instance_id) & (table.c.filed_at == "")
        now = stamp(here.clock.now())
        if connection.execute(update(table).where(where).values(filed_at=now, line="")).rowcount:
            told = {"instance_id": submission.instance_id, "form_id": submission.form_id, "code": result.code}
            trail.note(connection, now, phone.device_id, "openrosa-filed", **told)

    here.storage.write(step)
    return receipt_id


def _sealed_line(
    here: Intake,
    submission: Submission,
    answers: Answers,
    *,
    form: tuple[FormPin, FormDefinition],
    files: Mapping[str, FileHere],
) -> tuple[str, Caller]:
    """Return the wire line of a whole submission, the first that was made for whoever comes second, and its phone."""
    table, where = tables.openrosa_submissions, tables.openrosa_submissions.c.instance_id == submission.instance_id
    staged, sender, base = here.storage.read(lambda c: _origin(c, submission.instance_id))
    caller = Caller(sender.device_id, sender.person_id, Role.INSPECTOR, sender.scope)
    if staged.line:
        return str(staged.line), caller
    key = app_users.key_of(here.key, staged.device_id)
    try:
        envelope = envelope_of(
            submission,
            answers,
            form=form,
            sender=sender,
            files=list(files.values()),
            arrived=datetime.fromisoformat(staged.arrived_at),
            base=base,
        )
        made = wire_line(seal(envelope, key))
    except (SubmissionError, InspectorError) as error:
        raise RefusedSubmissionError(422, words("phone.not-allowed", detail=error)) from error

    def keep(connection: Connection) -> str:
        app_users.note_key(connection, staged.device_id, key, staged.arrived_at)
        connection.execute(update(table).where(where & (table.c.line == "")).values(line=made))
        return str(connection.execute(select(table.c.line).where(where)).scalar_one())

    return here.storage.write(keep) or made, caller


def _origin(connection: Connection, instance_id: str) -> tuple[Row[Any], Sender, tuple[str, str] | None]:
    """Return a submission's row, whose phone sent it first, and the revision that it corrects."""
    table, devices = tables.openrosa_submissions, tables.devices
    staged = connection.execute(select(table).where(table.c.instance_id == instance_id)).one()
    device = connection.execute(select(devices).where(devices.c.device_id == staged.device_id)).one()
    person = find_user(connection, device.person_id)
    sender = Sender(staged.device_id, device.person_id, person.name if person else device.name, staged.scope)
    base = _base_of(connection, staged.base_id, staged.scope) if staged.base_id else None
    return staged, sender, base
