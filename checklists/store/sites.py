"""Sites described in the field, until they are joined to the registry; and one door to both."""

from __future__ import annotations

import json

from checklists.errors import NotFoundError
from checklists.model import Changes, Site
from checklists.store.core import Core, dump
from checklists.store.registry import Registry
from checklists.text import fold


class Sites:
    """Provisional sites of this workspace."""

    def __init__(self, core: Core, registry: Registry) -> None:
        self._core, self._db, self._registry = core, core.db, registry

    def add_provisional(self, site: Site) -> Changes:
        """Keep a site that was described in the field under its provisional id."""
        with self._db.tx():
            self._db.run(
                "INSERT INTO site (site_id, name_fold, body, created_at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (site_id) DO UPDATE SET name_fold = excluded.name_fold, body = excluded.body",
                (site.site_id, fold(site.name_th or site.name_en), dump(site), self._core.now()),
            )
            self._core.audit.append("describe", "site", site.site_id, {"kind": site.kind})
        return Changes.of("site", site.site_id)

    def join(self, site_id: str, registry_no: str) -> Changes:
        """Say which registered site a provisional one turned out to be; sealed records keep what they had."""
        with self._db.tx():
            if not self._db.run("UPDATE site SET joined_to = ? WHERE site_id = ?", (registry_no, site_id)):
                raise NotFoundError(site_id, kind="site", key=site_id)
            self._core.audit.append("join", "site", site_id, {"registry_no": registry_no})
        return Changes.of("site", site_id, cause="join")

    def joined_to(self, site_id: str) -> str:
        return str(self._db.value("SELECT joined_to FROM site WHERE site_id = ?", (site_id,)) or "")

    def get(self, site_id: str) -> Site:
        """Return a provisional or registered site. Raises `NotFoundError`."""
        body = self._db.value("SELECT body FROM site WHERE site_id = ?", (site_id,))
        return Site.from_json(json.loads(body)) if body else self._registry.require(site_id)

    def provisional(self) -> tuple[Site, ...]:
        """Return those not joined yet, the newest first."""
        found = self._db.rows("SELECT body FROM site WHERE joined_to = '' ORDER BY created_at DESC")
        return tuple(Site.from_json(json.loads(row[0])) for row in found)
