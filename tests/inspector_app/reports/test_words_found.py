"""Every word that was printed can be found again, by two different readers."""

from __future__ import annotations

import re

import pytest

from checklists.text import ZWSP, break_words
from tests.support import pdf_samples
from tests.support.pdf_reading import pdfium_text, poppler_text, render

MARKED = (
    "ปั๊มน้ำ ชั้นที่สี่ ผู้ตรวจการโรงงานอุตสาหกรรม ต้มน้ำร้อน น้ำทิ้ง น้ำใจ กำลังเครื่องจักร จำนวนคนงาน คำสั่ง ทำงาน ฝุ่นละออง "
    "ญาติผู้ใหญ่ กฎหมาย ฐานราก หญ้า ปฏิญญา สัญญาณ ใบอนุญาต กู้ภัย ตู้ควบคุม เปลี่ยนแปลง เพลิงไหม้ ฟุ้งกระจาย ปิ่นโต "
    "ฝั่งซ้าย ป้ายเตือน ป่าไม้ พื้นที่ เครื่องป้องกัน สิ่งปฏิกูล วัสดุที่ไม่ใช้แล้ว ก๊าซ โซดาไฟ ไฟฟ้า ม้วน เก๊กฮวย จ๋า ก๋วยเตี๋ยว ๆ ฯลฯ "
    "ศูนย์ สถานประกอบการ บำบัดน้ำเสีย ซ้ำ ค้ำ ล้ำ ถ้ำ ช้ำ ย้ำ น้ำตาล รั้ว ตั้งอยู่ กั้น ขั้น ทั้งนี้ ยับยั้ง ทฤษฎี อุณหภูมิ มลพิษ ระดับเสียง"
)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def thai_words(text: str) -> list[str]:
    return [w for w in re.split(rf"[^\u0e00-\u0e7f]+|{ZWSP}", break_words(text)) if len(w) > 1]


@pytest.fixture(scope="module")
def report() -> bytes:
    return render(pdf_samples.envelope(visit={**pdf_samples.envelope()["visit"], "remarks": MARKED}))


def test_poppler_finds_every_marked_word(report: bytes) -> None:
    found = squeezed(poppler_text(report))
    assert [word for word in MARKED.split() if word not in found] == []


def test_pdfium_finds_every_marked_word(report: bytes) -> None:
    found = squeezed("".join(pdfium_text(report)))
    assert [word for word in MARKED.split() if word not in found] == []


def test_every_word_of_every_item_is_found_by_both_readers(report: bytes) -> None:
    titles = [item.title.th for section in pdf_samples.result().sections for item in section.items]
    asked = {word for title in titles for word in thai_words(title)}
    assert len(asked) > 350
    for text in (squeezed(poppler_text(report)), squeezed("".join(pdfium_text(report)))):
        assert {word for word in asked if word not in text} == set()


def test_no_break_mark_or_private_character_is_left_in_the_text(report: bytes) -> None:
    text = poppler_text(report) + "".join(pdfium_text(report))
    assert not re.search("[\u200b\ue000-\uf8ff\ufffd]", text)


def test_numbers_and_units_are_found_with_their_space(report: bytes) -> None:
    assert "ไม่น้อยกว่า 110 ซม." in poppler_text(report)
    assert "20 พ.ย. 2569" in poppler_text(report)
