"""What was fetched ahead of the chosen site: others' visits with small pictures, open orders, what was reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from inspector_app.actions.factories import ahead
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import short_date
from inspector_app.gui.widgets.flow import FlowLayout
from inspector_app.gui.widgets.labels import ThaiLabel

PICTURES = 8
HEIGHT = 56
NO_FACTS = frozenset({"id", "site_id", "gone"})


class AheadBox(QWidget):
    """Hidden where the centre told nothing about the site."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        self.words = ThaiLabel(role="note")
        self.row = QWidget()
        self._pictures = FlowLayout(self.row)
        self.pictures: list[QLabel] = []
        column.addWidget(self.words)
        column.addWidget(self.row)

    def show_site(self, site_id: str) -> None:
        """Say what is known of a site; "" hides it."""
        lines = self._lines(site_id) if site_id else []
        self.words.setText("\n".join(lines))
        self._show_pictures(site_id if lines else "")
        self.setVisible(bool(lines))

    def _lines(self, site_id: str) -> list[str]:
        t, store, language = self._context.t, self._context.store, self._context.language
        visits = [_day(one.get("sealed_at", ""), language) for one in ahead.earlier(store, site_id)]
        orders = [self._order(row) for row in ahead.open_orders(store, site_id)]
        told = [_facts(row) for row in ahead.reported(store, site_id)]
        lines = [
            t("start.ahead_visits", visits=" · ".join(visits)) if visits else "",
            t("start.ahead_orders", count=len(orders), orders=" · ".join(filter(None, orders))) if orders else "",
            t("start.ahead_reported", facts=" · ".join(filter(None, told))) if told else "",
        ]
        return [line for line in lines if line]

    def _order(self, row: Mapping[str, Any]) -> str:
        words = str(row.get("text") or row.get("title") or "")
        if due := row.get("due"):
            words += " " + self._context.t("start.ahead_due", date=_day(due, self._context.language))
        return words.strip()

    def _show_pictures(self, site_id: str) -> None:
        for old in self.pictures:
            self._pictures.removeWidget(old)
            old.deleteLater()
        self.pictures = []
        found = ahead.thumbnails(self._context.store, site_id) if site_id else {}
        for data in list(found.values())[:PICTURES]:
            pixmap = QPixmap()
            if not pixmap.loadFromData(data):
                continue
            label = QLabel()
            label.setAccessibleName(self._context.t("start.ahead_picture"))
            label.setPixmap(pixmap.scaledToHeight(HEIGHT, Qt.TransformationMode.SmoothTransformation))
            self._pictures.addWidget(label)
            self.pictures.append(label)
        self.row.setVisible(bool(self.pictures))


def _day(value: object, language: str) -> str:
    """Return a day as people write it; what is none as it came."""
    try:
        return short_date(str(value), language)
    except ValueError:
        return str(value)


def _facts(row: Mapping[str, Any]) -> str:
    """Return a row of the ministry's as it came: names and values, whatever they are."""
    return ", ".join(
        f"{name} {value}" for name, value in row.items() if name not in NO_FACTS and value not in ("", None)
    )
