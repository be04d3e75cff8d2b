"""Where Thai lines break, and how words are placed and read back."""

from __future__ import annotations

import pytest

from inspector_app.reports.fonts import REPLACEMENT, face
from inspector_app.reports.thai import Style, breakable, clusters, operators, pieces, set_lines, visible, width_of

BODY = Style("Regular", 9.5, 15.4)
LONG = "พาเลทไม้วางกีดขวางประตูทางออกฉุกเฉินอาคารผลิต 1 ขณะมีคนงาน 46 คน เหลือช่องผ่าน 84 ซม. ไม่น้อยกว่า 110 ซม."


def words(text: str) -> list[str]:
    return [piece.text for piece in pieces(text)]


@pytest.mark.parametrize(
    "kept",
    [
        "27 เมตร", "110 ซม.", "ข้อ 14", "20 พ.ย.", "ไม่เกิน 20", "40 %", "ฉบับที่ 2", "14 มีนาคม",
    ],
)  # fmt: skip
def test_a_number_stays_with_its_unit_sign_clause_or_month(kept: str) -> None:
    assert any(kept in word for word in words(f"ตรวจพบ {kept} ตามที่วัดได้"))


@pytest.mark.parametrize(
    "phrase", ["ไม่เกิน", "ไม่น้อยกว่า", "คำสั่ง", "พนักงานเจ้าหน้าที่", "ข้อบกพร่อง", "กระทรวงอุตสาหกรรม", "ไม่เกี่ยวข้อง"]
)
def test_a_kept_phrase_is_one_piece(phrase: str) -> None:
    assert any(phrase in word for word in words(f"โรงงาน{phrase}ของท่าน"))


def test_a_title_is_never_parted_from_the_name() -> None:
    assert "นายสมมุติ" in words("นายสมมุติ นำทาง")
    assert not any(word in ("นาย", "นางสาว") for word in words("ผู้นำตรวจ นางสาวสมมุติ รอบคอบ"))


def test_lines_hold_all_the_text_and_none_is_too_wide() -> None:
    for width in (40, 90, 170, 300, 500):
        lines = set_lines([(BODY, LONG)], width)
        assert "".join(line.text for line in lines).replace(" ", "") == LONG.replace(" ", "")
        assert all(line.width <= width + 0.02 for line in lines)


def test_no_line_starts_with_a_leaning_vowel_or_mark() -> None:
    for width in range(12, 120, 7):
        for line in set_lines([(BODY, "ปั๊มน้ำที่ชั้นกำลังทำงานผู้ตรวจการ" * 2)], width):
            assert line.text[0] not in "ะาำๅๆัิีึืฺุู็่้๊๋์ํ"


def test_a_word_wider_than_its_column_breaks_between_characters_only() -> None:
    code = "AB" * 40
    lines = set_lines([(BODY, code)], 60)
    assert len(lines) > 3
    assert "".join(line.text for line in lines) == code
    assert clusters("เปลี่ยนน้ำ") == ["เป", "ลี่", "ย", "น", "น้ำ"]


def test_a_line_end_in_an_answer_ends_the_line_and_blank_text_gives_none() -> None:
    assert [line.text for line in set_lines([(BODY, "หนึ่ง\nสอง\r\nสาม")], 400)] == ["หนึ่ง", "สอง", "สาม"]
    assert set_lines([(BODY, "")], 100) == []
    assert len(set_lines([(BODY, "ก\n\nข")], 100)) == 3


def test_bold_may_begin_inside_a_line_and_keeps_its_width() -> None:
    bold = BODY.but(style="Bold")
    (line,) = set_lines([(bold, "ผู้ตรวจการ"), (BODY, "ต้องลงชื่อ")], 400)
    assert [part.style.style for part in line.parts] == ["Bold", "Regular"]
    assert line.width == pytest.approx(width_of(bold, "ผู้ตรวจการ") + width_of(BODY, "ต้องลงชื่อ"))


