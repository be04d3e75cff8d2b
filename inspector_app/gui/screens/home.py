"""Home: what must I do now. Running and today first, then drafts, what waits to be sent, what the centre has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from checklists.clock import BANGKOK
from checklists.model import Changes, RecordState, RecordSummary
from inspector_app.actions.afterwards.worklist import Task
from inspector_app.gui import status
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import long_date, short_date, short_time
from inspector_app.gui.screens.base import KeyHint, Screen
from inspector_app.gui.screens.home_tasks import task_row, tasks
from inspector_app.gui.site_words import name_of, place_of
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import EmptyState, ListRow
from inspector_app.gui.widgets.fields import SearchField
from inspector_app.gui.widgets.groups import GroupHeading, ScrollColumn, Tile

SHOWN = {"today": 20, "tasks": 20, "drafts": 20, "waiting": 20, "sent": 5}
"""Rows a group shows; the records list has all."""
READ = 400


@dataclass(frozen=True, slots=True)
class Group:
    """How one group looks."""

    name: str
    icon: str
    tone: str
    row_icon: str
    action_icon: str


GROUPS = (
    Group("today", "calendar-today", "acc", "clipboard-play-outline", "arrow-right"),
    Group("tasks", "gavel", "bad", "gavel", "eye-outline"),
    Group("drafts", "pencil-outline", "na", "pencil-outline", "arrow-right"),
    Group("waiting", "upload-outline", "lab", "upload-outline", "eye-outline"),
    Group("sent", "check-decagram-outline", "ok", "check-decagram-outline", "eye-outline"),
)


def sort_out(records: Sequence[RecordSummary], today: datetime) -> dict[str, list[RecordSummary]]:
    """Return the records by group; newest work first, what waits longest first among the waiting."""
    groups: dict[str, list[RecordSummary]] = {group.name: [] for group in GROUPS if group.name != "tasks"}
    for record in records:
        groups[_group_of(record, today)].append(record)
    for name in ("today", "drafts"):
        groups[name].sort(key=lambda r: r.updated_at, reverse=True)
    groups["waiting"].sort(key=lambda r: r.sealed_at)
    groups["sent"].sort(key=lambda r: r.received_at, reverse=True)
    return groups


def _group_of(record: RecordSummary, today: datetime) -> str:
    if record.state is RecordState.DRAFT:
        started = datetime.fromisoformat(record.created_at).astimezone(BANGKOK)
        return "today" if started.date() == today.date() else "drafts"
    return "sent" if record.state is RecordState.SENT else "waiting"


class HomeScreen(Screen):
    """The first screen; Enter goes on with the work that was left."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._groups: dict[str, list[RecordSummary]] = {}
        self._tasks: tuple[Task, ...] = ()
        self._reading_tasks = self._tasks_stale = False
        self._rows: dict[str, ListRow] = {}
        self._headings: dict[str, GroupHeading] = {}
        self.search = SearchField()
        self.start_button = ActionButton(key="Ctrl+N", icon="plus", kind="secondary")
        self.tiles = {group.name: Tile(group.icon, group.tone) for group in GROUPS}
        self.list = ScrollColumn()
        self._build()
        self.retranslate()
        context.refresh.changed.connect(self._on_changes)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search, 1)
        top.addWidget(self.start_button)
        tiles = QHBoxLayout()
        tiles.setSpacing(8)
        for name, tile in self.tiles.items():
            tile.clicked.connect(lambda _=False, name=name: self.jump(name))
            tiles.addWidget(tile, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 4, 0)
        column.setSpacing(8)
        for line in (top, tiles):
            line.setContentsMargins(0, 0, 8, 0)
            column.addLayout(line)
        column.addWidget(self.list, 1)
        self.search.search_changed.connect(self._search_places)
        self.search.returnPressed.connect(self.search.search_now)
        self.start_button.clicked.connect(lambda: self.context.go("start"))

    # --- words

    def title(self) -> str:
        return self.t("home.title")

    def subtitle(self) -> str:
        return long_date(self.context.clock.now(), self.context.language)

    def key_hints(self) -> list[KeyHint]:
        keys = (("↑↓", "choose"), ("Enter", "open"), ("Ctrl+K", "search"), ("Ctrl+N", "start"), ("F5", "send"))
        return [KeyHint(key, self.t(f"home.key_{name}")) for key, name in keys]

    def retranslate(self) -> None:
        self.search.set_words(self.t("home.search"), self.t("home.search_name"))
        self.start_button.setText(self.t("home.start"))
        self._show()

    # --- content

    def on_shown(self, **_arguments: Any) -> None:
        self.search.clear()
        self.reload()
        self._focus_first()

    def reload(self) -> None:
        """Read the records again and show them where something changed."""
        records = self.context.store.records.list(limit=READ)
        groups = sort_out(records, self.context.clock.now())
        if groups != self._groups:
            self._groups = groups
            self._show()
        self._read_tasks()

    def _read_tasks(self) -> None:
        """Look in the pool for what is due: it reads through the sealed records."""
        self._tasks_stale = self._reading_tasks  # a change while it reads is read afterwards
        if not self._reading_tasks:
            self._reading_tasks = True
            self.context.tasks.run(partial(tasks, self.context), self._show_due, lambda _: self._show_due(self._tasks))

    def _show_due(self, found: tuple[Task, ...]) -> None:
        self._reading_tasks = False
        if self._tasks_stale and self.context.inside:
            self._read_tasks()
        if found != self._tasks:
            self._tasks = found
            self._show()

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and changes.touches("record", "visit", "outbox", "receipt", "order"):
            self.reload()

    def _show(self) -> None:
        focused = next((key for key, row in self._rows.items() if row.hasFocus()), None)
        self.list.clear()
        self._rows, self._headings = {}, {}
        running = bool(self._groups.get("today"))
        self.start_button.set_kind("secondary" if running else "primary")
        for group in GROUPS:
            records = self._groups.get(group.name, [])
            count = len(self._tasks) if group.name == "tasks" else len(records)
            self.tiles[group.name].set(self.t(f"home.tile_{group.name}"), count)
            if group.name == "tasks":
                self._show_tasks(group)
            else:
                self._show_group(group, records)
        self.list.column.addStretch(1)
        if self.isVisible():
            self.list.settle()
        if focused is not None and self._rows:
            (self._rows.get(focused) or next(iter(self._rows.values()))).setFocus()

    def _show_tasks(self, group: Group) -> None:
        """What the law's dates ask for: never hidden behind the drafts."""
        self.tiles[group.name].setVisible(bool(self._tasks))  # on a small window four tiles have their words
        if not self._tasks:
            return
        late = any(task.overdue for task in self._tasks)
        heading = GroupHeading(self.t("home.group_tasks"), len(self._tasks), "bad" if late else "obs")
        self._headings[group.name] = heading
        self.list.column.addWidget(heading)
        for number, task in enumerate(self._tasks[: SHOWN["tasks"]]):
            row = task_row(self.context, task)
            self._rows[f"task:{number}"] = row
            self.list.column.addWidget(row)

    def _show_group(self, group: Group, records: list[RecordSummary]) -> None:
        if not records and group.name not in ("today", "waiting"):
            return
        heading = GroupHeading(self.t(f"home.group_{group.name}"), len(records), _heading_tone(group))
        self._headings[group.name] = heading
        self.list.column.addWidget(heading)
        if not records:
            self.list.column.addWidget(self._empty(group.name))
        for record in records[: SHOWN[group.name]]:
            self._add_row(group, record)
        if len(records) > SHOWN[group.name]:
            more = ActionButton(self.t("home.more", count=len(records)), kind="link", icon="arrow-right")
            more.clicked.connect(lambda: self.context.go("records"))
            self.list.column.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)

    def _empty(self, name: str) -> EmptyState:
        if name == "today":
            return EmptyState("calendar-blank-outline", self.t("home.empty_today"), self.t("home.empty_today_next"))
        last = self.context.sync.last_receipt_at
        next_step = self.t("home.empty_waiting_last", time=status.clock_time(last)) if last else ""
        return EmptyState("tray-remove", self.t("home.empty_waiting"), next_step or self.t("home.empty_waiting_next"))

    def _add_row(self, group: Group, record: RecordSummary) -> None:
        first_draft = record.state is RecordState.DRAFT and not self._rows
        row = ListRow(
            name_of(record.site, self.context.language),
            self._note(record),
            icon=group.row_icon,
            icon_tone="acc" if group.tone == "acc" else group.tone,
            right=self._right(record),
            right_tone="acc" if group.name == "today" else "muted",
            action=self.t("home.resume" if record.state is RecordState.DRAFT else "home.open"),
            action_icon=group.action_icon,
            key="Enter" if first_draft else "",
            primary=first_draft,
        )
        row.activated.connect(lambda: self.open(record))
        self._rows[record.record_id] = row
        self.list.column.addWidget(row)

    def _note(self, record: RecordSummary) -> str:
        parts = [
            self.t(f"start.kind_{record.visit_kind.value}"),
            record.form.title.in_language(self.context.language) or record.form.form_id,
        ]
        if record.total:
            parts.append(self.t("home.items", answered=record.answered, total=record.total))
        if record.failed:
            parts.append(self.t("home.failed", count=record.failed))
        if record.photos:
            parts.append(self.t("home.photos", count=record.photos))
        place = place_of(replace(record.site, subdistrict=""), self.context.language)
        return " · ".join([*parts, place] if place else parts)

    def _right(self, record: RecordSummary) -> str:
        language = self.context.language
        if record.state is RecordState.SENT:
            return self.t("home.received", date=short_date(record.received_at, language))
        if record.state is RecordState.SEALED:
            return self.t("home.sealed", date=short_date(record.sealed_at, language))
        if self._is_today(record):
            return self.t("home.running", time=short_time(record.created_at))
        return self.t("home.draft", date=short_date(record.updated_at, language))

    def _is_today(self, record: RecordSummary) -> bool:
        return _group_of(record, self.context.clock.now()) == "today"

    # --- doing

    def open(self, record: RecordSummary) -> None:
        """Go on with a draft where it was left; look at a sealed record."""
        self.context.go("fill" if record.state is RecordState.DRAFT else "record", record_id=record.record_id)

    def jump(self, name: str) -> None:
        """Scroll to a group and give the keyboard to its first row."""
        records = self._groups.get(name, [])
        row = self._rows.get("task:0" if name == "tasks" else records[0].record_id if records else "")
        if row is None:
            return
        self.list.ensureWidgetVisible(row, 0, 60)
        row.setFocus(Qt.FocusReason.TabFocusReason)

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _search_places(self, text: str) -> None:
        if text and self.search.hasFocus():
            self.context.go("start", query=text)

    def _focus_first(self) -> None:
        self.list.settle()
        self.list.verticalScrollBar().setValue(0)
        first = next(iter(self._rows.values()), None)
        (first or self.start_button).setFocus(Qt.FocusReason.OtherFocusReason)


def _heading_tone(group: Group) -> str:
    return {"today": "acc", "waiting": "lab", "sent": "ok"}.get(group.name, "")
