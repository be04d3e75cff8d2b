"""The log holds codes, ids and places, never what an inspector wrote."""

from __future__ import annotations

import logging
from pathlib import Path

from checklists.errors import AnswerError
from inspector_app import logs

MARKER = "นางสาวความลับ"


def written(folder: Path) -> str:
    return (folder / "inspector.log").read_text(encoding="utf-8")


def test_text_of_exceptions_and_thai_text_never_reach_the_log(tmp_path: Path) -> None:
    handler = logs.configure(tmp_path)
    log = logging.getLogger("inspector.test")
    try:
        try:
            raise AnswerError("SECRET-VALUE " + MARKER)
        except AnswerError:
            log.exception("answer refused record=%s", "0199-abc")
        log.warning("a library says %s กับ %s", MARKER, MARKER)
    finally:
        logs.stop(handler)
    text = written(tmp_path)
    assert "SECRET-VALUE" not in text
    assert MARKER not in text
    assert not any("\u0e00" <= c <= "\u0e7f" for c in text)
    assert "record=0199-abc" in text
    assert "code=answer" in text
    assert "test_logs.py" in text


def test_the_log_file_is_made_only_when_there_is_something_to_say(tmp_path: Path) -> None:
    logs.stop(logs.configure(tmp_path / "logs"))
    assert not (tmp_path / "logs" / "inspector.log").exists()
