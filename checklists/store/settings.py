"""Small texts by name: the language, the server's session (tokens are safe here: the database is encrypted)."""

from __future__ import annotations

from checklists.model import Changes
from checklists.store.core import Core


class Settings:
    """Names and texts of this workspace."""

    def __init__(self, core: Core) -> None:
        self._db = core.db

    def get(self, name: str) -> str | None:
        found = self._db.value("SELECT v FROM setting WHERE k = ?", (name,))
        return None if found is None else str(found)

    def set(self, name: str, value: str) -> Changes:
        with self._db.tx():
            self._db.run(
                "INSERT INTO setting VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v", (name, value)
            )
        return Changes.of("setting", name)

    def forget(self, name: str) -> Changes:
        with self._db.tx():
            self._db.run("DELETE FROM setting WHERE k = ?", (name,))
        return Changes.of("setting", name)

    def names(self) -> tuple[str, ...]:
        return tuple(str(row[0]) for row in self._db.rows("SELECT k FROM setting ORDER BY k"))
