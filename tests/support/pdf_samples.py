# ruff: noqa: E501 - tables of sample data read better in one line each
"""A rich made-up inspection for the reports: the short visit's own items, all verdicts, findings, photos, signatures.

Built from the bundled checklist's texts so that the words on paper are the words that inspectors will print. Everything
is marked ตัวอย่าง; no measured value, name or number is real.
"""

from __future__ import annotations

import hashlib
import io
import json
from functools import cache
from typing import Any

from PIL import Image, ImageDraw

import resources
from checklists.authoring import load_yaml
from checklists.authoring.catalogue import Catalogue
from checklists.model import (
    Attachment,
    AttachmentKind,
    Audience,
    Certainty,
    Field,
    Finding,
    FormPin,
    InspectionResult,
    ItemResult,
    LawRef,
    LimitCopy,
    Measurement,
    Officer,
    Overall,
    PersonMet,
    Refusal,
    SectionResult,
    Severity,
    Site,
    Verdict,
    Visit,
    VisitOutcome,
    Words,
    to_json,
)
from checklists.sealing import FORMAT, extract_digest

DAY = "2026-11-20"
LEAD = Officer(
    "p-1", "นายตัวอย่าง ตรวจดี", "วิศวกรชำนาญการ", "สำนักงานอุตสาหกรรมจังหวัดสมุทรปราการ (ตัวอย่าง)", "สป-0117", lead=True
)
SECOND = Officer("p-2", "นางสาวสมมุติ รอบคอบ", "นักวิทยาศาสตร์ปฏิบัติการ", LEAD.office, "สป-0131")
SITE = Site(
    site_id="20110008425558",
    name_th="บริษัท ตัวอย่างชุบโลหะ จำกัด",
    name_en="Example Plating Co., Ltd.",
    registry_no="20110008425558",
    old_no="จ3-100-84/55สป",
    operator="บริษัท ตัวอย่างชุบโลหะ จำกัด",
    activity="ชุบเคลือบผิวโลหะ",
    type_code="100",
    group="3",
    horsepower=420.0,
    workers=68,
    address="99/1 หมู่ที่ 4",
    subdistrict="บางปู",
    district="เมืองสมุทรปราการ",
    province_code="11",
    province="สมุทรปราการ",
    postcode="10280",
    lat=13.5241,
    lon=100.6602,
    example=True,
)
VISIT = Visit(
    "v-sample",
    SITE,
    outcome=VisitOutcome.INSPECTED,
    started_at=f"{DAY}T09:10:00.000+07:00",
    ended_at=f"{DAY}T15:35:00.000+07:00",
    team=(LEAD, SECOND),
    met=(PersonMet("นายสมมุติ นำทาง", "ผู้จัดการโรงงาน", "08-0000-0000"),),
    card_shown=True,
    remarks="ผู้นำตรวจแจ้งว่าจะเคลื่อนย้ายพาเลทภายในวันนี้ และสั่งครอบสายพานแล้ว คาดว่าได้รับภายใน 7 วัน",
)
PIN = FormPin("factory_act_general", "2569.1", "ab" * 32, Words("การตรวจโรงงานทั่วไป", "General factory inspection"))

