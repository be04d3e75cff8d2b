"""No child outlives the program that started it, however that program ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARENT = """
import os, sys
from pathlib import Path
from inspector_app.demo import director
with director.centre_process(Path(sys.argv[1])) as (port, code):
    print(port, flush=True)
    sys.stdin.readline()
"""


def listens(port: int) -> bool:
    with socket.socket() as line:
        line.settimeout(1)
        return line.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_demos_centre_stops_when_the_demo_is_stopped(how: signal.Signals, tmp_path: Path) -> None:
    words = [sys.executable, "-c", PARENT, str(tmp_path / "centre")]
    parent = subprocess.Popen(
        words,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert parent.stdout is not None
    port = int(parent.stdout.readline())
    assert listens(port)
    parent.send_signal(how)
    parent.communicate(timeout=30)
    deadline = time.monotonic() + 15
    while listens(port):
        assert time.monotonic() < deadline, "the centre still listens"
    assert not listens(port)


def test_a_served_centre_stops_in_order_on_a_signal(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "inspector_app", "serve", "--data", str(tmp_path / "c"), "--port", "0", "--json"]
    centre = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ})
    assert centre.stdout is not None
    port = int(json.loads(centre.stdout.readline())["port"])
    centre.send_signal(signal.SIGTERM)
    centre.communicate(timeout=20)
    assert not listens(port)


def test_a_child_with_a_lifeline_ends_in_order_by_itself() -> None:
    child = "from inspector_app.actions.serving import lifeline; lifeline.watch(lifeline.leave_at_once)"
    with subprocess.Popen(
        [sys.executable, "-c", child], cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.wait(timeout=20) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
