"""What is known about the chosen site."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from checklists.model import Site
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import short_date
from inspector_app.gui.screens.start.ahead_box import AheadBox
from inspector_app.gui.site_words import name_of, number_of, place_of
from inspector_app.gui.widgets.cards import Card
from inspector_app.gui.widgets.groups import Rule
from inspector_app.gui.widgets.labels import ThaiLabel

VISITS_SHOWN = 3


class SiteCard(Card):
    """What the registry knows about the chosen site, and when somebody from this laptop was there."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._site: Site | None = None
        self.name = ThaiLabel(role="section")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self.labels: list[tuple[ThaiLabel, ThaiLabel]] = []
        for row in range(4):
            pair = (ThaiLabel(tone="muted", wrap=False), ThaiLabel())
            self.labels.append(pair)
            self._grid.addWidget(pair[0], row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(pair[1], row, 1)
        self.body.addWidget(self.name)
        self.body.addLayout(self._grid)
        self._rule = Rule()
        self.body.addWidget(self._rule)
        self.visits = ThaiLabel(role="note", tone="muted")
        self.body.addWidget(self.visits)
        self.ahead = AheadBox(context)
        self.body.addWidget(self.ahead)

    def show_site(self, site: Site | None) -> None:
        self._site = site
        self.retranslate()

    def retranslate(self) -> None:
        t, site = self._context.t, self._site
        self.name.setText(name_of(site, self._context.language) if site else t("start.no_site"))
        values = self._values(site) if site else []
        for i, (label, value) in enumerate(self.labels):
            shown = i < len(values)
            label.setText(t(values[i][0]) if shown else "")
            value.setText(values[i][1] if shown else "")
            label.setVisible(shown)
            value.setVisible(shown)
        self._rule.setVisible(site is not None)
        self.visits.setText(self._visits(site) if site else t("start.no_site_next"))
        self.ahead.show_site(site.site_id if site else "")

    def _values(self, site: Site) -> list[tuple[str, str]]:
        t = self._context.t
        facts = [number_of(site) or t("start.no_number")]
        if site.group:
            facts.append(t("start.group", group=site.group))
        if site.horsepower:
            facts.append(t("start.horsepower", value=f"{site.horsepower:,.0f}"))
        if site.workers:
            facts.append(t("start.workers", value=f"{site.workers:,}"))
        activity = f"{site.activity} ({site.type_code})" if site.type_code else site.activity
        address = f"{site.address} {place_of(site, self._context.language)}".strip()
        if site.lat is not None and site.lon is not None:
            address += f" · {site.lat:.4f}, {site.lon:.4f}"
        rows = [("start.number", " · ".join(facts)), ("start.operator", site.operator), ("start.activity", activity)]
        return [row for row in [*rows, ("start.address", address)] if row[1].strip()]

    def _visits(self, site: Site) -> str:
        t, language = self._context.t, self._context.language
        visits = self._context.store.visits.list(site_id=site.site_id, limit=VISITS_SHOWN)
        if not visits:
            return t("start.never_visited")
        parts = [f"{short_date(v.started_at, language)} {t(f'start.kind_{v.kind.value}')}" for v in visits]
        return t("start.visited", visits=" · ".join(parts))
