"""What a report says, before anything is drawn."""

from __future__ import annotations

import dataclasses
import re

import pytest

from checklists.model import Certainty, LimitCopy, Verdict, to_json
from checklists.sealing import canonical, digest, extract_digest
from inspector_app.reports import content
from inspector_app.reports.codes import check_letter, is_record_code, record_code
from inspector_app.reports.parts import ReportContent
from inspector_app.reports.wording import Wording
from tests.support import pdf_samples


@pytest.fixture(scope="module")
def office() -> ReportContent:
    return content.from_envelope(pdf_samples.envelope(), copy="office")


def test_the_digest_is_that_of_the_sealed_bytes_and_stands_in_the_qr_code(office: ReportContent) -> None:
    name = digest(canonical(pdf_samples.envelope()))
    assert office.digest == name
    assert office.qr == f"INSP1:{office.record_code}:{name.upper()}"


def test_counts_are_those_of_the_record(office: ReportContent) -> None:
    result = pdf_samples.result()
    counted = {count.verdict: count.number for count in office.counts}
    assert counted == {v.value: result.count(v) for v in Verdict}
    assert sum(bar.total for bar in office.bars) == len(result.items)
    assert [(s.severity, s.number) for s in office.severities] == [("critical", 2), ("major", 2), ("minor", 1)]


def test_findings_stand_by_severity_and_actions_by_due_date(office: ReportContent) -> None:
    assert [f.number for f in office.findings] == ["F1", "F2", "F3", "F4", "F5"]
    assert [f.severity for f in office.findings] == ["critical", "critical", "major", "major", "minor"]
    assert [a.due for a in office.actions] == ["ทันที", "23 พ.ย. 2569", "5 ธ.ค. 2569", "20 ธ.ค. 2569", "19 ม.ค. 2570"]


def test_a_measured_value_stands_with_its_limit_and_the_distance_in_words(office: ReportContent) -> None:
    answers = {a.number: a for section in office.sections for a in section.answers}
    (value, *_) = answers["FA-B05"].remarks
    assert value.text == "84 ซม. (ไม่น้อยกว่า 110 ซม. · ขาด 26 ซม.)"
    assert value.certainty == "ข"
    finding = next(f for f in office.findings if f.item == "FA-B05")
    assert finding.gauge is not None
    assert finding.gauge.label == "84 ซม. · ขาด 26 ซม."
    assert answers["FA-D08"].remarks[0].text == "46 % (ไม่น้อยกว่า 40 %)"


def test_every_photo_is_shown_once_at_its_finding_or_on_the_photo_pages(office: ReportContent) -> None:
    at_findings = [p.sha256 for f in office.findings for p in f.photos]
    assert len(at_findings) == 6
    assert sorted(at_findings + [p.sha256 for p in office.photos]) == sorted(a.sha256 for a in pdf_samples.photos())


def test_dates_are_of_the_buddhist_era(office: ReportContent) -> None:
    text = repr(office)
    assert "20 พ.ย. 2569" in text
    assert not re.search(r"(?<![\d-])2026(?![-\d])", text.replace("2026-11-20", ""))


def test_a_reference_that_nobody_checked_makes_the_paper_a_draft(office: ReportContent) -> None:
    assert office.draft_lines == ("มีข้ออ้างอิงที่ยังไม่ได้ตรวจสอบ", "ห้ามใช้เป็นคำสั่ง")
    sure = pdf_samples.envelope()
    _set_every(sure, "certainty", "A")
    sure["factory_extract_digest"] = extract_digest(sure)
    assert content.from_envelope(sure, copy="office").draft_lines == ()


def _set_every(value: object, name: str, new: str) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == name:
                value[key] = new
            _set_every(inner, name, new)
    elif isinstance(value, list):
        for inner in value:
            _set_every(inner, name, new)


def test_a_preview_before_sealing_says_so_and_has_no_digest() -> None:
    preview = content.from_draft(
        pdf_samples.result(),
        visit=pdf_samples.VISIT,
        attachments=pdf_samples.photos(),
        form=pdf_samples.PIN,
        author=pdf_samples.LEAD,
    )
    assert preview.draft_lines[0] == "ตัวอย่างก่อนปิดผนึก"
    assert (preview.digest, preview.qr, preview.embedded, preview.sealed) == ("", "", (), False)
    assert len(preview.findings) == 5


def test_the_report_comes_in_english_too(office: ReportContent) -> None:
    english = content.from_envelope(pdf_samples.envelope(), copy="office", language="en")
    assert english.title == "Factory inspection report"
    assert english.digest == office.digest
    assert english.sections[0].title == "Factory data and permission"
    assert "20 Nov 2026 (B.E. 2569)" in english.visit[0].value


def test_a_refusal_is_told_with_its_reason_and_witness_and_takes_the_place_of_the_signature() -> None:
    refused = content.from_envelope(pdf_samples.envelope(refused=True), copy="office")
    (refusal,) = refused.refusals
    assert "ขอให้ผู้บริหารอ่านก่อน" in refusal.text
    assert refusal.witness == "พยาน: นายพยาน เห็นจริง"
    assert "ผู้นำตรวจของสถานที่" not in [s.role for s in refused.signatures]


