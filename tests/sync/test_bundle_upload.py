"""An office with a line uploads the stick instead of carrying it on: the same filing, receipts written on the stick."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from sync.bundle import export_bundle, take_receipts, upload_bundle
from sync.bundle_format import Carriage, read_manifest
from sync.client import Client, Session
from sync.errors import OffsetError, RefusedError, StoppedError
from sync.protocol import Role
from sync.server.bundles import recipient_of
from sync.server.identity import receipt_keys
from sync.transport import RequestsTransport
from tests.support.clock import FrozenClock
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record
from tests.support.sync_proxy import PACE, BreakingProxy, Fate
from tests.support.sync_relay import patiently
from tests.support.sync_server import CentreProcess, RunningCentre

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
    data = body.getvalue()
    with pytest.raises(RefusedError) as refused:
        office.send_bundle(hashlib.sha256(data).hexdigest(), Bytes(data), offset=0, length=len(data))
    assert refused.value.code == "invalid"
    assert left_at(centre) == []


# --- a line that is cut, and restarts


def left_at(centre: RunningCentre) -> list[str]:
    """Return the kinds of files that uploads of bundles left at the centre."""
    return [file.suffix for file in (centre.centre.config.data / "bundles").rglob("*") if file.is_file()]


def arrived_at(data: Path) -> int:
    """Return how many bytes of bundles lie in a centre's folder."""
    return sum(file.stat().st_size for file in (data / "bundles").rglob("*") if file.is_file())


def big_bundle(tmp_path: Path, key: DeviceKey, clock: FrozenClock, recipient: bytes) -> Path:
    outbox, files = MemoryOutbox(), [photo(n, 1_000_000) for n in range(3)]
    outbox.put(sealed_record(key, "rev-1", record_id="r-1", files=files), files)
    return export_bundle(
        outbox, tmp_path / "stick", recipient=recipient, key=key, device_id="d-1", officer="สมศรี", clock=clock
    ).folder


def carriage(folder: Path) -> Carriage:
    return Carriage(folder, read_manifest(folder))


def true_offset(office: Client, folder: Path) -> int:
    """Ask the centre how far the bundle is there."""
    whole = carriage(folder)
    with pytest.raises(OffsetError) as told:
        office.send_bundle(whole.sha256, whole.rest(whole.size), offset=whole.size, length=whole.size)
    return told.value.offset


def test_the_stream_of_a_bundle_is_a_tar_that_is_the_same_from_every_place(bundle: Path) -> None:
    whole = carriage(bundle)
    data = b"".join(iter(partial(whole.rest(0).read, 1000), b""))
    assert (len(data), hashlib.sha256(data).hexdigest()) == (whole.size, whole.sha256)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        assert {m.name: tar.extractfile(m).read() for m in tar} == {f.name: f.read_bytes() for f in bundle.iterdir()}  # type: ignore[union-attr]  # all are files
    for start in (1, 511, 512, 70_000, whole.size - 1, whole.size):
        assert b"".join(iter(partial(whole.rest(start).read, 999), b"")) == data[start:]


def test_an_upload_that_is_cut_four_times_sends_little_more_than_once(
    centre: RunningCentre, office: Client, client: Client, key: DeviceKey, clock: FrozenClock, tmp_path: Path
) -> None:
    folder = big_bundle(tmp_path, key, clock, recipient_of(centre.centre.config.data))
    cut = Fate(cut_up=700_000, delay=PACE)
    with (
        BreakingProxy(centre.port, lambda number: cut if number <= 4 else Fate(delay=PACE)) as proxy,
        closing(Client(RequestsTransport(), replace(office.session, url=proxy.url), clock=clock)) as far,
    ):
        taken = upload_bundle(far, folder)
        assert proxy.connections >= 5
        assert proxy.bytes_up <= 1.2 * carriage(folder).size
    assert {r["revision_id"] for r in taken.receipts} == {"rev-1"}
    assert left_at(centre) == [".json"]  # the answer alone: no piece and no tar


@pytest.mark.skipif("INSPECTOR_TEST_DATABASE" in os.environ, reason="the other process opens the folder's SQLite")
def test_an_upload_goes_on_after_uploader_and_centre_were_killed(
    key: DeviceKey, clock: FrozenClock, tmp_path: Path
) -> None:
    with CentreProcess(tmp_path / "centre") as process:
        registered(process, key, "d-1", Role.INSPECTOR).close()
        folder = big_bundle(tmp_path, key, clock, recipient_of(tmp_path / "centre"))
        with closing(registered(process, DeviceKey.from_seed(b"\5" * 32), "office-1", Role.OFFICE)) as office:
            with pytest.raises(StoppedError):  # as a person or the closing program does in the middle
                upload_bundle(office, folder, progress=stop_at(1_500_000))
            patiently(lambda: arrived_at(tmp_path / "centre") > 0)  # what was sent may lie in the line for a while
            process.kill()
            process.start()
            offset = true_offset(office, folder)
            assert 0 < offset < carriage(folder).size
            places: list[int] = []
            taken = upload_bundle(office, folder, progress=lambda at, _all: places.append(at))
    assert min(places) == offset
    assert [r["revision_id"] for r in taken.receipts] == ["rev-1"]


def test_a_lost_answer_costs_no_second_upload(bundle: Path, office: Client) -> None:
    first = upload_bundle(office, bundle)
    places: list[int] = []
    again = upload_bundle(office, bundle, progress=lambda at, _all: places.append(at))
    assert again.receipts == first.receipts
    assert set(places) <= {carriage(bundle).size}


def test_what_is_not_settled_is_asked_again_and_not_answered_from_memory(
    bundle: Path, office: Client, centre: RunningCentre
) -> None:
    part = bundle / "part-0001.bin"
    data = bytearray(part.read_bytes())
    data[-10] ^= 1
    part.write_bytes(data)
    assert upload_bundle(office, bundle).problem == "spoilt"
    assert left_at(centre) == []
    assert true_offset(office, bundle) == 0


def stop_at(place: int) -> Callable[[int, int], None]:
    def progress(at: int, whole: int) -> None:
        if place < at < whole:
            raise StoppedError

    return progress


def registered(process: CentreProcess, key: DeviceKey, device_id: str, role: Role) -> Client:
    client = Client(RequestsTransport(), Session(url=process.url), clock=SystemClock())
    client.register(process.new_code(role), device_id=device_id, key=key)
    return client
