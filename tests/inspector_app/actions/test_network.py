"""The way to the centre: a proxy whose password never stands in the open, and the ministry's authority."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from checklists.store import Store
from inspector_app import credentials
from inspector_app.actions.sending import network, syncing
from sync.server.config import ServerConfig
from tests.support.login_proxy import login_proxy
from tests.support.store_workspace import answer, begin, content, new_store
from tests.support.sync_server import running_centre

CENTRE = "https://centre.example.go.th"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "w", SystemClock()) as store:
        yield store


@pytest.fixture(params=["key store", "no key store"])
def key_store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    kept: dict[str, str] = {}
    works = request.param == "key store"

    def keep(account: str, password: str) -> bool:
        if works:
            kept[account] = password
        return works

    monkeypatch.setattr(network, "keep_password", keep)
    monkeypatch.setattr(network, "kept_password", lambda account: kept.get(account, ""))
    monkeypatch.setattr(network, "forget_password", lambda account: kept.pop(account, None))
    return kept


def test_a_login_stands_in_the_proxys_address_and_its_password_in_the_key_store_where_there_is_one(
    store: Store, key_store: dict[str, str]
) -> None:
    network.keep_login(store, "สมชาย", "p@ss:word/1", proxy="proxy.example:8080")
    (proxy,) = network.proxies_for(store, CENTRE).values()
    assert proxy.endswith("@proxy.example:8080")
    assert "p%40ss%3Aword%2F1@" in proxy
    in_settings = store.settings.get(network.PASSWORD_SETTING)
    assert in_settings == (None if key_store else "p@ss:word/1")
    network.forget_login(store)
    assert network.proxies_for(store, CENTRE) == {"https": "http://proxy.example:8080"}


def test_without_a_setting_the_systems_proxy_is_taken_but_never_for_this_machine(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://10.0.0.1:3128")
    monkeypatch.setenv("http_proxy", "http://10.0.0.1:3128")
    assert network.proxies_for(store, CENTRE) == {"https": "http://10.0.0.1:3128"}
    assert network.proxies_for(store, "http://127.0.0.1:8765") == {}


def test_one_proxy_for_everything_and_exceptions_are_taken_from_the_environment(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("all_proxy", "http://10.0.0.1:3128")
    assert network.proxies_for(store, CENTRE) == {"https": "http://10.0.0.1:3128"}
    monkeypatch.setenv("no_proxy", "example.go.th")
    assert network.proxies_for(store, CENTRE) == {}


def test_a_proxys_address_of_the_new_kind_keeps_its_brackets(store: Store, key_store: dict[str, str]) -> None:
    network.keep_login(store, "somchai", "secret", proxy="http://[2001:db8::1]:3128")
    assert network.proxies_for(store, CENTRE) == {"https": "http://somchai:secret@[2001:db8::1]:3128"}


def test_the_ministrys_authority_is_what_is_believed(store: Store, tmp_path: Path) -> None:
    assert network.trust_of(store).ca_file is None
    network.keep(store, network.Network(ca_file=str(tmp_path / "ca.pem")))
    assert network.trust_of(store).ca_file == tmp_path / "ca.pem"


def test_a_key_store_that_fails_is_no_key_store(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    import keyring.errors

    def fail(*_args: object) -> None:
        raise keyring.errors.NoKeyringError

    for name in ("set_password", "get_password", "delete_password"):
        monkeypatch.setattr(keyring, name, fail)
    assert not credentials.keep_password("w", "x")
    assert credentials.kept_password("w") == ""
    credentials.forget_password("w")


@pytest.mark.parametrize(
    ("user", "password"),
    [pytest.param("somchai", "p@ss:1", id="signs"), pytest.param("สมชาย", "รหัส 1", id="Thai")],
)
def test_sending_stops_at_a_proxy_that_wants_a_login_and_goes_on_with_it(
    store: Store, key_store: dict[str, str], tmp_path: Path, user: str, password: str
) -> None:
    with running_centre(ServerConfig(tmp_path / "centre")) as centre, login_proxy(user, password) as proxy:
        syncing.register(store, centre.url, centre.code(), clock=SystemClock())
        begin(store)
        answer(store, 1, "pass")
        store.records.finalise("r-1", content())
        network.keep(store, network.Network(proxy=proxy))
        stopped = syncing.sync_now(store, clock=SystemClock())
        assert (stopped.trouble, stopped.retry_at, stopped.waiting) == ("proxy-login", "", 1)
        network.keep_login(store, user, password)
        assert syncing.sync_now(store, clock=SystemClock()).clean
