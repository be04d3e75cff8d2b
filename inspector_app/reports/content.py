"""A sealed record, or a draft, as the content of a report: pure, in one language, for one audience.

The factory's copy is composed from the factory extract alone (`sealing.extract_for_factory`), so what is not in the
extract cannot reach the page. The office copy leaves out restricted parts. Nothing here draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, cast

from checklists.errors import SealError
from checklists.findings import FindingEdit, recorded_digest
from checklists.model import (
    Attachment,
    Audience,
    Certainty,
    FormPin,
    InspectionResult,
    Officer,
    Overall,
    Score,
    SectionResult,
    SiteKind,
    Visit,
    to_json,
)
from checklists.model import Finding as ModelFinding
from checklists.model import Measurement as ModelMeasurement
from checklists.numbers import PERSON_DIGITS, mask_in_text
from checklists.sealing import Receipt, Sealed, canonical, digest, extract_for_factory
from inspector_app.reports import compose, extras
from inspector_app.reports.codes import qr_text, record_code
from inspector_app.reports.parts import Embedded, Fact, ReportContent
from inspector_app.reports.reading import lenient, lenient_list
from inspector_app.reports.wording import Wording

OFFICE, FACTORY = "office", "factory"
_NO_FORM = FormPin("", "", "")


@dataclass(frozen=True, slots=True)
class _Seal:
    """What is known of the sealed bytes; all empty for a draft."""

    digest: str = ""
    extract_digest: str = ""
    attached: bytes = b""
    signature: Mapping[str, str] | None = None
    receipt: Receipt | None = None
    withheld: bool = False  # restricted parts exist, so the sealed bytes are not attached
    signed: str = ""  # digest of the content that signatures must be bound to


def from_envelope(
    envelope: Mapping[str, Any],
    *,
    copy: str,
    language: str | None = None,
    sealed: Sealed | None = None,
    receipt: Receipt | None = None,
) -> ReportContent:
    """Return the content of a sealed record's report.

    `copy` is `office` or `factory`. The digest is that of the envelope's canonical bytes, which is the digest it was
    sealed with. `language` defaults to the record's own. With `sealed` and `receipt` the office copy also carries the
    device's signature and the centre's receipt as attached files, so that `verify` can check them.
    """
    members = to_json(envelope)
    extract = _extract(members)
    seal = replace(_seal(members, extract, copy, sealed, receipt), signed=_signed_digest(members))
    return _compose(extract if copy == FACTORY else members, copy=copy, language=language, seal=seal)


def from_extract(
    extract: Mapping[str, Any], *, record_digest: str, language: str | None = None, signed: str = ""
) -> ReportContent:
    """Return the factory copy's content from the extract alone, as `verify` lays it out again.

    `signed` is the digest that valid signatures are bound to: of the whole record, so the extract does not tell it.
    """
    attached = canonical(extract)
    seal = _Seal(record_digest, digest(attached), attached, signed=signed)
    return _compose(extract, copy=FACTORY, language=language, seal=seal)


def from_draft(
    result: InspectionResult,
    *,
    visit: Visit,
    attachments: Sequence[Attachment],
    form: FormPin,
    author: Officer,
    record_id: str = "",
    language: str = "th",
    copy: str = OFFICE,
) -> ReportContent:
    """Return a preview of a record that is not sealed yet: marked ร่าง on every page, no digest, no QR code."""
    members = to_json(
        {
            "record_id": record_id,
            "author": author,
            "form": form,
            "visit": visit,
            "language": language,
            "sections": result.sections,
            "findings": result.findings,
            "measurements": result.measurements,
            "scores": result.scores,
            "overall": result.overall,
            "attachments": attachments,
        }
    )
    seal = _Seal(signed=_signed_digest(members))
    return _compose(_extract(members) if copy == FACTORY else members, copy=copy, language=language, seal=seal)


def _signed_digest(members: Mapping[str, Any]) -> str:
    """Return what every signature must be bound to; '' for a record so odd that there is no telling."""
    try:
        return recorded_digest(members)
    except (SealError, TypeError, ValueError, KeyError):
        return ""


def _extract(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the factory extract; of a record so odd that none can be made, the empty one: never more than allowed."""
    try:
        return extract_for_factory(members)
    except (TypeError, ValueError, AttributeError, KeyError):
        return extract_for_factory({})


