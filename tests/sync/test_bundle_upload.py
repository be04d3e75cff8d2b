"""An office with a line uploads the stick instead of carrying it on: the same filing, receipts written on the stick."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from checklists.crypto import DeviceKey
from sync.bundle import export_bundle, take_receipts, upload_bundle
from sync.client import Client
from sync.errors import RefusedError
from sync.protocol import Role
from sync.server.bundles import recipient_of
from sync.server.identity import receipt_keys
from tests.support.clock import FrozenClock
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record
from tests.support.sync_server import RunningCentre

PHOTOS = [photo(n, 90_000) for n in range(2)]


@pytest.fixture
def office(centre: RunningCentre) -> Iterator[Client]:
    client = centre.client(DeviceKey.from_seed(b"\5" * 32), device_id="office-1", role=Role.OFFICE)
    yield client
    client.close()


@pytest.fixture
def bundle(
    outbox: MemoryOutbox, key: DeviceKey, clock: FrozenClock, centre: RunningCentre, client: Client, tmp_path: Path
) -> Path:
    outbox.put(sealed_record(key, "rev-1", record_id="r-1", files=PHOTOS), PHOTOS)
    outbox.put(sealed_record(key, "rev-2", record_id="r-2"))
    recipient = recipient_of(centre.centre.config.data)
    return export_bundle(
        outbox, tmp_path / "stick", recipient=recipient, key=key, device_id="d-1", officer="สมศรี", clock=clock
    ).folder


def test_the_receipts_come_back_onto_the_stick(
    bundle: Path, office: Client, outbox: MemoryOutbox, centre: RunningCentre
) -> None:
    taken = upload_bundle(office, bundle)
    assert {r["revision_id"] for r in taken.receipts} == {"rev-1", "rev-2"}
    keys = receipt_keys(centre.centre.storage)
    assert take_receipts(outbox, bundle, server_id=centre.centre.server_id, keys=keys).taken == 2
    assert outbox.pending() == ()


def test_uploading_twice_is_harmless(bundle: Path, office: Client, centre: RunningCentre) -> None:
    first = upload_bundle(office, bundle)
    assert upload_bundle(office, bundle).receipts == first.receipts
    assert centre.centre.records.counts()["revisions_accepted"] == 2


def test_an_inspector_may_not_carry_bundles(bundle: Path, client: Client) -> None:
    with pytest.raises(RefusedError) as refused:
        upload_bundle(client, bundle)
    assert refused.value.code == "forbidden"


class Bytes(io.BytesIO):
    def __len__(self) -> int:
        return len(self.getvalue())


def tar_of(*members: tuple[str, bytes]) -> Bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return Bytes(file.getvalue())


@pytest.mark.parametrize(
    "body",
    [
        Bytes(b"not a tar"),
        tar_of(("../evil", b"x")),
        tar_of(("/etc/evil", b"x")),
        tar_of(("other", b"x")),
        tar_of(("manifest.json", b"{}")),
        tar_of(("part", b"x"), ("part", b"y")),
    ],
    ids=["noise", "parent folder", "absolute", "no manifest", "empty manifest", "one name twice"],
)
def test_what_is_no_bundle_is_refused_and_leaves_nothing(body: Bytes, office: Client, centre: RunningCentre) -> None:
    with pytest.raises(RefusedError) as refused:
        office.send_bundle(body)
    assert refused.value.code == "invalid"
    assert list((centre.centre.config.data / "tmp").iterdir()) == []
