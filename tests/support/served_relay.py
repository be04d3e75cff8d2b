"""`inspector relay` as a child process, as an office starts it: with its own certificate and word."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from checklists.clock import SystemClock
from sync.relay.certificate import ensure_certificate

ROOT = Path(__file__).resolve().parents[2]


class ServedRelay:
    """A relay that listens on a free port of this computer until the block ends."""

    def __init__(self, data: Path, centre: str, code: str) -> None:
        self.data = data
        data.mkdir(parents=True, exist_ok=True)
        certificate, key = ensure_certificate(data, SystemClock())
        self._words = [sys.executable, "-m", "inspector_app", "relay", "--data", str(data), "--listen", "127.0.0.1:0"]
        self._words += ["--centre", centre, "--code", code, "--name", "สอจ.สมุทรปราการ", "--json"]
        self._words += ["--tls-cert", str(certificate), "--tls-key", str(key)]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        event = json.loads(self._process.stdout.readline())
        self.word = str(event["word"])
        self.url = f"{event['scheme']}://127.0.0.1:{event['port']}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=30)
