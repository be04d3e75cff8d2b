"""Everything that goes wrong in the field says what happened and what to do, in Thai and English, and loses nothing."""

from __future__ import annotations

import errno
import http.server
import json
import os
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector_app.actions.laptop import workspace
from inspector_app.cli import ExitCode
from tests.support import inspections
from tests.support.command_line import PASSPHRASE, CommandLine, Result
from tests.support.photos import photo
from tests.support.served_centre import ServedCentre

THAI, LATIN = re.compile("[\u0e00-\u0e7f]{6}"), re.compile("[A-Za-z]{3} [A-Za-z]{2}")


def tells(result: Result, code: ExitCode) -> str:
    """Check that a refusal has words in both languages and is no mistake of ours; return them."""
    assert result.code == code, (result.code, result.out, result.err)
    said = result.err or result.out
    assert THAI.search(said), said
    assert LATIN.search(said), said
    assert "Traceback" not in said
    return said


@pytest.fixture
def draft(inspector: CommandLine, tmp_path: Path) -> Iterator[str]:
    """A draft with answers and a photo; afterwards all of it must still be there."""
    record_id = inspections.start(inspector)
    inspector.json("answer", record_id, write(tmp_path, {"B06": "fail", "B06.note": "กล่องขวาง", "B05": 95}))
    (tmp_path / "ok.jpg").write_bytes(photo())
    inspector.json("attach", record_id, "B06", tmp_path / "ok.jpg")
    yield record_id
    shown = inspector.json("show", record_id)
    items = {i["item_id"]: i for s in shown["result"]["sections"] for i in s["items"]}
    assert (items["FA-B06"]["verdict"], items["FA-B06"]["note"]) == ("fail", "กล่องขวาง")
    assert items["FA-B05"]["value"] == "95"
    assert len(shown["attachments"]) == 1
    assert inspector.json("verify")["good"]


def write(folder: Path, content: object, name: str = "content.json") -> Path:
    (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder / name


# --- answers and photos ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answers",
    [
        {"FA-Z99": "pass"},
        {"B06": "ใช่"},
        {"B05": "กว้างมาก"},
        {"C10": "32 มกราคม 2569"},
        {"A04": "pass"},
        {"B06.noote": "x"},
    ],
)
def test_an_answer_that_does_not_fit_changes_nothing_at_all(
    inspector: CommandLine, draft: str, tmp_path: Path, answers: dict[str, object]
) -> None:
    both = {"B09": "pass", **answers}
    tells(inspector("answer", draft, write(tmp_path, both)), ExitCode.ANSWER)
    shown = inspector.json("show", draft)
    items = {i["item_id"]: i for s in shown["result"]["sections"] for i in s["items"]}
    assert items["FA-B09"]["verdict"] is None


@pytest.mark.parametrize("content", [b"", b"no photo", photo()[:1000], b"\0\0\0\x18ftypheic" + bytes(99)])
def test_a_broken_photo_is_refused_and_not_attached(
    inspector: CommandLine, draft: str, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "IMG_1.jpg").write_bytes(content)
    assert "IMG_1.jpg" in tells(inspector("attach", draft, "B06", tmp_path / "IMG_1.jpg"), ExitCode.ANSWER)


def test_a_photo_that_is_not_there_is_said_to_be_missing(inspector: CommandLine, draft: str, tmp_path: Path) -> None:
    tells(inspector("attach", draft, "B06", tmp_path / "nothing.jpg"), ExitCode.STORAGE)


def test_sealing_too_early_lists_what_is_missing(inspector: CommandLine, draft: str) -> None:
    said = tells(inspector("finalise", draft), ExitCode.ANSWER)
    assert said.count("FA-") > 40
    assert inspector.json("records")["records"][0]["state"] == "draft"