# item id → (verdict, value, unit, note or reason)
_ANSWERS: dict[str, tuple[Verdict, str, str]] = {
    "FA-A07": (Verdict.OBSERVE, "", "คำสั่งเดิม 3 ข้อ ปฏิบัติแล้ว 2 ข้อ"),
    "FA-A11": (Verdict.NA, "", "ไม่มีการโอนหรือให้เช่า"),
    "FA-A12": (Verdict.NA, "", "ไม่มีเครื่องจักรที่ย้ายชั่วคราว"),
    "FA-B05": (Verdict.FAIL, "84", "พาเลทไม้วางกีดขวางประตูทางออกฉุกเฉินอาคารผลิต 1 ขณะมีคนงาน 46 คน เหลือช่องผ่าน 84 ซม."),
    "FA-B04": (Verdict.PASS, "4", ""),
    "FA-B09": (Verdict.OBSERVE, "", "มีน้ำขังเล็กน้อยข้างบ่อชุบที่ 3"),
    "FA-C02": (Verdict.FAIL, "", "เครื่องขัดหมายเลข 2 เดินเครื่องโดยถอดครอบสายพานออก คนงานยืนห่างจุดหนีบประมาณ 0.4 เมตร"),
    "FA-C04": (Verdict.PASS, "108", ""),
    "FA-C06": (Verdict.NA, "", "ไม่มีหม้อน้ำ"),
    "FA-D03": (Verdict.FAIL, "27", "คลังเก็บสารเคมี ระยะระหว่างเครื่องดับเพลิงแบบมือถือ 27 เมตร"),
    "FA-D06": (Verdict.CANNOT, "", "ปั๊มทดสอบอยู่ระหว่างซ่อม ตรวจไม่ได้"),
    "FA-D08": (Verdict.PASS, "46", ""),
    "FA-B08": (Verdict.LAB, "", "เก็บตัวอย่างฝุ่นบนคาน W-01 ผนึก S-20871"),
}
_LIMITS = {
    "FA-B05": LimitCopy(
        "exit-width",
        "exit-width",
        110.0,
        None,
        "cm",
        None,
        certainty=Certainty.B,
        formula=Words("110 ซม. และเพิ่ม 2 ซม. ต่อคนที่เกิน 50 คน (คนงาน 46 คน)"),
    ),
    "FA-B04": LimitCopy("exit-count", "exit-count", 2.0, None, "แห่ง", certainty=Certainty.B),
    "FA-C04": LimitCopy("rail-height", "rail-height", 100.0, None, "cm", certainty=Certainty.C),
    "FA-D03": LimitCopy("extinguisher-spacing", "extinguisher-spacing", None, 20.0, "m", certainty=Certainty.B),
    "FA-D08": LimitCopy("fire-trained", "fire-trained", 40.0, None, "%", certainty=Certainty.B),
}
_UNITS = {"FA-B05": "cm", "FA-B04": "แห่ง", "FA-C04": "cm", "FA-D03": "m", "FA-D08": "%"}
_FINDINGS = {
    "FA-C02": ("สายพานเครื่องขัดไม่มีเครื่องป้องกันอันตราย", Severity.CRITICAL, "เสนอสั่งการตามมาตรา 37: หยุดใช้เครื่องขัดหมายเลข 2 จนกว่าจะติดตั้งครอบสายพาน", 0, ""),
    "FA-B05": ("ทางออกด้านทิศเหนือถูกกีดขวางและแคบกว่าเกณฑ์", Severity.CRITICAL, "เสนอสั่งการตามมาตรา 37: เคลื่อนย้ายสิ่งกีดขวางและทำให้ช่องทางออกกว้างไม่น้อยกว่า 110 ซม.", 3, "2026-11-23"),
    "FA-D03": ("เครื่องดับเพลิงแบบมือถืออยู่ห่างกันเกินเกณฑ์", Severity.MAJOR, "ติดตั้งเครื่องดับเพลิงเพิ่มให้ระยะห่างไม่เกิน 20 เมตร", 15, "2026-12-05"),
    "FA-C11": ("แผงไฟหลักอาคารผลิต 2 ไม่มีฝาปิด", Severity.MAJOR, "ติดตั้งฝาปิดและป้ายเตือน และส่งภาพถ่ายยืนยัน", 30, "2026-12-20"),
    "FA-A01": ("ใบอนุญาตไม่ได้แสดงไว้ในที่เปิดเผย", Severity.MINOR, "แนะนำ: ติดแสดงใบอนุญาตในที่เห็นได้ง่าย", 60, "2027-01-19"),
}  # fmt: skip
RESTRICTED_MARKER = "ผู้ร้องชื่อฅุมารลับ"  # ฅ is in no other text
OFFICE_MARKER = "บันทึกเฉพาะเจ้าหน้าที่ฌานทองพูน"  # nor is ฌ


