"""A regional office by the command line: a relay of its own, whose word is never the centre's; sticks handed to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector_app.cli import ExitCode
from tests.support import inspections
from tests.support.command_line import CommandLine, run
from tests.support.served_centre import ServedCentre
from tests.support.served_relay import ServedRelay
from tests.support.sync_relay import patiently


@pytest.fixture
def relay(inspector: CommandLine, centre: ServedCentre, tmp_path: Path) -> Iterator[ServedRelay]:
    """A laptop that the centre knows, and the relay of its office."""
    inspector.json("sync", "--server", centre.url, "--code", centre.code)
    code = run("admin", "device", "--data", centre.data, "--role", "relay", "--json").json["code"]
    with ServedRelay(tmp_path / "relay", centre.url, code) as running:
        yield running


def test_a_record_through_the_relay_is_relayed_first_and_received_when_the_centre_says_so(
    inspector: CommandLine, centre: ServedCentre, relay: ServedRelay, tmp_path: Path
) -> None:
    record_id, log = inspections.sealed(inspector, tmp_path), tmp_path / "sync.log"
    joined = ("--relay", relay.url, "--word", relay.word)
    plan = inspector.json("sync", "--dry-run", *joined)["plan"]
    assert (plan["records"], plan["reached"]) == (1, "relay")
    assert plan["rest"] > 0

    first = inspector.json("sync", *joined, "--log", log, code=ExitCode.SYNC)
    assert (first["way"], first["relayed"], first["receipts"]) == ("relay", [record_id], [])
    assert first["left"] == {"waiting": 1, "parked": 0, "conflicts": 0, "relayed": 1}
    assert inspector.json("records", "--state", "sent")["records"] == []
    assert "ยังไม่ถึงศูนย์" in log.read_text(encoding="utf-8")

    done: dict[str, object] = {}

    def received() -> bool:
        result = inspector("sync", "--force", "--json")
        done.update(result.json)
        return result.code == 0

    patiently(received)
    assert done["way"] == "relay"
    assert inspector.json("records", "--state", "sent")["records"][0]["record_id"] == record_id
    status = run("relay", "status", "--data", relay.data, "--json").json["status"]
    assert (status["held"]["received"], status["held"]["waiting"], status["trouble"]) == (1, 0, "")


def test_a_relay_with_another_word_gets_nothing(inspector: CommandLine, relay: ServedRelay) -> None:
    told = inspector.json("sync", "--relay", relay.url, "--word", "AAAA-BBBB-CCCC-DDDD", code=ExitCode.SYNC)
    assert told["error"] == "pairing-word"


def test_a_stick_handed_to_the_relay_reaches_the_centre_and_its_receipts_come_back(
    inspector: CommandLine, relay: ServedRelay, tmp_path: Path
) -> None:
    inspections.sealed(inspector, tmp_path)
    stick = tmp_path / "stick"
    inspector.json("bundle", "export", stick)
    taken = run("bundle", "import", stick, "--relay", relay.data, "--json").json["bundles"]
    assert [one["state"] for one in taken] == ["taken"]
    told = run("relay", "status", "--data", relay.data, "--json").json["status"]
    assert told["bundles"] in (0, 1)
    again = run("bundle", "import", stick, "--relay", relay.data, "--json").json["bundles"]
    assert again[0]["state"] in ("known", "receipts")


def test_a_stick_for_the_office_is_held_there_and_the_centres_receipt_comes_back_by_stick(
    inspector: CommandLine, relay: ServedRelay, tmp_path: Path
) -> None:
    inspector.json("sync", "--way", "relay", "--relay", relay.url, "--word", relay.word)
    record_id, stick = inspections.sealed(inspector, tmp_path), tmp_path / "stick"
    assert inspector.json("bundle", "export", stick, "--to", "office")["office"] == "สอจ.สมุทรปราการ"
    assert "อ่านได้เฉพาะสำนักงาน สอจ.สมุทรปราการ" in inspector("bundle", "inspect", stick).out

    first = run("bundle", "import", stick, "--relay", relay.data, "--json").json["bundles"]
    assert [(one["state"], one["held"]) for one in first] == [("opened", 1)]
    assert inspector.json("bundle", "import", stick)["relayed"] == 1
    assert inspector.json("records", "--state", "sent")["records"] == []

    def received() -> bool:
        (told,) = run("bundle", "import", stick, "--relay", relay.data, "--json").json["bundles"]
        return bool(told["received"])

    patiently(received)
    assert inspector.json("bundle", "import", stick)["taken"] == 1
    assert inspector.json("records", "--state", "sent")["records"][0]["record_id"] == record_id


def test_a_laptop_that_never_reached_the_relay_addresses_it_by_its_file_and_word(
    inspector: CommandLine, centre: ServedCentre, relay: ServedRelay, tmp_path: Path
) -> None:
    inspections.sealed(inspector, tmp_path)
    stick, file = tmp_path / "stick", tmp_path / "samut.office.json"
    to_office = ("bundle", "export", stick, "--office-file", file, "--word")
    assert inspector.json("bundle", "export", stick, "--to", "office", code=ExitCode.SYNC)["error"] == "no-office"
    word = run("relay", "key", "--data", relay.data, "--office-file", file, "--json").json["word"]
    assert "รหัสไม่ตรง" in inspector(*to_office, "AAAA-BBBB-CCCC-DDDD").err
    assert not stick.exists()
    assert inspector.json(*to_office, word)["office"] == "สอจ.สมุทรปราการ"

    at_centre = run("bundle", "import", stick, "--data", centre.data)
    assert "ชุดงานนี้เข้ารหัสถึงสำนักงาน สอจ.สมุทรปราการ" in at_centre.out
    assert at_centre.code == ExitCode.SYNC
    by_line = inspector("bundle", "upload", stick)
    assert "ชุดงานนี้เข้ารหัสถึงสำนักงาน สอจ.สมุทรปราการ" in by_line.out
    (told,) = run("bundle", "import", stick, "--relay", relay.data, "--json").json["bundles"]
    assert (told["state"], told["held"]) == ("opened", 1)


def test_a_folder_without_a_relay_takes_no_stick_and_makes_no_relay(tmp_path: Path) -> None:
    told = run("bundle", "import", tmp_path, "--relay", tmp_path / "typed wrong", "--json")
    assert told.error["error"] == "relay-option"
    assert not (tmp_path / "typed wrong").exists()


def test_options_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    for words in (("--night", "dusk"), ("--listen", "nowhere"), ("--cap", "-1")):
        told = run("relay", "--data", tmp_path / "r", *words, "--json")
        assert told.error["error"] == "relay-option", words
    assert run("relay", "status", "--data", tmp_path / "none", "--json").error["error"] == "relay-option"
    told = run("relay", "--data", tmp_path / "r", "--listen", "127.0.0.1:0", "--json")
    assert told.error["error"] == "relay-not-registered"
