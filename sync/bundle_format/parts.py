"""What a USB bundle is: a folder with a readable, signed manifest and encrypted parts.

Anybody sees device, officer, count and size; only the holder of the recipient's key reads the content. A fresh X25519
key per bundle is agreed with the recipient's, HKDF-SHA256 makes the AES-256-GCM key, and the stream is cut into chunks
of 1 MiB whose nonce is their number and whose last one is marked, so that none can be dropped, doubled or moved. Parts
stay below FAT32's 4 GiB. The manifest names every part's SHA-256 and is signed by the device, over a domain prefix.
Knows no store, no network and no server.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from checklists.crypto import key_id_of, signature_is_good
from checklists.model import Jsonable
from checklists.sealing import Signer, canonical
from sync.errors import BundleError

FORMAT = "inspector-bundle/1"
DOMAIN = b"inspector-bundle-v1\0"
MANIFEST = "manifest.json"
SUFFIX = ".inspector"
PARTIAL = ".partial"
RECEIPTS = "receipts.ndjson"
CHUNK = 1024 * 1024
TAG = 16
PART_BYTES = 1024 * 1024 * 1024
LINE = "line"
BLOB = "blob"


class Reader(Protocol):
    """Bytes that are read in pieces."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Part(Jsonable):
    """One file of the bundle."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest(Jsonable):
    """What everybody may see. Keys and signature as hex; `size` counts the plain bytes.

    `office` names the office whose relay alone can read it, "" where that is the centre.
    """

    format: str
    bundle_id: str
    device_id: str
    officer: str
    created_at: str
    records: int
    blobs: int
    size: int
    recipient: str
    office: str
    ephemeral: str
    parts: tuple[Part, ...]
    key_id: str
    public_key: str
    signature: str = ""

    def message(self) -> bytes:
        members = self.to_json()
        del members["signature"]
        return DOMAIN + canonical(members)

    def check_signature(self, public_key: bytes) -> None:
        """Raise `BundleError` where the manifest was not signed with this key."""
        good = key_id_of(public_key) == self.key_id
        if not good or not signature_is_good(public_key, _hex(self.signature), self.message()):
            raise BundleError(what="signature", bundle=self.bundle_id)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the stream: a wire line, or a file named by its hash. Read `body` to its end before the next."""

    kind: str
    name: str
    size: int
    body: Reader


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise BundleError(what="manifest") from error


# --- the recipient's key --------------------------------------------------------------------------------------------


def new_recipient() -> tuple[bytes, bytes]:
    """Return a fresh private and public key for an office or the centre."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def public_of(private_key: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def _cipher(shared: bytes, ephemeral: bytes, recipient: bytes) -> AESGCM:
    info = DOMAIN + ephemeral + recipient
    return AESGCM(HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(shared))


# --- writing --------------------------------------------------------------------------------------------------------


class _Parts(io.RawIOBase):
    """A stream cut into files below FAT32's limit, each hashed while it is written."""

    def __init__(self, folder: Path, limit: int) -> None:
        super().__init__()
        self._folder = folder
        self._limit = limit
        self._file: BinaryIO | None = None
        self._hash = hashlib.sha256()
        self._size = 0
        self.done: list[Part] = []

    def put(self, data: bytes) -> None:
        if self._file is not None and self._size + len(data) > self._limit:
            self.finish()
        if self._file is None:
            self._file = (self._folder / f"part-{len(self.done) + 1:04}.bin").open("wb")
            self._hash, self._size = hashlib.sha256(), 0
        self._file.write(data)
        self._hash.update(data)
        self._size += len(data)

    def finish(self) -> None:
        if self._file is not None:
            to_the_medium(self._file)
            self._file.close()
            self.done.append(Part(Path(self._file.name).name, self._size, self._hash.hexdigest()))
            self._file = None


