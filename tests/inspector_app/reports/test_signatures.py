"""Who signed what: a signature holds for the content that was shown when it was made, and for no other."""

from __future__ import annotations

import io
from typing import Any

import pytest

from checklists.findings import recorded_digest
from inspector_app.reports import content, pdf
from inspector_app.reports.verify import verify_pdf
from tests.support import pdf_samples
from tests.support.pdf_reading import poppler_text

OFFICER, GUIDE = pdf_samples.LEAD.name, pdf_samples.VISIT.met[0].name
VOID = "ใช้ไม่ได้: บันทึกถูกแก้หลังลงชื่อ"


def envelope(*, officer: str = "", guide: str = "", refused: bool = False, **changes: Any) -> dict[str, Any]:
    """Return a record whose signatures are bound to these digests; `now` stands for what the record says."""
    plain = pdf_samples.envelope(refused=refused)
    now = recorded_digest(plain)
    bound = {"officer": officer, "guide": guide}
    for one in plain["attachments"]:
        if one["kind"] == "signature":
            one["bound_to"] = bound[one["role"]].replace("now", now)
    return pdf_samples.envelope(refused=refused, attachments=plain["attachments"], **changes)


def voids(record: dict[str, Any], copy: str = "office") -> dict[str, bool]:
    boxes = content.from_envelope(record, copy=copy).signatures
    return {box.name: box.void for box in boxes if box.sha256}


def printed(record: dict[str, Any], copy: str = "office", **more: Any) -> bytes:
    out = io.BytesIO()
    pdf.render(content.from_envelope(record, copy=copy, **more), images=pdf_samples.images, out=out)
    return out.getvalue()


@pytest.mark.parametrize("copy", ["office", "factory"])
def test_a_signature_bound_to_other_content_is_void_and_the_others_are_not(copy: str) -> None:
    assert voids(envelope(officer="now", guide="ab" * 32), copy) == {OFFICER: False, GUIDE: True}


def test_a_signature_bound_to_nothing_is_not_called_void() -> None:
    """It was made on paper, or by a program that did not say."""
    assert voids(envelope()) == {OFFICER: False, GUIDE: False}


def test_a_changed_answer_makes_every_signature_void() -> None:
    record = envelope(officer="now", guide="now")
    record["sections"][0]["items"][0]["note"] += " แก้ไข"
    assert voids(record) == {OFFICER: True, GUIDE: True}


def test_void_is_said_on_the_paper_beside_the_signature_and_in_the_count() -> None:
    text = poppler_text(printed(envelope(officer="now", guide="ab" * 32)))
    assert text.count(VOID) == 1
    assert "2 (ใช้ไม่ได้ 1)" in text
    assert VOID not in poppler_text(printed(envelope(officer="now", guide="now")))
    assert "VOID" in poppler_text(printed(envelope(officer="ab" * 32), language="en"))


@pytest.mark.parametrize("bound", [("now", "now"), ("now", "ab" * 32), ("ab" * 32, "ab" * 32), ("", "ab" * 32)])
@pytest.mark.parametrize("copy", ["office", "factory"])
def test_a_paper_with_void_signatures_still_proves_its_text(copy: str, bound: tuple[str, str]) -> None:
    data = printed(envelope(officer=bound[0], guide=bound[1]), copy)
    found = {check.code: check.good for check in verify_pdf(data).checks}
    assert found["text"] is True


def test_a_refusal_of_other_content_is_void_too() -> None:
    record = envelope(officer="now", refused=True)
    record["visit"]["refusals"][0]["bound_to"] = "ab" * 32
    assert content.from_envelope(record, copy="office").refusals[0].void
    assert "ใช้ไม่ได้: บันทึกถูกแก้หลังอ่านให้ฟัง" in poppler_text(printed(record))


# --- who guided -----------------------------------------------------------------------------------------------------


def guide_line(**changes: Any) -> str:
    refused = changes.pop("refused", False)
    record = pdf_samples.envelope(refused=refused)
    record["visit"]["met"] = []
    facts = content.from_envelope(record | changes, copy="office").visit
    return next(fact.value for fact in facts if fact.label == "ผู้นำตรวจ")


def test_who_signed_as_the_guide_is_named_where_nobody_was_entered_as_met() -> None:
    assert guide_line() == GUIDE


def test_who_refused_as_the_guide_is_named_as_well() -> None:
    assert guide_line(refused=True) == GUIDE


def test_no_guide_is_said_only_where_nobody_signed_or_refused_as_such() -> None:
    assert guide_line(attachments=[]) == "ไม่มีผู้นำตรวจ"
