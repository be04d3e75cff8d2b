"""A checklist small enough to read, with one item of each kind, and a session over a dictionary.

It stands in for the engine where a test is about the screen alone: the same values (`NodeView`, `ChangeSet`), the rules
of the naming contract (reason asked for when skipped, note required when failed) and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from checklists.items import ChecklistOutline, ChoiceDef, FieldDef, ItemDef, SectionDef
from checklists.model import (
    AnswerRow,
    Attachment,
    Certainty,
    InspectionResult,
    ItemResult,
    LawRef,
    LimitCopy,
    Measurement,
    NodeRef,
    Problem,
    ProblemKind,
    SectionResult,
    Severity,
    Verdict,
    Words,
)
from checklists.session import ChangeSet, Choice, NodeChange, NodeView

ALL_FIVE = (Verdict.PASS, Verdict.FAIL, Verdict.NA, Verdict.CANNOT, Verdict.OBSERVE)
LAW = LawRef(
    "mr2-2535", Words("กฎกระทรวง ฉบับที่ 2 (พ.ศ. 2535) ข้อ 5", "Ministerial Regulation 2, clause 5"), "", Certainty.B
)
PH = LimitCopy("ph", "ph", 5.5, 9.0, "", LAW)


def verdict_item(section: str, number: int, th: str, **changes: object) -> ItemDef:
    stem = f"fa_{section.lower()}{number:02}"
    path = f"/data/sec_{section.lower()}/{stem}"
    values: dict[str, object] = {
        "item_id": f"FA-{section}{number:02}", "number": f"{section}{number:02}", "path": path, "kind": "verdict",
        "title": Words(th, f"Item {section}{number:02}"), "severity": Severity.MAJOR, "laws": ("mr2-2535",),
        "evidence_rule": "required-on-fail", "verdict_path": f"{path}/{stem}_v", "note_path": f"{path}/{stem}_note",
        "reason_path": f"{path}/{stem}_reason", "verdicts": ALL_FIVE,
    }  # fmt: skip
    return ItemDef(**{**values, **changes})  # type: ignore[arg-type]  # a test builder


def value_item(section: str, number: int, th: str, kind: str, value_type: str, **changes: object) -> ItemDef:
    item = verdict_item(section, number, th)
    stem = item.path.rpartition("/")[2]
    values: dict[str, object] = {
        "kind": kind, "value_type": value_type, "verdict_path": "", "value_path": f"{item.path}/{stem}_x",
        "skip_path": f"{item.path}/{stem}_s", "verdicts": (Verdict.NA, Verdict.CANNOT), "evidence_rule": "optional",
    }  # fmt: skip
    return verdict_item(section, number, th, **{**values, **changes})


def outline(plain: int = 3) -> ChecklistOutline:
    """Return sections A (plain verdicts), B (one of each other kind) and K (signatures)."""
    titles = (
        "ใบอนุญาตแสดงไว้ในที่เปิดเผยและเห็นได้ง่าย",
        "ทางออกเปิดออกได้ง่าย ไม่ล็อก ไม่มีสิ่งกีดขวาง มีป้ายชัดเจน และมีไฟฉุกเฉินส่องสว่างเพียงพอตลอดแนวทางหนีไฟ",
    )
    first = tuple(verdict_item("A", n + 1, titles[n % 2]) for n in range(plain))
    workers = value_item("B", 2, "จำนวนคนงานในวันที่ตรวจ", "count", "integer", unit="คน", skip_path="", verdicts=())
    men = FieldDef("men", workers.path + "/fa_b02_men", Words("ชาย", "Men"), "integer")
    women = FieldDef("women", workers.path + "/fa_b02_women", Words("หญิง", "Women"), "integer")
    second = (
        value_item("B", 1, "ค่าความเป็นกรดและด่างของน้ำทิ้ง (pH)", "number", "decimal", limit_id="ph", parameter="ph",
                   verdicts=(Verdict.NA, Verdict.CANNOT, Verdict.LAB)),
        verdict_item("B", 2, workers.title.th, **{n: getattr(workers, n) for n in ("kind", "value_type", "value_path",
                     "unit", "evidence_rule")}, verdict_path="", skip_path="", verdicts=(), field_defs=(men, women)),
        value_item("B", 3, "วันตรวจทดสอบหม้อน้ำครั้งล่าสุดโดยวิศวกร", "date", "date"),
        value_item("B", 4, "เลขทะเบียนโรงงานตามใบอนุญาต", "text", "text"),
        value_item("B", 5, "สรุปผลการตรวจและระดับความเสี่ยง", "choice", "choice", skip_path="", verdicts=(), choices=(
            ChoiceDef("ok", Words("ผ่าน", "Pass")), ChoiceDef("improve", Words("ควรปรับปรุง", "Should improve")))),
    )  # fmt: skip
    sign = verdict_item("K", 1, "ลายมือชื่อ", kind="signature", verdict_path="", verdicts=(), evidence_rule="none")
    sections = (
        SectionDef("A", Words("การอนุญาต", "Permission"), "/data/sec_a", first),
        SectionDef("B", Words("ที่ตั้งและอาคาร", "Site and building"), "/data/sec_b", second),
        SectionDef("K", Words("สรุปผล", "Closing"), "/data/sec_k", (sign,)),
    )
    by_id = {item.item_id: item for section in sections for item in section.items}
    return ChecklistOutline("factory_act_general", "2569.1", Words("โรงงานทั่วไป", "Factory"), sections, by_id=by_id)


@dataclass
class DictSession:
    """A session whose nodes are a dictionary."""

    outline: ChecklistOutline
    answers: dict[str, str] = field(default_factory=dict)
    language: str = "th"
    _done: list[tuple[str, str]] = field(default_factory=list)
    _undone: list[tuple[str, str]] = field(default_factory=list)

    def would_lose(self, ref: NodeRef | str, value: str) -> tuple[AnswerRow, ...]:
        return ()

    def set_value(self, ref: NodeRef | str, value: str) -> ChangeSet:
        path = ref if isinstance(ref, str) else ref.path
        self._done.append((path, self.answers.get(path, "")))
        self._undone.clear()
        return self._put(path, value)

    def undo(self) -> ChangeSet | None:
        return self._wind(self._done, self._undone)

    def redo(self) -> ChangeSet | None:
        return self._wind(self._undone, self._done)

    def value(self, ref: NodeRef | str) -> str:
        return self.answers.get(ref if isinstance(ref, str) else ref.path, "")

    def set_language(self, name: str) -> ChangeSet:
        self.language = "en" if "en" in name else "th"
        return ChangeSet()

    def node(self, ref: NodeRef | str) -> NodeView:
        path = ref if isinstance(ref, str) else ref.path
        item = next((i for i in self.outline.items if path == i.path or path.startswith(i.path + "/")), None)
        verdict = self._verdict(item) if item else ""
        relevant, required = True, False
        if item is not None and path == item.reason_path:
            relevant = required = verdict in {"na", "cannot"}
        if item is not None and path == item.note_path:
            required = verdict == "fail"
        if item is not None and path in {item.verdict_path, item.value_path}:
            required, relevant = True, not (item.skip_path and self.answers.get(item.skip_path))
        choices = tuple(Choice(c.value, c.label.in_language(self.language)) for c in (item.choices if item else ()))
        return NodeView(
            ref=NodeRef(path), path=path, name=path.rpartition("/")[2], kind="question", control="input",
            data_type="string", appearance="", value=self.answers.get(path, ""), typed=None, relevant=relevant,
            required=required,
            readonly=False, valid=True, error="", label="", hint="", choices=choices, insp={},
        )  # fmt: skip

    def _verdict(self, item: ItemDef) -> str:
        return self.answers.get(item.verdict_path, "") or self.answers.get(item.skip_path, "")

    def _put(self, path: str, value: str) -> ChangeSet:
        self.answers[path] = value
        return ChangeSet((NodeChange(NodeRef(path), frozenset({"value"})),), answers=(AnswerRow(path, "", value),))

    def _wind(self, source: list[tuple[str, str]], target: list[tuple[str, str]]) -> ChangeSet | None:
        if not source:
            return None
        path, value = source.pop()
        target.append((path, self.answers.get(path, "")))
        return self._put(path, value)


@dataclass
class NotedSaver:
    """Remembers what it was given."""

    saved: list[AnswerRow] = field(default_factory=list)
    cursors: list[NodeRef | None] = field(default_factory=list)
    progress: list[tuple[int, int, int]] = field(default_factory=list)

    def save(
        self, changes: ChangeSet | None, *, cursor: NodeRef | None = None, progress: tuple[int, int, int] | None = None
    ) -> None:
        self.saved += changes.answers if changes else ()
        self.cursors.append(cursor)
        if progress:
            self.progress.append(progress)

    def answers(self) -> dict[str, str]:
        return {row.path.rpartition("/")[2]: row.value for row in self.saved}


def judge(session: DictSession, attachments: Sequence[Attachment]) -> InspectionResult:
    """Judge the pH, and list what is missing: a stand-in for `findings.evaluate`."""
    sections, measurements, problems = [], [], []
    for section in session.outline.sections:
        items = []
        for item in section.items:
            result, measured = _item(session, item)
            items.append(result)
            measurements += measured
            problems += _problems(session, item, attachments)
        sections.append(SectionResult(section.section_id, section.title, tuple(items)))
    return InspectionResult(tuple(sections), measurements=tuple(measurements), problems=tuple(problems))


def _item(session: DictSession, item: ItemDef) -> tuple[ItemResult, list[Measurement]]:
    value = session.answers.get(item.value_path, "")
    verdict = Verdict(v) if (v := session._verdict(item)) else None
    measured = []
    if item.limit_id and value and verdict is None:
        verdict = Verdict.PASS if 5.5 <= float(value) <= 9.0 else Verdict.FAIL
        measured = [Measurement(item.item_id, "ph", value, item.unit, limit=PH, verdict=verdict)]
    result = ItemResult(
        item.item_id, item.number, item.path, item.kind, item.title, item.severity, verdict, bool(verdict or value),
        value, laws=(LAW,), limit=PH if item.limit_id else None,
    )  # fmt: skip
    return result, measured


def _problems(session: DictSession, item: ItemDef, attachments: Sequence[Attachment]) -> Iterable[Problem]:
    first = item.verdict_path or item.value_path
    if first and session.node(first).relevant and not session.answers.get(first):
        yield Problem(ProblemKind.MISSING, item.item_id, first, Words("ยังไม่ได้ตอบ", "Not answered"))
    if session._verdict(item) == "fail" and not session.answers.get(item.note_path):
        yield Problem(ProblemKind.NOTE, item.item_id, item.note_path, Words("ไม่ผ่าน แต่ยังไม่มีบันทึก", "Failed, no note"))
    if session._verdict(item) == "fail" and not any(a.item_id == item.item_id for a in attachments):
        yield Problem(ProblemKind.EVIDENCE, item.item_id, item.path, Words("ไม่ผ่าน แต่ยังไม่มีภาพ", "Failed, no photo"))
    if session._verdict(item) in {"na", "cannot"} and not session.answers.get(item.reason_path):
        yield Problem(ProblemKind.REASON, item.item_id, item.reason_path, Words("ยังไม่ระบุเหตุผล", "No reason given"))
