"""The centre keeps its promises on SQLite, on PostgreSQL and on PostgreSQL at SERIALIZABLE, under races too.

SERIALIZABLE stands in for the distributed engines of docs/scale.md. Without PostgreSQL its cases are named as not run.
"""

from __future__ import annotations

import functools
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection

from checklists.crypto import DeviceKey
from checklists.sealing import Sealed, digest, wire_line
from sync.protocol import Anchor, FeedRow, LineResult, Registration, Role, registration_message
from sync.server import feed
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.server.database import tables, trail
from sync.server.identity import receipt_keys
from sync.server.people.auth import Caller
from sync.server.problems import ProblemError
from tests.support import sync_postgres
from tests.support.sync_outbox import photo, sealed_record

KEY = DeviceKey.from_seed(b"\1" * 32)
CALLER = Caller("d-1", "", Role.INSPECTOR, "00")
HEAVY = [pytest.param(name, marks=pytest.mark.heavy) for name in ("read-committed", "serializable")]


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    lacking = sync_postgres.missing()
    if lacking:
        pytest.skip(f"not run: needs {lacking}")
    with sync_postgres.cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", *HEAVY])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Centre]:
    database = ""
    if request.param != "sqlite":
        cluster_url = request.getfixturevalue("cluster")
        name = f"centre_{uuid.uuid4().hex}"
        database = sync_postgres.fresh_database(cluster_url, name, serializable=request.param == "serializable")
    opened = Centre.open(ServerConfig(tmp_path / "centre", database))
    code = opened.make_code(scope="00")
    proof = KEY.sign(registration_message(code, "d-1", KEY.key_id)).hex()
    opened.gate.register(Registration(code, "d-1", KEY.key_id, KEY.public_bytes.hex(), proof))
    yield opened
    opened.close()


def send(centre: Centre, *sealed: Sealed) -> tuple[LineResult, ...]:
    return centre.records.file_lines(CALLER, [wire_line(s).encode() for s in sealed], lambda _hash: 0)


def at_once(steps: Sequence[Callable[[], LineResult]]) -> list[LineResult]:
    """Run steps in threads that start together."""
    gate = threading.Barrier(len(steps))

    def run(step: Callable[[], LineResult]) -> LineResult:
        gate.wait(10)
        return step()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def states(centre: Centre, record_id: str = "r-1") -> list[str]:
    return sorted(r["state"] for r in centre.records.record("00", record_id))


def test_six_edits_of_one_base_at_once_give_one_head_and_five_conflicts(centre: Centre) -> None:
    send(centre, sealed_record(KEY, "rev-0"))
    edits = [sealed_record(KEY, f"rev-{n}", base="rev-0") for n in range(1, 7)]
    results = at_once([lambda s=s: send(centre, s)[0] for s in edits])  # type: ignore[misc]  # a default binds s
    assert sorted(r.status for r in results) == [201, 409, 409, 409, 409, 409]
    assert states(centre) == ["accepted", "accepted", *["conflict"] * 5]
    assert sum(r["head"] for r in centre.records.record("00", "r-1")) == 1
    assert [send(centre, s)[0].code for s in edits].count("conflict") == 5


def test_eight_equal_lines_at_once_are_one_revision_with_one_receipt(centre: Centre) -> None:
    sealed = sealed_record(KEY)
    results = at_once([lambda: send(centre, sealed)[0]] * 8)
    assert sorted(r.status for r in results) == [200] * 7 + [201]
    assert len({(r.receipt or {})["receipt_id"] for r in results}) == 1
    assert states(centre) == ["accepted"]


def test_two_first_revisions_of_one_record_at_once_are_one_head_and_one_conflict(centre: Centre) -> None:
    both = [sealed_record(KEY, f"rev-{n}") for n in range(2)]
    results = at_once([lambda s=s: send(centre, s)[0] for s in both])  # type: ignore[misc]  # a default binds s
    assert sorted(r.status for r in results) == [201, 409]


def test_a_reader_never_misses_a_row_while_eight_writers_commit(centre: Centre) -> None:
    """The race that loses a fifth of the rows with serial numbers or timestamps."""
    writers, each = 8, 12
    done = threading.Event()

    def write(writer: int) -> None:
        for n in range(each):
            row = FeedRow("assignments", f"{writer}-{n}", 0)
            centre.storage.write(lambda c, row=row: feed.publish(c, "00", [row], "2026"))  # type: ignore[misc]  # binds row

    def look(cursor: feed.Cursor, connection: Connection) -> feed.Page:
        return feed.read(connection, cursor, ["00"], ["assignments"], 1000)

    def read() -> set[str]:
        seen: set[str] = set()
        cursor = feed.Cursor(centre.server_id, {})
        last_look = False
        while True:
            last_look = done.is_set()
            page = centre.storage.read(functools.partial(look, cursor))
            seen |= {row.id for row in page.rows}
            cursor = page.cursor
            if last_look and not page.rows:
                return seen

    with ThreadPoolExecutor(writers + 1) as pool:
        reader = pool.submit(read)
        list(pool.map(write, range(writers)))
        done.set()
        seen = reader.result(60)
    assert len(seen) == writers * each


