"""One contract for the places where attachment files lie: a folder, and a bucket behind obstore."""

from __future__ import annotations

from pathlib import Path

import pytest

from checklists.sealing import digest
from sync.server.blobs import BlobFolder
from sync.server.bucket import BlobBucket

DATA = b"photo" * 1000
NAME = digest(DATA)


@pytest.fixture(params=["folder", "bucket"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobFolder:
    if request.param == "folder":
        return BlobFolder(tmp_path)
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
