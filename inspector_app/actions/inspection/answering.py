"""From what a person writes to a node and its stored value: `"B06": "ไม่ผ่าน"`, `"FA-C07": "12 ม.ค. 2569"`.

Keys: an item id or its short number, with `.note`, `.reason`, `.verdict`, `.skip`, `.value` or a field's name behind a
point; a node's name; or an absolute path. Values: words of the verdicts in Thai and English or their keys 1-5, numbers
with Thai digits or thousands separators, dates of either era, lists for several choices, null for a blank answer.
Pure: nothing is set here, so that a wrong key is found before anything changes.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from checklists.errors import AnswerError
from checklists.items import ChecklistOutline, ItemDef
from checklists.model import Verdict
from checklists.session import NodeView
from checklists.text import clean, parse_date, to_western_digits

VERDICT_WORDS: Mapping[str, Verdict] = {
    **{verdict.value: verdict for verdict in Verdict},
    "1": Verdict.PASS,
    "2": Verdict.FAIL,
    "3": Verdict.NA,
    "4": Verdict.CANNOT,
    "5": Verdict.OBSERVE,
    "ผ่าน": Verdict.PASS,
    "ไม่ผ่าน": Verdict.FAIL,
    "ไม่เกี่ยวข้อง": Verdict.NA,
    "ตรวจไม่ได้": Verdict.CANNOT,
    "ข้อสังเกต": Verdict.OBSERVE,
    "รอผลห้องปฏิบัติการ": Verdict.LAB,
    "n/a": Verdict.NA,
}
_GROUPED = re.compile(r"(?<=\d),(?=\d{3})")


class UnknownItemError(AnswerError):
    """The key names no item or node; `name`, `suggestion` in data."""

    code = "unknown-item"


class UnknownChoiceError(AnswerError):
    """The value is none of the choices; `name`, `value`, `choices` in data."""

    code = "unknown-choice"


class BadNumberError(AnswerError):
    """Not a number; `item`, `value` in data."""

    code = "bad-number"


class BadDateError(AnswerError):
    """Not a date; `item`, `value` in data."""

    code = "bad-date"


@dataclass(frozen=True, slots=True)
class Setting:
    """One value to set: what was written, the node, and the XML text."""

    key: str
    path: str
    value: str
    item_id: str = ""


class Resolver:
    """Finds nodes by what people call them; `node` gives a view by path."""

    def __init__(
        self,
        outline: ChecklistOutline,
        paths: Sequence[str],
        node: Callable[[str], NodeView],
        *,
        today: date,
    ) -> None:
        self._outline = outline
        self._node = node
        self._today = today
        self._by_name = {path.rsplit("/", 1)[-1]: path for path in paths}
        self._items = {key: item for item in outline.items for key in (item.item_id.upper(), item.number.upper())}

    def settings(self, answers: Mapping[str, object]) -> tuple[Setting, ...]:
        """Return what to set, verdicts and skips first, since notes and reasons depend on them."""
        found = [setting for key, value in answers.items() for setting in self._settings(key, value)]
        return tuple(sorted(found, key=lambda s: not s.path.endswith(("_v", "_s"))))

    def item(self, text: str) -> ItemDef:
        """Return the item with this id or number. Raises `UnknownItemError`."""
        found = self._items.get(clean(text).strip().upper())
        if found is None:
            raise self._unknown(text)
        return found

    def _settings(self, key: str, value: object) -> Iterator[Setting]:
        if isinstance(value, Mapping):
            for part, inner in value.items():
                yield from self._settings(f"{key}.{part}", inner)
            return
        name, _, part = clean(key).strip().partition(".")
        item = self._items.get(name.upper())
        if item is None:
            path = key if key.startswith("/") else self._by_name.get(key, "")
            if not path:
                raise self._unknown(key)
            yield Setting(key, path, self._text(path, value, key))
        elif part:
            path = self._part(item, part)
            yield Setting(key, path, self._text(path, value, item.item_id), item.item_id)
        else:
            yield from self._main(item, key, value)

    def _main(self, item: ItemDef, key: str, value: object) -> Iterator[Setting]:
        """Set an item by its own id: the verdict; or the value, or that it is skipped."""
        if item.verdict_path:
            yield Setting(key, item.verdict_path, self._text(item.verdict_path, value, item.item_id), item.item_id)
            return
        if not item.value_path:
            raise self._unknown(key)
        skip = VERDICT_WORDS.get(_folded(value)) if item.skip_path and not _folded(value).isdigit() else None
        if skip in item.verdicts:
            yield Setting(key, item.skip_path, self._text(item.skip_path, value, item.item_id), item.item_id)
            return
        if item.skip_path:
            yield Setting(key, item.skip_path, "", item.item_id)
        yield Setting(key, item.value_path, self._text(item.value_path, value, item.item_id), item.item_id)

    def _part(self, item: ItemDef, part: str) -> str:
        fixed = {
            "note": item.note_path,
            "reason": item.reason_path,
            "verdict": item.verdict_path,
            "skip": item.skip_path,
            "value": item.value_path,
        }
        path = fixed.get(part) or next((f.path for f in item.field_defs if f.name == part), "")
        if not path:
            raise self._unknown(f"{item.item_id}.{part}", [k for k, p in fixed.items() if p], item)
        return path

    def _unknown(self, key: str, parts: Sequence[str] = (), item: ItemDef | None = None) -> UnknownItemError:
        if item is not None:
            near = [f"{item.item_id}.{name}" for name in (*parts, *(f.name for f in item.field_defs))]
        else:
            near = [i.item_id for i in self._outline.items] + list(self._by_name)
        close = difflib.get_close_matches(key, near, n=3, cutoff=0.4) or near[:3]
        return UnknownItemError(name=key, suggestion=", ".join(close))

    def _text(self, path: str, value: object, item_id: str) -> str:
        try:
            view = self._node(path)
        except (LookupError, AnswerError) as error:
            raise self._unknown(path) from error
        return xml_text(view, value, item_id=item_id, today=self._today)


def xml_text(view: NodeView, value: object, *, today: date, item_id: str = "") -> str:
    """Return `value` as the XML text of a node. Raises an `AnswerError` that says what is wrong with it."""
    if value is None or value in ("", []):
        return ""
    if view.choices or view.control.startswith("select"):
        return _choice_text(view, value, item_id or view.name)
    if view.data_type in {"int", "integer", "decimal"}:
        return _number_text(view, value, item_id or view.name)
    if view.data_type == "date":
        return _date_text(value, item_id or view.name, today)
    return clean(str(value)).strip()


def _folded(value: object) -> str:
    return to_western_digits(clean(str(value))).strip().casefold()


def _choice_text(view: NodeView, value: object, item_id: str) -> str:
    many = view.control == "select" or view.data_type in {"odk:rank", "select"}
    given: list[object] = list(value) if isinstance(value, (list, tuple)) else [value]
    if many and len(given) == 1 and isinstance(given[0], str) and not _one_choice(view, given[0]):
        given = list(given[0].split())
    found = [_one_choice(view, one) for one in given]
    if "" in found or (not many and len(found) > 1):
        names = ", ".join(f"{c.value} ({c.label})" for c in view.choices)
        raise UnknownChoiceError(item=item_id, name=item_id, value=str(value), choices=names)
    return " ".join(found)


def _one_choice(view: NodeView, value: object) -> str:
    """Return the choice meant: by its value, by its words, or for verdicts by their names in both languages."""
    folded = _folded(value)
    for choice in view.choices:
        if folded in {choice.value.casefold(), _folded(choice.label)}:
            return choice.value
    verdict = VERDICT_WORDS.get(folded)
    return next((c.value for c in view.choices if verdict is not None and c.value == verdict.value), "")


def _number_text(view: NodeView, value: object, item_id: str) -> str:
    text = _GROUPED.sub("", _folded(value)).replace("\u2212", "-")
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise BadNumberError(item=item_id, value=str(value)) from error
    whole = view.data_type in {"int", "integer"}
    if isinstance(value, bool) or not number.is_finite() or (whole and number != number.to_integral_value()):
        raise BadNumberError(item=item_id, value=str(value))
    return str(int(number)) if whole else format(number, "f")


def _date_text(value: object, item_id: str, today: date) -> str:
    found = parse_date(str(value), today=today)
    if found is None:
        raise BadDateError(item=item_id, value=str(value))
    return found.isoformat()
