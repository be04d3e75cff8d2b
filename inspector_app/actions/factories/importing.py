"""Bringing a registry file in: streamed, resumable after a kill, every repaired or refused row in a report.

Rows that were read are kept beside the registry in the workspace's `tmp` (public data), with a mark of how far they
reach; the same file goes on from there. The registry changes only at the end, as a whole.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from checklists.model import Changes, Site
from inspector_app.actions.factories import factory_csv
from inspector_app.actions.factories.factory_csv import ReadRow, SiteFileError
from inspector_app.i18n import Translator

if TYPE_CHECKING:
    from checklists.store import Store

EVERY = 2_000
"""Rows between two marks: a kill repeats at most so many."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; a repaired row was taken after a fix, a refused one was left out.

    `codes` counts every reason; `resumed` is how many rows an earlier, broken off import had read already.
    """

    read: int
    repaired: int
    refused: int
    count: int
    changes: Changes
    codes: dict[str, int] = field(default_factory=dict)
    resumed: int = 0


@dataclass(slots=True)
class _Mark:
    """How far an import has come: positions in the three files, and what was counted."""

    position: int = 0
    line: int = 1
    staged: int = 0
    reported: int = 0
    read: int = 0
    repaired: int = 0
    refused: int = 0
    codes: dict[str, int] = field(default_factory=dict)


def import_file(
    store: Store,
    file: Path,
    *,
    report: Path | None = None,
    progress: Callable[[int], None] = lambda _read: None,
) -> Imported:
    """Bring in a registry from a file. Raises `SiteFileError` where no row of it can be used.

    `report` is written as CSV: line, outcome, codes with words in both languages, number and name.
    """
    staging = _Staging(store.workspace / "tmp", file)
    resumed = staging.mark.read + staging.mark.refused
    with staging:
        for row in factory_csv.rows(file, start=staging.mark.position, line=staging.mark.line):
            staging.take(row)
            if (staging.mark.read + staging.mark.refused) % EVERY == 0:
                staging.settle()
                progress(staging.mark.read)
        staging.settle()
    mark = staging.mark
    if not mark.read:
        staging.remove()
        raise SiteFileError(file=str(file))
    changes = store.registry.import_rows(staging.sites(), file.name)
    if report is not None:
        _write_report(report, staging.report_rows())
    staging.remove()
    return Imported(mark.read, mark.repaired, mark.refused, store.registry.count(), changes, dict(mark.codes), resumed)


class _Staging:
    """The rows read so far, on disk, with the mark of how far they reach."""

    def __init__(self, folder: Path, file: Path) -> None:
        stat = file.stat()
        told = f"{file.resolve()}\0{stat.st_size}\0{stat.st_mtime_ns}"
        name = hashlib.sha256(told.encode()).hexdigest()[:16]
        folder.mkdir(exist_ok=True)
        self._rows, self._report = folder / f"import-{name}.jsonl", folder / f"import-{name}.report"
        self._mark_file = folder / f"import-{name}.json"
        self.mark = self._read_mark()
        self._open: tuple[IO[bytes], IO[bytes]] | None = None
        self._codes = Counter(self.mark.codes)
        self._last: ReadRow | None = None

    def _read_mark(self) -> _Mark:
        try:
            return _Mark(**json.loads(self._mark_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return _Mark()

    def __enter__(self) -> Self:
        """Open both files where the mark stands; what was written behind it is cut off."""
        opened = []
        for path, end in ((self._rows, self.mark.staged), (self._report, self.mark.reported)):
            path.touch()
            source = path.open("r+b")
            source.truncate(end)
            source.seek(end)
            opened.append(source)
        self._open = (opened[0], opened[1])
        return self

    def __exit__(self, *_: object) -> None:
        if self._open:
            for one in self._open:
                one.close()

    def take(self, row: ReadRow) -> None:
        """Keep a row, and say what happened to it where anything did."""
        if self._open is None:
            raise RuntimeError("not open")
        rows, report = self._open
        if row.site is not None:
            rows.write(json.dumps(row.site.to_json(), ensure_ascii=False).encode() + b"\n")
            self.mark.read += 1
            self.mark.repaired += bool(row.codes)
        else:
            self.mark.refused += 1
        if row.codes:
            told = [row.line, "refused" if row.site is None else "repaired", row.codes, row.number, row.name]
            report.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
            self._codes.update(row.codes)
        self._last = row

    def settle(self) -> None:
        """Make everything so far durable, then move the mark."""
        if self._open is None or self._last is None:
            return
        for one in self._open:
            one.flush()
            os.fsync(one.fileno())
        mark = self.mark
        mark.staged, mark.reported = self._open[0].tell(), self._open[1].tell()
        mark.position, mark.line, mark.codes = self._last.end, self._last.line, dict(self._codes)
        temporary = self._mark_file.with_suffix(".new")
        with temporary.open("w", encoding="utf-8") as out:
            json.dump({name: getattr(mark, name) for name in mark.__slots__}, out)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(self._mark_file)

    def sites(self) -> Iterator[Site]:
        with self._rows.open("rb") as source:
            for line in source:
                yield Site.from_json(json.loads(line))

    def report_rows(self) -> Iterator[list[Any]]:
        with self._report.open("rb") as source:
            for line in source:
                yield json.loads(line)

    def remove(self) -> None:
        for path in (self._rows, self._report, self._mark_file):
            path.unlink(missing_ok=True)


def _write_report(file: Path, rows: Iterator[list[Any]]) -> None:
    """Write the report as CSV that a spreadsheet opens with its Thai whole."""
    texts = Translator()
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("line", "outcome", "codes", "th", "en", "number", "name"))
        for line, outcome, codes, number, name in rows:
            words = [texts.words(f"cli.import.{code}") for code in codes]
            th, en = "; ".join(w.th for w in words), "; ".join(w.en for w in words)
            writer.writerow((line, outcome, " ".join(codes), th, en, f"\t{number}", name))
