"""Extreme and hostile records: the report comes, nothing is lost, nothing runs over."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from checklists.model import to_json
from inspector_app.reports.images import prepare
from tests.support import pdf_samples, photos
from tests.support.pdf_reading import ink_box, pdfium_images, pdfium_text, poppler_text, qpdf_complaints, render


def no_pictures(sha256: str) -> bytes:
    raise KeyError(sha256)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def plain(**changes: Any) -> dict[str, Any]:
    return to_json({**pdf_samples.envelope(), **changes})


def within_the_sheet(data: bytes) -> bool:
    return all(
        box[0] >= 60 and box[2] <= image.width - 38 and box[3] <= image.height - 8
        for image in pdfium_images(data, dpi=72)
        if (box := ink_box(image))
    )


def test_an_empty_record_is_a_report_of_two_pages_at_most() -> None:
    data = render({}, images=no_pictures)
    assert 1 <= len(pdfium_text(data)) <= 2
    assert "ไม่พบข้อบกพร่องในรายการที่ตรวจ" in squeezed(poppler_text(data)).replace(" ", "")


def test_markup_in_answers_is_printed_as_typed() -> None:
    typed = "<b>ไม่ใช่</b> & < > &amp; {ชื่อ} %s \\n (วงเล็บ) [เหลี่ยม] ]]> '\"; DROP TABLE"
    record = plain()
    record["findings"][0]["fact"] = typed
    assert squeezed(typed) in squeezed("".join(pdfium_text(render(record, images=no_pictures))))


def test_control_codes_and_emoji_do_not_stop_it_and_leave_a_trace(tmp_path: Path) -> None:
    record = plain()
    record["findings"][0]["fact"] = "ก่อน\x00\x07\x1b\ufffe😀🔥\ud800หลัง"
    data = _preview(record)
    assert qpdf_complaints(data, tmp_path) == ""
    text = squeezed(poppler_text(data))
    assert "ก่อน····" in text
    assert "หลัง" in text


def test_characters_without_a_glyph_are_named_in_the_log_by_code_point_alone(caplog: pytest.LogCaptureFixture) -> None:
    record = plain()
    record["findings"][0]["fact"] = "พบเหตุ😀漢"
    _preview(record)
    (said,) = [r.getMessage() for r in caplog.records if r.name == "inspector_app.reports.pdf"]
    assert said.endswith("codes=U+6F22 U+1F600")
    assert not set("พบเหตุ😀漢") & set(said)


def test_nothing_is_logged_where_every_character_has_a_glyph(caplog: pytest.LogCaptureFixture) -> None:
    render(plain(), images=no_pictures)
    assert not caplog.records


def _preview(record: dict[str, Any]) -> bytes:
    """A lone surrogate cannot be sealed, but a draft may hold one for a moment: preview it."""
    from checklists.model import InspectionResult
    from inspector_app.reports import content, pdf

    result = InspectionResult.from_json(record)
    preview = content.from_draft(
        result, visit=pdf_samples.VISIT, attachments=(), form=pdf_samples.PIN, author=pdf_samples.LEAD
    )
    out = io.BytesIO()
    pdf.render(preview, images=no_pictures, out=out)
    return out.getvalue()


def test_a_note_of_many_thousand_letters_goes_over_pages_and_loses_nothing() -> None:
    sentence = "ตรวจพบน้ำเสียไหลล้นจากบ่อบำบัดลงสู่ทางระบายน้ำสาธารณะ จุดที่ {} "
    fact = "".join(sentence.format(n) for n in range(1, 221))
    record = plain()
    record["findings"][0]["fact"] = fact
    data = render(record, images=no_pictures)
    text = squeezed("".join(pdfium_text(data)))
    for number in (1, 57, 111, 165, 220):
        assert f"จุดที่{number}ตรวจ" in text or f"จุดที่{number}" in text
    assert within_the_sheet(data)


def test_a_long_answer_in_the_table_goes_over_pages_too() -> None:
    record = plain()
    record["sections"][1]["items"][3]["note"] = "".join(f"บรรทัดที่{n} ของคำอธิบายยาวมาก " for n in range(400))
    data = render(record, images=no_pictures)
    text = squeezed("".join(pdfium_text(data)))
    assert all(f"บรรทัดที่{n}ของ" in text for n in range(0, 400, 37))
    assert within_the_sheet(data)


def test_unbroken_words_stay_inside_their_columns() -> None:
    record = plain()
    record["visit"]["site"]["name_th"] = "บริษัท" + "กขคงจฉชซ" * 12
    record["visit"]["site"]["address"] = "X" * 90
    record["sections"][0]["items"][0]["title"] = {"th": "A" * 200, "en": ""}
    record["findings"][0]["title"] = {"th": "ชื่อยาว" * 30, "en": ""}
    record["findings"][0]["proposal"] = {"th": "W" * 300, "en": ""}
    assert within_the_sheet(render(record, images=no_pictures))


def test_two_hundred_findings_are_all_there() -> None:
    record = plain()
    model = record["findings"][2]
    record["findings"] = [{**model, "finding_id": f"f{n}", "fact": f"ข้อเท็จจริงหมายเลข {n} จบ"} for n in range(1, 201)]
    data = render(record, images=no_pictures)
    text = squeezed("".join(pdfium_text(data)))
    assert all(f"ข้อเท็จจริงหมายเลข{n}จบ" in text for n in range(1, 201))
    assert "F200" in text
    assert within_the_sheet(data)


def test_a_finding_with_thirty_photos_shows_them_all() -> None:
    record = plain()
    photo = record["attachments"][0]
    many = [{**photo, "attachment_id": f"p{n}", "exhibit": f"จ.{n + 100}", "caption": f"ภาพชุด {n}"} for n in range(30)]
    record["attachments"] = many
    record["findings"][0]["exhibits"] = [p["exhibit"] for p in many]
    data = render(record)
    text = squeezed("".join(pdfium_text(data)))
    assert all(f"ภาพจ.{n + 100}" in text for n in range(30))
    assert within_the_sheet(data)


def test_many_sections_officers_and_people_still_fit_the_first_page() -> None:
    record = plain()
    section = record["sections"][0]
    record["sections"] = [{**section, "section_id": chr(65 + n)} for n in range(16)]
    record["visit"]["team"] = [{**record["visit"]["team"][0], "name": f"นายคนที่ {n} ตรวจดี"} for n in range(6)]
    assert within_the_sheet(render(record, images=no_pictures))


@pytest.mark.parametrize(
    "what", [b"", b"no picture", photos.photo()[:900], b"\xff\xd8\xff\xe0" + b"\0" * 400, b"GIF89a"]
)
def test_a_broken_photo_is_a_frame_that_says_so(what: bytes) -> None:
    assert prepare(what) is None
    data = render(plain(), images=lambda sha256: what)
    assert "แสดงภาพไม่ได้" in poppler_text(data)


def picture(mode: str, kind: str, color: Any, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (320, 200), color).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("CMYK", picture("CMYK", "JPEG", (0, 200, 200, 10))),
        ("16-bit", picture("I;16", "PNG", 30000)),
        ("transparent", picture("RGBA", "PNG", (200, 30, 30, 90))),
        ("palette", picture("P", "PNG", 3)),
        ("bilevel", picture("1", "PNG", 1)),
        ("WebP", picture("RGB", "WEBP", (10, 120, 60))),
        ("TIFF", picture("RGB", "TIFF", (10, 120, 60))),
    ],
)
def test_pictures_of_other_kinds_are_made_plain_jpegs(name: str, data: bytes) -> None:
    made = prepare(data)
    assert made is not None, name
    with Image.open(io.BytesIO(made.data)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (320, 200))


def test_an_animated_picture_shows_its_first_frame() -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (60, 40), color) for color in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    made = prepare(out.getvalue())
    assert made is not None
    with Image.open(io.BytesIO(made.data)) as image:
        red, _, blue = image.getpixel((5, 5))
    assert red > 200 > blue


def test_a_turned_photo_is_set_upright() -> None:
    made = prepare(photos.photo(size=(640, 480), orientation=6))
    assert made is not None
    assert (made.width, made.height) == (480, 640)


def test_an_upright_jpeg_passes_through_untouched_and_a_huge_one_is_scaled_down() -> None:
    small = photos.photo(3)
    made = prepare(small)
    assert made is not None
    assert made.data == small
    scaled = prepare(_huge())
    assert scaled is not None
    assert max(scaled.width, scaled.height) == 2400


def _huge() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (6000, 3000), (9, 90, 9)).save(out, "JPEG")
    return out.getvalue()