def to_the_medium(file: BinaryIO) -> None:
    """Wait until a file lies on the stick, and let the system forget its copy: what is read back comes from there."""
    file.flush()
    os.fsync(file.fileno())
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class BundleWriter:
    """Encrypts entries into a folder. `finish` writes the signed manifest last, so half a bundle is never a bundle."""

    def __init__(self, folder: Path, recipient: bytes, *, office: str = "", part_bytes: int = PART_BYTES) -> None:
        private = X25519PrivateKey.generate()
        self._recipient = recipient
        self._office = office
        self._ephemeral = private.public_key().public_bytes_raw()
        shared = private.exchange(X25519PublicKey.from_public_bytes(recipient))
        self._cipher = _cipher(shared, self._ephemeral, recipient)
        self._folder = folder
        self._parts = _Parts(folder, part_bytes)
        self._buffer = bytearray()
        self._number = 0
        self._counts = {LINE: 0, BLOB: 0}
        self._size = 0

    def add(self, kind: str, name: str, size: int, body: Reader) -> None:
        """Add one entry. Raises `BundleError` where the body is not as long as announced."""
        head = json.dumps({"kind": kind, "name": name, "size": size}).encode()
        self._write(len(head).to_bytes(4, "big") + head)
        left = size
        while piece := body.read(CHUNK):
            left -= len(piece)
            self._write(piece)
        if left:
            raise BundleError(what="length", name=name)
        self._counts[kind] += 1
        self._size += size

    def _write(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) > CHUNK:
            self._seal(bytes(self._buffer[:CHUNK]), last=False)
            del self._buffer[:CHUNK]

    def _seal(self, data: bytes, *, last: bool) -> None:
        nonce = self._number.to_bytes(12, "big")
        self._parts.put(self._cipher.encrypt(nonce, data, b"last" if last else b"more"))
        self._number += 1

    def finish(
        self, *, bundle_id: str, device_id: str, officer: str, created_at: str, key: Signer, public_key: bytes
    ) -> Manifest:
        self._seal(bytes(self._buffer), last=True)
        self._parts.finish()
        blank = Manifest(
            format=FORMAT,
            bundle_id=bundle_id,
            device_id=device_id,
            officer=officer,
            created_at=created_at,
            records=self._counts[LINE],
            blobs=self._counts[BLOB],
            size=self._size,
            recipient=self._recipient.hex(),
            office=self._office,
            ephemeral=self._ephemeral.hex(),
            parts=tuple(self._parts.done),
            key_id=key.key_id,
            public_key=public_key.hex(),
        )
        manifest = replace(blank, signature=key.sign(blank.message()).hex())
        text = json.dumps(manifest.to_json(), ensure_ascii=False, indent=1)
        with (self._folder / MANIFEST).open("wb") as file:
            file.write(text.encode())
            to_the_medium(file)
        return manifest


# --- reading --------------------------------------------------------------------------------------------------------


def read_manifest(folder: Path) -> Manifest:
    """Return what the folder says about itself; nothing is proven yet. Raises `BundleError`."""
    try:
        return load_manifest(folder)
    except OSError as error:
        raise BundleError(what="unreadable", folder=str(folder)) from error


def load_manifest(folder: Path) -> Manifest:
    """Do the same and let the file system's own error through, for who tries again."""
    try:
        members: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest.from_json(members)
    except (ValueError, TypeError, AttributeError) as error:
        raise BundleError(what="manifest", folder=str(folder)) from error
    if manifest.format != FORMAT:
        raise BundleError(what="format", folder=str(folder))
    return manifest


def check_parts(folder: Path, manifest: Manifest, progress: Callable[[int], None] = lambda _bytes: None) -> None:
    """Read every part and compare its hash. Raises `BundleError` that names the part."""
    for part in manifest.parts:
        try:
            whole = part_is_whole(folder / Path(part.name).name, part, progress)
        except OSError as error:
            raise BundleError(what="unreadable", part=part.name) from error
        if not whole:
            raise BundleError(what="spoilt", part=part.name)


