"""Printing from a real workspace: what goes into the file beside the pages."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from checklists.clock import Clock
from checklists.crypto import DeviceKey
from checklists.sealing import Sealed, make_receipt
from checklists.store import Store
from inspector_app.actions.afterwards import papers
from inspector_app.reports.verify import verify_pdf
from tests.support.store_workspace import new_store, whole_inspection

CENTRE = DeviceKey.from_seed(b"2" * 32)


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    opened = new_store(tmp_path / "ws", clock)
    yield opened
    opened.close()


def printed(store: Store, clock: Clock, copy: papers.Copy = "office") -> bytes:
    out = io.BytesIO()
    papers.make(store, "r-1", out, clock=clock, copy=copy)
    return out.getvalue()


def attached(data: bytes) -> set[str]:
    with pikepdf.open(io.BytesIO(data)) as document:
        return {name.rpartition("-")[2] for name in document.attachments}


def received(store: Store, sealed: Sealed) -> None:
    receipt = make_receipt(
        sealed, receipt_id="rc-1", server_id="s-1", received_at="2026-11-20T16:00:00+07:00", seq=1, key=CENTRE
    )
    store.outbox.acknowledge(receipt)


def test_the_office_copy_carries_the_record_and_the_laptops_signature(store: Store, clock: Clock) -> None:
    sealed = whole_inspection(store)
    data = printed(store, clock)
    assert attached(data) == {"envelope.json", "signature.json"}
    key = store.keys.device_key
    found = {c.code: c.good for c in verify_pdf(data, device_keys={key.key_id: key.public_bytes}).checks}
    assert found["signature"] is True
    assert found["printed"] is True
    assert verify_pdf(data).digest == sealed.digest


def test_once_received_the_centres_receipt_is_attached_as_well(store: Store, clock: Clock) -> None:
    received(store, whole_inspection(store))
    data = printed(store, clock)
    assert attached(data) == {"envelope.json", "signature.json", "receipt.json"}
    found = {c.code: c.good for c in verify_pdf(data, receipt_keys={CENTRE.key_id: CENTRE.public_bytes}).checks}
    assert found["receipt"] is True


def test_the_factory_copy_carries_its_extract_alone(store: Store, clock: Clock) -> None:
    received(store, whole_inspection(store))
    assert attached(printed(store, clock, "factory")) == {"extract.json"}
