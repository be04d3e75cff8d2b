"""An office without a line, and an administrator at the centre: sticks, what is published, who is shut out."""

from __future__ import annotations

import io
import json
import signal
from pathlib import Path

import pytest

from inspector_app import demo_data
from inspector_app.actions.serving import centre as actions
from inspector_app.cli import ExitCode
from inspector_app.cli import syncing as syncing_command
from sync.server import publishing
from tests.support import inspections
from tests.support.command_line import CommandLine, run
from tests.support.served_centre import ServedCentre


def enrolled(inspector: CommandLine, centre: ServedCentre) -> None:
    inspector.json("sync", "--server", centre.url, "--code", centre.code)


def test_records_leave_on_a_stick_and_come_back_as_receipts(
    inspector: CommandLine, centre: ServedCentre, tmp_path: Path
) -> None:
    enrolled(inspector, centre)
    record_id, stick = inspections.sealed(inspector, tmp_path), tmp_path / "stick"
    assert inspector.json("bundle", "export", stick, "--dry-run")["records"] == 1
    assert not stick.exists()
    exported = inspector.json("bundle", "export", stick)
    assert exported["records"] == 1
    assert inspector.json("records", "--state", "sent")["records"] == []
    assert inspector.json("bundle", "import", stick)["waiting"] == 1

    seen = run("bundle", "inspect", stick, "--json").json["bundles"][0]
    assert (seen["officer"], seen["records"]) == (inspections.OFFICER, 1)
    for _ in range(2):  # twice is harmless
        filed = run("bundle", "import", stick, "--data", centre.data, "--json")
        assert filed.code == 0, filed.out + filed.err
        assert len(filed.json["bundles"][0]["received"]) == 1
    assert inspector.json("bundle", "import", stick)["taken"] == 1
    assert inspector.json("records", "--state", "sent")["records"][0]["record_id"] == record_id


