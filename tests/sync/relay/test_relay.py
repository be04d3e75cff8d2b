"""A relay takes records from laptops and brings the centre's receipts back; its own word is never the centre's."""

from __future__ import annotations

import urllib.request

import pytest

from checklists.sealing import parse_receipt, verify_receipt
from sync.events import Received, Relayed
from tests.support.sync_outbox import photo, sealed_record
from tests.support.sync_relay import OfficeLaptop, RelayProcess
from tests.support.sync_server import RunningCentre


def put(laptop: OfficeLaptop, name: str, *, files: int = 0, **more: object) -> None:
    data = [photo(hash((name, n)) & 0xFFFF, 200_000) for n in range(files)]
    sealed = sealed_record(
        laptop.key, f"rev-{name}", record_id=f"r-{name}", files=data, device_id=laptop.device_id, **more
    )
    laptop.outbox.put(sealed, data)


def test_what_the_relay_took_is_relayed_and_only_the_centres_receipt_ends_it(
    laptops: list[OfficeLaptop], centre: RunningCentre
) -> None:
    laptop = laptops[0]
    put(laptop, "a", files=2)
    report = laptop.sync()
    assert (report.sent, report.waiting, report.relayed, report.clean) == (0, 1, 1, False)
    assert [e.record_id for e in laptop.events if isinstance(e, Relayed)] == ["r-a"]
    assert not any(isinstance(e, Received) for e in laptop.events)
    laptop.sync_until_received()
    receipt = laptop.outbox.receipts["rev-a"]
    assert receipt.server_id == centre.centre.server_id
    verify_receipt(receipt, bytes.fromhex(laptop.client.session.receipt_keys[0].public_key))
    assert [r["receipt"]["receipt_id"] for r in centre.centre.records.record("00", "r-a")] == [receipt.receipt_id]


def test_two_laptops_send_one_after_the_other_and_everything_is_at_the_centre_once(
    laptops: list[OfficeLaptop], centre: RunningCentre
) -> None:
    for number, laptop in enumerate(laptops):
        for name in "abc":
            put(laptop, f"{number}{name}", files=1)
        laptop.sync()
    for laptop in laptops:
        laptop.sync_until_received()
    listed = [r["revision_id"] for r in centre.centre.records.listing("00", after=0, limit=100)]
    assert sorted(listed) == [f"rev-{n}{name}" for n in (0, 1) for name in "abc"]


def test_a_relays_receipt_is_worth_nothing_as_the_centres(laptops: list[OfficeLaptop]) -> None:
    laptop = laptops[0]
    put(laptop, "a")
    laptop.sync()
    (relayed,) = [e.receipt for e in laptop.events if isinstance(e, Relayed)]
    with pytest.raises(Exception, match="wrong-server"):
        laptop.client.check_receipt(parse_receipt(relayed.to_json()), relayed.digest, relayed.revision_id)


def test_the_keeper_sees_counts_on_the_relays_own_machine(relay: RelayProcess, laptops: list[OfficeLaptop]) -> None:
    put(laptops[0], "a")
    laptops[0].sync_until_received()
    with urllib.request.urlopen(relay.url + "/", timeout=10) as answer:
        page = answer.read().decode()
    assert "เครื่องกลางสำนักงาน" in page
    assert "ศูนย์รับแล้ว" in page
    assert "r-a" not in page
