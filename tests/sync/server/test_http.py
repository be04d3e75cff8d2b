"""The centre as seen on the wire: every answer is recognisably its own, and nothing sent to it makes it fall over."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import requests
import zstandard

from checklists.crypto import DeviceKey
from checklists.sealing import digest, wire_line
from sync.client import Client
from sync.protocol import BASE, Limits, Role, content_digest
from sync.server.app import ROUTES
from sync.server.config import ServerConfig
from sync.server.wire.limiting import Rate
from tests.support.sync_outbox import photo, sealed_record
from tests.support.sync_server import RunningCentre, running_centre

from .conftest import Call

HASH = "ab" * 32


def test_every_answer_carries_our_nonce_and_the_servers_id(call: Call, centre: RunningCentre) -> None:
    for method, path in (
        ("GET", "/health?nonce=x"),
        ("GET", "/nowhere"),
        ("POST", "/records:batch"),
        ("PATCH", "/health"),
    ):
        answer = call(method, path, headers={"inspector-nonce": "n-1"})
        assert answer.headers["inspector-nonce"] == "n-1"
        assert answer.headers["inspector-server"] == centre.centre.server_id
        assert answer.headers["content-type"].split(";")[0] in ("application/json", "application/problem+json")


def test_a_problem_names_its_type_status_and_code(call: Call) -> None:
    members = call("GET", "/records/unknown").json()
    assert members["type"] == "urn:th:moi:inspector:problem:not-found"
    assert (members["status"], members["code"]) == (404, "not-found")


def test_a_fault_is_a_problem_too_and_says_nothing_of_the_inside(
    call: Call, centre: RunningCentre, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object, **_how: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(centre.centre.records, "listing", broken)
    answer = call("GET", "/records", headers={"inspector-nonce": "n"})
    assert (answer.status_code, answer.json()["code"]) == (500, "server-fault")
    assert answer.headers["inspector-nonce"] == "n"
    assert "secret" not in answer.text
    assert "fault in GET" in caplog.text


# --- who is calling -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic abc"])
def test_without_a_good_token_nothing_is_answered(call: Call, authorization: str) -> None:
    assert call("GET", "/records", headers={"authorization": authorization}).status_code == 401


def test_a_code_works_once_but_again_for_the_same_device(centre: RunningCentre, key: DeviceKey) -> None:
    code = centre.code()
    first = centre.client(key)
    for _ in range(2):  # the answer may be lost: the same device may ask again
        assert first.register(code.lower().replace("-", " "), device_id="d-1", key=key).device_id == "d-1"
    with pytest.raises(Exception) as error:
        first.register(code, device_id="d-2", key=DeviceKey.generate())
    assert getattr(error.value, "code", "") == "bad-code"
    first.close()


def test_a_code_that_is_too_old_is_refused(centre: RunningCentre, key: DeviceKey) -> None:
    old = centre.centre.make_code(scope="00", minutes=-1)
    client = centre.client(key)
    with pytest.raises(Exception) as error:
        client.register(old, device_id="d-1", key=key)
    assert getattr(error.value, "code", "") == "bad-code"
    client.close()


def test_a_device_cannot_register_a_key_that_it_does_not_hold(
    call: Call, centre: RunningCentre, key: DeviceKey
) -> None:
    other = DeviceKey.generate()
    members = {
        "code": centre.code(),
        "device_id": "d-9",
        "key_id": other.key_id,
        "public_key": other.public_bytes.hex(),
        "proof": key.sign(b"something else").hex(),
    }
    assert call("POST", "/devices", json=members).json()["code"] == "bad-signature"


def test_an_expired_short_token_is_renewed_without_a_word(
    centre: RunningCentre, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.session.tokens is not None
    before = client.session.tokens
    client.session = replace(client.session, tokens=replace(before, access="expired"))
    assert client.records() == []
    assert client.session.tokens is not None
    assert client.session.tokens.refresh != before.refresh


def test_a_lost_answer_to_a_renewal_logs_nobody_out(call: Call, client: Client) -> None:
    assert client.session.tokens is not None
    refresh = client.session.tokens.refresh
    lost = call("POST", "/tokens", json={"refresh": refresh})
    assert lost.status_code == 200
    again = call("POST", "/tokens", json={"refresh": refresh})
    assert again.status_code == 200
    used = call("GET", "/records", headers={"authorization": f"Bearer {again.json()['access']}"})
    assert used.status_code == 200
    assert call("POST", "/tokens", json={"refresh": refresh}).json()["code"] == "token-revoked"


def test_a_revoked_device_is_shut_out_and_its_queue_is_told_why(centre: RunningCentre, client: Client) -> None:
    centre.centre.gate.revoke("d-1")
    with pytest.raises(Exception) as error:
        client.records()
    assert getattr(error.value, "code", "") == "token-revoked"


def test_an_auditor_reads_and_never_writes(centre: RunningCentre, key: DeviceKey) -> None:
    auditor = centre.client(DeviceKey.generate(), device_id="d-audit", role=Role.AUDITOR)
    assert auditor.records() == []
    with pytest.raises(Exception) as error:
        auditor.send_lines([wire_line(sealed_record(key)).encode()])
    assert getattr(error.value, "code", "") == "forbidden"
    auditor.close()


def test_what_matters_is_in_the_audit_log(centre: RunningCentre, client: Client) -> None:
    from sync.server.database import trail

    centre.centre.gate.revoke("d-1")
    what = [e["what"] for e in centre.centre.storage.read(trail.entries)]
    assert set(what) >= {"code-made", "device-registered", "device-revoked"}


# --- bodies ---------------------------------------------------------------------------------------------------------


def test_zstd_gzip_and_plain_bodies_are_all_read(call: Call, key: DeviceKey) -> None:
    bodies: dict[str, Callable[[bytes], bytes]] = {
        "zstd": zstandard.ZstdCompressor().compress,
        "zstd of a size that is not told": zstandard.ZstdCompressor(write_content_size=False).compress,
        "gzip": gzip.compress,
        "identity": bytes,
    }
    for number, (named, compress) in enumerate(bodies.items()):
        encoding = named.split()[0]
        line = wire_line(sealed_record(key, f"rev-{number}", record_id=f"r-{number}")).encode()
        answer = call("POST", "/records:batch", data=compress(line), headers={"content-encoding": encoding})
        assert answer.json()["status"] == 201


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        pytest.param("zstd", zstandard.ZstdCompressor().compress, id="zstd"),
        pytest.param("zstd", zstandard.ZstdCompressor(write_content_size=False).compress, id="zstd, size not told"),
        pytest.param("gzip", gzip.compress, id="gzip"),
    ],
)
def test_a_body_that_swells_is_stopped(
    encoding: str, compress: Callable[[bytes], bytes], tmp_path: Path, key: DeviceKey
) -> None:
    config = ServerConfig(tmp_path / "small", limits=Limits(line_bytes=100_000))
    data = compress(bytes(5_000_000))
    with running_centre(config) as running:
        client = running.client(key)
        assert client.session.tokens is not None
        headers = {"authorization": f"Bearer {client.session.tokens.access}", "content-encoding": encoding}
        url = f"{running.url}{BASE}/records:batch"
        assert requests.post(url, data=data, headers=headers, timeout=10).status_code == 413
        client.close()


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"content-encoding": "br"}, b"x", 415),
        ({"content-encoding": "gzip"}, b"no gzip", 400),
        ({"content-encoding": "gzip"}, gzip.compress(b"{}", mtime=0) + gzip.compress(b"{}", mtime=0), 400),
        ({"content-encoding": "zstd"}, zstandard.compress(b"{}") + zstandard.compress(b"{}"), 400),
        ({"content-encoding": "zstd"}, b"no zstd", 400),
        ({"content-encoding": "zstd"}, zstandard.ZstdCompressor().compress(bytes(range(256)))[:-3], 400),
        ({"content-digest": content_digest(b"other")}, b"x", 422),
        ({}, b"", 400),
        ({}, b"\n" * 5, 400),
    ],
)
def test_a_body_that_is_not_what_it_says_is_refused(
    call: Call, headers: dict[str, str], body: bytes, status: int
) -> None:
    assert call("POST", "/records:batch", data=body, headers=headers).status_code == status


def test_lines_of_rubbish_get_a_result_each_and_the_good_one_is_filed(call: Call, key: DeviceKey) -> None:
    good = wire_line(sealed_record(key)).encode()
    rubbish = [b"{}", b"[]", b"null", b'{"e": 1}', b"\xff\xfe", b'{"e":"{}","sig":"00","key_id":"k"}', b"x" * 1000]
    answer = call("POST", "/records:batch", data=b"\n".join([*rubbish, good]))
    statuses = [__import__("json").loads(line)["status"] for line in answer.text.splitlines()]
    assert statuses == [422] * len(rubbish) + [201]


def test_a_changed_byte_is_noticed_by_the_signature(call: Call, key: DeviceKey) -> None:
    line = wire_line(sealed_record(key)).replace("FA-B01", "FA-B09").encode()
    members = call("POST", "/records:batch", data=line).json()
    assert (members["status"], members["code"]) in ((422, "invalid"), (422, "bad-signature"))


def test_a_hundred_and_one_lines_are_too_many(call: Call) -> None:
    assert call("POST", "/records:batch", data=b"{}\n" * 101).status_code == 413


def test_random_bytes_never_make_a_fault(call: Call) -> None:
    rng = random.Random(7)
    paths = ("/records:batch", "/blobs:missing", "/devices", "/tokens", "/anchors", "/reviews:batch")
    for _ in range(120):
        body = rng.choice(
            (rng.randbytes(rng.randrange(200)), b'{"blobs":[{}]}', b'{"seq":-1,"head":5}', b"[1]", b'"x"')
        )
        answer = call("POST", rng.choice(paths), data=body)
        assert answer.status_code < 500


def test_a_nul_is_refused_before_a_database_sees_it(call: Call, key: DeviceKey) -> None:
    """SQLite would take it, PostgreSQL would not."""
    line = wire_line(sealed_record(key)).encode().replace(key.key_id.encode(), key.key_id[:-6].encode() + b"\\u0000")
    answer = call("POST", "/records:batch", data=line)
    assert (answer.status_code, answer.json()["code"]) == (200, "invalid")
    assert call("POST", "/tokens", data=b'{"refresh":"\\u0000"}').status_code == 400
    assert call("GET", "/records/%00").status_code == 400


# --- files ----------------------------------------------------------------------------------------------------------


def patch(call: Call, data: bytes, offset: int, length: int, sha256: str) -> requests.Response:
    return call(
        "PATCH", f"/blobs/{sha256}", data=data, headers={"upload-offset": str(offset), "upload-length": str(length)}
    )


def test_a_file_arrives_in_pieces_and_the_centre_always_says_where_it_stands(call: Call) -> None:
    data = photo(1, 10_000)
    sha256 = digest(data)
    assert patch(call, data[:4000], 0, 10_000, sha256).status_code == 202
    head = call("HEAD", f"/blobs/{sha256}")
    assert (head.headers["upload-offset"], head.headers["upload-complete"]) == ("4000", "?0")
    wrong = patch(call, data, 0, 10_000, sha256)
    assert (wrong.status_code, wrong.headers["upload-offset"]) == (409, "4000")
    assert patch(call, data[4000:], 4000, 10_000, sha256).status_code == 201
    assert patch(call, data, 0, 10_000, sha256).status_code == 200
    assert call("GET", f"/blobs/{sha256}", headers={"range": "bytes=9990-"}).content == data[9990:]


def test_a_file_that_is_not_its_hash_is_thrown_away(call: Call) -> None:
    assert patch(call, b"x" * 10, 0, 10, HASH).status_code == 422
    assert call("HEAD", f"/blobs/{HASH}").headers["upload-offset"] == "0"


def test_an_empty_file_is_a_file(call: Call) -> None:
    assert patch(call, b"", 0, 0, digest(b"")).status_code == 201


@pytest.mark.parametrize(
    ("sha256", "headers", "status"),
    [
        (HASH, {}, 400),
        (HASH, {"upload-offset": "0", "upload-length": "x"}, 422),
        (HASH, {"upload-offset": "-1", "upload-length": "5"}, 422),
        (HASH, {"upload-offset": "0", "upload-length": "999999999999"}, 413),
        ("../../etc/passwd", {"upload-offset": "0", "upload-length": "1"}, 404),
        (HASH.upper(), {"upload-offset": "0", "upload-length": "1"}, 404),
    ],
)
def test_a_part_must_say_where_and_how_long(call: Call, sha256: str, headers: dict[str, str], status: int) -> None:
    assert call("PATCH", f"/blobs/{sha256}", data=b"x", headers=headers).status_code in (status, 404)


def test_more_than_was_announced_is_refused(call: Call) -> None:
    assert patch(call, b"x" * 20, 0, 10, HASH).status_code == 413


def test_offsets_are_told_to_their_own_device_only(call: Call, centre: RunningCentre) -> None:
    patch(call, b"x" * 10, 0, 20, HASH)
    other = centre.client(DeviceKey.generate(), device_id="d-2")
    assert [m.offset for m in other.missing_blobs([(HASH, 20)])] == [0]
    other.close()


# --- keepers --------------------------------------------------------------------------------------------------------


def test_the_openapi_document_names_every_route_and_code(call: Call) -> None:
    document = call("GET", "/openapi.json").json()
    assert f"{BASE}/records:batch" in document["paths"]
    assert sum(len(operations) for operations in document["paths"].values()) == len(ROUTES)
    assert "conflict" in document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]


def test_prometheus_reads_counts(call: Call, centre: RunningCentre, key: DeviceKey) -> None:
    call("POST", "/records:batch", data=wire_line(sealed_record(key)).encode())
    text = requests.get(f"{centre.url}/metrics", timeout=10).text
    assert 'inspector_calls_total{handler="records.batch",status="200"} 1' in text
    assert "inspector_revisions_accepted 1" in text


def test_a_device_that_calls_too_often_is_asked_to_come_later(tmp_path: Path, key: DeviceKey) -> None:
    config = ServerConfig(tmp_path / "busy", calls=Rate(per_second=0.5, burst=3))
    with running_centre(config) as running:
        client = running.client(key)
        for _ in range(3):
            client.records()
        with pytest.raises(Exception) as error:
            client.records()
        assert getattr(error.value, "code", "") == "rate-limited"
        assert getattr(error.value, "retry_after", 0) >= 1
        client.close()


def test_codes_cannot_be_guessed_by_trying(tmp_path: Path, key: DeviceKey) -> None:
    config = ServerConfig(tmp_path / "guess", registrations=Rate(per_second=0.01, burst=2))
    with running_centre(config) as running:
        answers = [requests.post(f"{running.url}{BASE}/devices", json={}, timeout=10).status_code for _ in range(4)]
    assert answers == [422, 422, 429, 429]
