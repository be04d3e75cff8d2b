"""Drives the real window in a process of its own: a script of steps, each waiting for what a person would wait for.

The parent (`director.py`) starts it with a job as JSON, reads one JSON line per event from its standard output, and
kills it once in the middle. Nothing here reaches round the window into the store.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from checklists.model import Jsonable
from inspector_app.actions.serving import lifeline
from inspector_app.demo import inspection, pictures
from inspector_app.demo.inspection import Planned
from inspector_app.demo.typist import KEDMANEE, US, Typist
from inspector_app.gui import application
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.widgets.dialogs import open_dialog

PATIENCE = 40.0
"""Seconds to wait for any one thing before the demo gives up and says where."""
_TICK_MS = 4
Wait = Callable[[], Any] | None
Script = Iterator[Wait]


@dataclass(frozen=True, slots=True)
class Job(Jsonable):
    """What one run of the player does."""

    part: str  # "first" until it is killed, "rest" to the end
    workspace: str
    passphrase: str
    photos: str
    output: str
    site_name: str
    site_no: str
    url: str = ""
    code: str = ""
    kill_after: int = 27
    answered: tuple[str, ...] = field(default=())


def play(job: Job) -> int:
    """Show the window and run the script of the job; the exit code is 0 when it reached its end."""
    lifeline.watch(lifeline.leave_at_once)
    app = application.create_application()
    window = application.create_window(Path(job.workspace))
    window.show()
    player = Player(window, job)
    QTimer.singleShot(0, player.start)
    return app.exec()


GROUND = "เป็นการสาธิตด้วยข้อมูลที่สมมติขึ้น"
"""Why the demo's officer goes on at any hour."""


