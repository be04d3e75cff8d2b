"""Two versions of a checklist or catalogue, and what changed between them in words an official can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checklists.model import Words

NAMES: dict[str, tuple[str, str]] = {
    "th": ("ข้อความภาษาไทย", "Thai text"),
    "en": ("ข้อความภาษาอังกฤษ", "English text"),
    "help_th": ("คำแนะนำภาษาไทย", "Thai help"),
    "help_en": ("คำแนะนำภาษาอังกฤษ", "English help"),
    "severity": ("ความร้ายแรง", "severity"),
    "law": ("ข้อกฎหมายหรือเกณฑ์", "law or criterion"),
    "limit": ("ค่ากำหนด", "limit"),
    "na": ("กติกาไม่เกี่ยวข้อง", "rule for not applicable"),
    "evidence": ("กติกาหลักฐาน", "evidence rule"),
    "when": ("เงื่อนไขที่ใช้ข้อนี้", "condition"),
    "min": ("ค่าต่ำสุด", "minimum"),
    "max": ("ค่าสูงสุด", "maximum"),
    "unit": ("หน่วย", "unit"),
    "from": ("ใช้บังคับตั้งแต่", "in force from"),
    "until": ("ใช้บังคับถึง", "in force until"),
    "certainty": ("ระดับความแน่ชัด", "certainty"),
    "confirmed_by": ("ผู้ยืนยัน", "confirmed by"),
    "position": ("ลำดับ", "place in the list"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `kind` is added, removed, moved or changed; `key` is '' for a whole entry."""

    kind: str
    entry: str
    key: str = ""
    old: str = ""
    new: str = ""

    @property
    def words(self) -> Words:
        """Return the change as a sentence."""
        th, en = NAMES.get(self.key.split(".", maxsplit=1)[0], (self.key, self.key))
        if self.kind == "added" and not self.key:
            return Words(f"เพิ่ม {self.entry}: {self.new}", f"Added {self.entry}: {self.new}")
        if self.kind == "removed" and not self.key:
            return Words(f"ยกเลิก {self.entry}: {self.old}", f"Removed {self.entry}: {self.old}")
        if self.kind == "moved":
            return Words(
                f"ย้าย {self.entry} จาก {self.old} ไป {self.new}", f"Moved {self.entry} from {self.old} to {self.new}"
            )
        if not self.old:
            return Words(f"{self.entry} เพิ่ม{th}: {self.new}", f"{self.entry}: {en} added: {self.new}")
        if not self.new:
            return Words(f"{self.entry} ตัด{th}: {self.old}", f"{self.entry}: {en} removed: {self.old}")
        return Words(
            f"{self.entry} {th}: “{self.old}” → “{self.new}”", f"{self.entry} {en}: “{self.old}” → “{self.new}”"
        )


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what changed between two versions, in the order of the new one; removed entries last."""
    before, after = dict(_entries(old)), dict(_entries(new))
    return (
        *(change for name, entry in after.items() for change in _entry_changes(name, before.get(name), entry)),
        *(Change("removed", name, old=_title(entry)) for name, entry in before.items() if name not in after),
    )


def _entry_changes(name: str, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> Iterator[Change]:
    if old is None:
        yield Change("added", name, new=_title(new))
        return
    for key in dict.fromkeys((*old, *new)):
        one, other = old.get(key, ""), new.get(key, "")
        if one != other:
            yield Change("moved" if key == "section" else "changed", name, key, _shown(one), _shown(other))


def _entries(content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every entry by a name that is stable over versions."""
    yield "", {key: value for key, value in content.items() if isinstance(value, str)}
    for section in content.get("sections", ()):
        yield f"หมวด {section['id']}", {key: value for key, value in section.items() if key != "items"}
        for item in section["items"]:
            yield item["id"], {"section": section["id"], **_parts(item)}
    for name, rows in content.items():
        if name == "sections" or not isinstance(rows, list):
            continue
        for row in rows:
            row_id = row.get("id") or row.get("date", "")
            version = row_id if not row.get("from") or name == "laws" else f"{row_id} ({row['from']})"
            yield version, {key: value for key, value in row.items() if key != "clauses"}
            yield from ((f"{row_id}-{clause.get('id', '')}", clause) for clause in row.get("clauses", ()))


def _parts(item: Mapping[str, Any]) -> dict[str, Any]:
    flat = {key: value for key, value in item.items() if key not in ("fields", "choices")}
    flat |= {f"choices.{choice['value']}": choice for choice in item.get("choices", ())}
    return flat | {f"fields.{entry['name']}": entry for entry in item.get("fields", ())}


def _title(entry: Mapping[str, Any]) -> str:
    return str(entry.get("th") or entry.get("title_th") or "")


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_shown(entry)}" for key, entry in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(_shown(entry) for entry in value)
    return str(value)
