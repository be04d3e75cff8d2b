"""Thai text: cleaning what people type, folding for search, breaking into words for display, digits and dates.

Stored text is always `clean`ed; zero-width spaces exist for display only (`break_words`) and never in data. Dates are
ISO 8601 in data and Buddhist era (B.E. = C.E. + 543) for people.

Sources: facts on folding were measured on 100,000 names (docs/store.md); date forms follow the rules of the Prime
Minister's Office on correspondence B.E. 2526.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from datetime import date, datetime, timedelta

ZWSP = "\u200b"
_ZERO_WIDTH = re.compile("[\u200b-\u200d\u2060\ufeff]")  # str.translate is ten times slower on Thai text
_TONE = "\u0e48-\u0e4b"
_NIKHAHIT = re.compile(f"\u0e4d([{_TONE}]?)\u0e32|([{_TONE}])\u0e4d\u0e32")
_MARKS = re.compile("[\u0e47-\u0e4e]")
_LEGAL_FORMS = re.compile(
    r"บริษัท|บมจ\.?|บจก\.?|หจก\.?|ห้างหุ้นส่วน(?:จำกัด|สามัญ)|จำกัด|มหาชน|โรงงาน|co\.?,? ?ltd\.?|limited|public company"
)
_NOT_WORD = re.compile(r"[^\w\u0e00-\u0e7f]+")
_THAI_DIGIT = re.compile("[\u0e50-\u0e59]")
_TO_WESTERN = {0x0E50 + digit: str(digit) for digit in range(10)}
_TO_THAI = {ord(str(digit)): chr(0x0E50 + digit) for digit in range(10)}
_THAI_RUN = re.compile("[\u0e00-\u0e7f]{2,}")
# Terms of inspections that a breaker splits and a reader wants whole.
_WHOLE = (
    "ไม่ผ่าน", "ไม่เกี่ยวข้อง", "ตรวจไม่ได้", "ข้อสังเกต", "ดีขึ้น", "แย่ลง", "คงเดิม", "น้ำเสีย", "น้ำทิ้ง", "น้ำดับเพลิง", "หม้อน้ำ",
    "ไม่เกิน", "ไม่น้อยกว่า", "คำสั่ง", "วันที่", "ข้อที่", "ห้องปฏิบัติการ", "ลายมือชื่อ", "ใบอนุญาต", "ทางออก",
)  # fmt: skip
_KEEP_WHOLE = re.compile("|".join("\u200b?".join(term) for term in _WHOLE))


def clean(text: str) -> str:
    """Return what a person typed or pasted in its one stored form.

    NFC, sara am as one character in both orders of nikhahit and tone mark, sara ae as one character, no zero-width
    characters. NFC alone does not do the middle two, and equal-looking texts would get different digests.
    """
    text = unicodedata.normalize("NFC", _ZERO_WIDTH.sub("", text)).replace("เเ", "แ")
    return _NIKHAHIT.sub(lambda m: (m[1] or m[2] or "") + "\u0e33", text)


def fold_words(text: str) -> list[str]:
    """Return the words of `text` as search sees them: no case, tone marks, legal forms, punctuation or Thai digits."""
    text = _LEGAL_FORMS.sub(" ", to_western_digits(clean(text).casefold()))
    return _NOT_WORD.sub(" ", _MARKS.sub("", text)).split()


def fold(text: str) -> str:
    """Return `fold_words` joined without spaces: the search key of a name."""
    return "".join(fold_words(text))


def to_western_digits(text: str) -> str:
    """Return `text` with ๐-๙ as 0-9."""
    return text.translate(_TO_WESTERN) if _THAI_DIGIT.search(text) else text


def to_thai_digits(text: str) -> str:
    """Return `text` with 0-9 as ๐-๙, as official letters print them."""
    return text.translate(_TO_THAI)


# --- words ----------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=8192)
def break_words(text: str) -> str:
    """Return `text` with U+200B between Thai words, for display and print only.

    Qt and reportlab do not break Thai lines themselves. Text without Thai comes back unchanged; where the breaker is
    missing or fails the text comes back unbroken (`breaker_works` tells at start-up).
    """
    return _KEEP_WHOLE.sub(lambda m: m[0].replace(ZWSP, ""), _THAI_RUN.sub(lambda m: ZWSP.join(_tokens(m[0])), text))


def unbreak(text: str) -> str:
    """Return display text as data: without the zero-width spaces, e.g. for copied label text."""
    return text.replace(ZWSP, "")


def breaker_works() -> bool:
    """Tell whether the word breaker has its data; it returns text unbroken, without an error, when it has not."""
    return len(_tokens("ผู้ตรวจการโรงงานอุตสาหกรรม")) > 1


def _tokens(run: str) -> list[str]:
    import thaibreak  # 54 ms to import: on first use, not before the first window

    return _keep_leading_marks([t for t in thaibreak.words(run) if t])


def _keep_leading_marks(tokens: list[str]) -> list[str]:
    """Join a token that starts with a dependent vowel or mark to the one before it: no line may start with one."""
    joined: list[str] = []
    for token in tokens:
        if joined and (token[0] in "ะาำๅๆฯ" or unicodedata.category(token[0]) == "Mn"):
            joined[-1] += token
        else:
            joined.append(token)
    return joined


# --- dates ----------------------------------------------------------------------------------------------------------

BUDDHIST_OFFSET = 543
MONTHS = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
MONTHS_SHORT = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip
WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")
_ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SEPARATOR = r"\s*[/\-. ]\s*"
_ERA = r"(?:[พค]\.?\s?ศ\.?)?\s*"
_DATE_FORMS = (
    re.compile(rf"^(?P<y>\d{{4}}){_SEPARATOR}(?P<m>\d{{1,2}}){_SEPARATOR}(?P<d>\d{{1,2}})$"),
    re.compile(rf"^(?P<d>\d{{1,2}}){_SEPARATOR}(?P<m>\d{{1,2}}){_SEPARATOR}(?P<y>\d{{4}}|\d\d)$"),
    re.compile(rf"^(?P<d>\d{{1,2}})\s*(?P<m>[^\d\s]+?)\s*{_ERA}(?P<y>\d{{4}}|\d\d)$"),
)


def thai_date(day: date, *, short: bool = True) -> str:
    """Return `22 พ.ย. 2569`, or `22 พฤศจิกายน พ.ศ. 2569` in the long form."""
    year = day.year + BUDDHIST_OFFSET
    if short:
        return f"{day.day} {MONTHS_SHORT[day.month - 1]} {year}"
    return f"{day.day} {MONTHS[day.month - 1]} พ.ศ. {year}"


def english_date(day: date) -> str:
    """Return `22 Nov 2026 (B.E. 2569)`: English text shows the Common Era beside the official one."""
    month = _ENGLISH_MONTHS[day.month - 1].title()
    return f"{day.day} {month} {day.year} (B.E. {day.year + BUDDHIST_OFFSET})"


def thai_datetime(moment: datetime, *, short: bool = True) -> str:
    """Return `22 พ.ย. 2569 10:42 น.` in the zone that `moment` carries."""
    return f"{thai_date(moment.date(), short=short)} {moment:%H:%M} น."


def parse_date(text: str, *, today: date) -> date | None:
    """Read a date as people type it, or return None.

    Day-month-year in any of `/ - . space`, Thai or English month names, Thai digits, Buddhist or Common Era, two-digit
    years (taken as B.E., e.g. 69 = 2569), ISO 8601, `วันนี้`/`today` and `เมื่อวาน`/`yesterday`. A year from 2400 up is
    B.E.; 29 February is checked in the Common Era.
    """
    text = to_western_digits(clean(text)).strip().casefold()
    relative = {"วันนี้": 0, "today": 0, "เมื่อวาน": 1, "เมื่อวานนี้": 1, "yesterday": 1}
    if text in relative:
        return today - timedelta(days=relative[text])
    match = next((m for form in _DATE_FORMS if (m := form.match(text))), None)
    if match is None:
        return None
    month = int(match["m"]) if match["m"].isdigit() else _month_number(match["m"])
    day, year = int(match["d"]), int(match["y"])
    if len(match["y"]) == 2:
        year += 2500
    if year >= 2400:
        year -= BUDDHIST_OFFSET
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_number(name: str) -> int:
    bare = name.replace(".", "").strip()
    for number, (full, short, english) in enumerate(zip(MONTHS, MONTHS_SHORT, _ENGLISH_MONTHS, strict=True), start=1):
        if bare in (full, short.replace(".", "")) or bare[:3] == english:
            return number
    return 0
