"""The fill screen in the window: a draft from the store in `FillView`, photos on their way in, sealing, the closing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from checklists import findings
from checklists.errors import InspectorError
from checklists.findings.reading import day_of
from checklists.model import Attachment, AttachmentKind, FormPin, InspectionResult, NodeRef
from inspector_app.actions.afterwards import earlier
from inspector_app.actions.afterwards.earlier import LastTime
from inspector_app.actions.inspection import authority, records
from inspector_app.actions.inspection.opened import OpenRecord
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import date_and_time
from inspector_app.gui.questions.base import Asking
from inspector_app.gui.questions.fields import NUMBER_TYPES
from inspector_app.gui.questions.history import History
from inspector_app.gui.questions.model import FillModel
from inspector_app.gui.questions.rows import row_of
from inspector_app.gui.saving import RecordSaver
from inspector_app.gui.screens.base import KeyHint, Screen
from inspector_app.gui.screens.fill.calculator import Calculator
from inspector_app.gui.screens.fill.findings_dialog import FindingsDialog
from inspector_app.gui.screens.fill.move import MoveDialog, look_for_newer, offer
from inspector_app.gui.screens.fill.photos import PhotoIntake
from inspector_app.gui.screens.fill.view import FillView
from inspector_app.gui.screens.power.ground import GroundDialog
from inspector_app.gui.screens.seal import SealDialog
from inspector_app.gui.widgets.cards import EmptyState
from inspector_app.gui.widgets.dialogs import Question
from inspector_app.gui.widgets.layouts import empty_layout
from inspector_app.gui.widgets.photo_strip import Thumbnails
from inspector_app.messages import explain


class FillScreen(Screen):
    """Opens a draft where it stood. `choose_files` asks for photos; tests and the demo put their own in its place."""

    name = "fill"
    wide = True

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.opened: OpenRecord | None = None
        self.model: FillModel | None = None
        self.view: FillView | None = None
        self.last: LastTime | None = None
        self.choose_files: Callable[[], Sequence[str]] = self._ask_for_files
        self.thumbnails = Thumbnails(self._read_thumbnail, self)
        self.photos = PhotoIntake(context, self)
        self.photos.added.connect(self._photo_added)
        self.photos.refused.connect(self._photo_refused)
        self.photos.progress.connect(self._photo_progress)

    # --- screen -----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return self.opened.visit.site.name_th if self.opened else ""

    def subtitle(self) -> str:
        if self.opened is None:
            return ""
        visit = self.opened.visit
        kind = self.t(f"fill.visit.{visit.kind.value}")
        number = self.t("fill.head.number", number=visit.site.registry_no) if visit.site.registry_no else ""
        started = self.t("fill.head.entered", time=date_and_time(visit.started_at, self.context.language))
        return " · ".join(part for part in (number, kind, started) if part)

    def key_hints(self) -> list[KeyHint]:
        keys = ("1–5", "↑↓", "N", "P", "Enter", "Ctrl+PgDn", "Ctrl+Z", "Ctrl+E", "F8", "F9", "Ctrl+Enter")
        names = (
            "verdict",
            "item",
            "note",
            "photo",
            "next",
            "section",
            "undo",
            "problems",
            "findings",
            "closing",
            "seal",
        )
        return [KeyHint(key, self.t(f"fill.key.{name}")) for key, name in zip(keys, names, strict=True)]

    def on_shown(self, *, record_id: str, item_id: str = "", path: str = "", seal: bool = False, **_: Any) -> None:
        """Open the draft `record_id` at its last item, or at `item_id`."""
        self.context.saver.drain()
        self._drop_view()
        try:
            opened = records.load(self.context.store, record_id, clock=self.context.clock)
        except InspectorError as error:
            self._show_error(error)
            return
        self._open(opened)
        self._ask_ground(record_id)
        if item_id and self.view is not None:
            self.view.go_to_problem(item_id, path)
        if seal:
            self.ask_seal()

    def _ask_ground(self, record_id: str) -> None:
        """Where the officer's power does not plainly cover going on today, ask for the ground; without one, go back."""
        context = self.context
        found = authority.for_record(context.store, record_id, clock=context.clock)
        if not found:
            return
        visit_id = context.store.records.summary(record_id).visit_id
        person, clock, language = context.officer.name, context.clock, context.language

        def keep(ground: str) -> None:
            def step(store: Any) -> Any:
                return authority.record_ground(
                    store, visit_id, found, ground, person=person, clock=clock, language=language
                )

            context.saver.submit(step)

        dialog = GroundDialog(self, context, found)
        dialog.given.connect(keep)
        dialog.closed.connect(lambda given: None if given else context.back())
        dialog.open(dialog.ground)

    def on_hidden(self) -> None:
        if self.view is not None:
            self.view.rest()

    def retranslate(self) -> None:
        if self.opened is not None and self.view is not None:
            self._use_language(self.opened)
            self.view.retranslate()

    # --- opening ----------------------------------------------------------------------------------------------------

    def _open(self, opened: OpenRecord) -> None:
        self.opened = opened
        self._use_language(opened)
        draft = self.context.store.records.draft(opened.record_id)
        self.last = earlier.beside(self.context.store, opened, clock=self.context.clock)
        self._show(opened, draft.cursor, History())
        summary = self.context.store.records.summary(opened.record_id)
        if self.model is not None:  # signing changes it, too
            self.model.save_progress((summary.answered, summary.total, summary.failed))

        look_for_newer(self.context, opened.record_id, self._tell_newer)

    def _tell_newer(self, record_id: str, pin: FormPin) -> None:
        if self.opened is not None and self.opened.record_id == record_id and self.view is not None:
            self.view.say(self.t("fill.newer", version=pin.version), "info")

    def offer_move(self) -> MoveDialog | None:
        """Show what moving to the newer version does to every answer; accepting it moves the draft."""
        if self.opened is None or self.view is None:
            return None
        self.view.flush()
        self.context.saver.drain()
        record_id = self.opened.record_id
        dialog = offer(self, self.context, record_id, lambda: self.on_shown(record_id=record_id))
        if dialog is None:
            self.view.say(self.t("fill.newest"), "ok")
        return dialog

    def _show(self, opened: OpenRecord, cursor: NodeRef | None, history: History) -> None:
        self.model = FillModel(
            opened.session,
            opened.outline,
            saver=RecordSaver(self.context.saver, opened.record_id, self),
            judge=self._judge,
            attachments=opened.attachments,
            cursor=cursor,
            history=history,
            parent=self,
        )
        visited_on = day_of(opened.visit.started_at)
        asking = Asking(self.model, self.context.translator, lambda: self.context.clock.now().date(), visited_on)
        self.view = FillView(self.model, asking, self.thumbnails, catalogue=opened.catalogue, last=self.last)
        self.view.left.connect(self.context.back)
        self.view.photo_wanted.connect(self._choose_photos)
        self.view.photos_given.connect(self._take_photos)
        self.view.photo_opened.connect(self._open_photo)
        self.view.seal_wanted.connect(self.ask_seal)
        self.view.closing_wanted.connect(self._go_closing)
        self.view.calculator_wanted.connect(self.show_calculator)
        self.view.move_wanted.connect(self.offer_move)
        self.view.findings_wanted.connect(self.show_findings)
        self.view.row_removal_wanted.connect(self._ask_remove_row)
        self.view.carry_wanted.connect(self._carry)
        self.model.judged.connect(self._tell_void)
        self.model.rows_changed.connect(self._rows_changed, Qt.ConnectionType.QueuedConnection)
        self.model.loss_asked.connect(self._ask_loss, Qt.ConnectionType.QueuedConnection)
        self.column.addWidget(self.view)
        self.view.show()
        self.view.focus_open()
        self.head_changed.emit()
        self._tell_void()

    def _drop_view(self) -> None:
        empty_layout(self.column)
        if self.model is not None:
            self.model.deleteLater()
        self.view = self.model = self.opened = None

    def _show_error(self, error: BaseException) -> None:
        message = explain(error, self.context.translator)
        language = self.context.language
        words = EmptyState(
            "alert-circle-outline", message.what.in_language(language), message.todo.in_language(language)
        )
        self.column.addWidget(words)

    def _use_language(self, opened: OpenRecord) -> None:
        mark = f"({self.context.language})"
        wanted = next((name for name in opened.definition.languages if mark in name), None)
        if wanted is not None:
            opened.session.set_language(wanted)

    def _judge(self, attachments: Sequence[Attachment]) -> InspectionResult:
        if self.opened is None:
            raise RuntimeError("no record is open")
        self.opened = dataclasses.replace(self.opened, attachments=tuple(attachments))
        return self.opened.evaluate()

    def _tell_void(self) -> None:
        """A change after signing voids the signature: say so at once, not only when sealing."""
        if self.model is None or self.view is None:
            return
        signed = [a for a in self.model.attachments if a.kind is AttachmentKind.SIGNATURE and a.bound_to]
        refused = [r for r in self.opened.visit.refusals if r.bound_to] if self.opened else []
        if not signed and not refused:
            return
        digest = findings.content_digest(self.model.result)
        void = [a.signer for a in signed if a.bound_to != digest] + [r.name for r in refused if r.bound_to != digest]
        if void:
            self.view.say(self.t("fill.sign.void", names=" · ".join(void)), "obs")

    # --- photos -----------------------------------------------------------------------------------------------------

    def _take_photos(self, index: int, sources: Sequence[Any]) -> None:
        if self.opened is not None and self.model is not None and sources:
            self.photos.take(self.opened.record_id, self.model.items[index].item_id, sources)

    def _choose_photos(self, index: int) -> None:
        self._take_photos(index, [Path(name) for name in self.choose_files()])

    def _open_photo(self, attachment_id: str) -> None:
        if self.model is not None:
            self.photos.open(self, self.model, attachment_id)

    def _photo_added(self, attachment: Attachment, thumbnail: bytes | None) -> None:
        self.thumbnails.put(attachment.attachment_id, thumbnail)
        if self.opened is not None and self.model is not None and attachment.record_id == self.opened.record_id:
            self.model.add_attachment(attachment)

    def _photo_refused(self, words: str) -> None:
        if self.view is not None:
            self.view.say(words)

    def _photo_progress(self, waiting: int) -> None:
        if self.view is not None and waiting > 1:
            self.view.say(self.t("fill.photo.waiting", count=waiting), "info")
        elif self.view is not None and self.view.said == "info":
            self.view.say("")

    def _ask_for_files(self) -> Sequence[str]:
        files, _ = QFileDialog.getOpenFileNames(self, self.t("fill.photo.choose"), "", self.t("fill.photo.filter"))
        return files

    def _read_thumbnail(self, attachment_id: str) -> bytes | None:
        return self.context.store.attachments.thumbnail(attachment_id) if self.context.inside else None

    # --- last time --------------------------------------------------------------------------------------------------

    def _carry(self, index: int) -> None:
        """Take the answer of the last visit over, marked as such; it can be undone in one step."""
        if self.opened is None or self.model is None or self.view is None:
            return
        item_id = self.model.items[index].item_id
        found = earlier.carried(self.opened, self.last, item_id) if self.last else {}
        if not found:
            self.view.say(self.t("fill.last.carry.none"), "obs")
            return
        self.view.take_answers({ref.path: value for ref, value in found.items()})

    # --- on from here -----------------------------------------------------------------------------------------------

    def _rows_changed(self, row_id: str) -> None:
        """Show the items as they are now; what can be undone stays. A new row is opened at its first item."""
        if self.opened is None or self.model is None:
            return
        opened, place, history = self.opened, self.model.cursor, self.model.history
        self._drop_view()
        self.opened = opened
        self._show(opened, None, history)
        if self.model is not None and self.view is not None and self.model.items:
            self.model.save_progress((-1, -1, -1))  # the list counts the items anew
            first = next((i for i, item in enumerate(self.model.items) if row_id and row_of(item) == row_id), None)
            self.view.open_item(min(place, len(self.model.items) - 1) if first is None else first)

    def _ask_remove_row(self, index: int) -> None:
        """Remove a row at once where nothing is answered in it, else ask first."""
        model = self.model
        if model is None or not row_of(model.items[index]):
            return
        count = model.answers_in_row(index)
        if count:
            self._ask_first("fill.row.remove", count, lambda: model.remove_row(index))
        else:
            model.remove_row(index)

    def _ask_loss(self, path: str, value: str, count: int) -> None:
        """A smaller number of rows takes their answers along: ask first, and show the old number again where not."""
        model = self.model
        if model is not None:
            self._ask_first("fill.row.fewer", count, lambda: model.set_value(path, value, sure=True))

    def _ask_first(self, key: str, count: int, then: Callable[[], object]) -> None:
        yes, no = self.t("fill.row.do"), self.t("fill.row.keep")
        question = Question(self, self.t(f"{key}.title"), self.t(f"{key}.text", count=count), yes=yes, no=no)

        def answered(sure: bool) -> None:
            if sure:
                then()
            elif self.view is not None:
                self.view.focus_card()
                self.view.retranslate()

        question.closed.connect(answered)
        question.open(question.no_button)

    def _go_record(self, record_id: str) -> None:
        self._drop_view()  # a sealed record takes no more answers, not even the place of the cursor
        self.context.go("record", record_id=record_id)

    def show_calculator(self) -> Calculator | None:
        """Open the computations; a result goes into the open item where that asks for a number."""
        model, view = self.model, self.view
        if model is None or view is None:
            return None
        item = model.items[model.cursor]
        dialog = Calculator(self, self.context)

        def take(value: str) -> None:
            if item.value_type in NUMBER_TYPES:
                view.take_answers({item.value_path: value})
            else:
                view.say(self.t("fill.compute.no_value"), "obs")

        dialog.taken.connect(take)
        dialog.open(next(iter(dialog.fields.values())))
        return dialog

    def show_findings(self) -> FindingsDialog | None:
        """Open the list in which findings are put in other words, merged or dropped."""
        if self.opened is None or self.view is None or self.model is None:
            return None
        self.view.flush()
        self.model.judge_now()
        dialog = FindingsDialog(self, self.context, self.opened)
        dialog.changed.connect(self._findings_changed)
        dialog.open(dialog.first())
        return dialog

    def _findings_changed(self, opened: OpenRecord) -> None:
        if self.model is not None and self.opened is not None and opened.record_id == self.opened.record_id:
            self.opened = opened
            self.model.judge_now()

    def _go_closing(self) -> None:
        if self.opened is not None:
            self.context.go("closing", record_id=self.opened.record_id)

    def ask_seal(self) -> QWidget | None:
        """Open the last check before sealing."""
        if self.opened is None or self.view is None or self.model is None:
            return None
        self.view.flush()
        self.model.judge_now()
        dialog = SealDialog(self, self.context, self.opened, self.model)
        dialog.jump.connect(self.view.go_to_problem)
        dialog.closing_wanted.connect(self._go_closing)
        dialog.sealed.connect(self._go_record)
        dialog.start()
        return dialog
