"""The finished file: pages, codes, fonts, metadata, and that nothing stands where it should not."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
import pytest

from checklists.sealing import canonical, digest
from inspector_app.reports import content, pdf
from tests.support import pdf_samples
from tests.support.pdf_reading import (
    ink_box,
    pdfium_images,
    pdfium_text,
    poppler_text,
    qpdf_complaints,
    qr_codes,
    render,
)


@pytest.fixture(scope="module")
def report() -> bytes:
    return render()


def test_qpdf_finds_nothing_to_complain_about(report: bytes, tmp_path: Path) -> None:
    assert qpdf_complaints(report, tmp_path) == ""


def test_every_page_says_which_page_of_how_many_it_is(report: bytes) -> None:
    pages = pdfium_text(report)
    assert len(pages) >= 8
    for number, page in enumerate(pages, start=1):
        assert f"หน้า {number} จาก {len(pages)}" in page


def test_the_qr_code_of_every_page_reads_back_at_the_dots_of_a_portable_printer(report: bytes) -> None:
    wanted = content.from_envelope(pdf_samples.envelope(), copy="office").qr
    assert wanted.endswith(digest(canonical(pdf_samples.envelope())).upper())
    assert all(codes == [wanted] for codes in qr_codes(report, dpi=203))


def test_every_page_prints_code_and_digest(report: bytes) -> None:
    name = digest(canonical(pdf_samples.envelope()))
    for page in pdfium_text(report):
        assert name.upper() in re.sub(r"\s", "", page)
        assert "รหัสการตรวจ" in page


def test_the_same_record_gives_the_same_bytes(report: bytes) -> None:
    assert render() == report


def test_photos_are_in_the_file_untouched_and_once(report: bytes) -> None:
    with pikepdf.open(io.BytesIO(report)) as document:
        inside = [bytes(o.read_raw_bytes()) for o in document.objects if _is_photo(o)]
    photos = [pdf_samples.photo_bytes(n) for n in range(1, 13)]
    assert sorted(map(hash, inside)) == sorted(map(hash, photos))
    assert len(report) < 1.1 * sum(map(len, photos))


def _is_photo(thing: object) -> bool:
    return isinstance(thing, pikepdf.Stream) and thing.get("/Filter") == "/DCTDecode"


def test_all_fonts_are_embedded_subsets_with_a_way_back_to_text(report: bytes) -> None:
    with pikepdf.open(io.BytesIO(report)) as document:
        fonts = document.pages[0].resources["/Font"]
        assert len(fonts) == 2
        for font in fonts.values():
            descendant = font.DescendantFonts[0]
            assert str(font.BaseFont)[7] == "+"
            assert len(descendant.FontDescriptor.FontFile2.read_bytes()) < 60_000
            assert b"beginbfchar" in font.ToUnicode.read_bytes()


def test_title_language_and_metadata_agree(report: bytes) -> None:
    with pikepdf.open(io.BytesIO(report)) as document:
        title = str(document.docinfo["/Title"])
        xmp = document.Root.Metadata.read_bytes().decode()
        assert title.startswith("รายงานผลการตรวจโรงงาน ")
        assert f">{title}<" in xmp
        assert str(document.Root.Lang) == "th-TH"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert "<pdfaid:part>3</pdfaid:part>" in xmp
        assert document.Root.OutputIntents[0].DestOutputProfile.read_bytes()[36:40] == b"acsp"
        assert str(document.docinfo["/CreationDate"]) == "D:20261120154000+07'00'"


def test_the_sealed_record_is_an_attached_file(report: bytes) -> None:
    with pikepdf.open(io.BytesIO(report)) as document:
        (name,) = document.attachments
        assert document.attachments[name].get_file().read_bytes() == canonical(pdf_samples.envelope())
        assert len(document.Root.AF) == 1


def test_nothing_is_printed_outside_the_margins(report: bytes) -> None:
    for image in pdfium_images(report, dpi=72):
        left, top, right, bottom = ink_box(image)
        assert left >= 65
        assert right <= image.width - 41
        assert top >= 25
        assert bottom <= image.height - 10


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_findings_are_never_parted_from_their_photos(report: bytes) -> None:
    composed = content.from_envelope(pdf_samples.envelope(), copy="office")
    pages = [squeezed(page) for page in pdfium_text(report)]
    for finding in composed.findings:
        (page,) = [p for p in pages if finding.number + finding.severity_label + squeezed(finding.title) in p]
        assert squeezed(finding.fact) in page
        for photo in finding.photos:
            assert photo.sha256[:8].upper() in page


@pytest.mark.parametrize("language", ["th", "en"])
def test_time_and_hash_under_a_findings_photo_stand_on_one_line(language: str) -> None:
    """Also where two photos share the width that one has alone."""
    composed = content.from_envelope(pdf_samples.envelope(), copy="office", language=language)
    lines = [line for page in pdfium_text(render(language=language)) for line in page.splitlines()]
    for photo in (photo for finding in composed.findings for photo in finding.photos):
        (line,) = [line for line in lines if photo.sha256[:8].upper() in line]
        assert "2569" in line


def test_table_heads_are_printed_again_on_every_page_of_the_answers(report: bytes) -> None:
    pages = [p for p in map(squeezed, pdfium_text(report)) if "รหัสรายการตรวจผลค่าที่วัดเกณฑ์หรือเหตุผล" in p]
    items = [item.item_id for section in pdf_samples.result().sections for item in section.items]
    assert len(pages) >= 4
    assert all(any(item in page for page in pages) for item in items)
    assert all("(ต่อ)" in page or re.search(r"[A-K]\.", page) for page in pages)


def test_thai_digits_are_a_switch_and_codes_stay_western() -> None:
    text = poppler_text(render(thai_digits=True))
    assert "หน้า ๑ จาก" in text
    assert "๒๐ พ.ย. ๒๕๖๙" in text
    assert "FA-B05" in text
    assert "SHA-256" in text


def test_the_preview_is_marked_on_every_page_and_has_no_qr_code() -> None:
    preview = content.from_draft(
        pdf_samples.result(),
        visit=pdf_samples.VISIT,
        attachments=pdf_samples.photos(),
        form=pdf_samples.PIN,
        author=pdf_samples.LEAD,
    )
    out = io.BytesIO()
    pages = pdf.render(preview, images=pdf_samples.images, out=out)
    texts = pdfium_text(out.getvalue())
    assert len(texts) == pages
    assert all("ร่าง" in text and "ยังไม่ปิดผนึก" in text for text in texts)
    assert not any(code.startswith("INSP1") for codes in qr_codes(out.getvalue(), dpi=120) for code in codes)


def test_english_pages_are_whole_too(tmp_path: Path) -> None:
    data = render(language="en")
    text = poppler_text(data)
    assert "Factory inspection report" in text
    assert squeezed("Order under s. 37 proposed") in squeezed(text)
    assert qpdf_complaints(data, tmp_path) == ""
