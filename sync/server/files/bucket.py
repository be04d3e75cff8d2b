"""Attachment files in an S3 store: parts grow in the centre's folder, whole files go to the bucket, by their SHA-256.

A file counts only after the bucket has answered for all of it: until then its part stays here, so that a broken line to
the bucket loses nothing and the same last call finishes it. `obstore` is imported only where a bucket is set up.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sync.server.files.blobs import BlobFolder, hash_of

if TYPE_CHECKING:
    from obstore.store import ObjectStore


def store_at(url: str) -> ObjectStore:
    """Open `s3://bucket/prefix`; endpoint and keys come from the environment (AWS_ENDPOINT, AWS_ACCESS_KEY_ID …)."""
    from obstore.store import from_url

    return from_url(url)


class BlobBucket(BlobFolder):
    """The bucket store, under the same contract as the folder."""

    def __init__(self, data: Path, store: ObjectStore) -> None:
        super().__init__(data)
        self._store = store
        self._fetched = data / "tmp"
        self._fetched.mkdir(exist_ok=True)

    def keep(self, device_id: str, sha256: str, *, seen: str = "") -> bool:
        """Send a part whose hash is right to the bucket, and only then drop it. Raises what `obstore` raises."""
        import obstore

        part = self.part(device_id, sha256)
        if (seen or hash_of(part)) != sha256:
            self.discard(device_id, sha256)
            return False
        with part.open("rb") as file:
            obstore.put(self._store, _key(sha256), file)
        part.unlink(missing_ok=True)
        return True

    def size(self, sha256: str) -> int:
        import obstore

        return int(obstore.head(self._store, _key(sha256))["size"])

    def local(self, sha256: str) -> tuple[Path, bool]:
        """Fetch the file beside the centre for one answer."""
        import obstore

        descriptor, name = tempfile.mkstemp(dir=self._fetched)
        try:
            with os.fdopen(descriptor, "wb") as out:
                for piece in obstore.get(self._store, _key(sha256)).stream():
                    out.write(piece)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
        return Path(name), True


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"