class Player(QObject):
    """Takes the script's steps inside Qt's event loop."""

    def __init__(self, window: MainWindow, job: Job) -> None:
        super().__init__()
        self.window, self.job = window, job
        self.typist = Typist(window)
        self.plan = inspection.plan_for(job.site_no, date.today())  # noqa: DTZ011 - the day on this laptop
        self._script = self._first() if job.part == "first" else self._rest()
        self._wait: Wait = None
        self._since = time.monotonic()
        self._doing = ""
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._timer.start()

    def _tick(self) -> None:
        try:
            self._go_on()
        except StopIteration:
            self._timer.stop()
        except Exception as error:  # noqa: BLE001 - whatever it was, the parent is told where the demo stopped
            self._timer.stop()
            self.shot("99_where_it_stopped")
            tell(event="failed", what=f"{type(error).__name__}: {error}", doing=self._doing)
            QApplication.exit(1)

    def _go_on(self) -> None:
        if self._wait is None or self._wait():
            self._wait = next(self._script)
            self._since = time.monotonic()
        elif time.monotonic() - self._since > PATIENCE:
            raise TimeoutError(f"waited {PATIENCE:.0f} s while: {self._doing}")

    # --- what a person sees -----------------------------------------------------------------------------------------

    @property
    def screen(self) -> Any:
        return self.window.shell.current if self.window.shell is not None else None

    def _on(self, name: str) -> Wait:
        return lambda: type(self.screen).__name__ == name

    def _saved(self) -> bool:
        saver = self.window.context.saver
        return saver.waiting == 0 and saver.error is None

    def shot(self, name: str) -> None:
        """Leave a picture of the window."""
        self.window.grab().save(str(Path(self.job.output) / f"{name}.png"))

    def _step(self, what: str, **more: Any) -> None:
        self._doing = what
        tell(event="step", what=what, **more)

    # --- the two parts ----------------------------------------------------------------------------------------------

    def _first(self) -> Script:
        yield from self._sign_in()
        self.shot("02_home_first_day")
        yield from self._start_visit()
        for planned in self.plan:
            yield from self._answer(planned)
            if planned == self.plan[self.job.kill_after - 1]:
                tell(event="kill-me")
        raise AssertionError("the parent should have killed this process")

    def _rest(self) -> Script:
        yield from self._sign_in()
        yield lambda: bool(getattr(self.screen, "rows", True))
        self.shot("05_home_after_the_kill")
        self._step("open the draft again")
        self.typist.press("Enter")
        yield lambda: getattr(self.screen, "view", None) is not None
        yield None
        model = self.screen.model
        tell(event="reopened", item=model.items[model.cursor].item_id)
        self.shot("06_fill_after_the_kill")
        done = set(self.job.answered)
        for planned in self.plan:
            if planned.item not in done:
                yield from self._answer(planned)
        yield self._saved
        self.shot("07_fill_complete")
        yield from self._sign_both()
        yield from self._seal()
        yield from self._print()
        yield from self._send()
        self.typist.press("Alt+1")
        yield self._on("HomeScreen")
        yield None
        self.shot("15_home_all_sent")
        self.window.close()
        tell(event="end", keys=self.typist.keys)
        QApplication.exit(0)

    def _sign_in(self) -> Script:
        self._step("sign in")
        yield lambda: self.window.isVisible()
        if self.job.part == "first":
            self.shot("01_sign_in")
        self.typist.type(self.job.passphrase)
        self.typist.press("Enter")
        yield self._on("HomeScreen")
        yield None

    def _start_visit(self) -> Script:
        self._step("find the factory and start")
        self.typist.press("Ctrl+N")
        yield self._on("StartScreen")
        self.typist.type(self.job.site_name)
        yield lambda: self.screen.site is not None and self.screen.site.registry_no == self.job.site_no
        yield lambda: self.screen.create_button.isEnabled()
        self.screen.forms.choose(inspection.CHECKLIST)
        self.shot("03_start")
        self.typist.press("Enter")
        yield None
        self.typist.press("Ctrl+Enter")
        yield lambda: getattr(self.screen, "view", None) is not None or open_dialog(self.window) is not None
        if open_dialog(self.window) is not None:  # outside the hours of entry, e.g. at night: the ground is asked for
            self.shot("03_ground")
            self.typist.type(GROUND)
            self.typist.press("Enter")
        yield lambda: getattr(self.screen, "view", None) is not None and open_dialog(self.window) is None

    # --- one item ---------------------------------------------------------------------------------------------------

    def _answer(self, planned: Planned) -> Script:
        """Go to the item, answer, say why, photograph; then tell the parent once all of it is on disk."""
        self._step(f"answer {planned.item}")
        screen = self.screen
        index = screen.model.places.find(planned.item)
        if screen.model.cursor != index:
            self.typist.press("Ctrl+G")
            self.typist.type(planned.item)
            self.typist.press("Enter")
            yield lambda: screen.model.cursor == index
        yield from self._give(planned, index)
        scene = next((s for s in pictures.SCENES if s.item == planned.item), None)
        if scene is not None:
            yield from self._photograph(planned, index, pictures.SCENES.index(scene))
        if planned.note:
            yield from self._note(planned, index)
        yield self._saved
        if planned.item == "FA-B06":
            self.shot("04_fill_a_finding_with_photo")
        tell(event="saved", item=planned.item, answer=planned.answer, note=planned.note)

    def _give(self, planned: Planned, index: int) -> Script:
        model = self.screen.model
        item = model.items[index]
        # every second section on the Thai layout: keys 1-5 then send ๅ / - ภ ถ
        self.typist.layout = KEDMANEE if item.number[0] in "BD" else US
        key = {"pass": "1", "fail": "2", "na": "3", "cannot": "4", "observe": "5"}.get(planned.answer)
        if item.kind == "choice":
            key = str([choice.value for choice in item.choices].index(planned.answer) + 1)
        if key is not None:
            yield from self._leave_field()
            self._to(index)
            self.typist.press(key)
            yield lambda: model.state(index).answered or bool(model.needs(index))
        else:
            self._to_field(index, item.value_path)
            self.typist.type(_as_typed(planned.answer))
            self.typist.press("Enter")
            yield lambda: model.value(item.value_path) != ""
        parts = {f.path: planned.fields[f.name] for f in item.field_defs if f.name in planned.fields}
        if planned.reason:
            parts[item.reason_path] = planned.reason
        for path, text in parts.items():
            self._to_field(index, path)
            self.typist.type(text)
            self.typist.press("Enter")
            yield partial(_filled, model, path)

    def _leave_field(self) -> Script:
        """A verdict key means a verdict only outside text fields: Esc leaves one."""
        view = self.screen.view
        if view.card is not None and not view.card.hasFocus():
            self.typist.press("Esc")
            yield None

    def _to(self, index: int) -> None:
        """Open the item again where answering has gone on to the next one."""
        view = self.screen.view
        if view.model.cursor != index:
            view.open_item(index)

    def _to_field(self, index: int, path: str) -> None:
        """Put the keyboard into a field of the item, as Tab or a click would."""
        view = self.screen.view
        view.open_item(index, path=path)

    def _note(self, planned: Planned, index: int) -> Script:
        model = self.screen.model
        self._to(index)
        yield from self._leave_field()
        self._to(index)
        self.typist.layout = US
        self.typist.press("N")
        yield None
        self.typist.type(planned.note)
        self.typist.press("Esc")
        yield lambda: model.state(index).note != ""

    def _photograph(self, planned: Planned, index: int, number: int) -> Script:
        """P, choose the file, then Shift+P and the caption."""
        screen, model = self.screen, self.screen.model
        self._to(index)
        yield from self._leave_field()
        self._to(index)
        file = Path(self.job.photos) / f"IMG_{number + 1:04d}.jpg"
        screen.choose_files = lambda: [str(file)]
        before = len(model.photos(planned.item))
        self.typist.layout = US
        self.typist.press("P")
        yield lambda: len(model.photos(planned.item)) > before
        self.typist.press("Shift+P")
        yield lambda: open_dialog(self.window) is not None
        self.typist.type(pictures.SCENES[number].caption)
        self.typist.press("Enter")
        yield lambda: open_dialog(self.window) is None
        yield lambda: model.photos(planned.item)[-1].caption != ""

    # --- the end of the visit ---------------------------------------------------------------------------------------

    def _sign_both(self) -> Script:
        self._step("closing meeting")
        self.typist.press("F9")
        yield self._on("ClosingScreen")
        yield _after(0.4)  # the photos of the finding come from the disk
        self.shot("08_closing_meeting")
        for number, name in enumerate(("", inspection.guide().name)):
            self._step(f"signature {number + 1}")
            self.typist.press("S")
            yield lambda: open_dialog(self.window) is not None
            dialog: Any = open_dialog(self.window)
            if name:
                dialog.name.edit.setFocus()
                self.typist.type(name)
            for stroke in STROKES[number]:
                self.typist.draw(dialog.pad, stroke)
            self.shot(f"09_signature_{number + 1}")
            self.typist.press("Ctrl+Enter")
            yield lambda: open_dialog(self.window) is None
            yield self._saved
            yield partial(_signed_by_more_than, self.screen, number)
        self.shot("10_closing_signed")

    def _seal(self) -> Script:
        self._step("seal")
        self.typist.press("Ctrl+Enter")
        yield lambda: open_dialog(self.window) is not None
        self.typist.type(self.job.passphrase)  # the laptop comes back from the representative
        self.typist.press("Enter")
        yield self._on("FillScreen")
        yield lambda: open_dialog(self.window) is not None
        yield None
        self.shot("11_seal")
        self.typist.press("Ctrl+Enter")
        yield self._on("RecordScreen")

    def _print(self) -> Script:
        self._step("print both copies")
        screen = self.screen
        for key, copy in (("O", "office"), ("F", "factory")):
            self.typist.press(key)
            yield lambda: bool(screen.papers.paper)
            file = Path(self.job.output) / f"report_{copy}.pdf"
            screen.papers.choose_file = lambda _name, file=file: str(file)
            self.typist.press("Ctrl+S")
            yield partial(_has_bytes, file)
        yield _after(0.8)  # the pages are drawn
        self.shot("12_record_and_paper")

    def _send(self) -> Script:
        self._step("register at the centre")
        self.window.shell.go("settings", part="centre")  # type: ignore[union-attr]  # there is a shell after sign-in
        yield self._on("SettingsScreen")
        settings = self.screen
        settings.url.edit.setFocus()
        settings.url.edit.selectAll()
        self.typist.type(self.job.url)
        settings.code.edit.setFocus()
        self.typist.type(self.job.code)
        self.typist.press("Enter")
        yield lambda: settings.register_button.isEnabled() and settings.code.text() == ""
        sync = self.window.context.sync
        for attempt in range(1, 9):
            self._step(f"send, attempt {attempt}")
            self.typist.press("F5")
            yield lambda: sync.running or sync.report is not None
            yield lambda: not sync.running
            if sync.report is not None and sync.report.clean:
                break
            yield None
            tell(event="cut", trouble=sync.trouble.code if sync.trouble else "")
            if attempt == 1:
                self.shot("13_sync_line_was_cut")
            yield _after(0.7)
        yield _after(0.2)
        self.shot("14_sync_received")


