"""Signing in by an outside issuer: its tokens count only as far as its keys, its words and our own people go."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from inspector_app.actions.sending import signing_in, syncing
from sync.client import Client
from sync.client.device_grant import Asked, DeviceGrant
from sync.client.session import Session
from sync.errors import SignInError, SyncError
from sync.protocol import BASE, Role
from sync.server.config import ServerConfig
from sync.server.people import issuer as issuers
from sync.server.people.issuer import FILE, IssuerConfig, IssuerConfigError
from sync.transport import RequestsTransport
from tests.support import store_workspace
from tests.support.sync_issuer import IssuerProcess
from tests.support.sync_server import RunningCentre, running_centre


@pytest.fixture(scope="module")
def issuer() -> Iterator[IssuerProcess]:
    with IssuerProcess() as running:
        yield running


@pytest.fixture
def centre(tmp_path: Path, issuer: IssuerProcess) -> Iterator[RunningCentre]:
    (tmp_path / "centre").mkdir()
    (tmp_path / "centre" / FILE).write_text(issuer.settings())
    with running_centre(ServerConfig(tmp_path / "centre")) as running:
        yield running


@pytest.fixture
def person(centre: RunningCentre, issuer: IssuerProcess) -> str:
    return centre.centre.users.add("สมศรี", Role.SUPERVISOR, "11", issuer=issuer.url, subject="s-1").user_id


def status_of(centre: RunningCentre, token: str) -> int:
    headers = {"authorization": f"Bearer {token}"}
    return requests.get(centre.url + BASE + "/records", headers=headers, timeout=10).status_code


@pytest.mark.usefixtures("person")
def test_a_good_token_is_its_person_with_role_and_province(centre: RunningCentre, issuer: IssuerProcess) -> None:
    assert status_of(centre, issuer.mint()) == 200
    caller = centre.centre.gate.caller(f"Bearer {issuer.mint()}")
    assert (caller.role, caller.scope) == (Role.SUPERVISOR, "11")


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"alg": "none"}, 401),
        ({"alg": "HS256"}, 401),
        ({"alg": "stranger"}, 401),
        ({"kid": "unknown"}, 401),
        ({"claims": {"aud": "another-service"}}, 401),
        ({"claims": {"iss": "https://other.example"}}, 401),
        ({"claims": {"sub": None}}, 401),
        ({"claims": {"exp": None}}, 401),
        ({"claims": {"exp": 1_000_000_000}}, 401),
        ({"claims": {"nbf": 4_000_000_000}}, 401),
        ({"sub": "nobody-of-ours"}, 403),
    ],
    ids=[
        "alg-none", "public-key-as-secret", "stranger", "unknown-key", "audience", "issuer", "no-subject", "no-expiry",
        "expired", "not-yet", "no-person-of-ours",
    ],
)  # fmt: skip
def test_anything_else_is_refused(
    asked: dict[str, object], status: int, centre: RunningCentre, issuer: IssuerProcess
) -> None:
    assert status_of(centre, issuer.mint(**asked)) == status


@pytest.mark.usefixtures("person")
def test_a_clock_may_be_a_minute_off_and_no_more(centre: RunningCentre, issuer: IssuerProcess) -> None:
    now = int(time.time())
    assert status_of(centre, issuer.mint(claims={"exp": now - 30})) == 200
    assert status_of(centre, issuer.mint(claims={"exp": now - 90})) == 401


def test_a_disabled_person_is_refused_at_once(centre: RunningCentre, issuer: IssuerProcess, person: str) -> None:
    token = issuer.mint()
    assert status_of(centre, token) == 200
    centre.centre.users.disable(person)
    assert status_of(centre, token) == 403


@pytest.mark.usefixtures("person")
def test_a_new_key_is_fetched_when_a_token_names_it_and_made_up_names_do_not_flood_the_issuer(
    centre: RunningCentre, issuer: IssuerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert status_of(centre, issuer.mint()) == 200
    old = issuer.mint(claims={"jti": "not shown before"})
    before = issuer.key_fetches()
    for number in range(5):
        assert status_of(centre, issuer.mint(kid=f"made-up-{number}")) == 401
    assert issuer.key_fetches() == before  # asked a moment ago
    issuer.rotate("RS256")
    monkeypatch.setattr(issuers, "SOONEST_SECONDS", 0.0)
    assert status_of(centre, issuer.mint()) == 200
    assert status_of(centre, old) == 401  # its key was withdrawn
    issuer.rotate("ES256")


@pytest.mark.usefixtures("person")
def test_an_issuer_that_cannot_be_asked_is_told_as_busy(tmp_path: Path, issuer: IssuerProcess) -> None:
    (tmp_path / FILE).write_text(issuer.settings(jwks="http://127.0.0.1:1/jwks"))
    with running_centre(ServerConfig(tmp_path)) as centre:
        answer = requests.get(
            centre.url + BASE + "/records", headers={"authorization": f"Bearer {issuer.mint()}"}, timeout=10
        )
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")


def test_without_an_issuer_no_token_of_one_counts(tmp_path: Path, issuer: IssuerProcess) -> None:
    with running_centre(ServerConfig(tmp_path)) as centre:
        assert status_of(centre, issuer.mint()) == 401


def test_keys_may_lie_in_a_file_for_a_centre_that_reaches_nobody(tmp_path: Path, issuer: IssuerProcess) -> None:
    (tmp_path / "keys.json").write_bytes(requests.get(f"{issuer.url}/jwks", timeout=10).content)
    (tmp_path / FILE).write_text(issuer.settings(jwks="keys.json"))
    with running_centre(ServerConfig(tmp_path)) as centre:
        centre.centre.users.add("ก", Role.INSPECTOR, "11", issuer=issuer.url, subject="s-1")
        assert status_of(centre, issuer.mint()) == 200


@pytest.mark.parametrize(
    "changes",
    [{"algorithms": ["none"]}, {"algorithms": ["HS256"]}, {"algorithms": []}, {"jwks": "http://id.example/jwks"},
     {"issuer": ""}, {"token_endpoint": "http://id.example/t"}],
    ids=["none", "shared-secret", "no-algorithm", "plain-keys", "no-issuer", "plain-endpoint"],
)  # fmt: skip
def test_a_file_that_would_let_anybody_in_is_refused(
    changes: dict[str, object], tmp_path: Path, issuer: IssuerProcess
) -> None:
    (tmp_path / FILE).write_text(issuer.settings(**changes))
    with pytest.raises(IssuerConfigError):
        IssuerConfig.load(tmp_path)


# --- a laptop signs in ----------------------------------------------------------------------------------------------


def grant_of(centre: RunningCentre) -> tuple[DeviceGrant, Asked]:
    client = Client(RequestsTransport(), Session(url=centre.url), clock=centre.centre.config.clock)
    grant = DeviceGrant(RequestsTransport(), client.about()["sign_in"])
    client.close()
    return grant, grant.ask()


@pytest.mark.usefixtures("person")
def test_a_laptop_is_enrolled_by_a_code_typed_on_another_device(
    centre: RunningCentre, issuer: IssuerProcess, key: DeviceKey
) -> None:
    grant, asked = grant_of(centre)
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            issuer.approve(asked.code, "s-1")

    token = grant.wait(asked, wait=wait)
    assert len(waits) == 3
    client = Client(RequestsTransport(), Session(url=centre.url), clock=centre.centre.config.clock)
    registered = client.register(token, device_id="d-9", key=key)
    assert (registered.role, registered.scope) == ("supervisor", "11")
    assert client.records() == []  # with the centre's own tokens from here on
    (device,) = centre.centre.gate.devices()
    assert device.person_id == centre.centre.users.all()[0].user_id
    client.close()


def test_a_sign_in_that_is_denied_or_comes_too_late_ends_in_words(centre: RunningCentre, issuer: IssuerProcess) -> None:
    grant, asked = grant_of(centre)
    with pytest.raises(SignInError) as late:
        grant.wait(replace(asked, seconds=2.0), wait=lambda _seconds: None)
    issuer.approve(asked.code, "")
    with pytest.raises(SignInError) as denied:
        grant.wait(asked, wait=lambda _seconds: None)
    assert {late.value.code, denied.value.code} == {"sign-in-denied"}


def test_a_stranger_of_the_issuer_gets_no_device(centre: RunningCentre, issuer: IssuerProcess, key: DeviceKey) -> None:
    client = Client(RequestsTransport(), Session(url=centre.url), clock=centre.centre.config.clock)
    with pytest.raises(SyncError) as refused:
        client.register(issuer.mint(sub="stranger"), device_id="d-9", key=key)
    assert refused.value.code == "forbidden"
    assert centre.centre.gate.devices() == ()
    client.close()


@pytest.mark.usefixtures("person")
def test_inspector_sync_sign_in_registers_a_workspace(
    centre: RunningCentre, issuer: IssuerProcess, tmp_path: Path
) -> None:
    store = store_workspace.new_store(tmp_path / "laptop", SystemClock())
    shown: list[Asked] = []

    def show(asked: Asked) -> None:
        shown.append(asked)
        issuer.approve(asked.code, "s-1")

    signing_in.enrol(store, centre.url, clock=SystemClock(), show=show, wait=lambda _seconds: None)
    assert len(shown) == 1
    session = syncing.session_of(store)
    assert (session.registered, session.role, session.scope) == (True, "supervisor", "11")
    store.close()


def test_a_centre_without_an_issuer_says_that_a_code_is_needed(tmp_path: Path) -> None:
    store = store_workspace.new_store(tmp_path / "laptop", SystemClock())
    with running_centre(ServerConfig(tmp_path / "plain")) as centre, pytest.raises(signing_in.NoIssuerError):
        signing_in.enrol(store, centre.url, clock=SystemClock(), show=lambda _asked: None)
    store.close()
