"""The parts of a report from the values of a record, one function a part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checklists.findings import FindingEdit
from checklists.model import (
    Attachment,
    AttachmentKind,
    Finding,
    FormPin,
    ItemResult,
    LawRef,
    LimitCopy,
    Measurement,
    Officer,
    Score,
    SectionResult,
    Severity,
    Site,
    SiteKind,
    Verdict,
    Visit,
)
from inspector_app.reports.parts import (
    Action,
    Answer,
    AnswerSection,
    Bar,
    Count,
    Fact,
    FindingPart,
    Gauge,
    Law,
    Photo,
    Remark,
    SeverityCount,
    Tick,
)
from inspector_app.reports.shapes import VERDICTS
from inspector_app.reports.wording import Wording, as_float, certainty_key


@dataclass(frozen=True, slots=True)
class Step:
    """A statutory step of the visit, as the envelope keeps it."""

    kind: str
    at: str
    person: str
    note: str


Numbered = Sequence[tuple[str, Finding]]
_ORDER = {Severity.CRITICAL: 0, Severity.MAJOR: 1, Severity.MINOR: 2}


@dataclass(frozen=True, slots=True)
class Record:
    """An envelope or extract as values, restricted parts already left out."""

    record_id: str
    sealed_at: str
    created_at: str
    reason: str
    author: Officer
    form: FormPin
    visit: Visit
    sections: tuple[SectionResult, ...]
    findings: tuple[Finding, ...]
    measurements: tuple[Measurement, ...]
    overall: str
    attachments: tuple[Attachment, ...]
    signed: str = ""  # digest of the content that signatures must be bound to; '' where it is not known
    scores: tuple[Score, ...] = ()
    edits: tuple[FindingEdit, ...] = ()
    steps: tuple[Step, ...] = ()

    def is_void(self, bound_to: str) -> bool:
        """Tell whether something was signed or read out that the record no longer says."""
        return bool(self.signed and bound_to) and bound_to != self.signed


# --- head -----------------------------------------------------------------------------------------------------------


def office(record: Record, wording: Wording) -> str:
    name = record.author.office or next((o.office for o in record.visit.team if o.office), "")
    return name or wording.t("office-unknown")


def subtitle(record: Record, wording: Wording) -> str:
    parts = [wording.t(f"kind.{record.visit.kind.value}"), wording.words(record.form.title)]
    if record.visit.site.example:
        parts.append(wording.t("example"))
    return " · ".join(p for p in parts if p)


def form_line(form: FormPin, wording: Wording) -> str:
    if not form.form_id:
        return ""
    key = "foot.form" if form.confirmed else "foot.form-draft"
    return wording.t(key, form=form.form_id, version=form.version)


def site_facts(site: Site, wording: Wording) -> tuple[Fact, ...]:
    t = wording.t
    name = (site.name_en or site.name_th) if wording.language == "en" else (site.name_th or site.name_en)
    number = " ".join(filter(None, (site.registry_no, f"({site.old_no})" if site.old_no else "")))
    group = t("site.group", group=site.group) if site.group else ""
    code = t("site.type", code=site.type_code) if site.type_code else ""
    size = [
        t("site.hp", value=wording.quantity(site.horsepower)) if site.horsepower is not None else "",
        t("site.workers", value=site.workers) if site.workers is not None else "",
    ]
    kind = "site.factory" if site.kind in (SiteKind.FACTORY, SiteKind.UNREGISTERED) else "site.other"
    facts = [
        Fact(t(kind), name or t("unknown"), bold=True),
        Fact(t("site.operator"), site.operator if site.operator != name else ""),
        Fact(t("site.number"), number or (t("site.provisional") if site.provisional else "")),
        Fact(t("site.activity"), " ".join(filter(None, (site.activity, group, code)))),
        Fact(t("site.address"), wording.address(site)),
        Fact(t("site.size"), " · ".join(filter(None, size))),
    ]
    return tuple(f for f in facts if f.value)


def visit_facts(record: Record, wording: Wording) -> tuple[Fact, ...]:
    t = wording.t
    visit = record.visit
    officers = [t("visit.lead", name=o.name) if o.lead and len(visit.team) > 1 else o.name for o in visit.team]
    met = [" ".join(filter(None, (p.name, p.position))) for p in visit.met] or _guides(record)
    card = {True: t("visit.card-shown"), False: t("visit.card-not"), None: ""}[visit.card_shown]
    site = visit.site
    position = f"{site.lat:.5f}, {site.lon:.5f}" if site.lat is not None and site.lon is not None else ""
    facts = [
        Fact(t("visit.date"), _visit_time(visit, wording) or t("unknown"), bold=True),
        Fact(t("visit.officers"), "\n".join(filter(None, officers)) or t("unknown")),
        Fact(t("visit.met"), "\n".join(filter(None, met)) or t("visit.nobody")),
        Fact(t("visit.card"), card),
        Fact(t("visit.position"), position),
    ]
    return tuple(f for f in facts if f.value)


def _guides(record: Record) -> list[str]:
    """Return who guided by signing or refusing as such, where nobody was entered as met."""
    signed = [a.signer for a in record.attachments if a.kind is AttachmentKind.SIGNATURE and a.role == "guide"]
    refused = [r.name for r in record.visit.refusals if r.role == "guide"]
    return list(dict.fromkeys(filter(None, (*signed, *refused))))


def _visit_time(visit: Visit, wording: Wording) -> str:
    day, start, end = wording.date(visit.started_at), wording.time(visit.started_at), wording.time(visit.ended_at)
    if start and end and visit.ended_at[:10] == visit.started_at[:10]:
        return f"{day} {wording.t('visit.time', start=start, end=end)}"
    if start:
        return f"{day} {wording.t('visit.time-from', start=start)}"
    return day


# --- result ---------------------------------------------------------------------------------------------------------


def counts(items: Iterable[ItemResult], wording: Wording) -> tuple[Count, ...]:
    found = [item.verdict.value for item in items if item.verdict is not None]
    return tuple(Count(v, wording.t(f"verdict.{v}"), found.count(v)) for v in VERDICTS)


def severities(findings: Iterable[Finding], wording: Wording) -> tuple[SeverityCount, ...]:
    found = [f.severity for f in findings]
    return tuple(SeverityCount(s.value, wording.t(f"severity.{s.value}"), found.count(s)) for s in _ORDER)


def overall_line(items: Sequence[ItemResult], findings: Sequence[Finding], wording: Wording) -> str:
    line = wording.t("overall.line", items=len(items), findings=len(findings))
    lab = sum(1 for item in items if item.verdict is Verdict.LAB)
    return f"{line} · {wording.t('overall.lab', lab=lab)}" if lab else line


def bar(section: SectionResult, wording: Wording) -> Bar:
    return Bar(section.section_id, wording.words(section.title), counts(section.items, wording), len(section.items))


def all_references(record: Record) -> list[LawRef | LimitCopy]:
    """Return every reference and limit that the report shows or rests on."""
    found: list[LawRef | LimitCopy] = []
    for section in record.sections:
        for item in section.items:
            found += item.laws
            found += [item.limit] if item.limit else []
    for finding_ in record.findings:
        found += finding_.laws
        if finding_.measurement and finding_.measurement.limit:
            found.append(finding_.measurement.limit)
    return found


def evidence(record: Record, wording: Wording) -> tuple[Fact, ...]:
    kinds = [a.kind for a in record.attachments]
    drawn = [a for a in record.attachments if a.kind is AttachmentKind.SIGNATURE]
    void = sum(1 for a in drawn if record.is_void(a.bound_to))
    signed = wording.t("evidence.void", number=len(drawn), void=void) if void else str(len(drawn))
    laws = {law.law_id: certainty_key(law.certainty) for law in all_references(record) if isinstance(law, LawRef)}
    sure = [str(list(laws.values()).count(key)) for key in "abc"]
    return (
        Fact(wording.t("evidence.photos"), str(kinds.count(AttachmentKind.PHOTO))),
        Fact(wording.t("evidence.measured"), str(len(record.measurements))),
        Fact(wording.t("evidence.laws"), " / ".join(sure)),
        Fact(wording.t("evidence.signatures"), signed),
    )


# --- findings -------------------------------------------------------------------------------------------------------


def number_findings(findings: Iterable[Finding]) -> Numbered:
    """Return the findings by severity, then in the order of the checklist, with their numbers F1, F2 …"""
    ordered = sorted(findings, key=lambda f: _ORDER[f.severity])
    return [(f"F{n}", f) for n, f in enumerate(ordered, start=1)]


def due(finding_: Finding, wording: Wording) -> str:
    t = wording.t
    if finding_.due_days == 0:
        return t("due.now")
    if finding_.due_date and finding_.due_days:
        return t("due.date-days", date=wording.date(finding_.due_date), days=finding_.due_days)
    if finding_.due_date:
        return wording.date(finding_.due_date)
    return t("due.days", days=finding_.due_days) if finding_.due_days else t("due.none")


def actions(numbered: Numbered, wording: Wording) -> tuple[Action, ...]:
    def key(entry: tuple[str, Finding]) -> tuple[str, int]:
        number, f = entry
        return ("" if f.due_days == 0 else f.due_date or "9999", int(number[1:]))

    return tuple(
        Action(
            number,
            wording.words(f.title),
            wording.words(f.proposal),
            wording.t("due.now") if f.due_days == 0 else (wording.date(f.due_date) or due(f, wording)),
            f.severity.value,
        )
        for number, f in sorted(numbered, key=key)
    )


def finding(number: str, found: Finding, record: Record, photos: Photos, wording: Wording) -> FindingPart:
    measured = found.measurement
    items = {i.item_id: i for s in record.sections for i in s.items}
    item = items.get(found.item_id)
    return FindingPart(
        number=number,
        severity=found.severity.value,
        severity_label=wording.t(f"severity.{found.severity.value}"),
        title=wording.words(found.title),
        item=shown_id(found.item_id),
        fact=found.fact or (item.note if item else ""),
        laws=tuple(law(ref, wording) for ref in found.laws),
        gauge=gauge(measured, wording) if measured else None,
        measured=measured_words(measured, wording) if measured else "",
        proposal=wording.words(found.proposal),
        due=due(found, wording),
        photos=photos.of_finding(found),
    )


def law(ref: LawRef, wording: Wording) -> Law:
    key = certainty_key(ref.certainty)
    title = " ".join(filter(None, (wording.words(ref.title) or ref.law_id, ref.clause)))
    return Law(title, key, wording.t(f"certainty.{key}"))


def measured_words(measured: Measurement, wording: Wording) -> str:
    """Return `84 ซม. (ไม่น้อยกว่า 110 ซม. ขาด 26 ซม.)`."""
    shown = wording.quantity(measured.value, measured.unit)
    if not measured.limit:
        return shown
    inside = " · ".join(
        filter(None, (wording.limit(measured.limit), _distance(measured.value, measured.limit, wording)))
    )
    return f"{shown} ({inside})" if inside else shown


def _distance(value: str, limit: LimitCopy, wording: Wording) -> str:
    number = as_float(value)
    return wording.distance(number, limit) if number is not None else ""


def gauge(measured: Measurement, wording: Wording) -> Gauge | None:
    """Return the picture of a value against its limit, where both are plain numbers."""
    value, limit = as_float(measured.value), measured.limit
    if value is None or limit is None or limit.operator not in ("", "between", "below"):
        return None
    if limit.minimum is None and limit.maximum is None:
        return None
    ticks = []
    if limit.minimum is not None and limit.maximum is not None:
        ticks = [
            Tick(limit.minimum, wording.quantity(limit.minimum)),
            Tick(limit.maximum, wording.quantity(limit.maximum)),
        ]
    else:
        at = limit.minimum if limit.minimum is not None else limit.maximum
        ticks = [Tick(at or 0.0, wording.limit(limit))]
    label = " · ".join(filter(None, (wording.quantity(measured.value, measured.unit), wording.distance(value, limit))))
    if measured.unit == "pH":
        label = f"pH {label}"
    return Gauge(value, label, tuple(ticks), limit.minimum, limit.maximum, wording.words(limit.formula))


# --- answers --------------------------------------------------------------------------------------------------------


def shown_id(item_id: str) -> str:
    """Return an item's id as people know it: an item in a repeat carries its row's id after an `@`."""
    return item_id.partition("@")[0]


def answer_section(section: SectionResult, numbered: Numbered, wording: Wording) -> AnswerSection:
    summary = " · ".join(f"{c.label} {c.number}" for c in counts(section.items, wording) if c.number)
    answers = tuple(answer(item, numbered, wording) for item in section.items)
    return AnswerSection(section.section_id, wording.words(section.title), summary, answers)


def answer(item: ItemResult, numbered: Numbered, wording: Wording) -> Answer:
    verdict = item.verdict.value if item.verdict else ""
    key = f"verdict.{verdict}" if verdict else ("verdict.fact" if item.answered else "verdict.none")
    mine = [(number, f) for number, f in numbered if f.item_id == item.item_id]
    return Answer(
        number=shown_id(item.item_id) or item.number,
        title=wording.words(item.title),
        verdict=verdict,
        verdict_label=wording.t(key),
        remarks=tuple(_remarks(item, mine, wording)),
    )


def _remarks(item: ItemResult, mine: Numbered, wording: Wording) -> Iterable[Remark]:
    yield from _value_remarks(item, wording)
    for field_ in item.fields:
        shown = wording.words(field_.shown) or wording.quantity(field_.value, field_.unit)
        if field_.value:
            yield Remark("field", f"{wording.words(field_.label)}: {shown}")
    if item.reason:
        yield Remark("reason", item.reason)
    if item.note and not any(item.note in f.fact for _, f in mine):
        yield Remark("note", item.note)
    if item.exhibits:
        yield Remark("photo", wording.t("remark.photos", numbers=", ".join(item.exhibits)))
    if mine:
        yield Remark("finding", wording.t("remark.finding", number=", ".join(number for number, _ in mine)))


def _value_remarks(item: ItemResult, wording: Wording) -> Iterable[Remark]:
    shown = wording.words(item.shown)
    if item.verdict and shown == wording.t(f"verdict.{item.verdict.value}"):
        return  # the verdict itself, or a skip word: it stands in its own column
    if not shown and item.value and item.kind not in ("verdict", "signature"):
        shown = wording.quantity(item.value, item.unit)
    limit = wording.limit(item.limit) if item.limit else ""
    if not shown:
        return
    if limit and item.limit:
        inside = " · ".join(filter(None, (limit, _distance(item.value, item.limit, wording))))
        letter = wording.certainty_letter(item.limit.certainty)
        yield Remark("value", f"{shown} ({inside})", letter)
    else:
        yield Remark("value", shown)


# --- photos ---------------------------------------------------------------------------------------------------------


class Photos:
    """Gives each photo out once: to its finding, and what remains to the photo pages."""

    def __init__(self, attachments: Iterable[Attachment], wording: Wording) -> None:
        self._wording = wording
        self._all = [a for a in attachments if a.kind is AttachmentKind.PHOTO]
        self._shown: set[str] = set()

    def of_finding(self, found: Finding) -> tuple[Photo, ...]:
        mine = [a for a in self._all if a.exhibit and a.exhibit in found.exhibits]
        mine = mine or [a for a in self._all if a.item_id and a.item_id == found.item_id]
        fresh = [a for a in mine if a.attachment_id not in self._shown]
        self._shown.update(a.attachment_id for a in fresh)
        return tuple(self._photo(a, of_finding=True) for a in fresh)

    def remaining(self) -> tuple[Photo, ...]:
        return tuple(self._photo(a) for a in self._all if a.attachment_id not in self._shown)

    def _photo(self, one: Attachment, *, of_finding: bool = False) -> Photo:
        when = self._wording.moment(one.taken_at or one.added_at)
        place = f"{one.lat:.4f}, {one.lon:.4f}" if one.lat is not None and one.lon is not None else ""
        short = one.sha256[:8].upper()
        detail = " · ".join(filter(None, (when, short) if of_finding else (shown_id(one.item_id), when, place, short)))
        label = self._wording.t("photo.no", exhibit=one.exhibit or one.name)
        return Photo(one.sha256, label, one.caption, detail, one.mime)
