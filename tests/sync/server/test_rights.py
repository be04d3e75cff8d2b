"""Who may do what: each role in its own province and in another, over real HTTP, and each audience to each reader."""

from __future__ import annotations

import functools
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest

from checklists.crypto import DeviceKey
from checklists.model import Audience, SectionResult, Words
from checklists.sealing import digest, parse_wire_line, seal, wire_line
from sync.client import Client
from sync.errors import SyncError
from sync.protocol import Review, ReviewComment, ReviewKind, Role
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.server.database import trail
from tests.support import store_builders
from tests.support.sync_outbox import photo, sealed_record
from tests.support.sync_server import CentreProcess, RunningCentre

HOME, AWAY = "11", "12"
AT = "2026-11-23T09:00:00.000+07:00"
NOTHING = digest(b"")
AUTHOR = DeviceKey.from_seed(b"\1" * 32)
PHOTOS = {audience: photo(number, 200) for number, audience in enumerate(Audience)}
MARKS = {audience: f"marker-{audience}" for audience in Audience}


class World(RunningCentre):
    """A centre as a process for all tests here; one registered client for each role and province."""

    def of(self, role: Role, scope: str) -> Client:
        if (role, scope) not in self.clients:
            client = self.client(key_of(role, scope), device_id=f"{role}-{scope}", role=role, scope=scope)
            self.clients[role, scope] = client
        return self.clients[role, scope]

    @functools.cached_property
    def clients(self) -> dict[tuple[Role, str], Client]:
        return {}


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A centre with one record of province 11 that has an item and a photo of each audience."""
    data = tmp_path_factory.mktemp("centre")
    with CentreProcess(data) as process, closing(Centre.open(ServerConfig(data))) as beside:
        world = World(process.url, process.port, beside)
        _file_the_record(world)
        yield world
        for client in world.clients.values():
            client.close()


def _file_the_record(centre: World) -> None:
    author = centre.client(AUTHOR, scope=HOME)
    items = tuple(
        store_builders.item(f"X-{audience}", audience=audience, note=MARKS[audience]) for audience in Audience
    )
    sections = (SectionResult("A", Words("หมวด"), items),)
    attachments = [
        store_builders.attachment(
            f"a-{audience}", sha256=digest(data), size=len(data), name=f"{audience}.jpg", item_id=f"X-{audience}",
            audience=audience,
        )
        for audience, data in PHOTOS.items()
    ]  # fmt: skip
    envelope = store_builders.envelope(
        device_id="d-1", sections=sections, findings=(), measurements=(), reason="แก้ตามคำบอกของผู้ร้อง"
    )
    envelope["attachments"] = [json.loads(json.dumps(a.to_json())) for a in attachments]
    line = wire_line(seal(envelope, AUTHOR)).encode()
    assert author.send_line("r-1", "rev-1", line).status == 202
    for data in PHOTOS.values():
        author.send_part(digest(data), data, offset=0, length=len(data))
    assert author.send_line("r-1", "rev-1", line).status == 200
    author.close()


def key_of(role: Role, scope: str) -> DeviceKey:
    return DeviceKey.from_seed(bytes([20 + list(Role).index(role)]) * 31 + scope.encode()[-1:])


def code_of(step: object) -> str:
    try:
        step()  # type: ignore[operator]  # a call without arguments
    except SyncError as error:
        return error.code
    return ""


def own_record(role: Role, scope: str) -> tuple[str, bytes]:
    sealed = sealed_record(key_of(role, scope), f"rev-{role}", record_id=f"r-{role}", device_id=f"{role}-{scope}")
    return f"rev-{role}", wire_line(sealed).encode()


@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.INSPECTOR, True), (Role.SUPERVISOR, True), (Role.OFFICE, True), (Role.CENTRE, True), (Role.AUDITOR, False),
     (Role.RELAY, True)],
    ids=lambda value: str(value),
)  # fmt: skip
def test_who_sends_records(role: Role, may: bool, centre: World) -> None:
    client = centre.of(role, HOME)
    revision_id, line = own_record(role, HOME)
    assert code_of(lambda: client.send_line(f"r-{role}", revision_id, line)) == ("" if may else "forbidden")


@pytest.mark.parametrize(
    ("role", "scope", "outcome"),
    [
        (Role.INSPECTOR, HOME, "forbidden"),
        (Role.AUDITOR, HOME, "forbidden"),
        (Role.AUDITOR, "00", "forbidden"),
        (Role.RELAY, HOME, "forbidden"),
        (Role.SUPERVISOR, HOME, "created"),
        (Role.SUPERVISOR, AWAY, "unknown-base"),
        (Role.OFFICE, HOME, "created"),
        (Role.OFFICE, AWAY, "unknown-base"),
        (Role.CENTRE, "00", "created"),
        (Role.CENTRE, AWAY, "unknown-base"),
    ],
    ids=lambda value: str(value),
)
def test_who_reviews_what(role: Role, scope: str, outcome: str, centre: World) -> None:
    comments = (ReviewComment("X-factory", "โปรดแก้ไข"),)
    review = Review(f"v-{role}-{scope}", "r-1", "rev-1", ReviewKind.RETURN, AT, "หัวหน้า", comments)
    client = centre.of(role, scope)
    told: list[str] = []
    refused = code_of(lambda: told.extend(r.code for r in client.send_reviews([review])))
    assert (refused or told[0]) == outcome


@pytest.mark.parametrize(
    ("role", "read"),
    [
        (Role.INSPECTOR, ["factory", "public", ""]),
        (Role.SUPERVISOR, ["factory", "office", "public", "restricted", "no-such", ""]),
        (Role.OFFICE, ["factory", "office", "public", ""]),
        (Role.CENTRE, ["factory", "office", "public", "restricted", "no-such", ""]),
        (Role.AUDITOR, ["factory", "office", "public", ""]),
    ],
    ids=lambda value: str(value) if isinstance(value, Role) else "",
)
def test_a_comment_is_read_by_whom_its_item_is_read(role: Role, read: list[str], centre: World) -> None:
    """The province's other laptops get the event, and of its comments what the factory's extract shows."""
    items = ["factory", "office", "public", "restricted", "no-such", ""]
    comments = tuple(ReviewComment(f"X-{item}" if item else "", f"เรื่อง {item}") for item in items)
    review = Review(f"v-all-{role}", "r-1", "rev-1", ReviewKind.RETURN, AT, "หัวหน้า", comments)
    (result,) = centre.of(Role.SUPERVISOR, HOME).send_reviews([review])
    assert result.code == "created"
    body = review_read(centre.of(role, HOME), review.review_id)
    assert [c["text"].removeprefix("เรื่อง ") for c in body["comments"]] == read
    assert "guard" not in body
    author = centre.client(AUTHOR, scope=HOME)
    assert len(review_read(author, review.review_id)["comments"]) == len(items)
    author.close()


def review_read(client: Client, review_id: str) -> Mapping[str, Any]:
    (row,) = [row for row in client.changes("", ["reviews"], limit=1000).rows if row.id == review_id]
    assert row.body is not None
    return row.body


@pytest.mark.parametrize(
    ("role", "scope", "sees"),
    [
        (Role.INSPECTOR, HOME, {Audience.PUBLIC, Audience.FACTORY}),
        (Role.RELAY, HOME, {Audience.PUBLIC, Audience.FACTORY}),
        (Role.OFFICE, HOME, {Audience.PUBLIC, Audience.FACTORY, Audience.OFFICE}),
        (Role.AUDITOR, HOME, {Audience.PUBLIC, Audience.FACTORY, Audience.OFFICE}),
        (Role.SUPERVISOR, HOME, set(Audience)),
        (Role.CENTRE, HOME, set(Audience)),
    ],
    ids=lambda value: str(value) if not isinstance(value, set) else str(len(value)),
)
def test_what_each_reader_of_the_province_sees_of_another_ones_record(
    role: Role, scope: str, sees: set[Audience], centre: World
) -> None:
    client = centre.of(role, scope)
    told = json.dumps(client.record("r-1"), ensure_ascii=False)
    assert {audience for audience in Audience if MARKS[audience] in told} == sees
    assert ("ผู้ร้อง" in told) == (Audience.RESTRICTED in sees)
    readable = {a for a, data in PHOTOS.items() if not code_of(lambda data=data: _fetch(client, data))}
    assert readable == sees
    history = json.dumps([row.body for row in client.changes("", ["inspections"]).rows], ensure_ascii=False)
    assert MARKS[Audience.RESTRICTED] not in history
    assert "X-office" not in history


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.INSPECTOR], ids=str)
def test_who_reads_anothers_restricted_matter_stands_in_the_audit_log(role: Role, centre: World) -> None:
    client = centre.of(role, HOME)
    before = _readings(centre, client)
    client.record("r-1")
    for data in PHOTOS.values():
        code_of(lambda data=data: _fetch(client, data))
    code_of(lambda: client.fetch_thumbnail(digest(PHOTOS[Audience.RESTRICTED]), io.BytesIO()))
    sees = role in (Role.SUPERVISOR, Role.CENTRE)
    assert _readings(centre, client) - before == Counter({"file-read": 2, "record-read": 1} if sees else {})


def test_an_authors_own_reading_is_nobodys_business(centre: World) -> None:
    with closing(centre.client(AUTHOR, scope=HOME)) as client:
        client.record("r-1")
        _fetch(client, PHOTOS[Audience.RESTRICTED])
        assert _readings(centre, client) == Counter()


def _readings(centre: World, client: Client) -> Counter[str]:
    """Return how often what was noted of one device's reading."""
    entries = centre.centre.storage.read(functools.partial(trail.entries, limit=1000))
    mine = [e for e in entries if e["device_id"] == client.session.device_id]
    return Counter(str(e["what"]) for e in mine if str(e["what"]).endswith("-read"))


