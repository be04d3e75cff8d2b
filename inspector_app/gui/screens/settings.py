"""Settings that explain themselves: language, theme, text size, the centre, what lies on this laptop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout

from inspector_app.actions.sending import syncing
from inspector_app.gui.context import AppContext
from inspector_app.gui.screens.base import KeyHint, Screen
from inspector_app.gui.screens.people_card import PeopleCard
from inspector_app.gui.screens.power.appointments import AppointmentsDialog
from inspector_app.gui.screens.sign_in.entrance import VERSION
from inspector_app.gui.theme import THEMES
from inspector_app.gui.widgets.buttons import CHOICE, PRIMARY, ActionButton
from inspector_app.gui.widgets.cards import Card, Notice
from inspector_app.gui.widgets.fields import Field
from inspector_app.gui.widgets.flow import FlowLayout
from inspector_app.gui.widgets.groups import ScrollColumn
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.messages import explain

LANGUAGES = {"th": "ไทย", "en": "English"}
SIZES = (80, 100, 125, 150, 175, 200)
LOCK_MINUTES = (5, 10, 30, 0)
FACTS = ("person", "folder", "records", "registry", "checklists", "version")


class SettingsScreen(Screen):
    """Everything takes effect at once; only registering at the centre needs its button."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.page = ScrollColumn()
        self.language_buttons = {code: ActionButton(words, kind=CHOICE) for code, words in LANGUAGES.items()}
        self.theme_buttons = {name: ActionButton(kind=CHOICE) for name in THEMES}
        self.size_buttons = {size: ActionButton(f"{size} %", kind=CHOICE) for size in SIZES}
        self.titles: dict[str, ThaiLabel] = {}
        self.notes: dict[str, ThaiLabel] = {}
        self.lock_buttons = {minutes: ActionButton(kind=CHOICE) for minutes in LOCK_MINUTES}
        self.people = PeopleCard(context, self)
        self.power_button = ActionButton(icon="card-account-details-outline")
        self.url, self.code = Field(), Field()
        self.register_button = ActionButton(icon="link-variant", kind=PRIMARY)
        self.centre_notice = Notice()
        self.facts = {name: (ThaiLabel(tone="muted", wrap=False), ThaiLabel()) for name in FACTS}
        self._build()
        self._connect()
        self.retranslate()

    # --- building

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 4, 4)
        column.addWidget(self.page)
        self.page.column.setSpacing(8)
        self._choice("language", self.language_buttons)
        self._choice("theme", self.theme_buttons)
        self._choice("size", self.size_buttons)
        self._choice("lock", self.lock_buttons)
        self.page.column.addWidget(self.people)
        self._power()
        self._centre()
        self._facts()
        self.page.column.addStretch(1)

    def _card(self, name: str) -> Card:
        card = Card()
        self.titles[name] = ThaiLabel(role="name_bold")
        self.notes[name] = ThaiLabel(role="note", tone="muted")
        card.body.addWidget(self.titles[name])
        card.body.addWidget(self.notes[name])
        self.page.column.addWidget(card)
        return card

    def _choice(self, name: str, buttons: dict[Any, ActionButton]) -> None:
        line = FlowLayout()
        for button in buttons.values():
            line.addWidget(button)
        self._card(name).body.addLayout(line)

    def _centre(self) -> None:
        card = self._card("centre")
        line = QHBoxLayout()
        line.addWidget(self.url, 3)
        line.addWidget(self.code, 2)
        line.addWidget(self.register_button, 0, Qt.AlignmentFlag.AlignBottom)
        card.body.addLayout(line)
        self.centre_notice.hide()
        card.body.addWidget(self.centre_notice)

    def _power(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.power_button)
        line.addStretch(1)
        self._card("power").body.addLayout(line)

    def _facts(self) -> None:
        card = self._card("about")
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for row, (label, value) in enumerate(self.facts.values()):
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
        card.body.addLayout(grid)

    def _connect(self) -> None:
        def follow(buttons: dict[Any, ActionButton], choose: Callable[[Any], None]) -> None:
            for value, button in buttons.items():
                button.clicked.connect(lambda _=False, value=value: choose(value))

        follow(self.language_buttons, self._use_language)
        follow(self.theme_buttons, self._use_theme)
        follow(self.size_buttons, self._use_size)
        follow(self.lock_buttons, self._use_lock)
        self.power_button.clicked.connect(self.show_appointments)
        self.register_button.clicked.connect(self.register)
        self.code.edit.returnPressed.connect(self.register)

    # --- words

    def title(self) -> str:
        return self.t("settings.title")

    def subtitle(self) -> str:
        return self.t("settings.subtitle")

    def key_hints(self) -> list[KeyHint]:
        return [KeyHint("Tab", self.t("settings.key_next")), KeyHint("Space", self.t("settings.key_choose"))]

    def retranslate(self) -> None:
        for name, label in self.titles.items():
            label.setText(self.t(f"settings.{name}"))
            self.notes[name].setText(self.t(f"settings.{name}_note"))
        for name, button in self.theme_buttons.items():
            button.setText(self.t(f"settings.theme_{name}"))
        for minutes, button in self.lock_buttons.items():
            button.setText(self.t("settings.lock_minutes", count=minutes) if minutes else self.t("settings.lock_never"))
        self.people.retranslate()
        self.power_button.setText(self.t("settings.power_open"))
        self.url.set_label(self.t("settings.url"))
        self.code.set_label(self.t("settings.code"))
        self.register_button.setText(self.t("settings.register"))
        self._show()

    # --- showing

    def on_shown(self, part: str = "", **_arguments: Any) -> None:
        self._show()
        if part == "centre":
            self.page.ensureWidgetVisible(self.register_button, 0, 80)
            self.url.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.language_buttons[self.context.language].setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self) -> None:
        theme = self.context.theme
        for group, chosen in (
            (self.language_buttons, self.context.language),
            (self.theme_buttons, theme.tokens.name),
            (self.size_buttons, theme.scale),
            (self.lock_buttons, self.context.preferences.lock_minutes),
        ):
            for value, button in group.items():
                button.setChecked(value == chosen)
        self.people.show_names()
        self._show_centre()
        self._show_facts()

    def _show_centre(self) -> None:
        session = syncing.session_of(self.context.store)
        if session.registered:
            self.notes["centre"].setText(self.t("settings.centre_ready", url=session.url, server=session.server_id[:8]))
        if not self.url.text():
            self.url.setText(session.url)

    def _show_facts(self) -> None:
        store = self.context.store
        values = {
            "person": self.context.officer.name,
            "folder": str(self.context.workspace),
            "records": f"{store.records.count():,}",
            "registry": f"{store.registry.count():,}",
            "checklists": f"{len(store.checklists.list()):,}",
            "version": VERSION,
        }
        for name, (label, value) in self.facts.items():
            label.setText(self.t(f"settings.fact_{name}"))
            value.setText(values[name])

    # --- choosing

    def _use_language(self, code: str) -> None:
        self.context.set_language(code)
        self._show()

    def _use_theme(self, name: str) -> None:
        self.context.theme.use(name=name)
        self.context.change_preferences(theme=name)
        self._show()

    def _use_size(self, size: int) -> None:
        self.context.theme.use(scale=size)
        self.context.change_preferences(text_percent=size)
        self._show()

    def _use_lock(self, minutes: int) -> None:
        self.context.change_preferences(lock_minutes=minutes)
        self._show()

    # --- the officer's power

    def show_appointments(self) -> AppointmentsDialog:
        """Open the officer's appointments under each Act."""
        dialog = AppointmentsDialog(self, self.context)
        dialog.open(dialog.act)
        return dialog

    # --- the centre

    def register(self) -> None:
        """Exchange the one-time code for this laptop's key, in the pool; the window goes on."""
        url, code = self.url.text(), self.code.text()
        for field, key in ((self.url, "settings.need_url"), (self.code, "settings.need_code")):
            if not field.text():
                field.set_message(self.t(key), wrong=True)
                field.setFocus()
                return
            field.set_message("")
        self._set_busy(True)
        workplace, clock = self.context.workplace, self.context.clock

        def work() -> None:
            store = workplace.open_store()
            try:
                syncing.register(store, url, code, clock=clock, submit=workplace.writer.submit)
            finally:
                store.close()

        self.context.tasks.run(work, lambda _: self._registered(), self._not_registered)

    def _registered(self) -> None:
        self._set_busy(False)
        self.code.setText("")
        self._show_centre()
        self._tell(self.t("settings.registered"), "ok")

    def _not_registered(self, error: BaseException) -> None:
        self._set_busy(False)
        self._tell(explain(error, self.context.translator).text(self.context.language), "bad")
        self.url.setFocus()

    def _tell(self, text: str, tone: str) -> None:
        self.centre_notice.set(text, tone)
        self.centre_notice.show()

    def _set_busy(self, busy: bool) -> None:
        self.register_button.setEnabled(not busy)
        self.register_button.setText(self.t("settings.registering" if busy else "settings.register"))
        if busy:
            self.centre_notice.hide()
