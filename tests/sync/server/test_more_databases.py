"""People, phones and the ministry's queue keep their promises on both databases, under races too."""

from __future__ import annotations

import io
import random
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from checklists import loading
from checklists.crypto import DeviceKey
from checklists.sealing import digest, wire_line
from sync.protocol import Registration, Role, registration_message
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.server.ministry.adapter import Ministry, MinistryConfig
from sync.server.ministry.queue import MinistryQueue
from sync.server.openrosa import app_users
from sync.server.openrosa.intake import Part, RefusedSubmissionError, take
from sync.server.openrosa.phone_form import for_phone
from sync.server.people.auth import Caller
from sync.server.people.users import SubjectTakenError
from sync.server.problems import ProblemError
from sync.server.publishing import publish_form
from tests.support import store_builders, sync_postgres
from tests.support.sync_outbox import photo, sealed_record
from tests.support.sync_phone import FORM, filled

HEAVY = [pytest.param(name, marks=pytest.mark.heavy) for name in ("read-committed", "serializable")]
ID = "0b9d7c2e-1111-4a52-9d3b-000000000001"


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    if lacking := sync_postgres.missing():
        pytest.skip(f"not run: needs {lacking}")
    with sync_postgres.cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", *HEAVY])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Centre]:
    database = ""
    if request.param != "sqlite":
        name, serializable = f"centre_{uuid.uuid4().hex}", request.param == "serializable"
        database = sync_postgres.fresh_database(request.getfixturevalue("cluster"), name, serializable=serializable)
    opened = Centre.open(ServerConfig(tmp_path / "centre", database))
    yield opened
    opened.close()


@pytest.fixture
def phone(centre: Centre) -> Caller:
    user = centre.users.add("สมศรี", Role.INSPECTOR, "11")
    made = app_users.add(centre.storage, user, centre.key, clock=centre.config.clock)
    definition = loading.bundled(FORM)
    pin = next(pin for pin in loading.bundled_ids() if pin.form_id == FORM)
    publish_form(centre, pin, definition.xml)
    return centre.gate.phone(made.token)


def test_eight_equal_submissions_at_once_are_one_record(centre: Centre, phone: Caller) -> None:
    data = photo(1, 20_000)
    xml = filled(for_phone(loading.bundled(FORM).xml), ID, {}, photos=[("CO-A03", "a.jpg")])

    def send(_number: int) -> str:
        part = Part("a.jpg", "image/jpeg", io.BytesIO(data))
        return take(centre.phones, phone, xml, [part], more_follows=False).message

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(send, range(8)))
    assert len(told) == 8
    (revision,) = centre.records.record("11", f"uuid:{ID}")
    assert revision["state"] == "accepted"
    assert centre.blobs.path(digest(data)).read_bytes() == data


def test_two_submissions_with_one_id_at_once_are_one_record_and_one_refusal(centre: Centre, phone: Caller) -> None:
    form = for_phone(loading.bundled(FORM).xml)
    both = [filled(form, ID, {"visit/site_name": name}) for name in ("ก", "ข")]

    def send(xml: bytes) -> int:
        try:
            take(centre.phones, phone, xml, [], more_follows=False)
        except RefusedSubmissionError as error:
            return error.status
        return 201

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, both)) == [201, 409]
    assert len(centre.records.record("11", f"uuid:{ID}")) == 1


def test_one_subject_is_one_person_also_when_added_twice_at_once(centre: Centre) -> None:
    def add(name: str) -> bool:
        try:
            centre.users.add(name, Role.INSPECTOR, "11", issuer="https://id.example", subject="s-1")
        except SubjectTakenError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(add, ("ก", "ข"))) == [False, True]
    assert len(centre.users.all()) == 1


def test_a_change_of_a_person_counts_with_the_next_call(centre: Centre, phone: Caller) -> None:
    user = centre.users.all()[0]
    centre.users.change(user.user_id, role=Role.AUDITOR, scope="12")
    made = app_users.add(centre.storage, centre.users.get(user.user_id), centre.key, clock=centre.config.clock)
    assert centre.gate.phone(made.token).scope == "12"
    centre.users.disable(user.user_id)
    with pytest.raises(ProblemError):
        centre.gate.phone(made.token)
    assert all(device.revoked_at for device in centre.gate.devices())
    assert phone.device_id in {device.device_id for device in centre.gate.devices()}


def test_two_runs_of_the_ministrys_queue_at_once_send_each_record_once(centre: Centre) -> None:
    key = DeviceKey.from_seed(b"\1" * 32)
    code = centre.make_code(scope="11")
    proof = key.sign(registration_message(code, "d-1", key.key_id)).hex()
    centre.gate.register(Registration(code, "d-1", key.key_id, key.public_bytes.hex(), proof))
    visit = store_builders.real_visit()
    sealed = [sealed_record(key, f"rev-{n}", record_id=f"r-{n}", files=(), visit=visit) for n in range(12)]
    lines = [wire_line(one).encode() for one in sealed]
    centre.records.file_lines(Caller("d-1", "", Role.INSPECTOR, "11"), lines, lambda _sha256: 0)
    sent: list[bytes] = []

    def post(_url: str, _headers: object, body: bytes) -> tuple[int, bytes]:
        sent.append(body)
        return 201, b""

    ministry = Ministry(MinistryConfig("https://ministry.example", "ref", {}), post)
    queues = [MinistryQueue(centre.storage, clock=centre.config.clock, jitter=random.Random(n)) for n in range(2)]
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda queue: queue.run(ministry), queues))
    assert (sum(run.taken for run in runs), len(sent), len(set(sent))) == (12, 12, 12)
