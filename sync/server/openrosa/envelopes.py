"""From a submission to an envelope: the same evaluation as on the laptop, by the checklist's own version.

The officer is the person of the phone, the site is what was typed in the visit's group, the photos are those named in
the XML. `source` says that the centre made the envelope; times of sealing are the centre's.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from checklists import findings, items
from checklists.authoring.catalogue import Catalogue
from checklists.clock import BANGKOK, stamp
from checklists.items import ChecklistOutline
from checklists.model import (
    Attachment,
    AttachmentKind,
    Audience,
    Draft,
    FormPin,
    Officer,
    Site,
    SiteKind,
    Visit,
    VisitKind,
    VisitOutcome,
    to_json,
)
from checklists.sealing import FORMAT
from checklists.session import FormSession
from checklists.xform import FormDefinition
from sync.server.openrosa.submission import Answers, Submission, SubmissionError

SOURCE = "openrosa"
MOST_KEY = 64
"""Characters of a site's number: it is a key wherever the record goes."""
MOST_NUMBER = 1e9


@dataclass(frozen=True, slots=True)
class FileHere:
    """A file of a submission that lies at the centre."""

    name: str
    sha256: str
    size: int
    mime: str


@dataclass(frozen=True, slots=True)
class Sender:
    """The phone and its person. `scope` is a province code."""

    device_id: str
    person_id: str
    person_name: str
    scope: str


