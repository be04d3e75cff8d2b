"""Pictures of every screen in every language and theme, and one contact sheet, made by one command.

    python -m tests.support.window_screenshots OUT [--languages th en] [--themes light dark sunlight]
        [--percents 100] [--size 1093x614] [--scale 1.25]

The window is drawn at the real scale factor (a laptop of 1366 x 768 at 125 % has 1093 x 614 logical pixels). The
system's libthai is hidden, so that lines break as on a computer without it. What `window_checks` finds is printed; the
exit code says whether anything was found.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

HIDDEN = "INSPECTOR_LIBTHAI_HIDDEN"
SHEET_COLUMNS = 3
SHEET_WIDTH = 620


def main() -> int:
    options = read_options()
    if os.environ.get(HIDDEN) != "1":
        run_without_libthai(options.scale)
    options.out.mkdir(parents=True, exist_ok=True)
    found: list[str] = []
    files: list[Path] = []
    for percent in options.percents:
        for theme in options.themes:
            for language in options.languages:
                with_one = Session(options, language, theme, percent)
                for file, faults in with_one.pictures():
                    files.append(file)
                    found += [f"{file.name}: {fault}" for fault in faults]
    contact_sheet(files, options.out / "contact_sheet.png")
    print(f"{len(files)} pictures in {options.out}, {len(found)} faults")
    print("\n".join(found))
    return 1 if found else 0


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Pictures of every screen.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--languages", nargs="+", default=["th", "en"])
    parser.add_argument("--themes", nargs="+", default=["light", "dark", "sunlight"])
    parser.add_argument("--percents", nargs="+", type=int, default=[100])
    parser.add_argument("--size", default="1093x614", help="logical pixels")
    parser.add_argument("--scale", default="1.25")
    return parser.parse_args()


def run_without_libthai(scale: str) -> None:
    """Start again with a libthai that holds nothing: Qt then finds no breaker, as on Windows."""
    folder = Path(tempfile.gettempdir()) / f"inspector-no-libthai-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    empty = folder / "libthai.so.0"
    if not empty.exists():
        modules = Path(sysconfig.get_path("stdlib")) / "lib-dynload"
        shutil.copy(next(modules.glob("_bisect*.so")), empty)  # any library without the functions of libthai
    path = f"{folder}:{os.environ.get('LD_LIBRARY_PATH', '')}".rstrip(":")
    environment = {"LD_LIBRARY_PATH": path, HIDDEN: "1", "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"}
    os.execve(sys.executable, [sys.executable, "-m", __spec__.name, *sys.argv[1:]], {**os.environ, **environment})


class Session:
    """One window in one language, theme and text size, led through its screens."""

    def __init__(self, options: argparse.Namespace, language: str, theme: str, percent: int) -> None:
        self.options, self.language, self.theme, self.percent = options, language, theme, percent
        width, _, height = options.size.partition("x")
        self.size = (int(width), int(height))
        self.window: Any = None

    def pictures(self) -> Iterator[tuple[Path, list[str]]]:
        """Yield each picture's file and the faults seen on its screen."""
        from checklists.clock import BANGKOK
        from inspector_app.config import Preferences
        from inspector_app.gui import application
        from tests.support import window_workspace
        from tests.support.clock import FrozenClock

        self.app = application.create_application()
        clock = FrozenClock(datetime(2026, 11, 22, 10, 42, tzinfo=BANGKOK))
        with tempfile.TemporaryDirectory() as folder:
            workspace = Path(folder) / "workspace"
            names = ("อรุณี ตัวอย่าง", "สมศรี ตัวอย่าง")
            keys = window_workspace.make(workspace, clock, factories=3000, people=names)
            window_workspace.fill(workspace, keys, clock)
            chosen = Preferences(self.language, self.theme, self.percent)
            self.window = application.create_window(workspace, clock=clock, preferences=chosen)
            self.window.resize(*self.size)
            self.window.show()
            yield from self._led()
            self.window.close()
            self.window.deleteLater()
            self.settle()

    def _led(self) -> Iterator[tuple[Path, list[str]]]:
        from tests.support import window_tour, window_workspace

        window = self.window
        yield self.shot("01_sign_in")
        window.sign_in.edit.setText("wrong")
        window.sign_in.submit()
        self.until(window.sign_in.notice.isVisible)
        yield self.shot("02_sign_in_wrong")
        window.sign_in.edit.setText(window_workspace.PASSPHRASE)
        window.sign_in.submit()
        self.until(lambda: window.shell is not None)
        shell = window.shell
        yield self.shot("03_home")
        shell.go("start", query="สมุทรปราการ")
        start = shell.current
        self.until(start.create_button.isEnabled)
        yield self.shot("04_start")
        start.search.setText("qqqzzz")
        start.search.search_now()
        yield self.shot("05_start_none")
        start.describe_site()
        yield self.shot("06_new_site")
        self.close_dialog()
        for number, name in enumerate(("records", "sync", "settings"), start=7):
            shell.go(name)
            yield self.shot(f"{number:02}_{name}")
        shell.current.page.verticalScrollBar().setValue(10_000)
        yield self.shot("10_settings_end")
        yield from self._stick()
        yield from self._line_states()
        shell.go("home")
        shell.show_keys()
        yield self.shot("11_keys")
        self.close_dialog()
        yield from window_tour.tour(self)

    def _stick(self) -> Iterator[tuple[Path, list[str]]]:
        """Ask to whom a stick goes; an office's file is wanted and not there."""
        from inspector_app.gui.screens.sync.addressee import FROM_FILE, AddresseeDialog

        self.window.shell.go("sync")
        asked = AddresseeDialog(self.window, self.window.context)
        asked.open()
        yield self.shot("10_stick_for_whom")
        asked.choice.setCurrentIndex(asked.choice.findData(FROM_FILE))
        asked.accept()
        yield self.shot("10_stick_office_file")
        self.close_dialog()

    def _line_states(self) -> Iterator[tuple[Path, list[str]]]:
        """Show the sending screen in every state of the line."""
        from tests.support import sync_states

        sync_states.register(self.window.context)
        self.window.shell.go("sync")
        for state in sync_states.LINE_STATES:
            sync_states.show(self.window.context, state)
            yield self.shot(f"10_line_{state.name}")

    # --- helpers

    def shot(self, name: str) -> tuple[Path, list[str]]:
        from tests.support import window_checks

        self.settle()
        file = self.options.out / f"{name}_{self.language}_{self.theme}_{self.percent}.png"
        self.window.grab().save(str(file))
        return file, list(window_checks.faults(self.window))

    def settle(self, seconds: float = 0.25) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.app.processEvents()
            time.sleep(0.005)

    def until(self, condition: Callable[[], Any], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the window did not get there")
            self.app.processEvents()
            time.sleep(0.005)

    def close_dialog(self) -> None:
        from inspector_app.gui.widgets.dialogs import open_dialog

        dialog = open_dialog(self.window)
        assert dialog is not None
        dialog.reject()
        self.settle(0.02)


def contact_sheet(files: list[Path], target: Path) -> None:
    """Put all pictures on one sheet."""
    from PIL import Image

    small = []
    for file in files:
        with Image.open(file) as picture:
            picture.thumbnail((SHEET_WIDTH, SHEET_WIDTH))
            small.append(picture.convert("RGB"))
    if not small:
        return
    height = max(picture.height for picture in small) + 8
    rows = -(-len(small) // SHEET_COLUMNS)
    sheet = Image.new("RGB", (SHEET_COLUMNS * (SHEET_WIDTH + 8), rows * height), "#888888")
    for number, picture in enumerate(small):
        row, column = divmod(number, SHEET_COLUMNS)
        sheet.paste(picture, (column * (SHEET_WIDTH + 8) + 4, row * height + 4))
    sheet.save(target)


if __name__ == "__main__":
    raise SystemExit(main())
