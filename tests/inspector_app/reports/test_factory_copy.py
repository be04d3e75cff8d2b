"""The factory's copy holds what the factory may see and nothing else: on the page, attached, or in the file's bytes."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
import pytest

from checklists.model import Attachment, AttachmentKind, Audience, Field, Words, to_json
from checklists.sealing import canonical, digest, extract_digest, extract_for_factory
from inspector_app.reports import content
from tests.support import pdf_samples
from tests.support.pdf_reading import everything_inside, pdfium_text, poppler_text, qpdf_complaints, render

OFFICE_PHOTO = pdf_samples.photo_bytes(77, (400, 300))
MARKERS = {
    "office item": pdf_samples.OFFICE_MARKER,
    "restricted item": pdf_samples.RESTRICTED_MARKER,
    "purpose": "เรื่องร้องเรียนจากนางมาลับพิเศษ",
    "remarks": "หมายเหตุลับสุดยอดกระทรวง",
    "field": "ฟิลด์ลับของสำนักงาน",
    "caption": "คำบรรยายภาพลับ",
    "phone": "08-7777-1234",
    "answer": "คำตอบดิบลับ",
}


def secret_envelope() -> dict[str, object]:
    """A record with something hidden in every place that can hide something."""
    import hashlib

    record = pdf_samples.envelope(hidden=True)
    record["visit"] |= {"purpose": MARKERS["purpose"], "remarks": MARKERS["remarks"]}
    record["visit"]["met"][0]["phone"] = MARKERS["phone"]
    record["answers"] = [{"path": "/data/k91", "row": "", "value": MARKERS["answer"]}]
    record["submission"] = f"<data>{MARKERS['answer']}</data>"
    hidden_field = Field("inner", Words("ภายใน"), MARKERS["field"], audience=Audience.OFFICE)
    record["sections"][0]["items"][1]["fields"] = [to_json(hidden_field)]
    sha = hashlib.sha256(OFFICE_PHOTO).hexdigest()
    photo = Attachment(
        "a-x", "r", AttachmentKind.PHOTO, sha, len(OFFICE_PHOTO), "image/jpeg", "x.jpg", item_id="FA-B05",
        exhibit="จ.99", caption=MARKERS["caption"], audience=Audience.OFFICE,
    )  # fmt: skip
    record["attachments"].append(to_json(photo))
    record["findings"][1]["exhibits"].append("จ.99")
    record["factory_extract_digest"] = extract_digest(record)
    return record


def images(sha256: str) -> bytes:
    import hashlib

    return OFFICE_PHOTO if sha256 == hashlib.sha256(OFFICE_PHOTO).hexdigest() else pdf_samples.images(sha256)


@pytest.fixture(scope="module")
def factory() -> bytes:
    return render(secret_envelope(), copy="factory", images=images)


@pytest.mark.parametrize("where", MARKERS)
def test_no_hidden_text_is_on_its_pages_or_anywhere_in_the_file(factory: bytes, where: str) -> None:
    marker = MARKERS[where]
    squeezed = re.sub(r"\s", "", poppler_text(factory) + "".join(pdfium_text(factory)))
    assert re.sub(r"\s", "", marker) not in squeezed
    inside = everything_inside(factory)
    hexed = marker.encode("utf-16-be").hex().upper().encode()
    for form in (marker.encode(), marker.encode("utf-16-be"), hexed, hexed.lower(), marker.encode("unicode_escape")):
        assert form not in inside


def letters_in_fonts(data: bytes) -> set[str]:
    """Return every character that any embedded font can print, from its ToUnicode map."""
    letters: set[str] = set()
    with pikepdf.open(io.BytesIO(data)) as document:
        for page in document.pages:
            for font in page.resources["/Font"].values():
                codes = re.findall(rb"<[0-9A-F]{4}> <([0-9A-F]+)>", font.ToUnicode.read_bytes())
                letters.update("".join(bytes.fromhex(code.decode()).decode("utf-16-be") for code in codes))
    return letters


def test_no_letter_of_a_hidden_name_was_ever_printed(factory: bytes) -> None:
    """Words are split on paper, so a sentence could slip through the search above: these letters stand nowhere else."""
    assert not {"ฌ", "ฅ"} & letters_in_fonts(factory)
    inside = everything_inside(factory)
    for letter in ("ฌาน", "ฅุ"):
        assert letter.encode() not in inside


def test_the_same_searches_find_what_is_in_the_office_copy() -> None:
    """The searches above can fail: they find what is there."""
    office = render(secret_envelope(), copy="office", images=images)
    assert "ฌ" in letters_in_fonts(office)
    assert MARKERS["office item"] in re.sub(r"\s", "", poppler_text(office))
    assert OFFICE_PHOTO in everything_inside(office)


def test_the_restricted_part_is_not_even_in_the_office_copy() -> None:
    office = render(secret_envelope(), copy="office", images=images)
    assert "ฅ" not in letters_in_fonts(office)
    assert "ฅุมาร".encode() not in everything_inside(office)


def test_an_office_photo_is_not_in_the_file(factory: bytes) -> None:
    assert OFFICE_PHOTO not in everything_inside(factory)
    assert "จ.99" not in poppler_text(factory)


def test_what_is_attached_is_the_extract_and_its_digest_is_printed(factory: bytes) -> None:
    record = secret_envelope()
    with pikepdf.open(io.BytesIO(factory)) as document:
        (name,) = document.attachments
        attached = document.attachments[name].get_file().read_bytes()
    assert attached == canonical(extract_for_factory(record))
    assert digest(attached) == record["factory_extract_digest"]
    assert digest(attached) in re.sub(r"\s", "", "".join(pdfium_text(factory)))


def test_the_code_on_paper_is_that_of_the_whole_record(factory: bytes) -> None:
    """So that the office can find the record; a hash tells nothing of what it hides."""
    record = secret_envelope()
    assert content.from_envelope(record, copy="factory").digest == digest(canonical(record))


def test_it_names_itself_the_copy_for_the_site(factory: bytes, tmp_path: Path) -> None:
    assert all("สำเนาสำหรับสถานประกอบการ" in page for page in pdfium_text(factory))
    assert qpdf_complaints(factory, tmp_path) == ""


def test_it_tells_the_factory_of_its_own_refusal() -> None:
    text = re.sub(r"\s", "", poppler_text(render(pdf_samples.envelope(refused=True), copy="factory")))
    assert "ขอให้ผู้บริหารอ่านก่อน" in text
