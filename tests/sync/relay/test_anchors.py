"""The head of a laptop's audit chain reaches the centre through a relay, which can make neither it nor the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from checklists.store import ChainHead, Store
from inspector_app.actions.laptop import anchoring
from sync import protocol
from sync.client import Client, Session
from sync.errors import NotOurServerError, RefusedError
from sync.protocol import Anchor, Anchored, Code, ReceiptKey, Role, Tokens
from sync.relay.anchors import MOST, RelayAnchors
from sync.relay.app import Desk
from sync.relay.gate import RelayGate
from sync.relay.renewal import settle_centre
from sync.relay.tables import carried_anchors, open_storage
from sync.server.database.storage import Storage
from sync.server.people.auth import Caller
from sync.server.problems import ProblemError
from sync.transport import Request, Response
from tests.support.sync_relay import OfficeLaptop, key_of, patiently
from tests.support.sync_server import RunningCentre

LAPTOP = "laptop-1"
CALLER = Caller(LAPTOP, "", Role.INSPECTOR, "00")


def anchor(seq: int, head: str = "ab", *, number: int = 1) -> Anchor:
    return Anchor(LAPTOP, seq, head * 32).signed(key_of(number))


def heads_at(centre: RunningCentre) -> tuple[int, str]:
    """Return the newest head that the centre keeps, by asking it with one of before all."""
    newest = centre.centre.anchors.take(CALLER, anchor(1))
    return newest.seq, newest.head


def test_a_laptop_that_meets_only_its_relay_has_its_head_at_the_centre(
    laptops: list[OfficeLaptop], centre: RunningCentre
) -> None:
    laptop = laptops[0]
    told: list[Anchored] = []

    def answered() -> bool:
        newest = laptop.client.anchor(anchor(7))
        told.extend([newest] if newest else [])
        return bool(told)

    assert not answered()  # the relay says nothing in the centre's name
    patiently(answered)
    assert (told[-1].server_id, told[-1].seq, told[-1].head) == (centre.centre.server_id, 7, "ab" * 32)
    assert heads_at(centre) == (7, "ab" * 32)
    assert laptop.client.anchor(anchor(8)) == told[-1]  # its last word, until it has said the next
    patiently(lambda: heads_at(centre)[0] == 8)


def test_another_head_for_the_same_number_is_told_to_the_laptop_too(desk: Desk, centre: RunningCentre) -> None:
    centre.centre.anchors.take(CALLER, anchor(7))
    assert desk.anchors.take(CALLER, anchor(7, "cd")) is None
    desk.forwarder.turn()
    with pytest.raises(ProblemError, match=Code.ANCHOR_DIFFERS):
        desk.anchors.take(CALLER, anchor(7, "cd"))
    assert heads_at(centre) == (7, "ab" * 32)


def test_a_head_that_the_laptop_did_not_sign_is_nobodys(desk: Desk) -> None:
    for told, code in (
        (anchor(7, number=2), Code.NOT_ASSIGNED),  # another laptop's key
        (anchor(7, number=9), Code.UNKNOWN_KEY),
        (replace(anchor(7), seq=8), Code.BAD_SIGNATURE),
    ):
        with pytest.raises(ProblemError, match=code):
            desk.anchors.take(CALLER, told)


# --- what the relay cannot make ---------------------------------------------------------------------------------------


@dataclass
class Liar:
    """A relay that answers what it was told to."""

    answer: Anchored

    def send(self, request: Request) -> Response:
        nonce = request.headers[protocol.NONCE_HEADER]
        headers = {"content-type": protocol.JSON, protocol.NONCE_HEADER: nonce, protocol.SERVER_HEADER: "relay"}
        return Response(200, headers, json.dumps(self.answer.to_json()).encode())

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"seq": 8}, id="another number"),
        pytest.param({"head": "cd" * 32}, id="another head"),
        pytest.param({"server_id": "relay"}, id="in the relay's own name"),
        pytest.param({"device_id": "laptop-2"}, id="about another laptop"),
        pytest.param({"signature": "no hex"}, id="no signature"),
    ],
)
def test_a_word_that_the_centre_did_not_sign_is_not_believed(change: dict[str, object]) -> None:
    centres = key_of(7)
    keys = (ReceiptKey(centres.key_id, centres.public_bytes.hex()),)
    tokens = Tokens("a", "r", 60)
    session = Session("http://127.0.0.1:1", "relay", LAPTOP, tokens=tokens, receipt_keys=keys, centre_id="centre")
    good = Anchored(LAPTOP, 7, "ab" * 32, "centre", "2026-11-23T06:00:00.000+07:00").signed(centres)
    liar = Liar(good)
    client = Client(liar, session, clock=SystemClock())
    assert client.anchor(anchor(7)) == good
    liar.answer = replace(good, **change)  # type: ignore[arg-type]  # members by name
    with pytest.raises(NotOurServerError, match="anchored"):
        client.anchor(anchor(7))


# --- at the relay -----------------------------------------------------------------------------------------------------


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    opened = open_storage(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def shelf(storage: Storage) -> RelayAnchors:
    key, clock = key_of(1), SystemClock()
    gate = RelayGate(storage, clock=clock, relay_id="relay", key=ReceiptKey("k", "00"), secret=b"s")
    gate.key_of = lambda _key_id: (LAPTOP, key.public_bytes)  # type: ignore[method-assign, assignment]  # the centre told of one
    return RelayAnchors(storage, gate, clock=clock)


class AskedCentre:
    """The centre as the forwarder's client sees it."""

    def __init__(self) -> None:
        self.heads: list[int] = []
        self.refuses: set[int] = set()

    def anchor(self, told: Anchor) -> Anchored:
        if told.seq in self.refuses:
            raise RefusedError(code=Code.ANCHOR_DIFFERS)
        self.heads.append(told.seq)
        return Anchored(told.device_id, max(self.heads), told.head, "centre", "2026-11-23T06:00:00.000+07:00")