def test_a_sealed_record_takes_no_more_answers_or_photos(inspector: CommandLine, tmp_path: Path) -> None:
    record_id = inspections.sealed(inspector, tmp_path)
    digest = inspector.json("show", record_id)["digest"]
    tells(inspector("answer", record_id, write(tmp_path, {"B06": "pass"})), ExitCode.STORAGE)
    tells(inspector("attach", record_id, "B06", tmp_path / "IMG_0001.jpg"), ExitCode.STORAGE)
    tells(inspector("finalise", record_id), ExitCode.STORAGE)
    assert inspector.json("show", record_id)["digest"] == digest


@pytest.mark.parametrize("record", ["0199-nothing", "", "0"])
def test_a_record_that_is_not_there_is_said_to_be_unknown(inspector: CommandLine, draft: str, record: str) -> None:
    tells(inspector("show", record), ExitCode.NOT_FOUND)


def test_an_unknown_checklist_or_factory_starts_nothing(inspector: CommandLine) -> None:
    tells(inspector("new", "--checklist", "no_such", "--factory", "20119000125553"), ExitCode.NOT_FOUND)
    tells(inspector("new", "--checklist", "factory_act_general", "--factory", "12345678901234"), ExitCode.NOT_FOUND)
    assert inspector.json("records")["records"] == []


# --- checklists -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.xml", "<html><head/></html>"),
        ("cut.xml", "<h:html xmlns:h='http://www.w3.org/1999/xhtml'><h:head>"),
        ("wrong.csv", "survey\n,type,name,label\n,integer,a,A\n,integer,b,B\n,note,c,${nope}\n"),
        ("calc.md", "| survey |\n|  | type | name | label | calculation |\n|  | calculate | a | A | foo(1) |\n"),
        ("broken.yaml", "id: [unclosed"),
        ("photo.jpg", "this is no checklist"),
    ],
)
def test_a_checklist_with_a_mistake_is_refused_with_its_place(
    inspector: CommandLine, tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    before = inspector.json("checklists", "list")
    tells(inspector("checklists", "check", tmp_path / name), ExitCode.AUTHOR)
    tells(inspector("checklists", "import", tmp_path / name), ExitCode.AUTHOR)
    assert inspector.json("checklists", "list") == before


# --- the workspace --------------------------------------------------------------------------------------------------


def test_a_wrong_passphrase_opens_nothing_and_says_that_work_is_safe(inspector: CommandLine, draft: str) -> None:
    inspector.passphrase_file.write_text("ผิดแน่นอน", encoding="utf-8")
    said = tells(inspector("records"), ExitCode.KEY)
    assert "ปลอดภัย" in said
    assert "safe" in said
    inspector.passphrase_file.write_text(PASSPHRASE, encoding="utf-8")


def test_a_second_window_on_the_same_workspace_is_told_of_the_first(
    inspector: CommandLine, draft: str, tmp_path: Path
) -> None:
    keys = workspace.sign_in(inspector.folder, passphrase=PASSPHRASE)
    with workspace.open_store(inspector.folder, keys, clock=inspector.clock):
        said = tells(inspector("answer", draft, write(tmp_path, {"B09": "pass"})), ExitCode.IN_USE)
    assert "หน้าต่าง" in said


def test_a_half_written_workspace_is_not_mended_by_guessing(inspector: CommandLine, draft: str) -> None:
    database = inspector.folder / "store.db"
    aside = database.rename(database.with_suffix(".aside"))
    tells(inspector("records"), ExitCode.STORAGE)
    tells(inspector("init", "--name", "x"), ExitCode.STORAGE)
    assert not database.exists()
    aside.rename(database)


def test_a_workspace_of_a_newer_version_is_left_as_it_is(inspector: CommandLine, draft: str) -> None:
    file = inspector.folder / "workspace.json"
    before = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r'/\d+"', '/99"', before), encoding="utf-8")
    said = tells(inspector("records"), ExitCode.STORAGE)
    assert "รุ่นใหม่กว่า" in said
    file.write_text(before, encoding="utf-8")


