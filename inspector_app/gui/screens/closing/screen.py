"""The closing meeting: findings one by one, read across a table, then the signatures or the refusal.

Shows nothing but the factory's part. What is signed is bound to exactly this content; a later change voids it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QVBoxLayout

from checklists import findings
from checklists.errors import InspectorError
from checklists.model import Audience, Finding, InspectionResult, Verdict
from inspector_app.actions.inspection import records
from inspector_app.actions.inspection.opened import OpenRecord
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import short_date
from inspector_app.gui.screens.base import KeyedScreen, KeyHint
from inspector_app.gui.screens.closing.keeping import Step, keep_refusal, keep_signature
from inspector_app.gui.screens.closing.signatures import ROLES, Signatures, SignCard
from inspector_app.gui.screens.closing.statement import StatementDialog
from inspector_app.gui.screens.digests import short_digest
from inspector_app.gui.screens.finding_card import FindingCard, photos_of
from inspector_app.gui.screens.sign_in.ask import AskPassphrase
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import EmptyState, Notice
from inspector_app.gui.widgets.groups import ScrollColumn
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.gui.widgets.photo_strip import Thumbnails
from inspector_app.gui.widgets.sign_dialog import RefusalDialog, Refused, SignDialog, Signed

STATEMENT = "FA-K03"  # ถ้อยคำของผู้แทนโรงงาน
SEEN_BY_FACTORY = frozenset({Audience.PUBLIC, Audience.FACTORY})


class ClosingScreen(KeyedScreen):
    """Findings on the left, signatures on the right."""

    name = "closing"
    wide = True

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.opened: OpenRecord | None = None
        self.result = InspectionResult()
        self.signatures: Signatures | None = None
        self.place = 0
        self._handed_back = False
        self.thumbnails = Thumbnails(self._read_thumbnail, self)
        self._build()
        self.key_actions = {
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
        self._handed_back = False
        self._load(record_id)
        self.head_changed.emit()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def can_leave(self, then: Callable[[], object]) -> bool:
        """The laptop lies before the factory's representative: only the officer's passphrase leads back."""
        if self._handed_back or self.opened is None:
            return True
        dialog = AskPassphrase(self, self.context)

        def go_on() -> None:
            self._handed_back = True
            then()

        dialog.passed.connect(go_on)
        dialog.open(dialog.field)
        return False

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
        self.finding_box = ScrollColumn()
        left = QVBoxLayout()
        left.addWidget(self.error)
        left.addLayout(top)
        left.addWidget(self.finding_box, 1)
        row.addLayout(left, 5)
        row.addLayout(self._build_signing(), 3)
        self._show_words()

    def _build_signing(self) -> QVBoxLayout:
        column = ScrollColumn()
        right = column.column
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
        whole.addWidget(column, 1)
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
            self.tell(error)
            return
        self.error.hide()
        self.result = self.opened.evaluate()
        self.signatures = Signatures(self.opened, findings.content_digest(self.result))
        self._show()

    def _show(self) -> None:
        self._show_finding()
        self._show_signatures()

    def _show_finding(self) -> None:
        self.finding_box.clear()
        shown = self.findings
        self.back_button.setEnabled(self.place > 0)
        self.next_button.setEnabled(self.place < len(shown) - 1)
        if not shown:
            self.counter.setText("")
            self.finding_box.column.addWidget(self._no_findings())
            self.finding_box.column.addStretch(1)
            return
        self.place = max(0, min(self.place, len(shown) - 1))
        self.counter.setText(self.t("closing.counter", number=self.place + 1, total=len(shown)))
        self.finding_box.column.addWidget(self._card_of(shown[self.place]))
        self.finding_box.column.addStretch(1)

    def _no_findings(self) -> EmptyState:
        """Say that nothing was found only where everything was looked at."""
        left = sum(1 for item in self.result.items if not item.answered and item.kind != "signature")
        if left:
            return EmptyState(
                "clipboard-clock-outline", self.t("closing.open"), self.t("closing.open.text", count=left)
            )
        passed = self.result.count(Verdict.PASS)
        return EmptyState("check-circle-outline", self.t("closing.none"), self.t("closing.none.text", count=passed))

    def _card_of(self, finding: Finding) -> FindingCard:
        seen = [a for a in (self.opened.attachments if self.opened else ()) if a.audience in SEEN_BY_FACTORY]
        photos = photos_of(finding, seen)
        return FindingCard(finding, photos, self.thumbnails, t=self.t, language=self.context.language, large=True)

    def _show_signatures(self) -> None:
        if self.signatures is None:
            return
        language = self.context.language
        next_role = self.signatures.next_role(self.t, language)
        for role, card in self.cards.items():
            standing = self.signatures.standing(role, self.t, language)
            name = standing.name or self._default_name(role)
            card.show_state(name, standing, key="S" if role == next_role else "")
        self.bound.setText(self.t("closing.bound", code=short_digest(self.signatures.digest)))

    def _read_thumbnail(self, attachment_id: str) -> bytes | None:
        return self.context.store.attachments.thumbnail(attachment_id) if self.context.inside else None

    def _default_name(self, role: str) -> str:
        return self.signatures.expected_name(role, self.context.officer.name) if self.signatures else ""

    # --- acts -------------------------------------------------------------------------------------------------------

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

    def sign_next(self) -> SignDialog | None:
        return self.sign(self.signatures.next_role(self.t, self.context.language)) if self.signatures else None

    def sign(self, role: str) -> SignDialog | None:
        """Ask one person to sign what is shown."""
        if self.signatures is None:
            return None
        signature = self.signatures.signature(role)
        name = signature.signer if signature else self._default_name(role)
        shown = self.t("sign.bound", code=short_digest(self.signatures.digest))
        dialog = SignDialog(self, self.t, role=role, signer=name, shown=shown)
        dialog.signed.connect(self._keep_signature)
        dialog.open(dialog.pad if name else dialog.name.edit)
        return dialog

    def _keep_signature(self, signed: Signed) -> None:
        if self.signatures is not None:
            self._keep(keep_signature(self.signatures, signed, clock=self.context.clock, ids=self.context.ids))

    def refuse(self) -> RefusalDialog:
        """Record that the guide does not sign, with reason and witness."""
        dialog = RefusalDialog(self, self.t, role="guide", name=self._default_name("guide"))
        dialog.refused.connect(self._keep_refusal)
        dialog.open(dialog.reason.edit if self._default_name("guide") else dialog.name.edit)
        return dialog

    def _keep_refusal(self, refused: Refused) -> None:
        if self.signatures is not None:
            self._keep(keep_refusal(self.signatures, refused, clock=self.context.clock))

    def _keep(self, step: Step) -> None:
        if self.opened is not None:
            record_id = self.opened.record_id
            self.context.saver.submit(step, lambda _: self._reload(record_id), self.tell)

    def _reload(self, record_id: str) -> None:
        if self.opened is not None and self.opened.record_id == record_id:
            self._load(record_id)

    def _statement_path(self) -> str:
        """The note for the representative's own words, blank where the checklist has none or does not ask for it."""
        item = self.opened.outline.by_id.get(STATEMENT) if self.opened else None
        path = (item.note_path or item.value_path) if item else ""
        return path if self.opened and path and self.opened.session.node(path).relevant else ""

    def take_statement(self) -> StatementDialog | None:
        """Write down what the representative says: at the item for it, without leaving the meeting."""
        path = self._statement_path()
        if self.opened is None or not path:
            return None
        dialog = StatementDialog(self, self.t, self.opened.session.value(path))
        dialog.given.connect(lambda text: self._keep_statement(path, text))
        dialog.open(dialog.edit)
        return dialog

    def _keep_statement(self, path: str, text: str) -> None:
        if self.opened is None or self.opened.session.value(path) == text:
            return
        changes, record_id = self.opened.session.set_value(path, text), self.opened.record_id
        answers = changes.answers
        self._keep(lambda store: store.records.save_answers(record_id, answers))

    def finish(self) -> None:
        """End the meeting: back to the record, where it is sealed."""
        if self.opened is not None:
            self.context.saver.drain()
            self.context.go("fill", record_id=self.opened.record_id, seal=True)