def _seal(
    members: Mapping[str, Any],
    extract: Mapping[str, Any],
    copy: str,
    sealed: Sealed | None,
    receipt: Receipt | None,
) -> _Seal:
    sealed_bytes = canonical(members)
    if copy == FACTORY:
        attached = canonical(extract)
        return _Seal(digest(sealed_bytes), digest(attached), attached)
    withheld = _has_restricted(members)
    signature = None
    if sealed is not None:
        signature = {"digest": sealed.digest, "key_id": sealed.key_id, "signature": sealed.signature.hex()}
    return _Seal(
        digest=digest(sealed_bytes),
        extract_digest=digest(canonical(extract)),
        attached=b"" if withheld else sealed_bytes,
        signature=signature,
        receipt=receipt,
        withheld=withheld,
    )


def _has_restricted(value: Any) -> bool:
    """Tell whether any node, photo or paper in the record is for the restricted audience."""
    if isinstance(value, Mapping):
        if value.get("audience") == Audience.RESTRICTED.value:
            return True
        return any(_has_restricted(v) for v in value.values())
    return isinstance(value, list) and any(map(_has_restricted, value))


# --- reading --------------------------------------------------------------------------------------------------------


def _read(members: Mapping[str, Any]) -> compose.Record:
    sections = tuple(_open_section(s) for s in lenient_list(SectionResult, members.get("sections")))
    hidden = _hidden_items(members.get("sections") or ())
    form = members.get("form")
    return compose.Record(
        record_id=str(members.get("record_id") or ""),
        sealed_at=str(members.get("sealed_at") or ""),
        created_at=str(members.get("created_at") or ""),
        reason=str(members.get("reason") or ""),
        author=lenient(Officer, members.get("author")),
        form=lenient(FormPin, form) if form else _NO_FORM,
        visit=lenient(Visit, members.get("visit")),
        sections=tuple(s for s in sections if s.items),
        findings=_open(lenient_list(ModelFinding, members.get("findings")), hidden),
        measurements=tuple(
            m for m in lenient_list(ModelMeasurement, members.get("measurements")) if m.item_id not in hidden
        ),
        overall=_overall(members.get("overall")),
        attachments=_open(lenient_list(Attachment, members.get("attachments")), hidden),
        scores=lenient_list(Score, members.get("scores")),
        edits=tuple(
            e for e in lenient_list(FindingEdit, members.get("finding_edits")) if not hidden & set(e.finding_ids)
        ),
        steps=lenient_list(compose.Step, members.get("visit_steps")),
    )


def _overall(word: Any) -> str:
    return word if isinstance(word, str) and word in set(Overall) else ""


def _open_section(section: SectionResult) -> SectionResult:
    """Leave restricted items and fields out."""
    items = tuple(
        replace(item, fields=tuple(f for f in item.fields if f.audience is not Audience.RESTRICTED))
        for item in section.items
        if item.audience is not Audience.RESTRICTED
    )
    return replace(section, items=items)


def _open(values: Iterable[Any], hidden: set[str]) -> tuple[Any, ...]:
    return tuple(v for v in values if v.audience is not Audience.RESTRICTED and v.item_id not in hidden)


def _hidden_items(sections: Iterable[Any]) -> set[str]:
    items = [i for s in sections if isinstance(s, Mapping) for i in s.get("items") or () if isinstance(i, Mapping)]
    return {str(i.get("item_id")) for i in items if i.get("audience") == Audience.RESTRICTED.value}


# --- composing ------------------------------------------------------------------------------------------------------