def _words(raw: dict[str, Any], name: str) -> Words:
    return Words(str(raw.get(f"{name}_th") or raw.get(name) or raw.get("th") or ""), str(raw.get("en") or ""))


@cache
def _checklist() -> list[tuple[str, Words, list[dict[str, Any]]]]:
    from pathlib import Path

    raw = load_yaml(Path(resources.__file__).parents[1] / "checklists" / "handbook" / "factory_act_general.yaml")
    return [(s["id"], Words(s["th"], s["en"]), list(s["items"])) for s in raw["sections"]]


@cache
def _catalogue() -> Catalogue:
    return Catalogue.bundled()


def _laws(raw: dict[str, Any]) -> tuple[LawRef, ...]:
    return tuple(_catalogue().law(law) for law in str(raw.get("law") or "").split())


def item(raw: dict[str, Any], letter: str) -> ItemResult:
    item_id = raw["id"]
    kind = raw.get("kind", "verdict")
    fact = kind in ("text", "date", "choice", "count", "signature")
    verdict, value, note = _ANSWERS.get(item_id, (None if fact else Verdict.PASS, "", ""))
    if item_id in _FINDINGS:
        verdict = Verdict.FAIL
    if kind == "date" and not value:
        value, verdict = "2026-03-14", Verdict.PASS
    if kind == "text" and not value and verdict is None:
        value = "20110008425558" if item_id == "FA-A02" else "บันทึกตามเอกสารที่แสดง"
    reasoned = verdict in (Verdict.NA, Verdict.CANNOT)
    fields = (
        (Field("licence_no", Words("เลขที่ใบอนุญาต", "Licence number"), "(สป)-84/2555"),) if item_id == "FA-A03" else ()
    )
    return ItemResult(
        item_id,
        item_id[3:].replace("-", ""),
        f"/data/sec_{letter.lower()}/{item_id.lower().replace('-', '_')}",
        kind,
        Words(str(raw["th"]), str(raw["en"])),
        Severity(str(raw.get("severity", "minor"))),
        verdict=verdict,
        answered=True,
        value=value,
        unit=_UNITS.get(item_id, ""),
        note="" if reasoned else note,
        reason=note if reasoned else "",
        fields=fields,
        laws=_laws(raw),
        limit=_LIMITS.get(item_id),
        exhibits=tuple(a.exhibit for a in photos() if a.item_id == item_id),
        audience=Audience.FACTORY,
    )


def hidden_items() -> tuple[ItemResult, ...]:
    """Items that no factory copy may show: one for the office, one restricted."""
    return (
        ItemResult("FA-K90", "K90", "/data/k90", "text", Words("ความเห็นภายใน"), Severity.MINOR, answered=True, value=OFFICE_MARKER, audience=Audience.OFFICE),
        ItemResult("FA-K91", "K91", "/data/k91", "text", Words("ผู้ร้องเรียน"), Severity.MINOR, answered=True, value=RESTRICTED_MARKER, note=RESTRICTED_MARKER, audience=Audience.RESTRICTED),
    )  # fmt: skip


@cache
def result(*, hidden: bool = False) -> InspectionResult:
    sections = []
    for letter, title, items in _checklist():
        results = tuple(item(raw, letter) for raw in items)
        if hidden and letter == "K":
            results += hidden_items()
        sections.append(SectionResult(letter, title, results))
    by_id = {i.item_id: i for s in sections for i in s.items}
    measurements = tuple(_measurement(by_id[i]) for i in _LIMITS if i in by_id and by_id[i].value)
    found = tuple(_finding(n, by_id[i]) for n, i in enumerate(_FINDINGS, 1) if i in by_id)
    return InspectionResult(tuple(sections), found, measurements, (), Overall.ORDER)


