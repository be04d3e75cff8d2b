"""The command line: names that are kept, help in two languages, answers as JSON, exit codes that mean something."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from checklists import errors
from inspector_app import main
from inspector_app.cli import COMMANDS, ExitCode
from inspector_app.cli.calls import exit_code
from inspector_app.cli.records import AnswersFileError
from inspector_app.i18n import Translator
from sync.errors import OfflineError
from tests.support.command_line import PASSPHRASE, CommandLine, run

KEPT = """demo init; checklists list; checklists check; checklists import; factories import; factories search
new; answer
attach; finalise; report
records; show; sync; verify; serve; doctor; admin device"""
THAI = re.compile("[\u0e00-\u0e7f]")


@pytest.fixture
def inspector(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "งาน" / "workspace")


def test_the_names_that_others_build_on_are_all_there() -> None:
    kept = {name.strip() for name in re.split(r"[;\n]", KEPT.replace("demo init", "demo; init"))}
    assert kept <= {command.name for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name or "window")
def test_every_command_has_help_in_thai_and_english(command: object, capsys: pytest.CaptureFixture[str]) -> None:
    words = getattr(command, "words", ())
    with pytest.raises(SystemExit) as left:
        main.run([*words, "--help"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert THAI.search(said)
    assert "workspace folder" in said
    assert "--json" in said


def test_help_begins_with_the_language_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main.run(["--language", "en", "init", "--help"])
    assert "make a new workspace with its keys; shows the recovery key once · สร้าง" in " ".join(
        capsys.readouterr().out.split()
    )


@pytest.mark.parametrize(
    "words", [["nonsense"], ["new"], ["factories"], ["factories", "fly"], ["--nope"], ["new", "--che", "x"]]
)
def test_a_command_typed_wrong_says_so_in_both_languages_with_code_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(words) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert "คำสั่งไม่ครบหรือไม่ถูกต้อง" in said
    assert "The command is incomplete or wrong" in said


def test_common_options_stand_before_or_after_the_name(tmp_path: Path) -> None:
    from inspector_app import cli

    for words in (["--workspace", "x", "records", "--json"], ["records", "--workspace", "x", "--json"]):
        arguments = cli.parse(words, Translator())
        assert (str(arguments.workspace), arguments.json) == ("x", True)


def test_init_shows_the_recovery_key_once_and_never_writes_it(inspector: CommandLine) -> None:
    said = inspector.init()
    key = said["recovery_key"]
    assert len(key) > 30
    for file in inspector.folder.rglob("*"):
        if file.is_file() and file.name != "reserve.bin":
            assert key.encode() not in file.read_bytes()
    assert key not in inspector("records").out


def test_the_passphrase_comes_from_the_file_then_the_environment_then_a_question(
    inspector: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspector.init()
    folder = ("--workspace", inspector.folder)
    monkeypatch.setenv("INSPECTOR_PASSPHRASE", PASSPHRASE)
    assert run("records", *folder).code == ExitCode.OK
    monkeypatch.delenv("INSPECTOR_PASSPHRASE")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    asked: list[str] = []
    assert run("records", *folder, ask=lambda prompt: asked.append(prompt) or PASSPHRASE).code == ExitCode.OK
    assert asked == ["รหัสผ่าน: "]
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert run("records", *folder).code == ExitCode.KEY


def test_the_workspace_may_be_named_by_the_environment(inspector: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    inspector.init()
    monkeypatch.setenv("INSPECTOR_WORKSPACE", str(inspector.folder))
    assert run("records", "--passphrase-file", inspector.passphrase_file).code == ExitCode.OK


def test_factories_are_imported_and_searched(inspector: CommandLine) -> None:
    inspector.init()
    assert inspector.json("factories", "import", "--demo")["count"] == 5000
    found = inspector.json("factories", "search", "โรงสี", "--province", "ชลบุรี", "--limit", "5")["sites"]
    assert 0 < len(found) <= 5
    assert all(hit["site"]["province"] == "ชลบุรี" and hit["site"]["example"] for hit in found)
    assert "ไม่พบในทะเบียน" in inspector("factories", "search", "zzzzqqqq").out


def test_factories_import_wants_a_file_or_the_demo_not_both(inspector: CommandLine, tmp_path: Path) -> None:
    inspector.init()
    assert inspector("factories", "import").code == ExitCode.USAGE
    assert inspector("factories", "import", "x.csv", "--demo").code == ExitCode.USAGE
    assert inspector("factories", "import", tmp_path / "nothing.csv").code == ExitCode.STORAGE


def test_errors_with_json_are_json_with_both_languages(inspector: CommandLine) -> None:
    error = inspector.json("records", code=ExitCode.STORAGE)
    assert error["error"] == "not-a-workspace"
    assert THAI.search(error["what"]["th"])
    assert THAI.search(error["todo"]["th"])
    assert error["what"]["en"]
    assert error["exit"] == ExitCode.STORAGE


def test_a_mistake_of_ours_is_called_so_without_a_traceback(
    inspector: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("ความลับ")

    inspector.init()
    monkeypatch.setattr("inspector_app.actions.inspection.records.summaries", broken)
    result = inspector("records")
    assert result.code == ExitCode.BUG
    assert "ZeroDivisionError" in result.err
    assert "Traceback" not in result.err
    assert "ความลับ" not in result.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.AnswerError(), ExitCode.ANSWER),
        (AnswersFileError(), ExitCode.ANSWER),
        (errors.AuthorError(), ExitCode.AUTHOR),
        (errors.NotFoundError(), ExitCode.NOT_FOUND),
        (errors.WrongPassphraseError(), ExitCode.KEY),
        (errors.WorkspaceLockedError(), ExitCode.IN_USE),
        (errors.NewerWorkspaceError(), ExitCode.STORAGE),
        (errors.SealError(), ExitCode.NOT_PROVEN),
        (OfflineError(), ExitCode.SYNC),
        (OSError(28, "x"), ExitCode.STORAGE),
        (ValueError(), ExitCode.BUG),
    ],
)
def test_the_exit_code_says_who_can_act(error: Exception, code: ExitCode) -> None:
    assert exit_code(error) == code


def test_the_documented_exit_codes_are_all_there_are() -> None:
    said = Translator("en").t("cli.exit-codes")
    for code in ExitCode:
        if code is not ExitCode.STOPPED:
            assert re.search(rf"\b{int(code)} ", said), code


def test_the_language_of_the_answer_can_be_chosen(inspector: CommandLine) -> None:
    inspector.init()
    assert inspector("records", "--language", "en").out == "No records yet\n"
    assert inspector("records").out == "ยังไม่มีบันทึก\n"


def test_verify_and_doctor_of_a_new_workspace_find_nothing_wrong(inspector: CommandLine) -> None:
    inspector.init()
    assert inspector.json("verify")["good"]
    assert {c["name"] for c in inspector.json("doctor")["checks"]} >= {
        "room",
        "words",
        "fonts",
        "plain-text",
        "integrity",
        "sealed",
    }


@pytest.mark.parametrize("text", ["", "[1, 2]", '{"B06": ', "ไม่ใช่ JSON"])
def test_an_answers_file_that_is_no_json_object_is_refused(inspector: CommandLine, tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    inspector.init()
    assert inspector.json("answer", "abc", tmp_path / "a.json", code=ExitCode.ANSWER)["error"] == "answers-file"


def test_commands_that_only_read_work_beside_an_open_window(inspector: CommandLine) -> None:
    from inspector_app.actions.laptop import workspace

    inspector.init()
    keys = workspace.sign_in(inspector.folder, passphrase=PASSPHRASE)
    with workspace.open_store(inspector.folder, keys, clock=inspector.clock):
        assert inspector("records").code == ExitCode.OK
        assert inspector("verify").code == ExitCode.OK
        refused = inspector.json("factories", "import", "--demo", code=ExitCode.IN_USE)
        assert "หน้าต่าง" in refused["what"]["th"]


def test_the_command_is_also_a_module(tmp_path: Path) -> None:
    import subprocess
    import sys

    words = [sys.executable, "-m", "inspector_app", "--workspace", str(tmp_path / "w"), "records", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
    assert done.returncode == ExitCode.STORAGE
    assert json.loads(done.stderr)["error"] == "not-a-workspace"


@pytest.mark.parametrize(
    ("words", "folder"),
    [([], "named"), (["--workspace", "here"], "here"), (["--language", "en", "--workspace", "here"], "here")],
    ids=["no-words", "workspace", "language"],
)
def test_without_a_command_the_window_opens(monkeypatch: pytest.MonkeyPatch, words: list[str], folder: str) -> None:
    shown: list[Path] = []
    monkeypatch.setenv("INSPECTOR_WORKSPACE", "named")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(main, "_window", lambda workspace: shown.append(workspace) or 0)
    assert main.run(words) == 0
    assert shown == [Path(folder)]


def test_without_a_screen_the_window_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(main.config.sys, "platform", "linux")
    assert main.run([]) == ExitCode.STORAGE
    assert "จอ" in capsys.readouterr().err
