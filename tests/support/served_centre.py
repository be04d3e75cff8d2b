"""`inspector serve` as a child process, as a person starts it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]


class ServedCentre:
    """A centre that listens on a free port of this computer until the block ends."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def __enter__(self) -> Self:
        words = [sys.executable, "-m", "inspector_app", "serve", "--data", str(self.data), "--port", "0", "--json"]
        self._process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        event = json.loads(self._process.stdout.readline())
        self.port, self.code = int(event["port"]), str(event["code"])
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=30)