def test_thai_digits_are_a_switch_and_leave_codes_alone() -> None:
    code = BODY.but(code=True)
    (line,) = set_lines([(BODY, "มาตรา 37 "), (code, "FA-B05")], 400, thai_digits=True)
    assert line.text == "มาตรา ๓๗ FA-B05"


def test_control_codes_become_visible_and_tabs_plain() -> None:
    assert visible("ก\x00ข\x07\tค\u2028ง") == "ก·ข· ค·ง"
    assert "\u200b" not in "".join(words("ก\u200bข ตรวจโรงงาน"))


# --- shaping --------------------------------------------------------------------------------------------------------


def glyph_names(text: str, style: str = "Regular") -> list[str]:
    shaped = face("Sarabun", style)
    return [shaped.hb_font.glyph_to_string(glyph.gid) for glyph in shaped.shape(text).glyphs]


def test_marks_over_tall_letters_are_the_narrow_ones_and_moved_left() -> None:
    run = face("Sarabun", "Regular").shape("ปั๊ม")
    assert glyph_names("ปั๊ม") == ["uni0E1B", "uni0E31.narrow", "uni0E4A.small", "uni0E21"]
    assert [(g.dx, g.dy) for g in run.glyphs] == [(0, 0), (0, 0), (-163, -32), (0, 0)]


def test_letters_with_tails_lose_them_over_a_lower_vowel() -> None:
    assert glyph_names("ญู")[0] == "yoYingthai.less"
    assert glyph_names("ฐุ")[0] == "thoThanthai.less"


def test_sara_am_is_split_for_the_eye_and_whole_for_the_reader() -> None:
    assert glyph_names("น้ำ") == ["uni0E19", "uni0E4D0E49", "uni0E32"]
    code, _, _ = operators(face("Sarabun", "Regular"), "น้ำ", 10)
    assert "/ActualText<FEFF0E190E490E33>" in code


def test_marks_never_widen_a_word() -> None:
    regular = face("Sarabun", "Regular")
    assert regular.shape("ที่").width == regular.shape("ท").width
    assert regular.shape("ชั้น").width == regular.shape("ชน").width


def test_moves_before_and_after_a_mark_are_one_number() -> None:
    """Two numbers side by side would read as one and throw the next mark across the line."""
    code, _, _ = operators(face("Sarabun", "Regular"), "ที่", 9)
    assert code.count("[") == 1
    assert "<" in code
    moved = code.partition("[")[2].partition("]")[0]
    assert all(abs(int(part.rpartition(">")[2] or 0)) < 400 for part in moved.split("<"))


def test_plain_latin_needs_no_actual_text_and_no_ligature() -> None:
    code, _, gids = operators(face("Sarabun", "Regular"), "fire", 10)
    assert "ActualText" not in code
    assert len(gids) == 4


def test_every_glyph_that_thai_text_uses_says_what_it_is() -> None:
    shaped = face("Sarabun", "Bold")
    letters = [chr(code) for code in range(0x0E01, 0x0E2F)]
    marks = ["ี", "ื", "ู", "ั", "่", "้", "๊", "๋", "์", "ี่", "ื้", "ั๊", "ู่"]
    for word in (letter + mark for letter in letters for mark in marks):
        assert all(shaped.text_of(glyph.gid) != "\ufffd" for glyph in shaped.shape(word).glyphs), word


def test_a_character_without_a_glyph_is_replaced_visibly_and_still_found() -> None:
    shaped = face("Sarabun", "Regular")
    assert glyph_names("ก😀") == ["uni0E01", glyph_names(REPLACEMENT)[0]]
    assert shaped.missing("ก😀\nข") == ["😀"]
    code, _, _ = operators(shaped, "ก😀", 10)
    assert "FEFF0E01D83DDE00" in code


def test_what_a_line_may_break_at_is_never_part_of_a_latin_word() -> None:
    assert breakable("SHA-256 pH 7.5") == "SHA-256 pH 7.5"
