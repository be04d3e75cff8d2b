"""From the key that answers an item to the painted window, in the real fill window on its real store.

    python -m bench.window_fill [KEYS]

Each of KEYS presses answers another verdict item of the general inspection and goes on to the next, as on site: the
engine recomputes, the answer goes to the writer, the window is laid out and painted. The base is one character typed
into a plain QLineEdit in a window of the same size, half of them before and half after the fill window lives, so that
none of its work falls into them. Each press begins with the window at rest and is over when the window has painted what
it changed. Beside the time that passed stands the processor time of the window's own thread, which does not grow when
other programs wait for the processor too.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from checklists.clock import SystemClock
from inspector_app.gui import application
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.fill import FillScreen
from tests.support import window_workspace
from tests.support.fill_keys import press_event
from tests.support.fill_window import open_fill, start_record, wait_for

SIZE = (1093, 614)
TARGET_MS = 16
WARM_UP = 20
REST_MS = 60
"""Long enough for what a press leaves for later: judging the record anew, 30 ms behind the last key."""
ANSWERS = ("1", "5")
"""Pass and observation: both answer at once; the second round changes what the first one answered."""


class Press(NamedTuple):
    """What one key press took until the window was painted, in milliseconds."""

    passed: float
    worked: float


class Clock(QObject):
    """Stands beside one window and notes when it has painted what a key changed."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self._painted: tuple[float, float] | None = None
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() != QEvent.Type.UpdateRequest:
            return False
        watched.event(event)  # paints; what comes behind it in the queue is not part of the press
        self._painted = self._painted or (time.perf_counter(), time.thread_time())
        return True

    def press(self, target: QWidget, key: str) -> Press:
        """Press a key once the window is at rest, and wait until it is painted."""
        QTest.qWait(REST_MS)
        event, self._painted = press_event(key), None
        begun, worked = time.perf_counter(), time.thread_time()
        QApplication.sendEvent(target, event)
        while self._painted is None:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        press = Press((self._painted[0] - begun) * 1000, (self._painted[1] - worked) * 1000)
        QApplication.sendEvent(target, press_event(key, kind=QEvent.Type.KeyRelease))
        QApplication.processEvents()
        return press


def plain_window() -> tuple[QWidget, QLineEdit]:
    window = QWidget()
    window.resize(*SIZE)
    edit = QLineEdit()
    QVBoxLayout(window).addWidget(edit)
    window.show()
    return window, edit


def fill_window(app: QApplication, folder: Path) -> tuple[MainWindow, FillScreen]:
    window_workspace.make(folder, SystemClock())
    window = application.create_window(folder)
    window.resize(*SIZE)
    window.show()
    QTest.keyClicks(window.sign_in.edit, window_workspace.PASSPHRASE)
    window.sign_in.submit()
    wait_for(lambda: window.shell is not None, 60)
    screen = open_fill(window, start_record(window))
    app.processEvents()
    return window, screen


def measure_plain(keys: int) -> list[Press]:
    """Type single characters into an empty line in a window of its own."""
    window, edit = plain_window()
    clock = Clock(window)
    presses = []
    for _ in range(WARM_UP + keys):
        presses.append(clock.press(edit, "A"))
        edit.clear()
    window.close()
    return presses[WARM_UP:]


def measure_fill(app: QApplication, folder: Path, keys: int) -> list[Press]:
    """Answer one verdict item after the other. Raises `RuntimeError` where a key does not answer."""
    window, screen = fill_window(app, folder)
    clock = Clock(window)
    model, view = screen.model, screen.view
    if model is None or view is None:
        raise RuntimeError("the fill screen shows no record")
    verdicts = [i for i, item in enumerate(model.items) if item.kind == "verdict" and model.state(i).relevant]
    for place in verdicts:  # builds the pages of all sections before anything is timed
        view.open_item(place)
        QTest.qWait(REST_MS)
    presses = []
    for number in range(WARM_UP + keys):
        turn, place = divmod(number, len(verdicts))
        model.judge_now()
        view.open_item(verdicts[place])
        view.focus_card()
        presses.append(clock.press(QApplication.focusWidget() or window, ANSWERS[turn % len(ANSWERS)]))
        if not model.state(verdicts[place]).answered:
            raise RuntimeError(f"item {model.items[verdicts[place]].number} was not answered by the key")
    window.close()
    app.processEvents()
    return presses[WARM_UP:]


def percentiles(presses: list[Press], column: int) -> tuple[float, float]:
    values = [press[column] for press in presses]
    return statistics.median(values), statistics.quantiles(values, n=20)[-1]


def main() -> int:
    keys = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    with tempfile.TemporaryDirectory() as name:
        app = application.create_application()
        base = measure_plain(keys // 2)
        ours = measure_fill(app, Path(name) / "workspace", keys)
        base += measure_plain(keys // 2)
    print(f"{keys} keys, each answers an item of the general inspection; window {SIZE[0]} x {SIZE[1]}, offscreen")
    for column, words in enumerate(("time passed", "processor time of the thread")):
        (our50, our95), (base50, base95) = percentiles(ours, column), percentiles(base, column)
        print(f"key to paint, {words}")
        print(f"  plain QLineEdit           p50 {base50:7.2f} ms   p95 {base95:7.2f} ms")
        target = f"   (target p95 <= {TARGET_MS} ms)" if column == 0 else ""
        print(f"  fill window               p50 {our50:7.2f} ms   p95 {our95:7.2f} ms{target}")
        print(f"  {words}: fill window / plain   p50 {our50 / base50:6.1f} x   p95 {our95 / base95:6.1f} x")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