class _Then:
    """The clock of a submission: the moment when it first arrived."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        return self._moment

    def monotonic(self) -> float:
        return 0.0


def envelope_of(
    submission: Submission,
    read: Answers,
    *,
    form: tuple[FormPin, FormDefinition],
    sender: Sender,
    files: Sequence[FileHere],
    arrived: datetime,
    base: tuple[str, str] | None,
) -> dict[str, Any]:
    """Return the envelope of a whole submission; `base` is (record_id, revision_id) of what it corrects.

    Raises `SubmissionError` and `InspectorError` for answers that the checklist does not allow: Collect sends none.
    """
    pin, definition = form
    outline, catalogue = _handbook(definition)
    record_id = base[0] if base else submission.instance_id
    said = {answer.path: answer.value for answer in read.answers if not answer.row}
    officer = Officer(sender.person_id, sender.person_name, lead=True)
    visit = _visit(submission, said, record_id=record_id, officer=officer, sender=sender, arrived=arrived)
    attachments = _attachments(read, files, record_id=record_id, outline=outline)
    draft = Draft(pin.form_id, pin.version, pin.sha256, answers=read.answers, rows=read.rows)
    session = FormSession(definition, clock=_Then(arrived), draft=draft)
    result = findings.evaluate(
        session, outline, catalogue, visit=visit, attachments=attachments, signatures_required=False
    )
    envelope: dict[str, Any] = to_json(
        {
            "format": FORMAT,
            "record_id": record_id,
            "revision_id": submission.instance_id,
            "base_revision_id": base[1] if base else None,
            "merges": [],
            "op": "record",
            "reason": "",
            "author": officer,
            "device_id": sender.device_id,
            "device_seq": 0,
            "created_at": stamp(arrived),
            "sealed_at": stamp(arrived),
            "clock": {"offset_ms": None, "notes": []},
            "source": {"kind": SOURCE, "sealed_by": "centre"},
            "form": pin,
            "visit": visit,
            "language": "th",
            "answers": read.answers,
            "rows": read.rows,
            "sections": result.sections,
            "findings": result.findings,
            "measurements": result.measurements,
            "scores": result.scores,
            "overall": result.overall,
            "submission": submission.xml.decode("utf-8"),
            "attachments": attachments,
            "audit": {"seq": 0, "head": ""},
        }
    )
    return envelope


@functools.lru_cache(maxsize=16)
def _handbook(definition: FormDefinition) -> tuple[ChecklistOutline, Catalogue]:
    catalogue = Catalogue.bundled()
    return items.outline(definition, catalogue), catalogue


def _visit(
    submission: Submission,
    said: Mapping[str, str],
    *,
    record_id: str,
    officer: Officer,
    sender: Sender,
    arrived: datetime,
) -> Visit:
    root = next(iter(said), "/data/").split("/")[1]
    given = {name: said.get(f"/{root}/visit/{name}", "").strip() for name in _VISIT}
    number = given["registry_no"]
    if len(number) > MOST_KEY:
        raise SubmissionError(f"registry_no has more than {MOST_KEY} characters")
    site = Site(
        site_id=number or str(uuid.uuid5(uuid.NAMESPACE_URL, submission.instance_id)),
        kind=SiteKind(given["site_kind"]) if given["site_kind"] in set(SiteKind) else SiteKind.FACTORY,
        name_th=given["site_name"],
        registry_no=number,
        type_code=given["factory_type"],
        group=given["factory_group"],
        horsepower=_number(given, "licensed_hp"),
        workers=int(_number(given, "licensed_workers") or 0) or None,
        province_code=sender.scope,
        provisional=not number,
    )
    day = _day(given["visit_date"]) or arrived.astimezone(BANGKOK).date().isoformat()
    kind = VisitKind(given["visit_kind"]) if given["visit_kind"] in set(VisitKind) else VisitKind.OTHER
    visit_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"visit|{record_id}"))
    return Visit(visit_id, site, kind, VisitOutcome.INSPECTED, started_at=f"{day}T00:00:00.000+07:00", team=(officer,))


_VISIT = (
    "visit_date",
    "visit_kind",
    "site_kind",
    "site_name",
    "registry_no",
    "factory_type",
    "factory_group",
    "licensed_hp",
    "licensed_workers",
)


def _number(given: Mapping[str, str], name: str) -> float | None:
    """Read a number of the visit; "" is None. Raises `SubmissionError` for what is none, or beyond all measure."""
    if not given[name]:
        return None
    try:
        found = float(given[name])
    except ValueError as error:
        raise SubmissionError(f"{name} is no number") from error
    if not abs(found) <= MOST_NUMBER:  # also what is no number to Python either: nan
        raise SubmissionError(f"{name} is no number")
    return found


def _day(text: str) -> str:
    """Read a date as Collect writes it, "" where there is none. Raises `SubmissionError`."""
    try:
        return date.fromisoformat(text[:10]).isoformat() if text else ""
    except ValueError as error:
        raise SubmissionError("visit_date is no date") from error


def _attachments(
    read: Answers, files: Sequence[FileHere], *, record_id: str, outline: ChecklistOutline
) -> tuple[Attachment, ...]:
    """Number the files as exhibits; one from the `exhibits` group has its item, caption and the item's audience."""
    here = {file.name: file for file in files}
    beside: dict[str, dict[str, str]] = {}
    for answer in read.answers:
        group, _, name = answer.path.rpartition("/")
        if group.endswith("/exhibits"):
            beside.setdefault(answer.row, {})[name] = answer.value.strip()
    about = {row["exhibit_file"]: row for row in beside.values() if "exhibit_file" in row}
    found = []
    for number, name in enumerate(read.files, 1):
        file, row = here[name], about.get(name, {})
        item = outline.item(row.get("exhibit_item", "").upper())
        found.append(
            Attachment(
                attachment_id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{record_id}|{name}")),
                record_id=record_id,
                kind=AttachmentKind.PHOTO if file.mime.startswith("image/") else AttachmentKind.FILE,
                sha256=file.sha256,
                size=file.size,
                mime=file.mime,
                name=name,
                item_id=item.item_id if item else "",
                exhibit=f"จ.{number}",
                caption=row.get("exhibit_caption", ""),
                audience=Audience(item.audience) if item else Audience.OFFICE,
            )
        )
    return tuple(found)