def part_is_whole(file: Path, part: Part, progress: Callable[[int], None] = lambda _bytes: None) -> bool:
    """Read a part's file and compare its hash. Raises `OSError`."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(CHUNK):
            digest.update(piece)
            progress(len(piece))
    return digest.hexdigest() == part.sha256


def check_seen(folder: Path, manifest: Manifest) -> None:
    """Check what anybody can: that the laptop named in it signed this manifest, and that all parts are there.

    Whether that laptop is known, only the centre or the office can say. Raises `BundleError`.
    """
    manifest.check_signature(_hex(manifest.public_key))
    for part in manifest.parts:
        try:
            size = (folder / Path(part.name).name).stat().st_size
        except OSError as error:
            raise BundleError(what="unreadable", part=part.name) from error
        if size != part.size:
            raise BundleError(what="spoilt", part=part.name)


def addressed_elsewhere(manifest: Manifest) -> BundleError:
    """Return the error that says to whom a bundle is addressed that is not for us."""
    if manifest.office:
        return BundleError(what="for-office", bundle=manifest.bundle_id, office=manifest.office)
    return BundleError(what="recipient", bundle=manifest.bundle_id)


def read_entries(folder: Path, manifest: Manifest, private_key: bytes) -> Iterator[Entry]:
    """Decrypt the entries one after the other. Raises `BundleError` where key or bytes are wrong."""
    recipient = public_of(private_key)
    if recipient.hex() != manifest.recipient:
        raise addressed_elsewhere(manifest)
    ephemeral = _hex(manifest.ephemeral)
    shared = X25519PrivateKey.from_private_bytes(private_key).exchange(X25519PublicKey.from_public_bytes(ephemeral))
    plain = _Plain(_chunks(_bytes_of(folder, manifest), _cipher(shared, ephemeral, recipient)))
    while head := plain.take(4, optional=True):
        try:
            told = json.loads(plain.take(int.from_bytes(head, "big")))
            entry = Entry(str(told["kind"]), str(told["name"]), int(told["size"]), _Limited(plain, int(told["size"])))
        except (ValueError, KeyError, TypeError) as error:
            raise BundleError(what="entry", bundle=manifest.bundle_id) from error
        yield entry
        while entry.body.read(CHUNK):
            pass


def _bytes_of(folder: Path, manifest: Manifest) -> Iterator[bytes]:
    for part in manifest.parts:
        try:
            with (folder / Path(part.name).name).open("rb") as stream:
                while piece := stream.read(CHUNK):
                    yield piece
        except OSError as error:
            raise BundleError(what="unreadable", part=part.name) from error


def _chunks(pieces: Iterable[bytes], cipher: AESGCM) -> Iterator[bytes]:
    """Decrypt chunk by chunk; the stream must end with the chunk that is marked as the last."""
    buffer, number = bytearray(), 0
    for piece in pieces:
        buffer += piece
        while len(buffer) > CHUNK + TAG:
            yield _open(cipher, number, bytes(buffer[: CHUNK + TAG]), b"more")
            del buffer[: CHUNK + TAG]
            number += 1
    yield _open(cipher, number, bytes(buffer), b"last")


def _open(cipher: AESGCM, number: int, data: bytes, mark: bytes) -> bytes:
    try:
        return cipher.decrypt(number.to_bytes(12, "big"), data, mark)
    except (InvalidTag, ValueError) as error:
        raise BundleError(what="spoilt", chunk=number) from error


class _Plain:
    """The decrypted stream, read in the sizes that its entries ask for."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._buffer = b""

    def some(self, most: int) -> bytes:
        if not self._buffer:
            self._buffer = next(self._chunks, b"")
        data, self._buffer = self._buffer[:most], self._buffer[most:]
        return data

    def take(self, size: int, *, optional: bool = False) -> bytes:
        """Return exactly so many bytes; none at the end where that is allowed."""
        data = b""
        while len(data) < size:
            piece = self.some(size - len(data))
            if not piece:
                if optional and not data:
                    return b""
                raise BundleError(what="short")
            data += piece
        return data


class _Limited:
    """The body of one entry."""

    def __init__(self, plain: _Plain, size: int) -> None:
        self._plain = plain
        self._left = size

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        if not wanted:
            return b""
        data = self._plain.some(wanted)
        if not data:
            raise BundleError(what="short")
        self._left -= len(data)
        return data
