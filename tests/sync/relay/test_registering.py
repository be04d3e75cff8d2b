"""A relay is registered once, by a command that may be repeated whatever became of it; trouble is told in words."""

from __future__ import annotations

import errno
import socket
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from inspector_app.actions.serving import relay as keeping
from inspector_app.cli import ExitCode
from inspector_app.i18n import Translator
from inspector_app.messages import explain
from sync.protocol import Role
from sync.relay import RelayConfig, serving
from sync.relay.config import RelayState
from tests.support.command_line import run
from tests.support.sync_proxy import BreakingProxy, Fate
from tests.support.sync_server import RunningCentre

NOBODY = "http://127.0.0.1:1"


def words_of(error: BaseException) -> tuple[str, str]:
    message = explain(error, Translator("th"))
    return message.text("th"), message.text("en")


def test_a_registration_whose_answer_was_lost_is_told_and_the_same_command_ends_it(
    centre: RunningCentre, tmp_path: Path
) -> None:
    code = centre.code(role=Role.RELAY)
    with BreakingProxy(centre.port, lambda number: Fate(cut_down=0) if number == 1 else Fate()) as line:
        config = RelayConfig(tmp_path / "relay", line.url, clock=SystemClock())
        with pytest.raises(serving.RelayRegistrationError) as told:
            serving.register(config, code)
        thai, english = words_of(told.value)
        assert "สั่งคำสั่งเดิมซ้ำ" in thai
        assert "run the same command again" in english
        serving.register(config, code)
    assert RelayState(config.data).session.registered


def test_a_relay_started_again_with_the_command_of_the_first_time_needs_no_line(
    centre: RunningCentre, tmp_path: Path
) -> None:
    config, code = RelayConfig(tmp_path, centre.url), centre.code(role=Role.RELAY)
    serving.register(config, code)
    before = RelayState(tmp_path).session
    serving.register(RelayConfig(tmp_path, NOBODY), f" {code.lower()}")
    after = RelayState(tmp_path).session
    assert (after.tokens, after.url) == (before.tokens, NOBODY)
    assert code not in (tmp_path / "relay.json").read_text(encoding="utf-8")
    with pytest.raises(serving.RelayRegistrationError):  # a new code is one to be asked about
        serving.register(RelayConfig(tmp_path, NOBODY), centre.code(role=Role.RELAY))


def test_a_code_that_another_relay_used_is_told_with_what_to_do(centre: RunningCentre, tmp_path: Path) -> None:
    code = centre.code(role=Role.RELAY)
    serving.register(RelayConfig(tmp_path / "first", centre.url), code)
    words = ("relay", "--data", tmp_path / "second", "--listen", "127.0.0.1:0", "--centre", centre.url, "--code", code)
    told = run(*words)
    assert told.code == ExitCode.SYNC
    assert "ใช้กับเครื่องอื่นแล้ว" in told.err
    assert "used by another machine" in told.err


def test_a_code_for_a_laptop_leaves_the_relay_as_it_was(centre: RunningCentre, tmp_path: Path) -> None:
    serving.register(RelayConfig(tmp_path, centre.url), centre.code(role=Role.RELAY))
    before = RelayState(tmp_path).session
    with pytest.raises(serving.NotARelayError):
        serving.register(RelayConfig(tmp_path, centre.url), centre.code(role=Role.INSPECTOR))
    assert RelayState(tmp_path).session == before


def test_a_port_in_use_an_address_of_nobody_and_files_that_are_none_are_told(tmp_path: Path) -> None:
    relay = ("relay", "--data", tmp_path / "relay", "--json")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = run(*relay, "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
        assert (told.code, told.error["error"]) == (ExitCode.STORAGE, "port-in-use")
        assert "--listen" in told.error["todo"]["th"]
    (tmp_path / "text.pem").write_text("no certificate", encoding="ascii")
    for words in (
        ("--listen", "192.0.2.1:0"),  # of no machine: RFC 5737
        ("--ca", tmp_path / "text.pem"),
        ("--ca", tmp_path / "none.pem"),
        ("--tls-cert", tmp_path / "text.pem"),
        ("--tls-cert", tmp_path / "text.pem", "--tls-key", tmp_path / "text.pem"),
    ):
        told = run(*relay, *words)
        assert (told.code, told.error["error"]) == (ExitCode.USAGE, "relay-option"), words


def test_a_folder_that_cannot_be_written_is_not_mistaken_for_a_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise PermissionError(errno.EACCES, "no", str(tmp_path / "relay.json"))

    monkeypatch.setattr(keeping, "run", refuse)
    told = run("relay", "--data", tmp_path, "--listen", "127.0.0.1:0", "--json")
    assert (told.code, told.error["error"]) == (ExitCode.STORAGE, "read-only")