def _after(seconds: float) -> Wait:
    """Wait as long as a person would look."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() >= until


def _filled(model: Any, path: str) -> bool:
    return bool(model.value(path))


def _has_bytes(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0


def _signed_by_more_than(screen: Any, number: int) -> bool:
    """Whether more than so many roles have signed, as the closing screen shows them."""
    return screen.signatures is not None and len(screen.signatures.settled_by()) > number


def _as_typed(answer: str) -> str:
    """Type a date as people do: 1 ก.ค. 2569."""
    from checklists.text import thai_date

    try:
        return thai_date(date.fromisoformat(answer))
    except ValueError:
        return answer


def tell(**event: Any) -> None:
    """One line of JSON for the parent, at once."""
    sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _flourish(start: float, loops: int, height: float) -> list[tuple[float, float]]:
    """Return a running hand: loops that grow smaller to the right."""
    points = []
    for step in range(loops * 24 + 1):
        turn, along = step / 24 * 2 * math.pi, step / (loops * 24)
        size = height * (1 - 0.55 * along)
        points.append((start + 0.62 * along + 0.035 * math.sin(turn), 0.52 - size * math.cos(turn * 0.97)))
    return points


STROKES = (
    (_flourish(0.14, 6, 0.26), [(0.12, 0.84), (0.45, 0.8), (0.86, 0.74)]),
    (_flourish(0.2, 4, 0.3), [(0.5, 0.2), (0.53, 0.17), (0.55, 0.2)], [(0.18, 0.88), (0.78, 0.84)]),
)
"""Two made-up signatures, as strokes in parts of the field."""
