"""Start an inspection: the right site fast, then kind of visit, checklist and team; Ctrl+Enter makes the record."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QVBoxLayout, QWidget

from checklists.model import Site, VisitKind
from inspector_app.actions.factories import sites
from inspector_app.actions.inspection import authority, records
from inspector_app.gui import keys
from inspector_app.gui.context import AppContext
from inspector_app.gui.models.sites import HIT, SiteDelegate, SitesModel
from inspector_app.gui.screens.base import KeyHint, Screen
from inspector_app.gui.screens.power.ground import GroundDialog
from inspector_app.gui.screens.start.forms import FormBox
from inspector_app.gui.screens.start.new_site import NewSiteDialog
from inspector_app.gui.screens.start.people import GuideLine, TeamLine
from inspector_app.gui.screens.start.site_card import SiteCard
from inspector_app.gui.site_words import name_of, number_of, place_of
from inspector_app.gui.widgets.buttons import CHOICE, PRIMARY, ActionButton
from inspector_app.gui.widgets.cards import EmptyState, Notice
from inspector_app.gui.widgets.fields import SearchField
from inspector_app.gui.widgets.flow import FlowLayout
from inspector_app.gui.widgets.groups import LabelledRow, RowLabel, ScrollColumn
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.messages import explain

if TYPE_CHECKING:
    from checklists.store import SiteHit

KINDS = tuple(VisitKind)
LIMIT = 20


class StartScreen(Screen):
    """Search on the left, the chosen site and the choices on the right."""

    wide = True

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._site: Site | None = None
        self._busy = False
        self._count: int | None = None
        self.search = SearchField()
        self.found = ThaiLabel(role="note", tone="muted", wrap=False)
        self.model = SitesModel(self)
        self.delegate = SiteDelegate(self)
        self.list = QListView()
        self.nothing = EmptyState("map-search-outline", "", "")
        self.new_button = ActionButton(key="F2", icon="map-marker-plus-outline", elide=True)
        self.card = SiteCard(context)
        self.right = ScrollColumn()
        self.kind_label, self.form_label = RowLabel(), RowLabel()
        self.kind_buttons = {kind: ActionButton(key=str(i + 1), kind=CHOICE) for i, kind in enumerate(KINDS)}
        self.forms = FormBox(context)
        self.team = TeamLine(context)
        self.guide = GuideLine(context)
        self.notice = Notice()
        self.reason = ThaiLabel(role="note", tone="muted")
        self.create_button = ActionButton(key="Ctrl+Enter", icon="arrow-right", kind=PRIMARY)
        self._build()
        self._connect()
        self.choose_kind(VisitKind.PLANNED)
        self.retranslate()

    # --- building

    def _build(self) -> None:
        self.list.setModel(self.model)
        self.list.setItemDelegate(self.delegate)
        self.list.setObjectName("hits")
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # arrows work from the search field; one focus ring at a time
        left_box = QWidget()
        left = QVBoxLayout(left_box)
        left.setContentsMargins(12, 10, 12, 10)
        left.setSpacing(6)
        left.addWidget(self.search)
        left.addWidget(self.found)
        left.addWidget(self.list, 1)
        left.addWidget(self.nothing)
        left.addStretch(0)
        left.addWidget(self.new_button)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(left_box, 4)
        whole.addWidget(self._right_side(), 7)

    def _right_side(self) -> QWidget:
        box = QWidget()
        box.setObjectName("panel_right")
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 10, 4, 10)
        self.right.column.setSpacing(8)
        self.right.column.addWidget(self.card)
        self.right.column.addLayout(LabelledRow(self.kind_label, self._kinds()))
        self.right.column.addLayout(LabelledRow(self.form_label, self.forms))
        self.right.column.addLayout(LabelledRow(self.team.label, self.team))
        self.right.column.addWidget(self.guide)
        self.right.column.addStretch(1)
        column.addWidget(self.right, 1)
        self.notice.hide()
        column.addWidget(self.notice)
        last = QHBoxLayout()
        last.setContentsMargins(2, 0, 12, 0)
        last.addWidget(self.reason, 1)
        last.addWidget(self.create_button)
        column.addLayout(last)
        return box

    def _kinds(self) -> FlowLayout:
        flow = FlowLayout()
        for button in self.kind_buttons.values():
            flow.addWidget(button)
        return flow

    def _connect(self) -> None:
        self.search.search_changed.connect(self.show_matches)
        self.search.returnPressed.connect(self._enter_in_search)
        self.search.installEventFilter(self)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._take_current())
        self.new_button.clicked.connect(self.describe_site)
        self.forms.changed.connect(self._show_state)
        self.forms.failed.connect(self._failed)
        self.create_button.clicked.connect(self.begin)
        for kind, button in self.kind_buttons.items():
            button.clicked.connect(lambda _=False, kind=kind: self.choose_kind(kind))
        self.bind("F2", self.describe_site)
        self.bind("Ctrl+Return", self.begin)
        self.bind("Ctrl+Enter", self.begin)
        self.bind("Ctrl+T", self.team.use_last)

    # --- words

    def title(self) -> str:
        return self.t("start.title")

    def subtitle(self) -> str:
        return self.t("start.subtitle")

    def key_hints(self) -> list[KeyHint]:
        pairs = (("↑↓", "choose"), ("Tab", "next"), (f"1–{len(KINDS)}", "kind"), ("Ctrl+T", "team"), ("F2", "new"))
        hints = [KeyHint(key, self.t(f"start.key_{name}")) for key, name in pairs]
        return [*hints, KeyHint("Ctrl+Enter", self.t("start.key_create")), KeyHint("Esc", self.t("start.key_back"))]

    def retranslate(self) -> None:
        self.search.set_words(self.t("start.search"), self.t("start.search_name"))
        self.list.setAccessibleName(self.t("start.hits_name"))
        self.new_button.setText(self.t("start.new_site"))
        self.kind_label.setText(self.t("start.kind"))
        self.form_label.setText(self.t("start.form"))
        for kind, button in self.kind_buttons.items():
            button.setText(self.t(f"start.kind_{kind.value}"))
        self.create_button.setText(self.t("start.creating" if self._busy else "start.create"))
        self.forms.retranslate()
        self.team.retranslate()
        self.guide.retranslate()
        self.card.retranslate()
        self.show_matches(self.search.clean_text())
        self._show_state()

    # --- showing

    def on_shown(self, query: str = "", **_arguments: Any) -> None:
        self._busy = False
        self._count = None
        self.forms.read()
        self.team.read()
        self.guide.clear()
        self._clear_notice()
        if query or not self.search.text():
            self.search.setText(query)
            self.show_matches(query)
        self._show_state()
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        if not query:
            self.search.selectAll()

    def show_matches(self, text: str) -> None:
        """Show what the registry on this laptop has for the text; the best match is chosen."""
        if not self.context.inside:
            return
        hits = sites.search(self.context.store, text, limit=LIMIT) if text else ()
        self.delegate.words = text.split()
        self.model.show_hits(hits, [self._lines(hit) for hit in hits])
        if self._count is None:
            self._count = self.context.store.registry.count()
        key = "start.found" if text else "start.registry"
        self.found.setText(self.t(key, count=len(hits), all=f"{self._count:,}"))
        self.list.setVisible(bool(hits))
        self.nothing.setVisible(not hits)
        words = ("start.none", "start.none_next") if text else ("start.begin", "start.begin_next")
        self.nothing.set(self.t(words[0]), self.t(words[1]))
        if hits:
            self.list.setCurrentIndex(self.model.index(0))
        elif text:
            self.choose_site(None)

    def _lines(self, hit: SiteHit) -> tuple[str, str, str]:
        site = hit.site
        second = " · ".join(part for part in (number_of(site), place_of(site, self.context.language)) if part)
        return name_of(site, self.context.language), second, self._why(hit)

    def _why(self, hit: SiteHit) -> str:
        why = str(hit.why)
        return self.t(f"start.why_{why}") if why and self.context.translator.has(f"start.why_{why}") else ""

    def _take_current(self) -> None:
        hit = self.list.currentIndex().data(HIT)
        if hit is not None:
            self.choose_site(hit.site)

    # --- choosing

    @property
    def site(self) -> Site | None:
        return self._site

    def choose_site(self, site: Site | None) -> None:
        self._site = site
        self.card.show_site(site)
        self._show_state()
        self.right.settle()

    def choose_kind(self, kind: VisitKind) -> None:
        self._kind = kind
        for each, button in self.kind_buttons.items():
            button.setChecked(each is kind)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows in the search field move through the matches."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self._move(step)
                return True
        return False

    def _move(self, step: int) -> None:
        row = self.list.currentIndex().row() + step
        if 0 <= row < self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(row))

    def _enter_in_search(self) -> None:
        """Enter takes the best match and goes on to the kind of visit."""
        self.search.search_now()
        if self._site is not None:
            self.kind_buttons[self._kind].setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = keys.name(event)
        if key.isdigit() and 1 <= int(key) <= len(KINDS):
            self.choose_kind(KINDS[int(key) - 1])
            self.kind_buttons[self._kind].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def _show_state(self) -> None:
        """The final act says why it cannot be done yet."""
        ready = self._site is not None and bool(self.forms.pins)
        self.create_button.setEnabled(ready and not self._busy)
        self.create_button.setText(self.t("start.creating" if self._busy else "start.create"))
        self.reason.setText("" if ready else self.t("start.need_site" if self.forms.pins else "start.reading_forms"))

    # --- doing

    def describe_site(self) -> None:
        """Open the form for a place that is in no registry."""
        dialog = NewSiteDialog(self, self.context, self.search.clean_text())
        dialog.described.connect(self._save_site)
        dialog.open(dialog.first)

    def _save_site(self, fields: dict[str, Any]) -> None:
        ids = self.context.ids
        self.context.saver.submit(
            lambda store: sites.describe(store, fields, ids=ids),
            lambda result: self._site_saved(result[0]),
            self._failed,
        )

    def _site_saved(self, site: Site) -> None:
        self.choose_site(site)
        self.list.clearSelection()
        self.kind_buttons[self._kind].setFocus(Qt.FocusReason.OtherFocusReason)

    def begin(self) -> None:
        """Look at the officer's power first; where it does not plainly cover the visit, ask for the ground."""
        site = self._site
        if site is None or not self.forms.pins or self._busy:
            return
        self._clear_notice()
        found = authority.warnings(
            self.context.store,
            self.forms.form_id,
            site,
            clock=self.context.clock,
            card_shown=self.guide.card_shown(),
        )
        if found:
            dialog = GroundDialog(self, self.context, found)
            dialog.given.connect(self._create)
            dialog.open(dialog.ground)
        else:
            self._create("")

    def _create(self, ground: str) -> None:
        """Make visit and record in one step of the writer, then open the checklist."""
        site = self._site
        if site is None:
            return
        self._busy = True
        self._show_state()
        kind, form_id, team = self._kind, self.forms.form_id, self.team.officers()
        met, card_shown = self.guide.met(), self.guide.card_shown()
        clock, ids, language = self.context.clock, self.context.ids, self.context.language

        def step(store: Any) -> Any:
            started = records.start(
                store,
                site=site,
                visit_kind=kind,
                form_id=form_id,
                team=team,
                clock=clock,
                ids=ids,
                ground=ground,
                language=language,
            )
            visit = dataclasses.replace(store.visits.get(started.visit_id), met=met, card_shown=card_shown)
            store.visits.update(visit)
            return started

        self.context.saver.submit(step, self._created, self._failed)

    def _created(self, started: Any) -> None:
        self._busy = False
        self.context.refresh.publish(started.changes)
        self.search.clear()
        self.choose_site(None)
        self.context.go("fill", record_id=started.record_id)

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self._show_state()
        self.notice.set(explain(error, self.context.translator).text(self.context.language), "bad")
        self.notice.show()

    def _clear_notice(self) -> None:
        self.notice.hide()