def test_numbers_are_without_gaps_and_in_commit_order(centre: Centre) -> None:
    at_once([lambda n=n: send(centre, sealed_record(KEY, f"rev-{n}", record_id=f"r-{n}"))[0] for n in range(6)])  # type: ignore[misc]  # a default binds n
    assert [r["seq"] for r in centre.records.listing("00", after=0, limit=10)] == [1, 2, 3, 4, 5, 6]


def test_the_last_file_completes_every_record_that_waits_for_it(centre: Centre) -> None:
    data = photo(1, 100)
    first, second = (sealed_record(KEY, f"rev-{n}", record_id=f"r-{n}", files=[data]) for n in range(2))
    assert [r.status for r in send(centre, first, second)] == [202, 202]
    assert centre.records.listing("00", after=0, limit=10) == []
    completed = centre.records.add_blob("00", digest(data), len(data))
    assert [(r.status, r.receipt is not None) for r in completed] == [(201, True)] * 2
    assert [r.status for r in send(centre, first, second)] == [200, 200]


def test_a_receipt_is_synced_and_a_note_of_a_file_need_not_be(centre: Centre) -> None:
    """What a power cut may take back is asked for again; the next durable commit makes it durable too."""
    asked = {"sqlite": "pragma synchronous", "postgresql": "show synchronous_commit"}

    def look(connection: Connection) -> str:
        return str(connection.exec_driver_sql(asked[connection.dialect.name]).scalar())

    before, unsynced = centre.storage.write(look), centre.storage.write(look, durable=False)
    assert (before, unsynced) in (("2", "1"), ("on", "off"))
    assert centre.storage.write(look) == before


def test_two_last_files_at_once_leave_nothing_pending(centre: Centre) -> None:
    files = [photo(n, 100) for n in range(2)]
    sealed = sealed_record(KEY, files=files)
    assert send(centre, sealed)[0].status == 202

    def add(data: bytes) -> LineResult:
        found = centre.records.add_blob("00", digest(data), len(data))
        return found[0] if found else LineResult("", 202, "pending")

    at_once([lambda d=d: add(d) for d in files])  # type: ignore[misc]  # a default binds d
    assert send(centre, sealed)[0].status == 200


def test_a_whole_chain_in_one_batch_has_one_head(centre: Centre) -> None:
    chain = [sealed_record(KEY, f"rev-{n}", base=f"rev-{n - 1}" if n else None) for n in range(3)]
    assert [r.status for r in send(centre, *chain)] == [201, 201, 201]
    assert [r["head"] for r in centre.records.record("00", "r-1")] == [False, False, True]


def test_the_same_id_with_other_bytes_is_refused_for_ever(centre: Centre) -> None:
    send(centre, sealed_record(KEY))
    other = sealed_record(KEY, reason="แก้ไข")
    assert [r.code for r in (*send(centre, other), *send(centre, other))] == ["revision-reused"] * 2


def test_a_child_before_its_parent_waits_and_is_not_kept(centre: Centre) -> None:
    child = sealed_record(KEY, "rev-1", base="rev-0")
    assert send(centre, child)[0].code == "unknown-base"
    send(centre, sealed_record(KEY, "rev-0"))
    assert send(centre, child)[0].status == 201


def test_a_merge_closes_a_conflict_and_the_decision_stays(centre: Centre) -> None:
    send(centre, sealed_record(KEY, "rev-0"), sealed_record(KEY, "rev-1", base="rev-0"))
    branch = sealed_record(KEY, "rev-2", base="rev-0")
    assert send(centre, branch)[0].code == "conflict"
    merge = sealed_record(KEY, "rev-3", base="rev-1", merges=["rev-2"])
    assert send(centre, merge)[0].status == 201
    assert send(centre, branch)[0].code == "conflict"
    row = next(
        r for r in centre.storage.read(lambda c: c.execute(tables.revisions.select()).all()) if r.revision_id == "rev-2"
    )
    assert row.merged_by == "rev-3"


def test_an_addendum_adds_and_does_not_contend_for_the_head(centre: Centre) -> None:
    send(centre, sealed_record(KEY, "rev-0"))
    assert send(centre, sealed_record(KEY, "add-1", base="rev-0", op="addendum"))[0].status == 201
    assert send(centre, sealed_record(KEY, "rev-1", base="rev-0"))[0].status == 201


def test_the_same_audit_head_again_is_fine_and_another_is_evidence(centre: Centre) -> None:
    def leave(seq: int, head: str) -> tuple[int, str]:
        newest = centre.anchors.take(CALLER, Anchor("d-1", seq, head).signed(KEY))
        assert newest.stands(receipt_keys(centre.storage))
        assert newest.server_id == centre.server_id
        return newest.seq, newest.head

    assert leave(7, "ab" * 32) == (7, "ab" * 32)
    assert leave(7, "ab" * 32) == (7, "ab" * 32)
    with pytest.raises(ProblemError, match="anchor-differs"):
        leave(7, "cd" * 32)
    assert centre.storage.read(trail.entries)[0]["what"] == "anchor-differs"
    assert leave(5, "ef" * 32) == (7, "ab" * 32)  # a laptop restored from an old copy


def test_opening_again_keeps_identity_and_records(centre: Centre) -> None:
    send(centre, sealed_record(KEY))
    again = Centre.open(centre.config)
    assert again.server_id == centre.server_id
    assert states(again) == ["accepted"]
    again.close()
