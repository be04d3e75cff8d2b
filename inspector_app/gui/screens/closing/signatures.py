"""Who has signed or refused, whether it still holds for what is shown, and the card that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from checklists.model import Attachment, AttachmentKind, Refusal
from inspector_app.actions.inspection.opened import OpenRecord
from inspector_app.gui.dates import date_and_time
from inspector_app.gui.screens.digests import short_digest
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Card
from inspector_app.gui.widgets.labels import IconLabel, ThaiLabel

ROLES = ("officer", "guide", "witness")
NEEDED = ("officer", "guide")
Texts = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for a role: words with tone and icon, the name, whether something was done at all."""

    words: str
    tone: str
    icon: str
    name: str = ""
    done: bool = False

    @property
    def settled(self) -> bool:
        """Whether it was done and still holds."""
        return self.done and self.tone != "obs"


@dataclass(frozen=True, slots=True)
class Signatures:
    """Signatures and refusals of an open record, compared with the digest of what is shown now."""

    opened: OpenRecord
    digest: str

    def signature(self, role: str) -> Attachment | None:
        found = self.opened.attachments
        return next((a for a in found if a.kind is AttachmentKind.SIGNATURE and a.role == role), None)

    def refusal(self, role: str) -> Refusal | None:
        return next((r for r in self.opened.visit.refusals if r.role == role), None)

    def settled_by(self) -> tuple[str, ...]:
        """Return the roles that have signed or refused."""
        return tuple(role for role in ROLES if self.signature(role) or self.refusal(role))

    def standing(self, role: str, t: Texts, language: str) -> Standing:
        """Say how it stands with a role."""
        signature, refusal = self.signature(role), self.refusal(role)
        if signature is not None:
            if signature.bound_to and signature.bound_to != self.digest:
                return Standing(t("closing.void"), "obs", "alert-outline", signature.signer, done=True)
            when = date_and_time(signature.taken_at, language)
            words = t("closing.signed", time=when, code=short_digest(signature.bound_to))
            return Standing(words, "ok", "link-variant", signature.signer, done=True)
        if refusal is not None:
            if refusal.bound_to and refusal.bound_to != self.digest:
                return Standing(t("closing.void"), "obs", "alert-outline", refusal.name, done=True)
            words = t("closing.refused", reason=refusal.reason, witness=refusal.witness)
            return Standing(words, "muted", "account-cancel-outline", refusal.name, done=True)
        return Standing(t("closing.not_signed" if role in NEEDED else "closing.optional"), "muted", "draw-pen")

    def next_role(self, t: Texts, language: str) -> str:
        """Return the role that S signs: the first that is needed and not settled."""
        return next((role for role in NEEDED if not self.standing(role, t, language).settled), ROLES[-1])

    def expected_name(self, role: str, officer: str) -> str:
        """Return who will probably sign: the leader of the team, the person met; `officer` where no team is known."""
        visit = self.opened.visit
        if role == "officer":
            lead = next((o for o in visit.team if o.lead), None) or next(iter(visit.team), None)
            return lead.name if lead else officer
        return visit.met[0].name if role == "guide" and visit.met else ""


class SignCard(Card):
    """One role: who, whether signed, and bound to what."""

    def __init__(self, role: str, t: Texts) -> None:
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

    def show_state(self, name: str, standing: Standing, *, key: str) -> None:
        self.heading.setText(self._t(f"fill.role.{self.role}"))
        self.person.setText(name)
        self.person.setVisible(bool(name))
        self.state.setText(standing.words)
        self.state.set_tone(standing.tone)
        self.icon.set(standing.icon, standing.tone)
        self.set_tone(standing.tone if standing.tone in {"ok", "obs", "bad"} else "")
        action = self._t("closing.sign_again" if standing.done else "closing.sign")
        self.button.set_key(key)
        self.button.setText(action)
        self.button.setAccessibleName(f"{action} {self.heading.text()}")
