"""The registry of sites: search as people type, look up by number, install a newer file.

The pointer to the current file is in the main database; every connection opens a new one at its next read.
The file has a connection of its own instead of being attached: no statement needs both, and a damaged registry can
then never touch the transactions of the evidence.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checklists.errors import NotFoundError
from checklists.model import Changes, Site
from checklists.store import registry_file
from checklists.store.core import Core
from checklists.store.driver import Db, Row
from checklists.store.search import (
    GRAM,
    grams,
    likeness,
    long_words,
    looks_like_number,
    names_now,
    names_of,
    number_key,
    quoted,
)
from checklists.text import fold, fold_words

POINTER = "registry_file"
LIMIT = 20
_CANDIDATES = 400
_NEAR = 60
_FEWEST, _NEAR_ROWS = 6, 2000
"""At least so many trigrams are asked for, more while they stand in at most so many rows."""
FORMER = "former"
_END = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class SiteHit:
    """A site that was found, and why: number, name, words, near, or former where only a name of before is like it."""

    site: Site
    why: str


class Registry:
    """The sites that the authorities know, on this laptop."""

    def __init__(self, core: Core) -> None:
        self._core, self._db = core, core.db
        self._folder = core.workspace / "registry"
        self._open: tuple[str, Db] | None = None

    # --- which file -------------------------------------------------------------------------------------------------

    def _file(self) -> Db | None:
        """Return the connection to the current file, None where there is no registry yet."""
        name = self._db.value("SELECT v FROM meta WHERE k = ?", (POINTER,))
        if name is None:
            return None
        if self._open is None or self._open[0] != name:
            self.close()
            self._open = (name, registry_file.open_file(self._folder / name))
        return self._open[1]

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def cursor(self) -> str:
        """Return the cursor of the current file, '' where there is none."""
        file = self._file()
        return "" if file is None else str(file.value("SELECT v FROM info WHERE k = 'cursor'"))

    def install(self, path: Path, *, trusted: Iterable[bytes] = ()) -> Changes:
        """Take a signed file into use, after checking hash and signature (our own key and the `trusted` ones).

        Raises `RegistryFileError`; the registry in use stays then.
        """
        manifest = registry_file.check(path, (*trusted, self._core.keys.device_key.public_bytes))
        name = registry_file.file_name(manifest.cursor)
        target = self._folder / name
        if path.resolve() != target.resolve():
            if target.exists():  # another centre's at the same number; a new name tells every open connection
                name = registry_file.file_name(f"{manifest.cursor}-{manifest.sha256[:12]}")
                target = self._folder / name
            self._folder.mkdir(exist_ok=True)
            shutil.copyfile(registry_file.manifest_path(path), registry_file.manifest_path(target))
            temporary = target.with_name(target.name + ".tmp")
            shutil.copyfile(path, temporary)
            temporary.replace(target)
        registry_file.open_file(target).close()  # a file that does not open is not pointed at
        with self._db.tx():
            self._db.run("INSERT INTO meta VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v", (POINTER, name))
            self._core.audit.append("install", "registry", manifest.cursor, {"sha256": manifest.sha256})
        self._remove_others(name)
        return Changes.of("registry", manifest.cursor, cause="install")

    def _remove_others(self, name: str) -> None:
        """Remove files of before; one that another connection still reads goes the next time."""
        for old in self._folder.glob("registry-*.db*"):
            if old.name != name:
                try:
                    old.unlink()
                    registry_file.manifest_path(old).unlink(missing_ok=True)
                except OSError:
                    continue

    def import_rows(self, rows: Iterable[Site], source: str) -> Changes:
        """Add rows (a row with a known id replaces the old one) by building and installing a new file."""
        return self.apply_delta(rows, (), f"local-{self._core.ids.new()}", source=source)

    def apply_delta(self, puts: Iterable[Site], gone: Iterable[str], cursor: str, *, source: str = "centre") -> Changes:
        """Put and take out rows: a new file with the new cursor, signed by this laptop, is built and installed."""
        old, path = self._file(), self._folder / registry_file.file_name(cursor)
        key = self._core.keys.device_key
        if old is None:
            out = set(gone)
            rows = (site for site in puts if site.site_id not in out)
            registry_file.build(path, rows, source=source, cursor=cursor, key=key)
        else:
            registry_file.change(path, old.path, puts, gone, source=source, cursor=cursor, key=key)
        return self.install(path)

    # --- reading ----------------------------------------------------------------------------------------------------

    def count(self) -> int:
        file = self._file()
        return 0 if file is None else int(file.value("SELECT count(*) FROM site"))

    def all(self) -> tuple[Site, ...]:
        file = self._file()
        return () if file is None else _sites(file.rows("SELECT body FROM site"))

    def get(self, number: str) -> Site | None:
        """Return the site with this id, 14-digit number, old number or juristic number in any punctuation."""
        file, key = self._file(), number_key(number)
        if file is None or not key:
            return None
        for column, value in (("site_id", number), ("registry_no", key), ("old_no", key), ("juristic_no", key)):
            if body := file.value(f"SELECT body FROM site WHERE {column} = ? LIMIT 1", (value,)):
                return registry_file.site_of(body)
        return None

    def require(self, number: str) -> Site:
        """Return the site. Raises `NotFoundError`."""
        site = self.get(number)
        if site is None:
            raise NotFoundError(number, kind="site", key=number)
        return site

    def search(
        self, text: str, *, province: str | None = None, limit: int = LIMIT, near: bool = True
    ) -> tuple[SiteHit, ...]:
        """Return sites as people type: numbers in any punctuation, names without spaces or tone marks, near misses.

        `province` is a two-digit code. Steps: number; names that begin with the text or hold it; all words in any
        order (also place words); and, unless `near=False`, names that are only alike.
        """
        file = self._file()
        if file is None:
            return ()
        asked = _Asked(file, province, limit)
        if looks_like_number(text) and (hits := asked.by_number(number_key(text))):
            return hits
        key = fold(text)
        if not key:
            return asked.first() if province else ()
        words, hits = long_words(text), asked.by_name(key)
        if len(hits) < limit and (len(words) > 1 or not hits):  # another name may hold the words in another order
            known = {hit.site.site_id for hit in hits}
            more = (h for h in asked.by_words(words, fold_words(text)) if h.site.site_id not in known)
            hits = (*hits, *more)[:limit]
        return hits or (asked.by_likeness(key) if near else ())


class _Asked:
    """One question to a registry file."""

    def __init__(self, file: Db, province: str | None, limit: int) -> None:
        self._file, self._limit = file, limit
        self._where = "AND province_code = ?" if province else ""
        self._values: tuple[str, ...] = (province,) if province else ()

    def _rows(self, condition: str, values: tuple[Any, ...], order: str, limit: int) -> list[Row]:
        return self._file.rows(
            f"SELECT id, name_fold, names, body FROM site WHERE {condition} {self._where} ORDER BY {order} LIMIT ?",
            (*values, *self._values, limit),
        )

    def _matching(
        self, match: str, limit: int, order: str = "site_fts.rowid", *, holding: Sequence[str] = ()
    ) -> list[Row]:
        """Ask the index; `holding` are words too short for it, looked for in the names it gives."""
        too = " ".join("AND instr(site.names, ?) > 0" for _ in holding)
        return self._file.rows(
            "SELECT site.id, name_fold, site.names, body FROM site_fts JOIN site ON site.id = site_fts.rowid "
            f"WHERE site_fts MATCH ? {self._where} {too} ORDER BY {order} LIMIT ?",
            (match, *self._values, *holding, limit),
        )

    def _hits(self, rows: Iterable[Row], why: str) -> tuple[SiteHit, ...]:
        found: dict[int, SiteHit] = {}
        for row in rows:
            found.setdefault(row[0], SiteHit(registry_file.site_of(row[3]), why))
            if len(found) == self._limit:
                break
        return tuple(found.values())

    @staticmethod
    def _named(hits: tuple[SiteHit, ...], by_today: Callable[[str, str], bool]) -> tuple[SiteHit, ...]:
        """Say `former` of hits that are there only for a name of before; `by_today` compares today's names and all."""
        return tuple(
            SiteHit(hit.site, FORMER)
            if hit.site.former_names and not by_today(names_now(hit.site), names_of(hit.site))
            else hit
            for hit in hits
        )

    def first(self) -> tuple[SiteHit, ...]:
        """Return the first sites of the province."""
        return self._hits(self._rows("1", (), "name_fold", self._limit), "province")

    def by_number(self, key: str) -> tuple[SiteHit, ...]:
        """Return whole numbers first, then those that begin so, then those that hold it."""
        columns = ("registry_no", "old_no", "juristic_no")
        exact = [row for column in columns for row in self._rows(f"{column} = ?", (key,), "id", self._limit)]
        if exact:
            return self._hits(exact, "number")
        for column in columns:
            if rows := self._rows(f"{column} >= ? AND {column} < ?", (key, key + _END), column, self._limit):
                return self._hits(rows, "number")
        if len(key) < GRAM:
            return ()
        return self._hits(self._matching(f"numbers : {quoted(key)}", self._limit), "number")

    def by_name(self, key: str) -> tuple[SiteHit, ...]:
        """Return names that begin with the text, then names that hold it; shorter names first."""
        starting = self._rows("name_fold >= ? AND name_fold < ?", (key, key + _END), "id", self._limit)
        if len(key) < GRAM or len(starting) >= self._limit:
            return self._hits(starting, "name")
        holding = self._matching(f"names : {quoted(key)}", self._limit)
        return self._named(self._hits((*starting, *holding), "name"), lambda now, _: key in now)

    def by_words(self, words: list[str], every: list[str]) -> tuple[SiteHit, ...]:
        """Return sites that hold all words, in any order; those with one of them in the name first."""
        if not words:
            return ()
        match, short = " AND ".join(quoted(w) for w in words), [w for w in every if len(w) < GRAM]
        rows = self._matching(match, _CANDIDATES, holding=short) or self._matching(match, _CANDIDATES)
        # stable: of those that hold as many of the words in the name, the short ones too, shorter names stay first
        ranked = sorted(rows, key=lambda row: -sum(word in row[2] for word in every))
        return self._named(self._hits(ranked, "words"), lambda now, all_names: not _more(every, all_names, now))

    def by_likeness(self, key: str) -> tuple[SiteHit, ...]:
        """Return names that share trigrams, the most alike first: catches typing errors."""
        wanted = grams(key)
        if len(wanted) < GRAM:
            return ()
        rare = self._rarest(sorted(wanted))
        if not rare:
            return ()
        match = "names : (" + " OR ".join(quoted(g) for g in rare) + ")"
        rows = self._matching(match, _NEAR, "rank")
        ranked = sorted(rows, key=lambda row: (-_likest(wanted, row[2]), row[0]))
        near = self._hits(ranked, "near")
        return self._named(near, lambda now, all_names: _likest(wanted, now) >= _likest(wanted, all_names))

    def _rarest(self, wanted: list[str]) -> list[str]:
        """Return the trigrams that tell most; asking for all of them would touch nearly every row."""
        if not self._file.value("SELECT 1 FROM sqlite_master WHERE name = 'gram'"):
            return wanted  # a file built before there was such a list
        marks = ", ".join("?" * len(wanted))
        known = self._file.rows(f"SELECT term, docs FROM gram WHERE term IN ({marks}) ORDER BY docs", wanted)
        chosen: list[str] = []
        rows = 0
        for term, docs in known:
            if len(chosen) >= _FEWEST and rows + docs > _NEAR_ROWS:
                break
            chosen.append(str(term))
            rows += docs
        return chosen


def _more(words: list[str], these: str, those: str) -> bool:
    """Say whether more of the words stand in these names than in those."""
    return sum(word in these for word in words) > sum(word in those for word in words)


def _likest(wanted: set[str], names: str) -> float:
    return max((likeness(wanted, name) for name in names.split(" ")), default=0.0)


def _sites(rows: Iterable[Row]) -> tuple[Site, ...]:
    return tuple(registry_file.site_of(row[0]) for row in rows)