def _measurement(one: ItemResult) -> Measurement:
    assert one.limit
    return Measurement(
        one.item_id,
        one.limit.parameter,
        one.value,
        one.unit,
        point="อาคารผลิต 1",
        instrument="ตลับเมตร",
        limit=one.limit,
        verdict=one.verdict,
    )


def _finding(number: int, one: ItemResult) -> Finding:
    title, severity, proposal, days, due = _FINDINGS[one.item_id]
    fact = one.note or f"{title} ตามภาพถ่าย"
    exhibits = one.exhibits
    measured = _measurement(one) if one.limit else None
    laws = one.laws or (
        LawRef("mr2", Words("กฎกระทรวง ฉบับที่ 2 (พ.ศ. 2535) ข้อ 6", "MR No. 2 cl. 6"), certainty=Certainty.C),
    )
    return Finding(
        f"f-{number}",
        one.item_id,
        Words(title, one.title.en),
        fact,
        severity,
        laws,
        measured,
        exhibits,
        Words(proposal, "To be corrected"),
        days,
        due,
    )


# --- pictures -------------------------------------------------------------------------------------------------------

_PHOTO_ITEMS = (
    ("FA-C02", "สายพานเครื่องขัดหมายเลข 2 ไม่มีครอบ"),
    ("FA-B05", "พาเลทไม้กีดขวางประตูทางออกทิศเหนือ"),
    ("FA-B05", "วัดช่องผ่านได้ 84 ซม."),
    ("FA-D03", "เครื่องดับเพลิงคลังเก็บสารเคมี"),
    ("FA-C11", "แผงไฟหลักอาคารผลิต 2"),
    ("FA-A01", "กรอบใบอนุญาตเก็บในห้องธุรการ"),
    ("FA-A03", "ใบอนุญาตประกอบกิจการโรงงาน"),
    ("FA-B09", "น้ำขังข้างบ่อชุบที่ 3"),
    ("FA-C04", "ราวกั้นบ่อชุบสูง 108 ซม."),
    ("FA-D01", "สัญญาณแจ้งเหตุเพลิงไหม้อาคารผลิต 1"),
    ("FA-D06", "ปั๊มดับเพลิงอยู่ระหว่างซ่อม"),
    ("FA-B02", "ด้านหน้าโรงงานและป้ายชื่อ ถ่ายจากถนนสายรอง"),
)


@cache
def photo_bytes(number: int, size: tuple[int, int] = (1600, 1200)) -> bytes:
    """Return a drawn JPEG with enough detail to weigh what a phone's photo weighs."""
    image = Image.new("RGB", size, ((number * 53) % 90 + 130, (number * 31) % 80 + 140, 170))
    noise = Image.effect_noise(size, 34).convert("RGB")
    image = Image.blend(image, noise, 0.22)
    draw = ImageDraw.Draw(image)
    w, h = size
    draw.rectangle((0, h * 0.7, w, h), fill=(120, 112, 98))
    for index in range(4 + number % 4):
        left = w * (0.08 + 0.13 * index)
        draw.rectangle(
            (left, h * 0.28 + index * 30, left + w * 0.1, h * 0.72),
            fill=((number * 37 + index * 40) % 200, 70, 60),
            outline="black",
            width=5,
        )
    draw.ellipse((w * 0.7, h * 0.1, w * 0.93, h * 0.4), fill=(230, 200, (number * 71) % 255), outline="black", width=5)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