def _compose(members: Mapping[str, Any], *, copy: str, language: str | None, seal: _Seal) -> ReportContent:
    record = replace(_read(members), signed=seal.signed)
    wording = Wording(language or str(members.get("language") or "th"))
    t = wording.t
    items = [item for section in record.sections for item in section.items]
    factory = record.visit.site.kind in (SiteKind.FACTORY, SiteKind.UNREGISTERED)
    numbered = compose.number_findings(record.findings)
    photos = compose.Photos(record.attachments, wording)
    findings = tuple(compose.finding(n, f, record, photos, wording) for n, f in numbered)
    counts = compose.counts(items, wording)
    code = record_code(record.record_id)
    made = ReportContent(
        language=wording.language,
        copy=copy,
        sealed=bool(seal.digest),
        title=t("title.factory" if factory else "title.other"),
        office=compose.office(record, wording),
        subtitle=compose.subtitle(record, wording),
        running=" · ".join(filter(None, (record.visit.site.name_th, wording.date(record.visit.started_at)))),
        draft_lines=_draft_lines(record, seal, wording),
        record_code=code,
        digest=seal.digest,
        form_line=compose.form_line(record.form, wording),
        copy_line=t(f"foot.{copy}"),
        qr=qr_text(code, seal.digest) if seal.digest else "",
        site=compose.site_facts(record.visit.site, wording),
        visit=compose.visit_facts(record, wording),
        overall=record.overall or "unknown",
        overall_label=t(f"overall.{record.overall}" if record.overall else "overall.unknown"),
        overall_line=compose.overall_line(items, record.findings, wording),
        counts=counts,
        severities=compose.severities(record.findings, wording),
        bars=tuple(compose.bar(s, wording) for s in record.sections),
        evidence=compose.evidence(record, wording),
        actions=compose.actions(numbered, wording),
        actions_note=t("actions.note") if any(f.due_date for f in record.findings) else "",
        sections=tuple(compose.answer_section(s, numbered, wording) for s in record.sections),
        findings=findings,
        samples=extras.samples(record, wording),
        remarks=extras.remarks(record, wording),
        signatures=extras.signatures(record, wording),
        refusals=extras.refusals(record, wording),
        photos=photos.remaining(),
        proof=_proof(record, seal, wording),
        embedded=_embedded(seal, copy, code, wording),
        created_at=record.sealed_at or record.created_at,
        author=record.author.name,
        points=extras.points(record, wording),
        edited=extras.edited(record, wording),
        steps=extras.steps(record, wording),
    )
    return cast("ReportContent", _masked(made))


_CODES = frozenset({"digest", "qr", "proof", "embedded", "record_code"})
"""Members that are no words: codes and attached files."""


def _masked(value: Any) -> Any:
    """Return parts of a report with citizens' numbers in their texts masked; the sealed record keeps what was typed."""
    if isinstance(value, str):
        return mask_in_text(value) if len(value) >= PERSON_DIGITS else value
    if isinstance(value, tuple):
        return tuple(map(_masked, value))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    found = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in _CODES}
    changed = {name: new for name, old in found.items() if (new := _masked(old)) != old}
    return replace(value, **changed) if changed else value


def _draft_lines(record: compose.Record, seal: _Seal, wording: Wording) -> tuple[str, ...]:
    if not seal.digest:
        return (wording.t("draft.unsealed"), wording.t("draft.unsealed-2"))
    sure = (Certainty.A, Certainty.CONFIRMED)
    if all(law.certainty in sure for law in compose.all_references(record)):
        return ()
    return (wording.t("draft.laws"), wording.t("draft.no-order"))


def _proof(record: compose.Record, seal: _Seal, wording: Wording) -> tuple[Fact, ...]:
    if not seal.digest:
        return ()
    t = wording.t
    facts = [
        Fact(t("proof.record"), record.record_id),
        Fact(t("proof.sealed"), wording.moment(record.sealed_at) or t("unknown")),
        Fact(t("proof.form"), f"{record.form.form_id} {record.form.version} · SHA-256 {record.form.sha256[:16]}…"),
        Fact(t("proof.digest"), seal.digest),
        Fact(t("proof.extract"), seal.extract_digest),
    ]
    if seal.withheld:
        facts.append(Fact(t("proof.embedded"), t("proof.restricted")))
    return tuple(facts)


def _embedded(seal: _Seal, copy: str, code: str, wording: Wording) -> tuple[Embedded, ...]:
    files = []
    if seal.attached:
        kind = "extract" if copy == FACTORY else "envelope"
        files.append(Embedded(f"{code}-{kind}.json", seal.attached, wording.t(f"embedded.{kind}")))
    if seal.signature:
        files.append(Embedded(f"{code}-signature.json", canonical(seal.signature), wording.t("embedded.signature")))
    if seal.receipt:
        files.append(Embedded(f"{code}-receipt.json", canonical(seal.receipt), wording.t("embedded.receipt")))
    return tuple(files)
