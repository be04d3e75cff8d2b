"""Small whole things for the tests of sealing and store: a person, a site, a visit, an envelope."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from checklists.model import (
    AnswerRow,
    Attachment,
    AttachmentKind,
    Audience,
    Finding,
    FormPin,
    InspectionResult,
    ItemResult,
    Measurement,
    Officer,
    Overall,
    Score,
    SectionResult,
    Severity,
    Site,
    Verdict,
    Visit,
    VisitKind,
    Words,
    to_json,
)
from checklists.sealing import FORMAT

OFFICER = Officer("p-somsri", "สมศรี ใจดี", position="วิศวกรชำนาญการ", office="สอจ.นนทบุรี", card_no="1234", lead=True)
SITE = Site(
    site_id="10120000525545",
    name_th="บริษัท ตัวอย่าง แป้งมัน จำกัด",
    name_en="Example Starch Co., Ltd.",
    registry_no="10120000525545",
    old_no="3-34(3)-3/54นบ",
    juristic_no="0105554123456",
    province_code="12",
    province="นนทบุรี",
    example=True,
)
PIN = FormPin("factory_act_general", "1.0", "ab" * 32, Words("การตรวจโรงงานทั่วไป", "General factory inspection"))


def visit(visit_id: str = "v-1", **changes: Any) -> Visit:
    values: dict[str, Any] = {"site": SITE, "kind": VisitKind.PLANNED, "team": (OFFICER,)}
    values["started_at"] = "2026-11-22T09:00:00.000+07:00"
    return Visit(visit_id, **{**values, **changes})


def item(
    item_id: str, *, audience: Audience = Audience.FACTORY, verdict: Verdict = Verdict.PASS, **more: Any
) -> ItemResult:
    values: dict[str, Any] = {
        "number": item_id[-3:],
        "path": f"/data/{item_id.lower()}",
        "kind": "verdict",
        "title": Words(f"ข้อ {item_id}", item_id),
        "severity": Severity.MAJOR,
        "answered": True,
    }
    return ItemResult(item_id, verdict=verdict, audience=audience, **{**values, **more})


def result(**changes: Any) -> InspectionResult:
    values: dict[str, Any] = {
        "sections": (
            SectionResult("B", Words("อาคาร", "Building"), (item("FA-B01"), item("FA-B02", verdict=Verdict.FAIL))),
        ),
        "findings": (Finding("f-1", "FA-B02", Words("พื้นชำรุด", "Broken floor"), "พื้นแตก 2 ม.", Severity.MAJOR),),
        "measurements": (Measurement("FA-B02", "noise", "91.5", "dBA"),),
        "scores": (Score("total", 1, 2, 50.0),),
        "overall": Overall.CORRECT,
    }
    return InspectionResult(**{**values, **changes})


def attachment(attachment_id: str = "a-1", record_id: str = "r-1", **changes: Any) -> Attachment:
    values: dict[str, Any] = {
        "kind": AttachmentKind.PHOTO,
        "sha256": "cd" * 32,
        "size": 1234,
        "mime": "image/jpeg",
        "name": "cdcdcdcd.jpg",
        "item_id": "FA-B02",
        "exhibit": "จ.1",
    }
    return Attachment(attachment_id, record_id, **{**values, **changes})


def real_visit() -> Visit:
    """Return the visit to a site that is not made up, as far as the program can tell."""
    return replace(visit(), site=replace(visit().site, example=False))


def envelope(**changes: Any) -> dict[str, Any]:
    """Return a whole envelope without the extract's digest, which `seal` sets."""
    inspected = result()
    values: dict[str, Any] = {
        "format": FORMAT,
        "record_id": "r-1",
        "revision_id": "rev-1",
        "base_revision_id": None,
        "merges": [],
        "op": "record",
        "reason": "",
        "author": OFFICER,
        "device_id": "d-1",
        "device_seq": 1,
        "created_at": "2026-11-22T09:10:00.000+07:00",
        "sealed_at": "2026-11-22T11:00:00.000+07:00",
        "clock": {"offset_ms": None, "notes": []},
        "form": PIN,
        "visit": visit(),
        "language": "th",
        "answers": [AnswerRow("/data/fa_b01/fa_b01_v", "", "pass"), AnswerRow("/data/fa_b02/fa_b02_v", "", "fail")],
        "sections": inspected.sections,
        "findings": inspected.findings,
        "measurements": inspected.measurements,
        "scores": inspected.scores,
        "overall": inspected.overall,
        "submission": '<data id="factory_act_general"/>',
        "attachments": [attachment()],
        "audit": {"seq": 7, "head": "ef" * 32},
    }
    plain: dict[str, Any] = to_json({**values, **changes})
    return plain