@cache
def signature_bytes(number: int) -> bytes:
    image = Image.new("RGBA", (700, 220), (0, 0, 0, 0))
    points = [(60 + i * 52, 160 - ((i * (37 + number * 11)) % 110)) for i in range(11)]
    ImageDraw.Draw(image).line(points, fill=(16, 32, 90, 255), width=6, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@cache
def photos() -> tuple[Attachment, ...]:
    found = []
    for number, (item_id, caption) in enumerate(_PHOTO_ITEMS, 1):
        data = photo_bytes(number)
        sha = _sha(data)
        when = f"{DAY}T{9 + number // 3:02d}:{(number * 13) % 60:02d}:00.000+07:00"
        found.append(
            Attachment(f"a-{number}", "r-sample", AttachmentKind.PHOTO, sha, len(data), "image/jpeg", f"{sha[:8]}.jpg", item_id=item_id, exhibit=f"จ.{number}", caption=caption, taken_at=when, added_at=when, lat=13.5241, lon=100.6602)
        )  # fmt: skip
    return tuple(found)


def signatures() -> tuple[Attachment, ...]:
    signed = (("officer", LEAD.name), ("guide", VISIT.met[0].name))
    found = []
    for number, (role, name) in enumerate(signed, 1):
        data = signature_bytes(number)
        sha = _sha(data)
        when = f"{DAY}T15:{28 + number}:00.000+07:00"
        found.append(
            Attachment(f"s-{number}", "r-sample", AttachmentKind.SIGNATURE, sha, len(data), "image/png", f"{sha[:8]}.png", role=role, signer=name, taken_at=when, added_at=when)
        )  # fmt: skip
    return tuple(found)


def images(sha256: str) -> bytes:
    """Give the bytes of any sample picture by its hash."""
    return _pictures()[sha256]


@cache
def _pictures() -> dict[str, bytes]:
    pictures = [photo_bytes(n) for n in range(1, len(_PHOTO_ITEMS) + 1)] + [signature_bytes(1), signature_bytes(2)]
    return {_sha(data): data for data in pictures}


# --- the envelope ---------------------------------------------------------------------------------------------------


def envelope(*, hidden: bool = False, refused: bool = False, **changes: Any) -> dict[str, Any]:
    """Return a whole envelope of 50+ items, 12 photos and two signatures, with the extract's digest set."""
    plain: dict[str, Any] = json.loads(_envelope(hidden, refused))  # a copy of one's own to change
    if changes:
        plain |= to_json(changes)
        plain["factory_extract_digest"] = extract_digest(plain)
    return plain


@cache
def _envelope(hidden: bool, refused: bool) -> str:
    inspected = result(hidden=hidden)
    signed = signatures()
    visit = VISIT
    if refused:
        import dataclasses

        refusal = Refusal("guide", VISIT.met[0].name, "ขอให้ผู้บริหารอ่านก่อน", "นายพยาน เห็นจริง", f"{DAY}T15:30:00.000+07:00")
        visit = dataclasses.replace(VISIT, refusals=(refusal,))
        signed = signed[:1]
    values: dict[str, Any] = {
        "format": FORMAT,
        "record_id": "0193a5f0-7c1e-7abc-8def-0123456789ab",
        "revision_id": "0193a5f0-7c1e-7abc-8def-0123456789ac",
        "base_revision_id": None,
        "merges": [],
        "op": "record",
        "reason": "",
        "author": LEAD,
        "device_id": "d-1",
        "device_seq": 1,
        "created_at": f"{DAY}T09:12:00.000+07:00",
        "sealed_at": f"{DAY}T15:40:00.000+07:00",
        "clock": {"offset_ms": None, "notes": []},
        "form": PIN,
        "visit": visit,
        "language": "th",
        "answers": [],
        "sections": inspected.sections,
        "findings": inspected.findings,
        "measurements": inspected.measurements,
        "scores": inspected.scores,
        "overall": inspected.overall,
        "submission": '<data id="factory_act_general"/>',
        "attachments": (*photos(), *signed),
        "audit": {"seq": 7, "head": "ef" * 32},
    }
    plain: dict[str, Any] = to_json(values)
    plain["factory_extract_digest"] = extract_digest(plain)
    return json.dumps(plain)
