"""The closing meeting: findings one by one, read across a table, then the signatures or the refusal.

Shows nothing but the factory's part. What is signed is bound to exactly this content; a later change voids it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from checklists import findings
from checklists.clock import stamp
from checklists.errors import InspectorError
from checklists.model import (
    Attachment,
    AttachmentKind,
    Audience,
    Finding,
    InspectionResult,
    Refusal,
    Severity,
    Verdict,
)
from inspector_app.actions import attachments as attachment_actions
from inspector_app.actions import records
from inspector_app.actions.opened import OpenRecord
from inspector_app.gui import keys
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import date_and_time, short_date
from inspector_app.gui.screens.base import KeyHint, Screen
from inspector_app.gui.screens.seal import short_digest
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Card, EmptyState, Notice
from inspector_app.gui.widgets.labels import Chip, IconLabel, ThaiLabel
from inspector_app.gui.widgets.photo_strip import PhotoStrip, Thumbnails
from inspector_app.gui.widgets.sign_dialog import RefusalDialog, Refused, SignDialog, Signed
from inspector_app.messages import explain

LARGE = QSize(288, 200)  # read across a table; thumbnails are 320 px wide
ROLES = ("officer", "guide", "witness")
STATEMENT = "FA-K03"  # ถ้อยคำของผู้แทนโรงงาน
SEEN_BY_FACTORY = frozenset({Audience.PUBLIC, Audience.FACTORY})


@dataclasses.dataclass(frozen=True, slots=True)
class _State:
    """What stands for a role: words with tone and icon, the name, whether it is settled and holds."""

    words: str
    tone: str
    icon: str
    name: str = ""
    done: bool = False

    @property
    def settled(self) -> bool:
        return self.done and self.tone != "obs"


class SignCard(Card):
    """One role: who, whether signed, and bound to what."""

    def __init__(self, role: str, t: Callable[..., str]) -> None:
        super().__init__()
        self.role, self._t = role, t
        self.heading = ThaiLabel("", role="name_bold")
        self.person = ThaiLabel("")
        self.state = ThaiLabel("", role="note", tone="muted")
        self.icon = IconLabel("draw-pen", "muted")
        self.button = ActionButton("", icon="draw-pen")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.heading)
        words.addWidget(self.person)
        state = QHBoxLayout()
        state.setSpacing(6)
        state.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        state.addWidget(self.state, 1)
        words.addLayout(state)
        row = QHBoxLayout()
        row.addLayout(words, 1)
        row.addWidget(self.button)
        self.body.addLayout(row)

    def show_state(self, name: str, state: _State, *, action: str, key: str) -> None:
        self.heading.setText(self._t(f"fill.role.{self.role}"))
        self.person.setText(name)
        self.person.setVisible(bool(name))
        self.state.setText(state.words)
        self.state.set_tone(state.tone)
        self.icon.set(state.icon, state.tone)
        self.set_tone(state.tone if state.tone in {"ok", "obs", "bad"} else "")
        self.button.set_key(key)
        self.button.setText(action)
        self.button.setAccessibleName(f"{action} {self.heading.text()}")


def _scrolling(inner: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    return area


class ClosingScreen(Screen):
    """Findings on the left, signatures on the right."""

    name = "closing"
    wide = True

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.opened: OpenRecord | None = None
        self.result = InspectionResult()
        self.digest = ""
        self.place = 0
        self.thumbnails = Thumbnails(self._read_thumbnail, self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._build()
        self._keys: Mapping[str, Callable[[], object]] = {
            "Left": lambda: self.go_to(self.place - 1),
            "Right": lambda: self.go_to(self.place + 1),
            "S": self.sign_next,
            "F8": self.refuse,
            "T": self.take_statement,
            "Ctrl+Enter": self.finish,
            "Enter": self._enter,
        }

    # --- screen -----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return self.t("closing.title")

    def subtitle(self) -> str:
        if self.opened is None:
            return ""
        visit = self.opened.visit
        day = short_date(visit.started_at, self.context.language)
        return " · ".join(part for part in (visit.site.name_th, day, self.t("closing.readonly")) if part)

    def key_hints(self) -> list[KeyHint]:
        names = {"←→": "finding", "S": "sign", "F8": "refuse", "T": "statement", "Ctrl+Enter": "finish", "Esc": "back"}
        if not self._statement_path():
            del names["T"]
        return [KeyHint(key, self.t(f"closing.key.{name}")) for key, name in names.items()]

    def on_shown(self, *, record_id: str, **_: Any) -> None:
        """Show the findings of a draft as they stand on disk."""
        self.context.saver.drain()
        self.place = 0
        self._load(record_id)
        self.head_changed.emit()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        self._show_words()
        if self.opened is not None:
            self._show()

    # --- building ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(12)
        self.error = Notice("", "bad")
        self.error.hide()
        self.counter = ThaiLabel("", tone="muted", wrap=False)
        self.back_button = ActionButton("", key="←", icon="chevron-left")
        self.next_button = ActionButton("", key="→", icon="chevron-right")
        self.back_button.clicked.connect(lambda: self.go_to(self.place - 1))
        self.next_button.clicked.connect(lambda: self.go_to(self.place + 1))
        top = QHBoxLayout()
        top.addWidget(self.counter, 1)
        top.addWidget(self.back_button)
        top.addWidget(self.next_button)
        self.finding_box = QVBoxLayout()
        inner = QWidget()
        inner.setObjectName("scrolled")
        inner.setLayout(self.finding_box)
        self.finding_box.setContentsMargins(0, 0, 12, 0)
        left = QVBoxLayout()
        left.addWidget(self.error)
        left.addLayout(top)
        left.addWidget(_scrolling(inner), 1)
        row.addLayout(left, 5)
        row.addLayout(self._build_signing(), 3)
        self._show_words()

    def _build_signing(self) -> QVBoxLayout:
        column = QWidget()
        column.setObjectName("scrolled")
        right = QVBoxLayout(column)
        right.setContentsMargins(0, 0, 12, 0)
        right.setSpacing(8)
        self.cards = {role: SignCard(role, self.t) for role in ROLES}
        for role, card in self.cards.items():
            card.button.clicked.connect(lambda _=False, role=role: self.sign(role))
            right.addWidget(card)
        self.refuse_button = ActionButton("", key="F8", icon="account-cancel-outline")
        self.refuse_button.clicked.connect(self.refuse)
        self.bound = ThaiLabel("", role="note", tone="muted")
        self.finish_button = ActionButton("", key="Ctrl+Enter", icon="check-bold", kind="primary")
        self.finish_button.clicked.connect(self.finish)
        right.addWidget(self.refuse_button)
        right.addWidget(self.bound)
        right.addStretch(1)
        whole = QVBoxLayout()
        whole.addWidget(_scrolling(column), 1)
        whole.addWidget(self.finish_button)
        return whole

    def _show_words(self) -> None:
        self.back_button.setText(self.t("closing.previous"))
        self.next_button.setText(self.t("closing.next"))
        self.refuse_button.setText(self.t("closing.refuse"))
        self.finish_button.setText(self.t("closing.finish"))
        self.setAccessibleName(self.t("closing.title"))

    # --- showing ----------------------------------------------------------------------------------------------------

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Only what the factory may see."""
        return tuple(f for f in self.result.findings if f.audience in SEEN_BY_FACTORY)

    def _load(self, record_id: str) -> None:
        try:
            self.opened = records.load(self.context.store, record_id, clock=self.context.clock)
        except InspectorError as error:
            self._tell(error)
            return
        self.error.hide()
        self.result = self.opened.evaluate()
        self.digest = findings.content_digest(self.result)
        self._show()

    def _show(self) -> None:
        self._show_finding()
        self._show_signatures()

    def _clear_finding(self) -> None:
        while (item := self.finding_box.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _show_finding(self) -> None:
        self._clear_finding()
        shown = self.findings
        self.back_button.setEnabled(self.place > 0)
        self.next_button.setEnabled(self.place < len(shown) - 1)
        if not shown:
            self.counter.setText("")
            self.finding_box.addWidget(self._no_findings())
            self.finding_box.addStretch(1)
            return
        self.place = max(0, min(self.place, len(shown) - 1))
        self.counter.setText(self.t("closing.counter", number=self.place + 1, total=len(shown)))
        self.finding_box.addWidget(self._finding_card(shown[self.place]))
        self.finding_box.addStretch(1)

    def _no_findings(self) -> EmptyState:
        """Say that nothing was found only where everything was looked at."""
        left = sum(1 for item in self.result.items if not item.answered and item.kind != "signature")
        if left:
            return EmptyState(
                "clipboard-clock-outline", self.t("closing.open"), self.t("closing.open.text", count=left)
            )
        passed = self.result.count(Verdict.PASS)
        return EmptyState("check-circle-outline", self.t("closing.none"), self.t("closing.none.text", count=passed))

    def _finding_card(self, finding: Finding) -> Card:
        language = self.context.language
        tone = "bad" if finding.severity is not Severity.MINOR else "obs"
        card = Card(tone)
        head = QHBoxLayout()
        number = finding.item_id.partition("-")[2] or finding.item_id
        head.addWidget(ThaiLabel(number, role="closing_bold", tone="muted", wrap=False), 1)
        head.addWidget(Chip(self.t(f"fill.severity.{finding.severity.value}"), tone, icon="alert-circle-outline"))
        card.body.addLayout(head)
        card.body.addWidget(ThaiLabel(finding.fact or finding.title.in_language(language), role="finding"))
        if finding.fact:
            card.body.addWidget(ThaiLabel(finding.title.in_language(language), role="closing", tone="muted"))
        photos = [a for a in (self.opened.attachments if self.opened else ()) if self._shows(a, finding)]
        strip = PhotoStrip(self.thumbnails, LARGE)
        card.body.addWidget(strip)
        strip.show_photos(photos)
        proposal = finding.proposal.in_language(language)
        if proposal:
            card.body.addWidget(ThaiLabel(self.t("closing.proposal", text=proposal), role="closing"))
        if finding.due_date:
            due = short_date(
                finding.due_date + "T00:00:00+07:00" if len(finding.due_date) == 10 else finding.due_date, language
            )
            card.body.addWidget(ThaiLabel(self.t("closing.due", date=due), role="closing"))
        laws = " · ".join(law.title.in_language(language) for law in finding.laws)
        if laws:
            card.body.addWidget(ThaiLabel(laws, role="body", tone="muted"))
        return card

    @staticmethod
    def _shows(attachment: Attachment, finding: Finding) -> bool:
        of_item = attachment.item_id == finding.item_id and attachment.kind is AttachmentKind.PHOTO
        return of_item and attachment.audience in SEEN_BY_FACTORY

    def _show_signatures(self) -> None:
        if self.opened is None:
            return
        next_role = self._next_role()
        for role, card in self.cards.items():
            state = self._state_of(role)
            action = self.t("closing.sign_again" if state.done else "closing.sign")
            name = state.name or self._default_name(role)
            card.show_state(name, state, action=action, key="S" if role == next_role else "")
        self.bound.setText(self.t("closing.bound", code=short_digest(self.digest)))

    def signature(self, role: str) -> Attachment | None:
        attachments = self.opened.attachments if self.opened else ()
        return next((a for a in attachments if a.kind is AttachmentKind.SIGNATURE and a.role == role), None)

    def _refusal(self, role: str) -> Refusal | None:
        return next((r for r in (self.opened.visit.refusals if self.opened else ()) if r.role == role), None)

    def _state_of(self, role: str) -> _State:
        language = self.context.language
        signature, refusal = self.signature(role), self._refusal(role)
        if signature is not None:
            if signature.bound_to and signature.bound_to != self.digest:
                return _State(self.t("closing.void"), "obs", "alert-outline", signature.signer, done=True)
            when = date_and_time(signature.taken_at, language)
            words = self.t("closing.signed", time=when, code=short_digest(signature.bound_to))
            return _State(words, "ok", "link-variant", signature.signer, done=True)
        if refusal is not None:
            if refusal.bound_to and refusal.bound_to != self.digest:
                return _State(self.t("closing.void"), "obs", "alert-outline", refusal.name, done=True)
            words = self.t("closing.refused", reason=refusal.reason, witness=refusal.witness)
            return _State(words, "muted", "account-cancel-outline", refusal.name, done=True)
        optional = "closing.optional" if role == "witness" else "closing.not_signed"
        return _State(self.t(optional), "muted", "draw-pen")

    def _next_role(self) -> str:
        """The role that S signs: the first that is needed and not settled."""
        return next((role for role in ("officer", "guide") if not self._state_of(role).settled), "witness")

    def _default_name(self, role: str) -> str:
        if self.opened is None:
            return ""
        if role == "officer":
            lead = next((o for o in self.opened.visit.team if o.lead), None) or next(iter(self.opened.visit.team), None)
            return lead.name if lead else self.context.officer.name
        if role == "guide" and self.opened.visit.met:
            return self.opened.visit.met[0].name
        return ""

    def _read_thumbnail(self, attachment_id: str) -> bytes | None:
        return self.context.store.attachments.thumbnail(attachment_id) if self.context.inside else None

    def _tell(self, error: BaseException) -> None:
        self.error.set(explain(error, self.context.translator).text(self.context.language), "bad")
        self.error.show()

    # --- acts -------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self._keys.get(keys.name(event))
        if action is None:
            super().keyPressEvent(event)
        else:
            action()
            event.accept()

    def _enter(self) -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton):
            focused.click()
        else:
            self.go_to(self.place + 1)

    def go_to(self, place: int) -> None:
        """Show another finding."""
        if 0 <= place < len(self.findings):
            self.place = place
            self._show_finding()

    def sign_next(self) -> SignDialog:
        return self.sign(self._next_role())

    def sign(self, role: str) -> SignDialog:
        """Ask one person to sign what is shown."""
        signature = self.signature(role)
        name = signature.signer if signature else self._default_name(role)
        shown = self.t("sign.bound", code=short_digest(self.digest))
        dialog = SignDialog(self, self.t, role=role, signer=name, shown=shown)
        dialog.signed.connect(self._keep_signature)
        dialog.open(dialog.pad if name else dialog.name.edit)
        return dialog

    def _keep_signature(self, signed: Signed) -> None:
        if self.opened is None:
            return
        record_id, clock, ids, digest = self.opened.record_id, self.context.clock, self.context.ids, self.digest
        kept = tuple(r for r in self.opened.visit.refusals if r.role != signed.role)
        visit = dataclasses.replace(self.opened.visit, refusals=kept)
        changed = kept != self.opened.visit.refusals

        def step(store: Any) -> Any:
            _, changes = attachment_actions.sign(
                store,
                record_id,
                role=signed.role,
                signer=signed.signer,
                png=signed.png,
                clock=clock,
                ids=ids,
                bound_to=digest,
                caption=signed.caption,
            )
            return changes | store.visits.update(visit) if changed else changes

        self.context.saver.submit(step, lambda _: self._reload(record_id), self._tell)

    def refuse(self) -> RefusalDialog:
        """Record that the guide does not sign, with reason and witness."""
        dialog = RefusalDialog(self, self.t, role="guide", name=self._default_name("guide"))
        dialog.refused.connect(self._keep_refusal)
        dialog.open(dialog.reason.edit if self._default_name("guide") else dialog.name.edit)
        return dialog

    def _keep_refusal(self, refused: Refused) -> None:
        if self.opened is None:
            return
        now = stamp(self.context.clock.now())
        refusal = Refusal(refused.role, refused.name, refused.reason, refused.witness, now, self.digest)
        others = tuple(r for r in self.opened.visit.refusals if r.role != refused.role)
        visit = dataclasses.replace(self.opened.visit, refusals=(*others, refusal))
        earlier, record_id = self.signature(refused.role), self.opened.record_id

        def step(store: Any) -> Any:
            changes = store.visits.update(visit)
            return changes | store.attachments.remove(earlier.attachment_id) if earlier else changes

        self.context.saver.submit(step, lambda _: self._reload(record_id), self._tell)

    def _reload(self, record_id: str) -> None:
        if self.opened is not None and self.opened.record_id == record_id:
            self._load(record_id)

    def _statement_path(self) -> str:
        """The note for the representative's own words, blank where the checklist has none or does not ask for it."""
        item = self.opened.outline.by_id.get(STATEMENT) if self.opened else None
        path = (item.note_path or item.value_path) if item else ""
        return path if self.opened and path and self.opened.session.node(path).relevant else ""

    def take_statement(self) -> None:
        """Write down what the representative says: in the record, at the note of the item for it."""
        path = self._statement_path()
        if self.opened is not None and path:
            self.context.saver.drain()
            self.context.go("fill", record_id=self.opened.record_id, item_id=STATEMENT, path=path)

    def finish(self) -> None:
        """End the meeting: back to the record, where it is sealed."""
        if self.opened is not None:
            self.context.saver.drain()
            self.context.go("fill", record_id=self.opened.record_id, seal=True)