def _fetch(client: Client, data: bytes) -> None:
    sink = io.BytesIO()
    client.fetch_blob(digest(data), sink)
    assert sink.getvalue() == data


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_another_province_is_closed_to_everybody_who_is_not_of_the_whole_country(role: Role, centre: World) -> None:
    client = centre.of(role, AWAY)
    assert code_of(lambda: client.record("r-1")) == "not-found"
    assert code_of(lambda: _fetch(client, PHOTOS[Audience.PUBLIC])) == "not-found"
    assert client.records() == []
    assert client.changes("", ["inspections"]).rows == ()
    asked = code_of(lambda: client._call("GET", f"/records?scope={HOME}"))
    assert asked == "forbidden"


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.CENTRE, True),
        (Role.AUDITOR, True),
        (Role.SUPERVISOR, False),
        (Role.OFFICE, False),
        (Role.INSPECTOR, False),
    ],
    ids=lambda value: str(value),
)
def test_who_looks_into_all_provinces(role: Role, may: bool, centre: World) -> None:
    client = centre.of(role, "00")
    refused = code_of(lambda: client._call("GET", f"/records?scope={HOME}"))
    assert refused == ("" if may else "forbidden")


@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.OFFICE, True), (Role.CENTRE, True), (Role.RELAY, True), (Role.SUPERVISOR, False), (Role.INSPECTOR, False),
     (Role.AUDITOR, False)],
    ids=lambda value: str(value),
)  # fmt: skip
def test_who_hands_over_the_lines_and_sticks_of_others(role: Role, may: bool, centre: World) -> None:
    name = f"carried-{role}"
    line = wire_line(sealed_record(AUTHOR, name, record_id=name)).encode()
    client = centre.of(role, HOME)
    told: list[str] = []
    refused = code_of(lambda: told.append(client.send_line(name, name, line).code))
    assert (refused or told[0]) == ("created" if may else "forbidden" if role is Role.AUDITOR else "not-assigned")
    assert code_of(lambda: client.send_bundle(NOTHING, b"", offset=0, length=0)) == ("invalid" if may else "forbidden")


def test_an_author_reads_the_own_record_whole(centre: World) -> None:
    with closing(centre.client(AUTHOR, scope=HOME)) as client:
        (revision,) = client.record("r-1")["revisions"]
        assert MARKS[Audience.RESTRICTED] in parse_wire_line(revision["line"]).envelope.decode()
