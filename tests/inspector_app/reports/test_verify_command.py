"""`inspector verify FILE.pdf`: words in two languages, exit code 9 where something is not proven."""

from __future__ import annotations

from pathlib import Path

import pytest

from checklists.clock import Clock
from checklists.store import SealContent, Store
from inspector_app.actions.afterwards import papers
from inspector_app.cli import ExitCode
from inspector_app.i18n import Translator
from tests.support import pdf_samples
from tests.support import store_builders as make
from tests.support.command_line import CommandLine, run
from tests.support.pdf_reading import render
from tests.support.store_workspace import PASSPHRASE, new_store, whole_inspection


@pytest.fixture
def inspector(tmp_path: Path, clock: Clock) -> CommandLine:
    return CommandLine(tmp_path / "ws", clock=clock, passphrase=PASSPHRASE)


def printed(folder: Path, clock: Clock, copy: papers.Copy = "office") -> Path:
    """Make a workspace with one sealed record and print it."""
    store = new_store(folder, clock)
    whole_inspection(store)
    file = folder.parent / f"{copy}.pdf"
    papers.make_file(store, "r-1", file, clock=clock, copy=copy)
    store.close()
    return file


def outcomes(told: dict[str, object]) -> dict[str, str]:
    return {check["name"]: check["outcome"] for check in told["checks"]}  # type: ignore[attr-defined]  # JSON


@pytest.mark.parametrize("copy", ["office", "factory"])
def test_a_paper_of_this_workspace_is_proven_by_its_keys_and_records(
    inspector: CommandLine, clock: Clock, copy: papers.Copy
) -> None:
    file = printed(inspector.folder, clock, copy)
    told = inspector.json("verify", file)
    assert told["good"]
    assert told["kind"] == copy
    assert told["record_id"] == "r-1"
    found = outcomes(told)
    assert found["known"] == "good"
    assert found["text"] == "good"
    assert copy == "factory" or found["signature"] == "good"


def test_without_a_workspace_the_file_alone_is_looked_at(tmp_path: Path, inspector: CommandLine, clock: Clock) -> None:
    file = printed(inspector.folder, clock)
    result = run("verify", file, "--workspace", tmp_path / "nowhere")
    assert result.code == ExitCode.OK
    assert "ยังไม่ได้ตรวจลายมือชื่อดิจิทัล" in result.out
    assert "ตรงกับข้อมูลที่แนบไว้" in result.out
    assert not (tmp_path / "nowhere").exists()


def test_an_earlier_revision_is_good_and_said_to_be_superseded(inspector: CommandLine, clock: Clock) -> None:
    file = printed(inspector.folder, clock)
    store = _reopened(inspector.folder, clock)
    store.records.begin_correction("r-1", reason="แก้คำผิด", author=make.OFFICER)
    store.records.finalise("r-1", SealContent(result=make.result(), submission_xml="<data/>", reason="แก้คำผิด"))
    store.close()
    told = inspector.json("verify", file)
    assert told["good"]
    assert outcomes(told)["superseded"] == "good"


def _reopened(folder: Path, clock: Clock) -> Store:
    from tests.support.store_workspace import reopen

    return reopen(folder, clock)


def test_a_paper_that_proves_nothing_ends_with_code_9(tmp_path: Path) -> None:
    file = tmp_path / "restricted.pdf"
    file.write_bytes(render(pdf_samples.envelope(hidden=True)))
    result = run("verify", file, "--workspace", tmp_path / "nowhere")
    assert result.code == ExitCode.NOT_PROVEN
    assert "พิสูจน์จากไฟล์นี้อย่างเดียวไม่ได้" in result.out
    assert "proves nothing" in run("verify", file, "--workspace", tmp_path / "no", "--language", "en").out


def test_a_file_that_is_no_pdf_is_refused_in_both_languages_with_code_9(tmp_path: Path) -> None:
    file = tmp_path / "note.pdf"
    file.write_text("hello", encoding="utf-8")
    result = run("verify", file, "--workspace", tmp_path / "nowhere")
    assert result.code == ExitCode.NOT_PROVEN
    assert "ไม่ใช่รายงาน PDF" in result.err
    assert "not a readable PDF" in result.err


def test_a_file_that_is_not_there_is_a_matter_of_storage(tmp_path: Path) -> None:
    assert run("verify", tmp_path / "none.pdf", "--workspace", tmp_path / "nowhere").code == ExitCode.STORAGE


@pytest.mark.parametrize("code", ["known", "superseded", "attached", "whole", "text"])
def test_outcomes_have_words_in_both_languages(code: str) -> None:
    for language in ("th", "en"):
        assert Translator(language).has(f"report.verify.{code}.good")
