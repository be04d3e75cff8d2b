"""What the keepers of a centre do by command: people, codes, phones, the log, where the data are, what is logged."""

from __future__ import annotations

import base64
import json
import logging
import zlib
from pathlib import Path
from typing import Any

import pytest

from inspector_app import logs
from inspector_app.cli import ExitCode
from inspector_app.cli.admin_table import ROLES
from sync.protocol import Role
from sync.server.centre import Centre
from sync.server.config import CentreFileError, ServerConfig
from tests.support.command_line import run
from tests.support.served_centre import ServedCentre


class Keeper:
    """Runs `inspector admin …` on one centre."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def __call__(self, *words: object, code: int = 0) -> dict[str, Any]:
        result = run("admin", *words, "--data", self.data, "--json")
        assert result.code == code, (result.code, result.out, result.err)
        return result.json if result.out else result.error

    def add(self, name: str = "สมศรี ใจดี", *more: object) -> str:
        told = self("user", "add", "--name", name, "--role", "inspector", "--scope", "11", *more)
        return str(told["user"]["user_id"])


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    Centre.open(ServerConfig.of(tmp_path / "centre")).close()
    return Keeper(tmp_path / "centre")


@pytest.mark.parametrize("words", [("user", "list"), ("device",), ("log",)], ids=["list", "code", "log"])
def test_a_folder_without_a_centre_is_refused_and_founds_none(words: tuple[str, ...], tmp_path: Path) -> None:
    assert Keeper(tmp_path / "typo")(*words, code=ExitCode.AUTHOR)["error"] == "no-centre"
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize("named", ["12", "นนทบุรี", "Nonthaburi", "นบ"], ids=["code", "thai", "english", "abbreviation"])
def test_a_province_is_named_by_code_name_or_abbreviation(named: str, keeper: Keeper) -> None:
    told = keeper("user", "add", "--name", "ก", "--role", "office", "--scope", named)
    assert told["user"]["scope"] == "12"


@pytest.mark.parametrize(
    "words",
    [("user", "add", "--name", "ก", "--role", "office", "--scope", "999"), ("log", "--limit", "-1")],
    ids=["province", "count"],
)
def test_an_unknown_province_and_a_count_below_one_are_typing_mistakes(words: tuple[str, ...], keeper: Keeper) -> None:
    result = run("admin", *words, "--data", keeper.data)
    assert result.code == ExitCode.USAGE
    assert "จังหวัด" in result.err or "จำนวน" in result.err


def test_the_roles_of_the_commands_are_the_protocols() -> None:
    assert list(ROLES) == [role.value for role in Role]


def test_people_are_added_listed_changed_and_shut_out(keeper: Keeper) -> None:
    user = keeper.add()
    keeper("user", "change", user[-6:], "--role", "supervisor", "--scope", "12")
    (listed,) = keeper("user", "list")["users"]
    assert (listed["name"], listed["role"], listed["scope"], listed["disabled_at"]) == (
        "สมศรี ใจดี",
        "supervisor",
        "12",
        "",
    )
    assert keeper("user", "disable", user)["user"]["disabled_at"]
    assert keeper("user", "list")["users"][0]["disabled_at"]
    assert keeper("user", "enable", user)["user"]["disabled_at"] == ""
    assert {"user-added", "user-changed", "user-disabled", "user-enabled"} <= {e["what"] for e in keeper("log")["log"]}


@pytest.mark.parametrize(
    "words", [("user", "disable", "nobody"), ("device", "--user", "nobody")], ids=["disable", "code"]
)
def test_an_unknown_person_is_not_found(words: tuple[str, ...], keeper: Keeper) -> None:
    assert keeper(*words, code=ExitCode.NOT_FOUND)["error"] == "not-found"


def test_a_subject_of_the_issuer_is_given_once(keeper: Keeper) -> None:
    keeper.add("ก", "--issuer", "https://id.example", "--subject", "s-1")
    more = ("--role", "inspector", "--scope", "11", "--issuer", "https://id.example", "--subject", "s-1")
    assert keeper("user", "add", "--name", "ข", *more, code=ExitCode.ANSWER)["error"] == "subject-taken"


def test_a_code_of_a_person_is_made(keeper: Keeper) -> None:
    assert len(keeper("device", "--user", keeper.add())["code"]) == 14
    assert len(keeper("device", "--scope", "11", "--role", "office")["code"]) == 14


def test_a_phone_gets_its_address_and_its_qr_code(keeper: Keeper, tmp_path: Path) -> None:
    import zxingcpp
    from PIL import Image

    made = keeper("phone", keeper.add(), "--url", "https://centre.example", "-o", tmp_path / "qr.png")["phone"]
    assert made["url"].startswith("https://centre.example/openrosa/key/")
    (code,) = zxingcpp.read_barcodes(Image.open(tmp_path / "qr.png"), formats=zxingcpp.BarcodeFormat.QRCode)
    settings = json.loads(zlib.decompress(base64.b64decode(code.text)))
    assert settings["general"]["server_url"] == made["url"]
    (device,) = keeper("devices")["devices"]
    assert device["device_id"] == made["device_id"]
    assert made["url"].rpartition("/")[2] not in json.dumps(keeper("log"))


@pytest.mark.parametrize("url", ["centre.example", "http://centre.example", "ftp://centre.example", "https://"])
def test_a_phone_gets_no_address_that_it_could_not_use_or_that_shows_its_token(url: str, keeper: Keeper) -> None:
    assert keeper("phone", keeper.add(), "--url", url, code=ExitCode.SYNC)["error"] in (
        "bad-address",
        "insecure-address",
    )
    assert keeper("devices")["devices"] == []


def test_the_running_centre_and_the_commands_take_the_same_database_from_one_file(tmp_path: Path) -> None:
    (tmp_path / "centre.json").write_text('{"database": "postgresql+psycopg://centre", "bucket": "s3://photos"}')
    found = ServerConfig.of(tmp_path)
    assert (found.database, found.bucket) == ("postgresql+psycopg://centre", "s3://photos")
    assert ServerConfig.of(tmp_path, database="other").database == "other"
    assert ServerConfig.of(tmp_path / "nothing").database == ""


@pytest.mark.parametrize("text", ["[]", "{", '{"database": 5}'])
def test_a_centre_file_that_says_nonsense_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "centre.json").write_text(text)
    with pytest.raises(CentreFileError):
        ServerConfig.of(tmp_path)
    assert Keeper(tmp_path)("devices", code=ExitCode.AUTHOR)["error"] == "centre-setup"
    served = run("serve", "--data", tmp_path, "--port", "0", "--json")
    assert (served.code, served.error["error"]) == (ExitCode.AUTHOR, "centre-setup")


def test_a_served_centre_writes_one_json_line_a_call(tmp_path: Path) -> None:
    import requests

    with ServedCentre(tmp_path / "centre") as centre:
        requests.get(f"{centre.url}/sync/v1/health?nonce=secret-word", timeout=10)
    text = (tmp_path / "centre" / "logs" / "centre.log").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    (call,) = [line for line in lines if line.get("handler") == "devices.health"]
    assert (call["method"], call["status"], call["level"]) == ("GET", 200, "INFO")
    assert "secret-word" not in text


def test_a_line_of_the_log_that_is_no_object_and_a_fault_are_json_too() -> None:
    record = logging.LogRecord("inspector.x", logging.ERROR, "f.py", 1, "fault ผู้ร้อง", None, None)
    told = json.loads(logs.JsonFormatter().format(record))
    assert (told["message"], told["level"]) == ("fault ‹text›", "ERROR")