def test_signatures_go_to_their_signers(office: ReportContent) -> None:
    boxes = {s.name: s for s in office.signatures}
    assert boxes[pdf_samples.LEAD.name].sha256
    assert boxes[pdf_samples.VISIT.met[0].name].sha256
    assert not boxes[pdf_samples.SECOND.name].sha256


def test_the_sealed_bytes_are_attached_to_the_office_copy(office: ReportContent) -> None:
    (attached,) = office.embedded
    assert digest(attached.data) == office.digest


def test_a_record_with_a_restricted_part_is_not_attached_and_says_why() -> None:
    report = content.from_envelope(pdf_samples.envelope(hidden=True), copy="office")
    assert report.embedded == ()
    assert any("จำกัดสิทธิ" in fact.value for fact in report.proof)
    assert pdf_samples.RESTRICTED_MARKER not in repr(report)
    assert pdf_samples.OFFICE_MARKER in repr(report)


# --- values in words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "value", "words", "distance"),
    [
        (LimitCopy("a", "a", 110, None, "cm"), 84, "ไม่น้อยกว่า 110 ซม.", "ขาด 26 ซม."),
        (LimitCopy("a", "a", None, 20, "m"), 27.5, "ไม่เกิน 20 ม.", "เกิน 7.5 ม."),
        (LimitCopy("a", "a", 5.5, 9.0, "pH"), 10.2, "5.5–9", "เกิน 1.2"),
        (LimitCopy("a", "a", None, 500, "m³/day", operator="below"), 500, "ต่ำกว่า 500 ลบ.ม./วัน", "ถึงเกณฑ์"),
        (LimitCopy("a", "a", None, 12, "เดือน", operator="age-months"), 20, "ไม่เกิน 12 เดือนก่อนวันตรวจ", ""),
        (LimitCopy("a", "a", None, 14, "หลัก", operator="check-digit"), 14, "", ""),
        (LimitCopy("a", "a"), 14, "", ""),
        (LimitCopy("a", "a", 0.1, None, "%"), 0.3, "ไม่น้อยกว่า 0.1 %", ""),
    ],
)
def test_limits_and_distances_are_said_in_words(limit: LimitCopy, value: float, words: str, distance: str) -> None:
    assert Wording("th").limit(limit) == words
    assert Wording("th").distance(value, limit) == distance


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("412.50", "แรงม้า", "412.5 แรงม้า"),
        ("12500", "", "12,500"),
        ("20110008425558", "", "20110008425558"),
        ("0105554123456", "", "0105554123456"),
        ("2026-03-14", "", "14 มี.ค. 2569"),
        ("ไม่มี", "คน", "ไม่มี คน"),
        ("7.20", "pH", "7.2"),
        ("nan", "", "nan"),
    ],
)
def test_values_are_shown_as_people_write_them(value: str, unit: str, words: str) -> None:
    assert Wording("th").quantity(value, unit) == words


def test_bangkok_has_khwaeng_and_khet() -> None:
    site = dataclasses.replace(
        pdf_samples.SITE, subdistrict="ทุ่งพญาไท", district="ราชเทวี", province="กรุงเทพมหานคร", province_code="10"
    )
    assert Wording("th").address(site) == "99/1 หมู่ที่ 4 แขวงทุ่งพญาไท เขตราชเทวี กรุงเทพมหานคร 10280"


def test_a_record_code_has_a_check_letter_that_finds_slips() -> None:
    code = record_code("0193a5f0-7c1e-7abc-8def-0123456789ab")
    assert is_record_code(code)
    body = code.replace("-", "")
    for place in range(8):
        for letter in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
            if letter != body[place]:
                assert not is_record_code(body[:place] + letter + body[place + 1 :])
    assert check_letter("00000000") == "0"
    assert not is_record_code("7K4M-2QXD")


def test_certainty_is_read_from_the_record_not_guessed() -> None:
    envelope = pdf_samples.envelope()
    laws = [law for f in envelope["findings"] for law in f["laws"]]
    shown = [law for f in content.from_envelope(envelope, copy="office").findings for law in f.laws]
    assert len(laws) == len(shown)
    assert {Certainty.A.value: "a", "B": "b", "C": "c", "confirmed": "a"}[laws[0]["certainty"]] in {
        x.certainty for x in shown
    }


# --- what may be missing --------------------------------------------------------------------------------------------


def test_any_member_may_be_missing_or_empty_and_a_report_still_comes() -> None:
    whole = pdf_samples.envelope()
    for name in whole:
        for stand_in in (None, "x", []):
            made = content.from_envelope({**whole, name: stand_in}, copy="office")
            assert made.title
    assert content.from_envelope({}, copy="office").overall_label == "ยังไม่สรุปผล"
    assert content.from_envelope({}, copy="factory").title


def test_members_of_items_may_be_missing_or_of_another_kind() -> None:
    whole = pdf_samples.envelope()
    item = whole["sections"][1]["items"][4]
    for name in list(item):
        for stand_in in (None, []):
            broken = to_json(whole)
            broken["sections"][1]["items"][4][name] = stand_in
            assert content.from_envelope(broken, copy="office").sections


def test_an_unknown_audience_is_not_printed() -> None:
    broken = to_json(pdf_samples.envelope())
    broken["sections"][0]["items"][0]["audience"] = "everyone"
    shown = content.from_envelope(broken, copy="office").sections[0].answers
    assert broken["sections"][0]["items"][0]["item_id"] not in [a.number for a in shown]