def test_a_run_by_command_is_planned_told_stopped_in_good_order_and_goes_on(
    inspector: CommandLine, centre: ServedCentre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What will go, by record; Ctrl+C at the first photo; the log has it all; the next run sends the rest."""
    enrolled(inspector, centre)
    record_id, log = inspections.sealed(inspector, tmp_path), tmp_path / "บันทึกการส่ง.txt"
    planned = inspector.json("sync", "--dry-run")["records"]
    assert [(one["record_id"], one["state"], one["files"]) for one in planned] == [(record_id, "waiting", 13)]
    with monkeypatch.context() as patch:
        patch.setattr(syncing_command._Teller, "_progress", lambda *_: signal.raise_signal(signal.SIGINT))
        stopped = inspector("sync", "--log", log)
    assert stopped.code == ExitCode.STOPPED
    assert "ครั้งหน้าส่งต่อจากเดิม" in stopped.out
    assert "หยุดตามที่สั่ง" in log.read_text(encoding="utf-8")
    sent = inspector("sync", "--log", log)
    assert sent.code == 0, sent.err
    assert "ศูนย์มีไฟล์ 13 จาก 13 ไฟล์" in sent.out
    assert log.read_text(encoding="utf-8").count("ศูนย์รับแล้ว ใบรับ") == 1


def test_what_a_stick_cannot_do_is_told_in_its_own_words(
    inspector: CommandLine, centre: ServedCentre, tmp_path: Path
) -> None:
    enrolled(inspector, centre)
    stick = tmp_path / "stick"
    assert "ไม่มีงานรอส่ง" in inspector("bundle", "export", stick).err
    inspections.sealed(inspector, tmp_path)
    for _ in range(2):  # an older export beside a newer one
        inspector.json("bundle", "export", stick)
    older = min(stick.iterdir())
    run("bundle", "import", stick, "--data", centre.data)
    (older / "manifest.json").write_bytes(b"\xff")
    told = run("bundle", "import", stick, "--data", centre.data)
    assert f"{older.name}: ยังไม่ได้รับเข้า ชุดงานนี้เสียหาย" in told.out
    back = inspector.json("bundle", "import", stick)
    assert (back["taken"], back["known"]) == (1, 1)  # the same receipt stands in both


def test_a_password_that_nobody_can_type_is_asked_for_as_a_file(
    inspector: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    told = inspector("sync", "--proxy-user", "somsri", "--json")
    assert (told.code, told.error["error"]) == (ExitCode.USAGE, "no-password")


def test_a_stick_without_bundles_and_a_laptop_without_a_centre_are_told(inspector: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    assert run("bundle", "inspect", tmp_path / "stick", "--json").error["error"] == "bundle"
    told = inspector.json("bundle", "export", tmp_path / "stick", code=ExitCode.SYNC)
    assert told["error"] == "not-enrolled"


def test_a_published_edition_reaches_the_laptop(inspector: CommandLine, centre: ServedCentre, tmp_path: Path) -> None:
    """Author and approver sign on their laptops; the centre knows their keys and gives the files to everybody."""
    form = tmp_path / "pond.md"
    form.write_text(
        "| survey | | | |\n| | type | name | label |\n| | integer | depth | Depth of the pond |\n"
        "| settings | | | |\n| | form_title | form_id | version |\n| | Pond | pond_survey | 1 |\n",
        encoding="utf-8",
    )
    approver = CommandLine(tmp_path / "approver" / "workspace")
    approver.init(name="นายอนุมัติ")
    for person, file in ((inspector, "author.json"), (approver, "approver.json")):
        person.json("checklists", "key", "-o", tmp_path / file)
        assert run("admin", "signer", "--data", centre.data, tmp_path / file).code == 0
    told = ("--approver", "นายอนุมัติ", "--effective", "1/1/2569", "--document", "อก 1/2569")
    inspector.json("checklists", "publish", form, "-o", tmp_path / "edition", *told)
    refused = run("admin", "publish", "--data", centre.data, tmp_path / "edition", "--json")
    assert (refused.code, refused.error["error"]) == (ExitCode.AUTHOR, "edition")  # nobody has approved it yet
    approver.json("checklists", "approve", tmp_path / "edition" / "pond_survey-1.edition.json")
    done = run("admin", "publish", "--data", centre.data, tmp_path / "edition", "--json")
    assert done.json["edition"]["edition_id"] == "pond_survey@1"
    enrolled(inspector, centre)
    assert "pond_survey" in {c["form_id"] for c in inspector.json("checklists", "list")["checklists"]}


def test_a_bundled_checklist_is_published_by_its_id_and_an_unknown_one_is_not_found(centre: ServedCentre) -> None:
    done = run("admin", "publish", "--data", centre.data, "minerals_act", "--json")
    assert done.json["checklist"]["form_id"] == "minerals_act"
    assert run("admin", "publish", "--data", centre.data, "no_such").code == ExitCode.NOT_FOUND
    newest = run("admin", "log", "--data", centre.data, "--json").json["log"][0]
    assert (newest["what"], newest["collection"]) == ("published", "forms")
    assert newest["ids"] == [f"minerals_act@{done.json['checklist']['version']}"]


def test_a_published_registry_is_a_signed_file_that_the_centre_offers(centre: ServedCentre, tmp_path: Path) -> None:
    sites = [site.to_json() for site in demo_data.factories(30)]
    (tmp_path / "r.json").write_text(json.dumps(sites, ensure_ascii=False), encoding="utf-8")
    done = run("admin", "registry", "--data", centre.data, tmp_path / "r.json", "--json")
    assert done.code == 0, done.err
    assert done.json["read"] == 30
    with actions.opened(centre.data) as data:
        offered = publishing.snapshot_of(data, "registry")
    assert offered is not None
    assert offered.sha256 == done.json["sha256"]


def test_a_published_registry_reaches_the_laptop_once(
    inspector: CommandLine, centre: ServedCentre, tmp_path: Path
) -> None:
    sites = [site.to_json() for site in demo_data.factories(30)]
    (tmp_path / "r.json").write_text(json.dumps(sites, ensure_ascii=False), encoding="utf-8")
    assert run("admin", "registry", "--data", centre.data, tmp_path / "r.json").code == 0
    first = inspector.json("sync", "--server", centre.url, "--code", centre.code)
    assert first["factories"] == 30
    assert first["troubles"] == []
    assert "factories" not in inspector.json("sync")


def test_a_laptop_that_is_shut_out_is_not_let_in_again(inspector: CommandLine, centre: ServedCentre) -> None:
    enrolled(inspector, centre)
    device = run("admin", "devices", "--data", centre.data, "--json").json["devices"][0]
    assert device["name"] == inspections.OFFICER
    gone = run("admin", "revoke", "--data", centre.data, device["device_id"][-8:], "--json").json["device"]
    assert gone["revoked_at"]
    assert run("admin", "revoke", "--data", centre.data, "no-such").code == ExitCode.NOT_FOUND
    code = run("admin", "device", "--data", centre.data, "--json").json["code"]
    refused = inspector("sync", "--server", centre.url, "--code", code, "--json")
    assert refused.code == ExitCode.SYNC, refused.out
