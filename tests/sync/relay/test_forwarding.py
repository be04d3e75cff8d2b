"""What a relay does with what it holds: urgent first, the heavy part at night, the centre's word back to the laptop."""

from __future__ import annotations

from pathlib import Path

import pytest

from checklists.clock import stamp
from checklists.model import VisitKind
from checklists.sealing import Sealed, wire_line
from sync.client import Session
from sync.protocol import Code, LineResult, Role
from sync.relay import RelayConfig
from sync.relay.app import Desk
from sync.relay.pace import CappedTransport
from sync.relay.serving import NotARelayError, register
from sync.relay.status import read_status
from sync.server.people.auth import Caller
from sync.transport import Request, Response
from tests.support.clock import FrozenClock
from tests.support.store_builders import visit
from tests.support.sync_outbox import photo, sealed_record
from tests.support.sync_relay import key_of
from tests.support.sync_server import RunningCentre
from tests.sync.relay.conftest import DAY, NIGHT

LAPTOP = Caller("laptop-1", "", Role.INSPECTOR, "00")
KEY = key_of(1)


def record(name: str, *, files: list[bytes] | None = None, **more: object) -> Sealed:
    return sealed_record(KEY, f"rev-{name}", record_id=f"r-{name}", files=files or [], device_id="laptop-1", **more)


def take(desk: Desk, sealed: Sealed) -> LineResult:
    (result,) = desk.records.take(LAPTOP, [wire_line(sealed).encode()], lambda _sha256: 0)
    return result


def keep_file(desk: Desk, data: bytes, sha256: str) -> tuple[LineResult, ...]:
    with desk.blobs.open_part("laptop-1", sha256) as part:
        part.write(data)
    assert desk.blobs.keep("laptop-1", sha256)
    return desk.records.add_blob("00", sha256, len(data))


def handed_over(desk: Desk, name: str, **more: object) -> Sealed:
    """Hand over a record with one photo, whole."""
    data = photo(len(name), 60_000)
    sealed = record(name, files=[data], **more)
    (missing,) = take(desk, sealed).missing
    (result,) = keep_file(desk, data, missing.sha256)
    assert (result.status, result.code) == (202, Code.RELAYED)
    return sealed


def at_the_centre(centre: RunningCentre) -> set[str]:
    return {row["revision_id"] for row in centre.centre.records.listing("00", after=0, limit=100)}


def test_photos_of_ordinary_work_wait_for_the_night_and_urgent_work_does_not(
    desk: Desk, centre: RunningCentre, noon: FrozenClock
) -> None:
    handed_over(desk, "plain")
    handed_over(desk, "urgent", visit=visit(kind=VisitKind.ACCIDENT))
    take(desk, record("text"))
    desk.forwarder.turn()
    assert at_the_centre(centre) == {"rev-urgent", "rev-text"}
    assert centre.centre.records.counts()["revisions_pending"] == 1  # its text is there
    held = read_status(desk.storage).held
    assert (held.waiting, held.received) == (1, 2)
    noon.jump(13 * 3600)
    desk.forwarder.turn()
    assert at_the_centre(centre) == {"rev-urgent", "rev-text", "rev-plain"}


def test_the_status_says_when_the_centre_answered_what_it_received_and_what_is_wrong(
    desk: Desk, centre: RunningCentre, noon: FrozenClock
) -> None:
    take(desk, record("a"))
    desk.forwarder.turn()
    well = read_status(desk.storage)
    assert (well.contact, well.trouble, well.bundles) == (stamp(noon.now()), "", 0)
    assert well.last_received == centre.centre.records.listing("00", after=0, limit=1)[0]["received_at"]
    centre.centre.gate.revoke(desk.relay_id)
    noon.jump(2 * 3600)
    desk.forwarder.look_again()
    desk.forwarder.turn()
    ill = read_status(desk.storage)
    assert (ill.contact, ill.trouble) == (well.contact, "token-revoked")


