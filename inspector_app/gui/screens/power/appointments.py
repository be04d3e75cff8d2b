"""The officer's profile: appointments, a line for each Act, with card, area and period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from checklists import numbers
from checklists.errors import InspectorError
from inspector_app.actions.inspection import authority
from inspector_app.gui.context import AppContext
from inspector_app.gui.questions.values import read_date, show_date
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Card, EmptyState, Notice
from inspector_app.gui.widgets.dialogs import EntryDialog
from inspector_app.gui.widgets.fields import ChoiceBox, Field
from inspector_app.gui.widgets.groups import ScrollColumn
from inspector_app.gui.widgets.labels import IconLabel, ThaiLabel
from inspector_app.messages import explain

if TYPE_CHECKING:
    from checklists.findings.authority import Appointment

LIST_HEIGHT = 116
PLACES = ("provinces", "valid_from", "valid_until")


class AppointmentsDialog(EntryDialog):
    """Known appointments above, a new or changed one below; one Act has at most one. `changed` after each write."""

    changed = Signal()

    def __init__(self, over: QWidget, context: AppContext) -> None:
        super().__init__(over, context.t("power.title"), context.t("power.subtitle"), width=760)
        self._context, self._t = context, context.t
        self.known = ScrollColumn()
        self.known.setFixedHeight(LIST_HEIGHT)
        self.body.addWidget(self.known)
        self.act = ChoiceBox()
        self.act.setAccessibleName(self._t("power.act"))
        for power in authority.acts():
            self.act.addItem(power.name.in_language(context.language), power.act)
        self.act.currentIndexChanged.connect(lambda _: self._show_chosen())
        self.card_no = Field(self._t("power.card"))
        self.fields = {
            name: Field(self._t(f"power.{name}"), placeholder=self._t(f"power.{name}.hint")) for name in PLACES
        }
        self.notice = Notice("", "bad")
        self.notice.hide()
        self._lay_out()
        self.add_button(self._t("power.done"), accept=False, key="Esc")
        keep = self.add_button(self._t("power.keep"), accept=True, key="Ctrl+Enter", icon="check-bold")
        keep.clicked.disconnect()
        keep.clicked.connect(self.keep)
        self._show_known()
        self._show_chosen()

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.addWidget(self.act, 3)
        self.body.addWidget(ThaiLabel(self._t("power.act"), role="body_bold"))
        self.body.addLayout(first)
        for names in (("card_no", "provinces"), ("valid_from", "valid_until")):
            line = QHBoxLayout()
            for name in names:
                line.addWidget(self.card_no if name == "card_no" else self.fields[name], 1)
            self.body.addLayout(line)
        self.body.addWidget(self.notice)
        self.body.addStretch(1)

    # --- showing ----------------------------------------------------------------------------------------------------

    def _show_known(self) -> None:
        self.known.clear()
        found = authority.appointments(self._context.store)
        names = {power.act: power.name.in_language(self._context.language) for power in authority.acts()}
        for one in found:
            self.known.column.addWidget(self._row(one, names.get(one.act, one.act)))
        if not found:
            self.known.column.addWidget(EmptyState("card-account-details-outline", self._t("power.none")))
        self.known.column.addStretch(1)
        self.known.settle()

    def _row(self, one: Appointment, name: str) -> Card:
        card = Card()
        line = QHBoxLayout()
        line.addWidget(IconLabel("card-account-details-outline"), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(ThaiLabel(f"{name}\n{self.words(one)}"), 1)
        remove = ActionButton(self._t("power.remove"), icon="delete-outline")
        remove.setAccessibleName(f"{self._t('power.remove')} {name}")
        remove.clicked.connect(lambda: self._submit(lambda store: authority.remove_appointment(store, one.act)))
        line.addWidget(remove)
        card.body.addLayout(line)
        return card

    def words(self, one: Appointment) -> str:
        """Return card, area and period of an appointment in one line."""
        language = self._context.language
        area = ", ".join(_province(code, language) for code in one.provinces) or self._t("power.whole_country")
        until = show_date(one.valid_until, language) if one.valid_until else self._t("power.no_end")
        span = f"{show_date(one.valid_from, language)} – {until}" if one.valid_from else until
        card = self._t("power.card_no", number=one.card_no) if one.card_no else ""
        return " · ".join(part for part in (card, area, span) if part)

    def _show_chosen(self) -> None:
        """Put what is known of the chosen Act into the fields, to be changed."""
        known = {one.act: one for one in authority.appointments(self._context.store)}
        one = known.get(str(self.act.currentData()))
        self.card_no.setText(one.card_no if one else self._context.officer.card_no)
        self.fields["provinces"].setText(
            ", ".join(_province(c, self._context.language) for c in one.provinces) if one else ""
        )
        for name in ("valid_from", "valid_until"):
            text = getattr(one, name) if one else ""
            self.fields[name].setText(show_date(text, self._context.language) if text else "")

    # --- keeping ----------------------------------------------------------------------------------------------------

    def keep(self) -> None:
        """Write the appointment in the fields, when everything can be read."""
        one = self._typed()
        if one is not None:
            self._submit(lambda store: authority.add_appointment(store, one))

    def _typed(self) -> Appointment | None:
        from checklists.findings.authority import Appointment

        today = self._context.clock.now().date()
        values: dict[str, Any] = {}
        for name in ("valid_from", "valid_until"):
            values[name] = read_date(self.fields[name].text(), today=today)
        codes = [_code(text) for text in self.fields["provinces"].text().split(",") if text.strip()]
        values["provinces"] = None if None in codes else tuple(code for code in codes if code)
        for name, field in self.fields.items():
            wrong = values[name] is None
            field.set_message(self._t(f"power.{name}.wrong") if wrong else "", wrong=wrong)
        bad = next((name for name in PLACES if values[name] is None), None)
        if bad is not None:
            self.fields[bad].setFocus()
            return None
        return Appointment(str(self.act.currentData()), self.card_no.text(), **values)

    def _submit(self, step: Any) -> None:
        self.notice.hide()
        self._context.saver.submit(step, lambda _: self._kept(), self._failed)

    def _kept(self) -> None:
        self._show_known()
        self.changed.emit()

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, InspectorError):
            raise error
        self.notice.set(explain(error, self._context.translator).text(self._context.language), "bad")
        self.notice.show()


def _province(code: str, language: str) -> str:
    found = next((place for place in numbers.provinces() if place.code == code), None)
    return code if found is None else (found.en if language == "en" else found.th)


def _code(text: str) -> str | None:
    """Return the code of a province by its name in Thai or English, or by the code itself; None for none."""
    wanted = text.strip().casefold()
    return next((p.code for p in numbers.provinces() if wanted in {p.code.casefold(), p.th, p.en.casefold()}), None)
