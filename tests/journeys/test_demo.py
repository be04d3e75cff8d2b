"""`inspector demo`: the real window, a kill, a broken line, and everything checked from outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspector_app.demo.proxy import BreakingLine
from tests.support.command_line import run_main


@pytest.mark.timeout(240)
def test_the_demo_reaches_its_end_and_leaves_pictures_papers_and_a_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_main("demo", "--output", tmp_path, "--json")
    said = capsys.readouterr()
    assert code == 0, said.err
    assert json.loads(said.out)["output"] == str(tmp_path)
    names = {file.name for file in tmp_path.iterdir()}
    assert {"summary.md", "report_office.pdf", "report_factory.pdf"} <= names
    assert len([name for name in names if name.endswith(".png")]) >= 15
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "✗" not in summary
    assert summary.count("✓") >= 15
    assert "work" not in names


def test_the_line_breaks_once_after_so_many_bytes_and_works_again() -> None:
    import socket
    import threading

    with socket.create_server(("127.0.0.1", 0)) as server:

        def echo() -> None:
            for _ in range(2):
                near, _ = server.accept()
                with near:
                    try:
                        while part := near.recv(65536):
                            near.sendall(part[:1])
                    except OSError:
                        continue

        thread = threading.Thread(target=echo)
        thread.start()
        with BreakingLine(server.getsockname()[1], cut_after=100_000, dead_seconds=0.0) as line:
            with socket.create_connection(("127.0.0.1", line.port)) as first, pytest.raises(OSError):
                for _ in range(100):
                    first.sendall(bytes(10_000))
                    if not first.recv(1):
                        raise ConnectionResetError
            with socket.create_connection(("127.0.0.1", line.port)) as second:
                second.sendall(b"hello")
                assert second.recv(1) == b"h"
            assert line.cuts == 1
        thread.join(10)