def test_heads_go_in_the_order_in_which_they_came_and_only_the_last_answer_is_kept(
    storage: Storage, shelf: RelayAnchors
) -> None:
    centre = AskedCentre()
    for seq in (3, 5, 9):
        assert shelf.take(CALLER, anchor(seq)) is None
    assert shelf.forward(centre, lambda: False) == 3  # type: ignore[arg-type]  # the one call that it makes
    assert centre.heads == [3, 5, 9]
    assert shelf.forward(centre, lambda: False) == 0  # type: ignore[arg-type]  # the one call that it makes
    newest = shelf.take(CALLER, anchor(9))
    assert newest is not None
    assert newest.seq == 9
    assert len(storage.read(lambda c: c.execute(carried_anchors.select()).all())) == 1


def test_what_waits_for_the_centre_is_bounded_and_the_newest_goes_in_any_case(
    storage: Storage, shelf: RelayAnchors
) -> None:
    for seq in range(1, MOST + 11):
        shelf.take(CALLER, anchor(seq))
    kept = storage.read(lambda c: [row.seq for row in c.execute(carried_anchors.select()).all()])
    assert (len(kept), max(kept), min(kept)) == (MOST, MOST + 10, 1)


def test_one_that_the_centre_refuses_holds_up_no_other_and_is_asked_once(shelf: RelayAnchors) -> None:
    centre = AskedCentre()
    centre.refuses = {3}
    for seq in (3, 5):
        shelf.take(CALLER, anchor(seq))
    assert shelf.forward(centre, lambda: False) == 2  # type: ignore[arg-type]  # the one call that it makes
    assert shelf.forward(centre, lambda: False) == 0  # type: ignore[arg-type]  # the one call that it makes
    with pytest.raises(ProblemError, match=Code.ANCHOR_DIFFERS):
        shelf.take(CALLER, anchor(3))


@pytest.mark.parametrize(("former", "again"), [(("before",), 1), ((), 0)], ids=["restored", "another centre"])
def test_at_a_restored_centre_heads_go_once_more_and_to_another_none(
    storage: Storage, shelf: RelayAnchors, former: tuple[str, ...], again: int
) -> None:
    settle_centre(storage, Session(server_id="before"))
    shelf.take(CALLER, anchor(3))
    shelf.forward(AskedCentre(), lambda: False)  # type: ignore[arg-type]  # the one call that it makes
    settle_centre(storage, Session(server_id="after", former=former))
    assert shelf.forward(AskedCentre(), lambda: False) == again  # type: ignore[arg-type]  # the one call that it makes


# --- on the laptop ----------------------------------------------------------------------------------------------------


class Way:
    """A client whose other side says this."""

    def __init__(self, newest: Anchored | None) -> None:
        self.newest = newest
        self.told: list[Anchor] = []

    def anchor(self, told: Anchor) -> Anchored | None:
        self.told.append(told)
        return self.newest


def test_the_laptop_signs_its_head_and_keeps_no_older_word_than_it_has(store: Store) -> None:
    store.audit.note("seen", "test", "", {})
    head = store.audit.head()
    newest = Anchored(store.keys.device_id, head.seq, head.hash, "centre", "2026-11-23T06:00:00.000+07:00")
    way = Way(newest)
    anchoring.leave(store, way, None)  # type: ignore[arg-type]  # the one call that it makes
    assert way.told[0].stands(store.keys.device_key.public_bytes)
    kept = (("centre", ChainHead(head.seq, head.hash, "centre")),)
    assert store.audit.anchors() == kept
    for other in (None, replace(newest, seq=head.seq - 1, head="00" * 32)):
        anchoring.leave(store, Way(other), None)  # type: ignore[arg-type]  # the one call that it makes, and it needs no writer
        assert store.audit.anchors() == kept
