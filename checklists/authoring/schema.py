"""What may stand in a checklist file: the keys, their words, and the defaults that keep the files short.

One table each for checklist, section, item and field. `docs/handbook.md` explains the same to authors.
"""

from __future__ import annotations


def _keys(text: str) -> frozenset[str]:
    return frozenset(text.split())


CHECKLIST_KEYS = _keys(
    "checklist version title_th title_en standard edition status scoring audience use_th use_en confirmed_by context"
    " sections retired"
)
SECTION_KEYS = _keys("id th en short_th short_en when audience repeat dimension points items")
REPEAT_KEYS = _keys("name th en count")
ITEM_KEYS = _keys(
    "id kind th en help_th help_en severity law na evidence evidence_min audience due_days when limit limit_by"
    " limit_min limit_max inputs parameter medium unit constraint message_th message_en date_rule skip lab choices"
    " multiple fields record was default calculation required points gate optional fail_when"
)
FIELD_KEYS = _keys(
    "name type th en unit required when constraint message_th message_en date_rule choices audience role parameter"
    " medium limit calculation default multiple help_th help_en"
)
CHOICE_KEYS = _keys("value th en outcome score severity")

KINDS = ("verdict", "number", "count", "date", "text", "choice", "score", "signature")
SEVERITIES = ("critical", "major", "minor")
NA_RULES = ("allowed", "justified", "forbidden")
EVIDENCE_RULES = ("none", "optional", "required", "required-on-fail")
AUDIENCES = ("public", "factory", "office", "restricted")
FIELD_TYPES = ("text", "integer", "decimal", "date", "time", "datetime", "choice", "geopoint")
OUTCOMES = ("pass", "fail", "observe", "na")

QUESTION_TYPE = {"number": "decimal", "count": "integer", "date": "date", "text": "text"}
"""Kind of item -> XLSForm type of its main value; choice and score become select_one."""

DEFAULT_EVIDENCE = {"critical": "required-on-fail", "major": "required-on-fail", "minor": "optional"}
"""Evidence rule of a verdict item or a measured value by severity, where the item does not say."""

DEFAULT_SKIP = {
    "number": ("na", "cannot"),
    "count": ("na", "cannot"),
    "date": ("fail", "na", "cannot"),
    "choice": ("na", "cannot"),
    "score": ("na", "cannot"),
    "text": ("na",),
}
"""Ways round a question that has no verdict keys, before the N/A rule is applied."""

WORDS = {
    "verdict": ("ผลการตรวจ", "Result"),
    "skip": ("ไม่ได้ระบุค่าเพราะ", "No value because"),
    "reason": ("เหตุผล", "Reason"),
    "note": ("ข้อเท็จจริงที่พบ", "What was found"),
    "value": ("ค่าที่ตรวจพบ", "Value found"),
    "number": ("ค่าที่วัดได้", "Measured value"),
    "count": ("จำนวน", "Number"),
    "date": ("วันที่", "Date"),
    "text": ("รายละเอียด", "Details"),
    "choice": ("ผลที่พบ", "What was found"),
    "score": ("คะแนน", "Points"),
    "reason_missing": ("กรุณาระบุเหตุผล", "Please give the reason"),
    "note_missing": ("กรุณาบันทึกข้อเท็จจริงที่พบ", "Please write down what was found"),
    "value_missing": ("กรุณาบันทึกค่า หรือระบุเหตุที่ไม่มีค่า", "Please enter a value, or say why there is none"),
    "verdict_missing": ("กรุณาระบุผลการตรวจ", "Please choose a result"),
}

VERDICT_CHOICES = (
    ("pass", "ผ่าน", "Pass", "pass"),
    ("fail", "ไม่ผ่าน", "Fail", "fail"),
    ("na", "ไม่เกี่ยวข้อง", "Not applicable", "na"),
    ("cannot", "ตรวจไม่ได้", "Could not check", "cannot"),
    ("observe", "ข้อสังเกต", "Observation", "observe"),
    ("lab", "รอผลห้องปฏิบัติการ", "Waiting for laboratory", "lab"),
)

SKIP_FAIL = ("fail", "ไม่มีหรือไม่เคยดำเนินการ", "None, or never done", "fail")
"""The way round a date that does not exist because the duty was not done: a finding, with its note."""

DATE_RULES = {
    "past": (
        "${visit_date} = '' or . <= ${visit_date}",
        ("วันที่อยู่หลังวันตรวจ กรุณาตรวจปี พ.ศ.", "Date is after the visit; please check the year"),
    ),
    "future": (
        "${visit_date} = '' or . >= ${visit_date}",
        ("วันที่อยู่ก่อนวันตรวจ กรุณาตรวจปี พ.ศ.", "Date is before the visit; please check the year"),
    ),
}
"""`date_rule` of a date: constraint and message. A wrong year is a slip of the finger, not a finding."""

_POINT = {"name": "point", "th": "จุดที่วัดหรือเก็บตัวอย่าง", "en": "Point of measuring or sampling"}
_METHOD = {"name": "method", "th": "วิธีตรวจวัด", "en": "Method"}
RECORDS: dict[str, tuple[dict[str, str], ...]] = {
    "sample": (
        _POINT,
        {"name": "sample", "th": "เลขที่ตัวอย่าง", "en": "Sample number"},
        {"name": "sampled", "type": "date", "date_rule": "past", "th": "วันที่เก็บตัวอย่าง", "en": "Date of sampling"},
        {"name": "laboratory", "th": "ห้องปฏิบัติการและเลขที่รายงาน", "en": "Laboratory and report number"},
        _METHOD,
    ),
    "instrument": (
        _POINT,
        {"name": "instrument", "th": "เครื่องมือและหมายเลขเครื่อง", "en": "Instrument and serial number"},
        {"name": "calibrated", "type": "date", "date_rule": "past", "th": "วันที่สอบเทียบ", "en": "Date of calibration"},
        _METHOD,
    ),
}
"""`record` of a measured item: the further questions that make a value traceable."""

CONTEXT = (
    ("visit_date", "date", "วันที่ตรวจ", "Date of visit"),
    ("visit_kind", "text", "ลักษณะการตรวจ", "Kind of visit"),
    ("site_kind", "text", "ประเภทสถานที่", "Kind of site"),
    ("site_name", "text", "ชื่อสถานที่", "Name of site"),
    ("registry_no", "text", "เลขทะเบียนโรงงาน", "Factory registration number"),
    ("factory_type", "text", "ประเภทหรือชนิดโรงงาน", "Factory type"),
    ("factory_group", "text", "จำพวกโรงงาน", "Factory group"),
    ("licensed_hp", "decimal", "กำลังเครื่องจักรตามใบอนุญาต (แรงม้า)", "Licensed machine power (HP)"),
    ("licensed_workers", "integer", "จำนวนคนงานตามทะเบียน", "Registered workers"),
)
"""Nodes of the `visit` group, filled from the visit before the first question; read-only."""

EXHIBIT = (
    ("exhibit_no", "text", "เลขที่หลักฐาน", "Exhibit number"),
    ("exhibit_item", "text", "ข้อ", "Item"),
    ("exhibit_kind", "text", "ประเภท", "Kind"),
    ("exhibit_caption", "text", "คำบรรยาย", "Caption"),
    ("exhibit_sha256", "text", "ค่าแฮช", "SHA-256"),
    ("exhibit_file", "image", "ไฟล์", "File"),
)
"""Nodes of one row of `exhibits`, filled when the record is sealed; never asked."""
