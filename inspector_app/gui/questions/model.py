"""What the fill screen knows: the session seen as items, what an item still needs, and where to go next.

Lives in the main thread and draws nothing. Every change goes into the session first, then its answers to the saver;
the judgement of the whole record (`findings.evaluate`) follows a moment later, once for several quick changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from checklists.errors import AnswerError
from checklists.model import (
    AnswerRow,
    Attachment,
    AttachmentKind,
    InspectionResult,
    ItemResult,
    Measurement,
    NodeRef,
    Problem,
    Verdict,
)
from inspector_app.gui.questions.history import History
from inspector_app.gui.questions.places import Places
from inspector_app.gui.questions.rows import expand, row_of
from inspector_app.gui.questions.state import SKIPS, ItemState, Need, Progress, Saver, verdict_of

if TYPE_CHECKING:
    from checklists.items import ChecklistOutline, ItemDef, SectionDef
    from checklists.session import ChangeSet, FormSession

_JUDGE_AFTER_MS = 30  # shorter than a blink, long enough to paint the key press first


class FillModel(QObject):
    """The open record as a list of items with a cursor."""

    item_changed = Signal(int)
    judged = Signal()  # problems, progress and findings are new
    rows_changed = Signal(str)  # rows came or went: the items are others now; id of the newest row, if one came
    loss_asked = Signal(str, str, int)  # node, value, how many answers in rows would go with it
    moved = Signal(int, int)  # cursor: from, to

    def __init__(
        self,
        session: FormSession,
        outline: ChecklistOutline,
        *,
        saver: Saver,
        judge: Callable[[Sequence[Attachment]], InspectionResult],
        attachments: Sequence[Attachment] = (),
        cursor: NodeRef | None = None,
        history: History | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.session, self.outline = session, expand(outline, session)
        self._saver, self._judge = saver, judge
        self._attachments = list(attachments)
        self.places = Places(self.outline)
        self.items = self.places.items
        self.history = history or History()
        self._states: dict[int, ItemState] = {}
        self.unread: dict[str, str] = {}  # typed, but not readable as the field's type yet, by path
        self.result = judge(self._attachments)
        self._results: dict[str, ItemResult] = {}
        self._measurements: dict[str, Measurement] = {}
        self._index_result()
        self.cursor = self._index_of_cursor(cursor)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_JUDGE_AFTER_MS)
        self._timer.timeout.connect(self.judge_now)

    # --- reading ----------------------------------------------------------------------------------------------------

    @property
    def sections(self) -> tuple[SectionDef, ...]:
        return self.outline.sections

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        return tuple(self._attachments)

    def place(self, index: int) -> int:
        """Return the number of an item among those that are asked, from 1."""
        return sum(1 for i in range(index + 1) if self.state(i).relevant)

    def asked_in(self, section: int) -> list[int]:
        """Return the positions of a section's items that are asked."""
        return [index for index in self.places.range_of(section) if self.state(index).relevant]

    def state(self, index: int) -> ItemState:
        """Return how an item stands in the session; kept until one of its nodes changes."""
        if index not in self._states:
            self._states[index] = self._read_state(self.items[index])
        return self._states[index]

    def _read_state(self, item: ItemDef) -> ItemState:
        relevant = self._relevant(item)
        verdict = verdict_of(self.value(item.verdict_path)) or verdict_of(self.value(item.skip_path))
        value = self.value(item.value_path)
        return ItemState(
            verdict=verdict,
            value=value,
            note=self.value(item.note_path),
            reason=self.value(item.reason_path),
            relevant=relevant,
            answered=bool(verdict or value) or (not item.verdict_path and self._result_answered(item)),
            photos=self.photos(item.item_id),
        )

    def result_of(self, index: int) -> ItemResult | None:
        return self._results.get(self.items[index].item_id)

    def measurement_of(self, index: int) -> Measurement | None:
        return self._measurements.get(self.items[index].item_id)

    def photos(self, item_id: str) -> tuple[Attachment, ...]:
        wanted = (AttachmentKind.PHOTO, AttachmentKind.FILE)
        return tuple(a for a in self._attachments if a.item_id == item_id and a.kind in wanted)

    def value(self, path: str) -> str:
        return self.session.value(path) if path else ""

    def blank(self, path: str) -> bool:
        """Whether a node that is asked for has no answer yet."""
        if not path:
            return False
        node = self.session.node(path)
        return bool(node.relevant and node.required and not node.value)

    def needs(self, index: int) -> tuple[Need, ...]:
        """Return what this item still asks for; empty when the inspector may go on."""
        item, state = self.items[index], self.state(index)
        if not state.relevant or state.verdict is Verdict.LAB:
            return ()
        if state.verdict in SKIPS:
            return (Need.REASON,) if self.blank(item.reason_path) else ()
        if not state.answered:
            return (Need.VALUE,)
        needs = [Need.FIELD] if any(self.blank(field.path) for field in item.field_defs) else []
        failed = self.failed(index)
        if self.blank(item.note_path) or (state.verdict is Verdict.OBSERVE and not state.note):
            needs.append(Need.NOTE)
        if self._wants_photo(item, failed) and len(state.photos) < max(1, item.evidence_min):
            needs.append(Need.PHOTO)
        return tuple(needs)

    def failed(self, index: int) -> bool:
        """Whether the item is failed by the inspector or by its limit."""
        verdict = self.state(index).verdict
        if verdict is not None:
            return verdict is Verdict.FAIL
        result = self.result_of(index)
        return result is not None and result.verdict is Verdict.FAIL

    def progress(self, section: int | None = None) -> Progress:
        """Return how far a section, or the whole checklist, is; items that are not asked do not count."""
        indexes: Iterable[int] = range(len(self.items)) if section is None else self.places.range_of(section)
        answered = total = failed = 0
        for index in indexes:
            state = self.state(index)
            if state.relevant:
                total += 1
                answered += state.answered
                failed += self.failed(index)
        return Progress(answered, total, failed)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.result.problems

    # --- changing ---------------------------------------------------------------------------------------------------

    def set_verdict(self, index: int, verdict: Verdict | None) -> None:
        """Set the verdict, or for items that ask for a value the reason why there is none."""
        item = self.items[index]
        self.set_value(item.verdict_path or item.skip_path, verdict.value if verdict else "")

    def set_value(self, path: str, value: str, *, visit: str = "", sure: bool = False) -> None:
        """Set one node; changes with the same `visit` in a row are undone together.

        Where answers in rows would go with it, `loss_asked(path, value, count)` fires instead, unless `sure`.
        """
        if self.session.value(path) == value:
            return
        lost = () if sure else self.session.would_lose(path, value)
        if lost:
            self.loss_asked.emit(path, value, len(lost))
            return
        changes = self.session.set_value(path, value)
        self.history.note(visit)
        self._took(changes)

    def add_row(self, repeat: str) -> None:
        """Add a row to a repeat and save it; `rows_changed` tells that the items are others now."""
        with self.session.transaction() as done:
            self.session.add_row(repeat)
        self.history.note()
        self._took(done())

    def answers_in_row(self, index: int) -> int:
        """Return how many items of the row that an item stands in are answered."""
        row = row_of(self.items[index])
        return sum(1 for i, item in enumerate(self.items) if row and row_of(item) == row and self.state(i).answered)

    def remove_row(self, index: int) -> None:
        """Remove the row that an item stands in, with everything in it; undo brings it back."""
        item = self.items[index]
        changes = self.session.remove_row(NodeRef(item.repeat_path, row_of(item)))
        self.history.note()
        self._took(changes)

    def undo(self) -> int | None:
        """Take back the last field visit and return the item it was on."""
        return self._wind(self.history.back(), self.session.undo)

    def redo(self) -> int | None:
        return self._wind(self.history.again(), self.session.redo)

    def add_attachment(self, attachment: Attachment) -> None:
        self._replace_attachments([*self._attachments, attachment], attachment.item_id)

    def update_attachment(self, attachment: Attachment) -> None:
        kept = [attachment if a.attachment_id == attachment.attachment_id else a for a in self._attachments]
        self._replace_attachments(kept, attachment.item_id)

    def remove_attachment(self, attachment_id: str) -> None:
        gone = next((a for a in self._attachments if a.attachment_id == attachment_id), None)
        kept = [a for a in self._attachments if a.attachment_id != attachment_id]
        self._replace_attachments(kept, gone.item_id if gone else "")

    def judge_now(self) -> None:
        """Judge the whole record; called a moment after a change, and before sealing."""
        self._timer.stop()
        before = self._results
        self.result = self._judge(self._attachments)
        self._index_result()
        for index, item in enumerate(self.items):
            if before.get(item.item_id) != self._results.get(item.item_id):
                self._states.pop(index, None)
                self.item_changed.emit(index)
        self.judged.emit()

    def save_progress(self, known: tuple[int, int, int]) -> None:
        """Keep how far the record is, where the list says something else."""
        now = self.progress()
        if (now.answered, now.total, now.failed) != known:
            self._saver.save(None, cursor=self.cursor_ref(), progress=(now.answered, now.total, now.failed))

    def rest(self) -> None:
        """Save the place; nothing is judged by itself any more."""
        self._timer.stop()
        self.save_cursor()

    def save_cursor(self) -> None:
        """Keep the place, so that a record comes back at the same item."""
        self._saver.save(None, cursor=self.cursor_ref())

    # --- moving -----------------------------------------------------------------------------------------------------

    def move_to(self, index: int) -> None:
        before, self.cursor = self.cursor, index
        self.history.leave()
        self.moved.emit(before, index)

    def neighbour(self, index: int, step: int) -> int | None:
        """Return the next item in one direction that is asked, over the ends of sections."""
        index += step
        while 0 <= index < len(self.items):
            if self._relevant(self.items[index]):
                return index
            index += step
        return None

    def next_unanswered(self, after: int) -> int | None:
        """Return the next item without an answer, from the start again at the end; None when all have one."""
        count = len(self.items)
        for offset in range(1, count + 1):
            index = (after + offset) % count
            state = self.state(index)
            if state.relevant and not state.answered:
                return index
        return None

    def cursor_ref(self) -> NodeRef | None:
        return NodeRef(self.items[self.cursor].path) if self.items else None

    # --- inner ------------------------------------------------------------------------------------------------------

    def _took(self, changes: ChangeSet) -> None:
        if changes.rows or changes.removed_rows:
            self._saver.save(changes, cursor=None)
            self.rows_changed.emit("" if changes.removed_rows else changes.rows[-1].row)
            return
        touched = {i for change in changes.changes if (i := self._index_of_ref(change.ref)) is not None}
        for index in touched:
            self._states.pop(index, None)
        progress = self.progress()
        self._saver.save(
            changes, cursor=self.cursor_ref(), progress=(progress.answered, progress.total, progress.failed)
        )
        for index in sorted(touched):
            self.item_changed.emit(index)
        self._timer.start()

    def _wind(self, count: int, step: Callable[[], ChangeSet | None]) -> int | None:
        place: int | None = None
        for _ in range(count):
            changes = step()
            if changes is None:
                break
            answers: tuple[AnswerRow, ...] = changes.answers
            found = (self._index_of_ref(NodeRef(answer.path, answer.row)) for answer in answers)
            place = next((index for index in found if index is not None), place)
            self._took(changes)
        return place

    def _replace_attachments(self, attachments: list[Attachment], item_id: str) -> None:
        self._attachments = attachments
        index = self.places.of_id(item_id)
        if index is not None:
            self._states.pop(index, None)
            self.item_changed.emit(index)
        self._timer.start()

    def _index_result(self) -> None:
        self._results = {item.item_id: item for item in self.result.items}
        self._measurements = {m.item_id: m for m in self.result.measurements}

    def _index_of_cursor(self, cursor: NodeRef | None) -> int:
        found = self.places.of_path(cursor.path) if cursor else None
        if found is None:
            found = self.next_unanswered(-1)
        return found or 0

    def _index_of_ref(self, ref: NodeRef) -> int | None:
        if not ref.row:
            return self.places.of_path(ref.path)
        try:
            return self.places.of_path(self.session.node(ref).path)
        except AnswerError:  # the row is gone
            return None

    def _relevant(self, item: ItemDef) -> bool:
        return self.session.node(item.path).relevant

    def _result_answered(self, item: ItemDef) -> bool:
        result = self._results.get(item.item_id)
        return result is not None and result.answered

    @staticmethod
    def _wants_photo(item: ItemDef, failed: bool) -> bool:
        return item.evidence_rule == "required" or (item.evidence_rule == "required-on-fail" and failed)
