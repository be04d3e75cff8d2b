"""What was fetched ahead for a site, for the factory's card and "last time": nothing here asks the line."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from checklists.model import VisitOutcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from checklists.store import Store
    from sync.client import Client

EARLIER, ORDERS, REPORTED, ASSIGNMENTS = "earlier", "orders", "reported", "assignments"


def sites_ahead(store: Store) -> frozenset[str]:
    """Return the ids of the sites that are assigned here, or whose visit was begun and not ended."""
    assigned = {row.about for row in store.pulled.list(ASSIGNMENTS) if row.about}
    planned = {visit.site.site_id for visit in store.visits.list() if visit.outcome is VisitOutcome.RUNNING}
    return frozenset(assigned | planned)


def fetch(store: Store, pulled: Any, client: Client, should_stop: Callable[[], bool]) -> int:
    """Fetch the last two visits of the sites that are next. Returns how many records came. Raises `SyncError`."""
    from sync.prefetch import Prefetch

    return Prefetch(pulled, client, should_stop=should_stop).run(sites_ahead(store))


def earlier(store: Store, site_id: str) -> tuple[dict[str, Any], ...]:
    """Return the extracts of a site's last visits, the newest first."""
    rows = store.pulled.list(EARLIER, about=site_id)
    return tuple(row.body["extract"] for row in rows if row.body)


def thumbnails(store: Store, site_id: str) -> dict[str, bytes]:
    """Return the small JPEGs of those visits' photos by the photo's hash."""
    bodies = [row.body for row in store.pulled.list(EARLIER, about=site_id) if row.body]
    return {sha256: base64.b64decode(text) for body in bodies for sha256, text in body["thumbnails"].items()}


def open_orders(store: Store, site_id: str) -> tuple[dict[str, Any], ...]:
    """Return the open orders about a site as the centre told them, wherever they were given."""
    return tuple(row.body for row in store.pulled.list(ORDERS, about=site_id) if row.body)


def reported(store: Store, site_id: str) -> tuple[dict[str, Any], ...]:
    """Return what the factory reported through iSingle Form, as the centre told it."""
    return tuple(row.body for row in store.pulled.list(REPORTED, about=site_id) if row.body)
