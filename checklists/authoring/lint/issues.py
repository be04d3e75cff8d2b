"""One thing that is wrong with a checklist, catalogue or sheet, with its place, in words for authors."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from checklists.model import Words


@dataclass(frozen=True, slots=True)
class Issue:
    """`severity` error refuses the file; warning is only shown. Line and row count from 1, 0 where there is none."""

    code: str
    severity: str
    file: str
    line: int
    where: str
    message: Words
    suggestion: Words = Words()  # noqa: RUF009 - frozen and empty
    sheet: str = ""
    row: int = 0
    column: str = ""


MESSAGES: dict[str, tuple[str, str]] = {
    "not-readable": ("อ่านไฟล์ไม่ได้: {detail}", "The file cannot be read: {detail}"),
    "unknown-key": ("ไม่รู้จักคำว่า “{key}”", "Unknown key “{key}”"),
    "unknown-word": ("“{word}” ใช้กับ {key} ไม่ได้", "“{word}” is not allowed for {key}"),
    "missing-key": ("ยังไม่มี {key}", "{key} is missing"),
    "id-twice": ("รหัส {id} ซ้ำกับบรรทัด {other}", "Id {id} is used twice, also on line {other}"),
    "id-retired": ("รหัส {id} เลิกใช้แล้ว นำกลับมาใช้กับข้ออื่นไม่ได้", "Id {id} is retired and never used again"),
    "bad-id": ("รหัส {id} ไม่ตรงรูปแบบ", "Id {id} does not have the right form"),
    "language": ("ข้อความ {key} ไม่ครบทั้งภาษาไทยและอังกฤษ", "{key} is not there in both Thai and English"),
    "no-help": ("ยังไม่มีคำแนะนำสำหรับผู้ตรวจ", "There is no help text for the inspector"),
    "no-law": ("ยังไม่มีข้อกฎหมายหรือเกณฑ์อ้างอิง", "There is no reference to a law or criterion"),
    "unknown-law": ("ไม่มีกฎหมาย {law} ในบัญชี", "Law {law} is not in the catalogue"),
    "repealed-law": ("{law} ยกเลิกแล้วเมื่อ {until}", "{law} was repealed; it ended on {until}"),
    "penalty-as-ground": (
        "{law} เป็นบทกำหนดโทษ ใช้เป็นฐานของข้อไม่ได้",
        "{law} is a penalty and no ground for an item",
    ),
    "unknown-limit": ("ไม่มีค่ากำหนด {limit} ในบัญชี", "Limit {limit} is not in the catalogue"),
    "limit-not-in-force": (
        "ค่ากำหนด {limit} ไม่มีฉบับที่ใช้บังคับวันนี้",
        "No version of limit {limit} is in force today",
    ),
    "not-computed": (
        "ค่ากำหนด {limit} ต้องคำนวณ แต่ข้อนี้ไม่มี limit_min หรือ limit_max",
        "Limit {limit} is computed, but the item has neither limit_min nor limit_max",
    ),
    "unit": ("หน่วย {unit} แปลงเป็น {other} ไม่ได้", "Unit {unit} cannot be converted to {other}"),
    "unknown-unit": ("ไม่รู้จักหน่วย {unit}", "Unknown unit {unit}"),
    "unknown-reference": ("อ้างถึงข้อ {name} ซึ่งไม่มี", "Refers to item {name}, which does not exist"),
    "points": (
        "คะแนนรวมของหมวดเป็น {sum} ไม่ใช่ {points}",
        "The points of the section add up to {sum}, not {points}",
    ),
    "wording": ("คำว่า “{word}” ไม่ใช้ในเอกสารราชการของโครงการนี้", "The word “{word}” is not used here"),
    "regex": ("นิพจน์ regex ไม่ได้ยึดต้นและท้าย (^…$)", "A regular expression is not anchored (^…$)"),
    "bad-date": ("วันที่ {value} ไม่ตรงรูปแบบ", "Date {value} does not have the right form"),
    "dates-reversed": (
        "วันสิ้นสุด {until} มาก่อนวันเริ่ม {start}",
        "It ends on {until}, before it begins on {start}",
    ),
    "bad-number": ("{key} = {value} ไม่ใช่ตัวเลข", "{key} = {value} is not a number"),
    "bounds-reversed": ("ค่าต่ำสุด {min} มากกว่าค่าสูงสุด {max}", "The minimum {min} is above the maximum {max}"),
    "no-bound": ("ไม่มีค่ากำหนด (min, max) และไม่ได้ระบุ unknown", "Neither min nor max, and not marked unknown"),
    "bad-steps": ("ขั้นของค่ากำหนดไม่ถูกต้อง: {key} = {value}", "The steps of the limit are wrong: {key} = {value}"),
    "steps-not-told": (
        "{key} ไม่ได้กล่าวถึงตัวเลขในขั้นของค่ากำหนด: {numbers}",
        "{key} does not name these numbers of the steps: {numbers}",
    ),
    "no-steps": ("ค่ากำหนด {limit} ไม่มีขั้น (steps)", "Limit {limit} has no steps"),
    "no-unit": ("ค่ากำหนดไม่มีหน่วย", "The limit has no unit"),
    "two-in-force": (
        "ค่ากำหนด {id} มีสองฉบับใช้บังคับพร้อมกัน (อีกฉบับอยู่บรรทัด {other})",
        "Two versions of limit {id} are in force at once (the other on line {other})",
    ),
    "no-source": ("ไม่มีแหล่งที่มา", "There is no source"),
    "header": (
        "ไม่รู้จักคอลัมน์ “{column}” ข้อมูลในคอลัมน์นี้จะหายไป",
        "Unknown column “{column}”: what stands in it is lost",
    ),
    "namespace": (
        "คอลัมน์ {column} ใช้ namespace ที่ไม่ได้ประกาศใน settings",
        "Column {column} uses a namespace that settings do not declare",
    ),
    "lost-rows": ("แถวในตาราง markdown นี้หายไป", "The rows of this markdown table are lost"),
    "damaged": ("ช่องนี้ไม่เป็นข้อความ: {value}", "This cell is not text any more: {value}"),
    "merged": ("มีช่องที่รวมกัน {column}", "Cells are merged: {column}"),
    "language-cell": ("แถวนี้ยังไม่มีข้อความในคอลัมน์ {column}", "This row has no text in column {column}"),
    "language-column": (
        "คอลัมน์ {column} ไม่มีภาษา {language}",
        "Column {column} does not exist in {language}",
    ),
    "unknown-question": ("อ้างถึงข้อ ${{{name}}} ซึ่งไม่มีในแบบ", "Refers to ${{{name}}}, which the form does not have"),
    "xpath": (
        "สูตรเขียนไม่ถูกรูปแบบ หลัง “{after}”: {expression}",
        "The expression is not well written after “{after}”: {expression}",
    ),
    "unknown-function": ("ไม่มีฟังก์ชันชื่อ {name}", "There is no function named {name}"),
    "not-everywhere": (
        "ฟังก์ชัน {name} ใช้ที่นี่ได้ แต่ ODK Collect ไม่รู้จัก",
        "Function {name} works here, but ODK Collect does not know it",
    ),
    "division-by-zero": (
        "สูตรหารด้วยศูนย์ ผลเป็น Infinity: {expression}",
        "Divides by zero, which gives Infinity: {expression}",
    ),
    "bare-condition": (
        "เงื่อนไขที่มีเพียง ${{{name}}} เป็นจริงเสมอแม้ยังไม่ตอบ และแต่ละโปรแกรมอ่านต่างกัน",
        "A condition that is only ${{{name}}} holds even without an answer, and programs differ about it",
    ),
    "date-arithmetic": (
        "วันที่บวกหรือลบจำนวนวันได้ตัวเลข ไม่ใช่วันที่: {expression}",
        "A date plus or minus days gives a number, not a date: {expression}",
    ),
    "score-differs": (
        "คะแนน {name} ที่แบบคำนวณเอง ({own}) ไม่ตรงกับคะแนนของการตรวจ ({ours}) เมื่อตอบ {answers}",
        "The form's own score {name} ({own}) is not that of the inspection ({ours}) with the answers {answers}",
    ),
    "cycle": ("ข้อเหล่านี้คำนวณวนกันเอง: {names}", "These questions depend on each other in a circle: {names}"),
    "dash": ("ข้อความเป็นขีด “-” ในภาษา {column}", "The text is only a dash in {column}"),
}

SUGGESTIONS: dict[str, tuple[str, str]] = {
    "did-you-mean": ("หมายถึง “{nearest}” หรือไม่", "Did you mean “{nearest}”?"),
    "add": ("กรุณาเพิ่ม {key}", "Please add {key}"),
    "new-id": ("กรุณาใช้รหัสใหม่", "Please use a new id"),
    "end-first": (
        "กรุณาใส่ until ให้ฉบับแรกก่อนวันเริ่มของฉบับหลัง",
        "Give the first one an until before the second begins",
    ),
    "use": ("ใช้ “{nearest}”", "Use “{nearest}”"),
    "anchor": ("เขียนเป็น ^(…)$", "Write it as ^(…)$"),
    "separator": (
        "แถวคั่นต้องเขียน |---|---| โดยไม่มีช่องว่าง",
        "Write the separator row as |---|---| without blanks",
    ),
    "as-text": (
        "Excel แปลงค่าเป็นตัวเลขหรือวันที่ กรุณาจัดรูปแบบเป็นข้อความแล้วพิมพ์ใหม่",
        "Excel made a number or date of it; format the cell as text and type it again",
    ),
    "western-digits": ("ใช้เลขอารบิกในช่องนี้", "Use western digits here"),
    "unmerge": ("กรุณายกเลิกการรวมช่อง", "Please unmerge them"),
    "brackets": ("กรุณาตรวจวงเล็บ เครื่องหมายคำพูด และตัวดำเนินการ", "Look at brackets, quotes and operators"),
    "names": ("กรุณาใช้ชื่อที่อยู่ในคอลัมน์ name", "Use a name of the column name"),
    "functions": ("กรุณาดูรายการฟังก์ชันใน docs/forms.md", "docs/forms.md lists the functions"),
    "compare": ("เขียนเป็น ${{{name}}} != ''", "Write ${{{name}}} != ''"),
    "guard": ("ตรวจตัวหารก่อน เช่น if(x != 0, y div x, '')", "Look at the divisor first: if(x != 0, y div x, '')"),
    "date": ("ครอบด้วย date(…)", "Wrap it in date(…)"),
    "weights": (
        "กรุณาตรวจสูตรคะแนนในแบบ หรือ insp:weight และ score ของตัวเลือก",
        "Look at the form's own formula, or at insp:weight and the choices' score",
    ),
    "break-circle": ("ตัดการอ้างถึงหนึ่งจุด", "Take one of the references away"),
    "steps": (
        "เขียน steps เป็น “ถึง=ค่า” เรียงจากน้อยไปมาก แล้วตามด้วย beyond หรือ every และ more; min ต้องเท่ากับขั้นแรก",
        "Write steps as “up to=value”, rising, then beyond, or every and more; min is the first step's value",
    ),
    "replace": ("กรุณาอ้างฉบับที่ใช้บังคับ หรือใส่วันที่สิ้นสุดให้ข้อนี้", "Refer to the one in force"),
}


def issue(
    code: str,
    *,
    file: str = "",
    line: int = 0,
    where: str = "",
    suggest: str = "",
    warning: bool = False,
    sheet: str = "",
    row: int = 0,
    column: str = "",
    **values: object,
) -> Issue:
    """Make an issue with its words filled in."""
    values = {**values, "column": column}
    hint = SUGGESTIONS[suggest] if suggest else ("", "")
    return Issue(
        code, "warning" if warning else "error", file, line, where, _fill(MESSAGES[code], values), _fill(hint, values),
        sheet, row, column,
    )  # fmt: skip


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that looks most like this one, '' where none does."""
    return next(iter(difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)), "")


def _fill(pair: tuple[str, str], values: dict[str, object]) -> Words:
    return Words(pair[0].format_map(values), pair[1].format_map(values))
