"""`inspector --smoke`: what a frozen build tends to lose, tried once: libraries, data files, fonts, plug-ins.

Makes a throw-away workspace, opens a checklist, prints a Thai paper, talks to a centre of its own on this computer and
paints the window. Prints one line per part and SMOKE OK, or stops with the part that failed and exit code 1.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from checklists.clock import IdMaker, SystemClock
from inspector_app import demo_data
from inspector_app.actions.afterwards import papers
from inspector_app.actions.factories import sites
from inspector_app.actions.inspection import records
from inspector_app.actions.laptop import workspace
from inspector_app.actions.sending import syncing
from inspector_app.credentials import NoSecretStore
from inspector_app.demo import director, inspection, pictures
from inspector_app.demo.stage import OFFICER, PASSPHRASE

if TYPE_CHECKING:
    from checklists.store import Store

FEW = 80
"""Made-up factories in the throw-away registry: every province has one."""


class Smoke:
    """The parts in order; each uses what the one before made."""

    def __init__(self, folder: Path, out: TextIO) -> None:
        self._folder, self._out, self._clock = folder, out, SystemClock()
        self._store: Store | None = None
        self._record = ""

    def run(self) -> bool:
        parts: tuple[Callable[[], object], ...] = (
            self.words_and_fonts,
            self.workspace_and_search,
            self.checklist,
            self.photo,
            self.paper,
            self.centre,
            self.window,
        )
        try:
            return all(self._try(part) for part in parts)
        finally:
            if self._store is not None:
                self._store.close()

    def _try(self, part: Callable[[], object]) -> bool:
        name = getattr(part, "__name__", "?")
        try:
            said = part()
        except Exception as error:  # noqa: BLE001 - whatever a frozen build lacks, it is named with its part
            print(f"SMOKE FAILED {name}: {type(error).__name__}: {error}", file=self._out, flush=True)
            return False
        print(f"smoke {name}: {said}", file=self._out, flush=True)
        return True

    @property
    def store(self) -> Store:
        if self._store is None:
            raise RuntimeError("no workspace")
        return self._store

    def words_and_fonts(self) -> str:
        import resources
        from checklists.text import breaker_works

        if not breaker_works():
            raise RuntimeError("Thai words are not broken")
        files = [resources.font_path(family) for family in ("Sarabun", "Noto Sans Thai")]
        return ", ".join(file.name for file in files)

    def workspace_and_search(self) -> str:
        place = self._folder / "workspace"
        made = workspace.create(
            place, officer=OFFICER, passphrase=PASSPHRASE, clock=self._clock, secrets=NoSecretStore()
        )
        self._store = workspace.open_store(place, made.keys, clock=self._clock)
        sites.import_demo(self.store, FEW)
        hits = sites.search(self.store, demo_data.first_factory().name_th)
        if not hits:
            raise RuntimeError("nothing found")
        return hits[0].why

    def checklist(self) -> str:
        started = records.start(
            self.store,
            site=demo_data.first_factory(),
            form_id=inspection.CHECKLIST,
            team=(OFFICER,),
            clock=self._clock,
            ids=IdMaker(self._clock),
        )
        self._record = started.record_id
        opened = records.load(self.store, self._record, clock=self._clock)
        planned = inspection.plan(demo_data.first_factory(), self._clock.now().date())
        done = records.answer(self.store, opened, inspection.as_answers(planned), clock=self._clock)
        return f"{done.answered} of {done.total}"

    def photo(self) -> str:
        from inspector_app.actions.inspection import attachments

        data = pictures.photo(pictures.SCENES[3], taken=self._clock.now(), lat=13.6, lon=100.6)
        prepared = attachments.stage(self.store, data)
        found, _ = attachments.add(
            self.store, self._record, prepared, clock=self._clock, ids=IdMaker(self._clock), item_id="FA-B06"
        )
        return found.exhibit

    def paper(self) -> str:
        out = io.BytesIO()
        printed = papers.make(self.store, self._record, out, clock=self._clock)
        return f"{printed.pages} pages, {printed.size} bytes"

    def centre(self) -> str:
        with director.centre_process(self._folder / "centre") as (port, code):
            syncing.register(self.store, f"http://127.0.0.1:{port}", code, clock=self._clock)
            report = syncing.sync_now(self.store, clock=self._clock)
        if report.trouble:
            raise RuntimeError(report.trouble)
        return "registered"

    def window(self) -> str:
        from PySide6.QtCore import QTimer
        from PySide6.QtGui import QImageReader
        from PySide6.QtWidgets import QApplication

        from inspector_app.gui import application

        app = application.create_application()
        window = application.create_window(self._folder / "workspace")
        window.show()
        QTimer.singleShot(300, app.quit)
        app.exec()
        painted = window.grab().toImage()
        window.close()
        QApplication.processEvents()
        kinds = {bytes(kind.data()).decode() for kind in QImageReader.supportedImageFormats()}
        if painted.isNull() or not {"jpeg", "png", "svg"} <= kinds:
            raise RuntimeError(f"image formats {sorted(kinds)}")
        return f"{painted.width()} x {painted.height()}"


def run(out: TextIO) -> int:
    """Try everything; return 0 when all parts work."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        good = Smoke(Path(folder), out).run()
    if good:
        print("SMOKE OK", file=out, flush=True)
    return 0 if good else 1