def test_a_damaged_database_is_told_apart_from_a_wrong_passphrase(inspector: CommandLine, template: Path) -> None:
    database = inspector.folder / "store.db"
    data = bytearray(database.read_bytes())
    data[0:4096] = os.urandom(4096)
    database.write_bytes(data)
    said = tells(inspector("records"), ExitCode.STORAGE)
    assert "รหัสผ่านไม่ตรง" not in said
    assert database.read_bytes() == bytes(data)


def test_a_full_disk_loses_only_the_step_that_was_refused(
    inspector: CommandLine, draft: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from checklists.store.files import AttachmentFiles

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(AttachmentFiles, "write", full)
        said = tells(inspector("attach", draft, "B06", tmp_path / "ok.jpg"), ExitCode.STORAGE)
    assert "พื้นที่" in said


def test_a_report_into_a_folder_that_cannot_be_written_leaves_the_old_file(
    inspector: CommandLine, draft: str, tmp_path: Path
) -> None:
    tells(inspector("report", draft, "-o", tmp_path / "no" / "such" / "folder" / "r.pdf"), ExitCode.STORAGE)


# --- the centre -----------------------------------------------------------------------------------------------------


@pytest.fixture
def html_port() -> Iterator[int]:
    """Something that answers every question with a login page and 200, as a captive portal does."""

    class Page(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<html>Please sign in to the hotel network</html>")

        do_GET = do_POST = do_PATCH = do_PUT = answer  # noqa: N815 - names that http.server calls

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_a_wrong_address_a_closed_port_and_a_login_page_are_three_messages(
    inspector: CommandLine, draft: str, html_port: int
) -> None:
    said = set()
    for url in ("centre..example", f"http://127.0.0.1:{closed_port()}", f"http://127.0.0.1:{html_port}"):
        said.add(tells(inspector("sync", "--server", url, "--code", "AAAA-BBBB-CCCC"), ExitCode.SYNC).split("(")[0])
    assert len(said) == 3


def test_plain_http_to_another_machine_is_refused_before_anything_is_sent(inspector: CommandLine, draft: str) -> None:
    tells(inspector("sync", "--server", "http://centre.example.go.th", "--code", "A"), ExitCode.SYNC)


def test_sync_without_a_centre_or_without_registration_says_what_is_missing(
    inspector: CommandLine, draft: str, centre: ServedCentre
) -> None:
    assert "--server" in tells(inspector("sync"), ExitCode.SYNC)
    assert "--code" in tells(inspector("sync", "--server", centre.url), ExitCode.SYNC)


def test_a_wrong_code_registers_nobody(inspector: CommandLine, draft: str, centre: ServedCentre) -> None:
    tells(inspector("sync", "--server", centre.url, "--code", "AAAA-AAAA-AAAA"), ExitCode.SYNC)
    tells(inspector("sync", "--server", centre.url), ExitCode.SYNC)
    inspector.json("sync", "--server", centre.url, "--code", centre.code)


def test_a_line_that_fails_leaves_the_record_waiting_and_the_next_run_sends_it_once(
    inspector: CommandLine, centre: ServedCentre, html_port: int, tmp_path: Path
) -> None:
    record_id = inspections.sealed(inspector, tmp_path)
    inspector.json("sync", "--server", centre.url, "--code", centre.code)
    second = inspections.sealed(inspector, tmp_path)
    for url in (f"http://127.0.0.1:{html_port}", f"http://127.0.0.1:{closed_port()}"):
        tells(inspector("sync", "--server", url), ExitCode.SYNC)
        states = {r["record_id"]: r["state"] for r in inspector.json("records")["records"]}
        assert states == {record_id: "sent", second: "sealed"}
    sent = inspector.json("sync", "--server", centre.url, "--force")
    assert [r["record_id"] for r in sent["receipts"]] == [second]


def test_a_port_that_is_taken_is_said_to_be_taken(tmp_path: Path, centre: ServedCentre) -> None:
    from tests.support.command_line import run

    tells(run("serve", "--data", tmp_path / "other", "--port", centre.port), ExitCode.STORAGE)