def test_the_same_line_gets_the_centres_receipt_once_it_is_there(desk: Desk, centre: RunningCentre) -> None:
    sealed = record("a")
    first = take(desk, sealed)
    assert first.code == Code.RELAYED
    assert take(desk, sealed).receipt == first.receipt
    desk.forwarder.turn()
    told = take(desk, sealed)
    assert (told.status, told.code) == (200, Code.HAVE)
    assert told.receipt is not None
    assert told.receipt["server_id"] == centre.centre.server_id


def test_what_the_centre_refuses_or_keeps_beside_comes_back_to_the_laptop(
    desk: Desk, centre: RunningCentre, sessions: dict[int, Session]
) -> None:
    base = record("a")
    take(desk, base)
    desk.forwarder.turn()
    one = sealed_record(KEY, "rev-b", record_id="r-a", base="rev-a", device_id="laptop-1", reason="แก้ไข")
    two = sealed_record(KEY, "rev-c", record_id="r-a", base="rev-a", device_id="laptop-1", reason="อื่น")
    take(desk, one)
    desk.forwarder.turn()
    take(desk, two)
    desk.forwarder.turn()
    told = take(desk, two)
    assert (told.status, told.code, told.head) == (409, Code.CONFLICT, "rev-b")
    assert take(desk, record("a", reason="other bytes")).code == Code.REVISION_REUSED


def test_a_file_that_was_spoilt_here_is_asked_for_again_and_nothing_is_lost(
    desk: Desk, centre: RunningCentre, noon: FrozenClock
) -> None:
    noon.jump(13 * 3600)
    data = photo(4, 60_000)
    sealed = record("a", files=[data])
    (missing,) = take(desk, sealed).missing
    keep_file(desk, data, missing.sha256)
    desk.blobs.path(missing.sha256).write_bytes(b"x" * len(data))
    desk.forwarder.turn()
    assert read_status(desk.storage).held.parked == 1
    again = take(desk, sealed)
    assert (again.code, [m.sha256 for m in again.missing]) == (Code.PENDING, [missing.sha256])
    keep_file(desk, data, missing.sha256)
    desk.forwarder.turn()
    assert at_the_centre(centre) == {"rev-a"}


def test_a_laptop_that_the_centre_does_not_know_or_shut_out_hands_over_nothing(
    desk: Desk, centre: RunningCentre
) -> None:
    stranger = sealed_record(key_of(9), "rev-x", record_id="r-x", device_id="laptop-9")
    assert take(desk, stranger).code == Code.UNKNOWN_KEY
    assert (
        take(desk, sealed_record(key_of(2), "rev-y", record_id="r-y", device_id="laptop-2")).code == Code.NOT_ASSIGNED
    )
    centre.centre.gate.revoke("laptop-1")
    desk.forwarder.look_again()
    desk.forwarder.turn()
    assert take(desk, record("late")).code == Code.UNKNOWN_KEY


def test_a_code_of_another_role_makes_no_relay(centre: RunningCentre, tmp_path: Path) -> None:
    with pytest.raises(NotARelayError):
        register(RelayConfig(tmp_path / "r", centre.url), centre.code())


@pytest.mark.parametrize(("hour", "is_open"), [(21, False), (22, True), (0, True), (4, True), (5, False), (12, False)])
def test_a_night_goes_over_midnight(hour: int, is_open: bool) -> None:
    assert NIGHT.is_open(DAY.replace(hour=hour)) is is_open


def test_the_cap_holds_for_texts_and_for_files() -> None:
    class Line:
        def send(self, request: Request) -> Response:
            while request.body.read(65536):  # type: ignore[union-attr]  # there is a body
                pass
            return Response(200, {})

        def close(self) -> None: ...

    waited: list[float] = []
    capped = CappedTransport(Line(), 50_000, waited.append)
    capped.send(Request("POST", "http://x", body=b"x" * 100_000))
    assert sum(waited) == pytest.approx(2.0)
    assert max(waited) < 0.4
