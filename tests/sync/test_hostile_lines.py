"""Whatever answers in the place of the centre: the person gets a word for it, and nothing is ever called sent."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from checklists.model import RecordState
from checklists.store import Store
from inspector_app.actions.sending import syncing
from sync.client import Client, Session
from sync.engine import SyncEngine
from sync.errors import BadAddressError, InsecureAddressError
from sync.events import SyncReport
from sync.protocol import Tokens
from sync.server.config import ServerConfig
from sync.server.identity import renew_server_id
from sync.transport import RequestsTransport, Trust, check_address, make_session
from tests.support.clock import FrozenClock
from tests.support.store_workspace import begin, content, new_store, photo
from tests.support.sync_liars import answering
from tests.support.sync_outbox import MemoryOutbox, sealed_record
from tests.support.sync_server import RunningCentre, running_centre
from tests.support.sync_tls import Authority, make_authority, make_certificate


@pytest.fixture
def waiting(outbox: MemoryOutbox, key: DeviceKey) -> MemoryOutbox:
    outbox.put(sealed_record(key))
    return outbox


def run_against(url: str, outbox: MemoryOutbox, transport: RequestsTransport | None = None) -> SyncReport:
    session = Session(url=url, server_id="the-one-we-know", tokens=Tokens("a", "r", 900))
    client = Client(transport or RequestsTransport(), session, clock=SystemClock())
    try:
        return SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1)).run()
    finally:
        client.close()


def assert_nothing_lost(outbox: MemoryOutbox) -> None:
    assert outbox.receipts == {}
    assert [row.state for row in outbox.pending()] == ["waiting"]


@pytest.mark.parametrize(
    ("status", "content_type", "code"),
    [
        (200, "text/html", "not-our-server"),
        (200, "application/json", "not-our-server"),
        (302, "text/html", "not-our-server"),
        (404, "text/html", "not-our-server"),
        (502, "text/html", "unreachable"),
        (407, "text/html", "proxy-login"),
    ],
)
def test_a_page_in_the_place_of_the_centre_is_named_and_loses_nothing(
    status: int, content_type: str, code: str, waiting: MemoryOutbox
) -> None:
    with answering(
        status, content_type, b"{}" if "json" in content_type else b"<html>", location="http://portal/"
    ) as url:
        assert run_against(url, waiting).trouble == code
    assert_nothing_lost(waiting)


def test_an_https_proxy_that_wants_a_password_is_named(waiting: MemoryOutbox) -> None:
    with answering(407, "text/html") as proxy:
        transport = RequestsTransport(proxies={"https": proxy})
        assert run_against("https://localhost:9", waiting, transport).trouble == "proxy-login"
    assert_nothing_lost(waiting)


def test_a_port_where_nobody_listens_is_called_offline(waiting: MemoryOutbox) -> None:
    report = run_against("http://127.0.0.1:9", waiting)
    assert report.trouble == "offline"
    assert report.retry_at
    assert_nothing_lost(waiting)


def test_another_centre_is_refused(centre: RunningCentre, waiting: MemoryOutbox) -> None:
    report = run_against(centre.url, waiting)
    assert report.trouble == "wrong-server"
    assert report.retry_at == ""
    assert_nothing_lost(waiting)


def test_a_restored_centre_stops_sending_until_a_person_acts(
    tmp_path: Path, waiting: MemoryOutbox, key: DeviceKey
) -> None:
    config = ServerConfig(tmp_path / "data")
    with running_centre(config) as before:
        client = before.client(key)
        session = client.session
        client.close()
        renew_server_id(before.centre.storage)
    with running_centre(config) as after:
        restored = Client(
            RequestsTransport(), Session.from_json({**session.to_json(), "url": after.url}), clock=SystemClock()
        )
        report = SyncEngine(waiting, restored, clock=SystemClock(), random=random.Random(1)).run()
        restored.close()
    assert report.trouble == "wrong-server"
    assert_nothing_lost(waiting)


@pytest.mark.skipif("INSPECTOR_TEST_DATABASE" in os.environ, reason="the backup here is a copy of the folder's SQLite")
def test_what_a_restored_centre_lost_is_offered_again_when_it_is_registered_anew(
    tmp_path: Path, clock: FrozenClock
) -> None:
    """Three records are sent; the centre comes back from a backup that has only the first."""
    data = tmp_path / "data"
    with new_store(tmp_path / "workspace", clock) as store:
        with running_centre(ServerConfig(data)) as before:
            syncing.register(store, before.url, before.code(), clock=clock)
            _seal_and_send(store, "r-1", clock)
        shutil.copytree(data, tmp_path / "backup")
        with running_centre(ServerConfig(data)) as before:
            for record_id in ("r-2", "r-3"):
                _seal_and_send(store, record_id, clock, before.url)
        receipts = {r: store.outbox.receipts(r) for r in ("r-1", "r-2", "r-3")}
        with running_centre(ServerConfig(tmp_path / "backup")) as lost:
            renew_server_id(lost.centre.storage)
        with running_centre(ServerConfig(tmp_path / "backup")) as after:
            assert syncing.sync_now(store, clock=clock, url=after.url, force=True).trouble == "wrong-server"
            syncing.register(store, after.url, after.code(), clock=clock)
            assert {row.record_id for row in store.outbox.pending()} == {"r-1", "r-2", "r-3"}
            assert store.records.summary("r-2").state == RecordState.SEALED
            report = syncing.sync_now(store, clock=clock, force=True)
            assert (report.sent, report.trouble, store.outbox.pending()) == (3, "", ())
            kept = {r["record_id"] for r in after.centre.records.listing("00", after=0, limit=10)}
        assert kept == {"r-1", "r-2", "r-3"}
        assert store.outbox.receipts("r-1") == receipts["r-1"]
        both = {receipts["r-2"][0].server_id, after.centre.server_id}
        assert {r.server_id for r in store.outbox.receipts("r-2")} == both


def _seal_and_send(store: Store, record_id: str, clock: FrozenClock, url: str = "") -> None:
    begin(store, record_id, f"v-{record_id}")
    photo(store, f"p-{record_id}", record_id.encode() * 100, record_id)
    store.records.finalise(record_id, content())
    assert syncing.sync_now(store, clock=clock, url=url, force=True).sent == 1


def test_another_centre_is_not_offered_what_was_sent_to_ours(tmp_path: Path, clock: FrozenClock) -> None:
    with new_store(tmp_path / "workspace", clock) as store:
        with running_centre(ServerConfig(tmp_path / "ours")) as ours:
            syncing.register(store, ours.url, ours.code(), clock=clock)
            _seal_and_send(store, "r-1", clock)
        with running_centre(ServerConfig(tmp_path / "other")) as other:
            syncing.register(store, other.url, other.code(), clock=clock)
        assert store.outbox.pending() == ()


# --- certificates ---------------------------------------------------------------------------------------------------


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    return make_authority(tmp_path, "ours")


@pytest.fixture
def other(tmp_path: Path) -> Authority:
    return make_authority(tmp_path, "other")


@pytest.fixture
def tls_centre(tmp_path: Path, ours: Authority) -> Iterator[RunningCentre]:
    with running_centre(ServerConfig(tmp_path / "centre"), tls=make_certificate(tmp_path, ours)) as running:
        yield running


def test_our_own_authority_is_believed(
    tls_centre: RunningCentre, ours: Authority, waiting: MemoryOutbox, key: DeviceKey
) -> None:
    client = tls_centre.client(key, transport=RequestsTransport(trust=Trust(ours.file)))
    assert SyncEngine(waiting, client, clock=SystemClock(), random=random.Random(1)).run().sent == 1
    client.close()


def test_a_certificate_of_another_authority_is_refused(
    tls_centre: RunningCentre, other: Authority, waiting: MemoryOutbox
) -> None:
    report = run_against(tls_centre.url, waiting, RequestsTransport(trust=Trust(other.file)))
    assert report.trouble == "certificate"
    assert_nothing_lost(waiting)


def test_the_environment_cannot_make_us_believe_another_authority(
    tls_centre: RunningCentre, ours: Authority, other: Authority, waiting: MemoryOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ours.file))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(ours.file))
    report = run_against(tls_centre.url, waiting, RequestsTransport(trust=Trust(other.file)))
    assert report.trouble == "certificate"


def test_the_trap_is_real_a_plain_session_would_have_believed_the_environment(
    tls_centre: RunningCentre, ours: Authority, other: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ours.file))
    with requests.Session() as session:
        session.verify = str(other.file)
        assert session.get(f"{tls_centre.url}/sync/v1/health?nonce=1").status_code == 200


def test_the_system_store_alone_is_used_where_no_authority_is_named(
    tls_centre: RunningCentre, ours: Authority, other: Authority, waiting: MemoryOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(other.file))
    assert run_against(tls_centre.url, waiting, RequestsTransport()).trouble == "certificate"
    monkeypatch.setenv("SSL_CERT_FILE", str(ours.file))  # stands for an authority pushed into the system's store
    monkeypatch.setattr("certifi.where", lambda: str(other.file))
    with make_session(Trust()) as session:
        assert session.get(f"{tls_centre.url}/sync/v1/health?nonce=1").status_code == 200


def test_certifi_is_not_added_to_the_system_store(
    tls_centre: RunningCentre, ours: Authority, other: Authority, waiting: MemoryOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The measured trap: requests loads certifi's authorities into an adapter's own context."""
    monkeypatch.setenv("SSL_CERT_FILE", str(other.file))
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(ours.file))
    monkeypatch.setattr("requests.utils.DEFAULT_CA_BUNDLE_PATH", str(ours.file))
    assert run_against(tls_centre.url, waiting, RequestsTransport()).trouble == "certificate"


@pytest.mark.parametrize(("starts", "ends"), [(2, 5), (-5, -2)])
def test_a_certificate_out_of_its_time_is_called_a_wrong_clock(
    tmp_path: Path, ours: Authority, waiting: MemoryOutbox, starts: int, ends: int
) -> None:
    files = make_certificate(tmp_path, ours, starts=timedelta(days=starts), ends=timedelta(days=ends))
    with running_centre(ServerConfig(tmp_path / "centre"), tls=files) as running:
        report = run_against(running.url, waiting, RequestsTransport(trust=Trust(ours.file)))
    assert report.trouble == "clock-wrong"
    assert_nothing_lost(waiting)


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["", "centre.example", "ftp://centre.example", "https://", "http://127.0.0.1:port"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(BadAddressError):
        check_address(url)


def test_plain_http_is_for_this_machine_only() -> None:
    assert check_address(" http://localhost:8765/ ") == "http://localhost:8765"
    assert check_address("http://127.0.0.1:8765") == "http://127.0.0.1:8765"
    with pytest.raises(InsecureAddressError):
        check_address("http://192.0.2.1:8765")
    assert check_address("http://192.0.2.1:8765", allow_plain=True) == "http://192.0.2.1:8765"
