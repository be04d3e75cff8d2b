"""The cipher of attachment files: AES-256-GCM in chunks, so that a photo can be streamed and sought in.

File: 8 bytes magic, 7 bytes nonce prefix, then chunks of up to 64 KiB, each with its 16-byte tag. The nonce of a
chunk is prefix + 4-byte counter + 1 byte that is 1 for the last chunk only: chunks cannot be reordered, dropped at
the end or taken from another file. Every file has a random key of its own, kept in the encrypted database: to forget
the key is to erase the file. The header is bound as associated data.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from checklists.errors import DamagedStoreError

MAGIC = b"INSPATT1"
PREFIX_BYTES = 7
HEADER_BYTES = len(MAGIC) + PREFIX_BYTES
CHUNK = 64 * 1024
TAG = 16
FILE_KEY_BYTES = 32


def new_file_key() -> bytes:
    return os.urandom(FILE_KEY_BYTES)


def hidden_name(name_key: bytes, sha256: str, salt: bytes) -> str:
    """Return the file name of an attachment: HMAC over its hash and a random salt, which tells a thief nothing."""
    return hmac.new(name_key, salt + bytes.fromhex(sha256), hashlib.sha256).hexdigest()


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _chunks(source: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield the source in chunks, saying of each whether it is the last; an empty source is one empty chunk."""
    chunk = _read_fully(source)
    while True:
        following = _read_fully(source) if len(chunk) == CHUNK else b""
        yield chunk, not following
        if not following:
            return
        chunk = following


def _read_fully(source: BinaryIO) -> bytes:
    parts, missing = [], CHUNK
    while missing and (part := source.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def encrypt(source: BinaryIO, target: BinaryIO, file_key: bytes) -> tuple[str, int]:
    """Write `source` encrypted to `target`; return SHA-256 (hex) and size of the plain bytes."""
    prefix = os.urandom(PREFIX_BYTES)
    header = MAGIC + prefix
    target.write(header)
    cipher, plain, size = AESGCM(file_key), hashlib.sha256(), 0
    for number, (chunk, last) in enumerate(_chunks(source)):
        plain.update(chunk)
        size += len(chunk)
        target.write(cipher.encrypt(_nonce(prefix, number, last), chunk, header))
    return plain.hexdigest(), size


class DecryptingReader(io.RawIOBase):
    """The plain bytes of an encrypted file, as a file that can be read, sought and measured.

    Raises `DamagedStoreError` where the file is cut, changed or not ours. For one thread at a time.
    """

    def __init__(self, source: BinaryIO, file_key: bytes, *, name: str = "") -> None:
        super().__init__()
        self._source, self._name = source, name
        self._cipher = AESGCM(file_key)
        self._header = source.read(HEADER_BYTES)
        if len(self._header) != HEADER_BYTES or not self._header.startswith(MAGIC):
            source.close()
            raise self._damaged("header")
        body = source.seek(0, io.SEEK_END) - HEADER_BYTES
        self._count = max(1, -(-body // (CHUNK + TAG)))
        self._size = body - self._count * TAG
        last = body - (self._count - 1) * (CHUNK + TAG)
        if last < TAG or (last == TAG and self._count > 1):  # else a cut there would never be read, so not noticed
            source.close()
            raise self._damaged("length")
        self._position = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def _damaged(self, what: str) -> DamagedStoreError:
        return DamagedStoreError(what, kind="attachment", file=self._name, what=what)

    def __len__(self) -> int:
        return self._size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("negative position")
        self._position = start + offset
        return self._position

    def _chunk(self, number: int) -> bytes:
        if self._held[0] != number:
            self._source.seek(HEADER_BYTES + number * (CHUNK + TAG))
            sealed = self._source.read(CHUNK + TAG)
            nonce = _nonce(self._header[len(MAGIC) :], number, number == self._count - 1)
            try:
                self._held = (number, self._cipher.decrypt(nonce, sealed, self._header))
            except InvalidTag as error:
                raise self._damaged("chunk") from error
        return self._held[1]

    def read(self, size: int | None = -1, /) -> bytes:
        """Return `size` bytes, or all that are left; never fewer unless the file ends there."""
        left = max(0, self._size - self._position)
        wanted = left if size is None or size < 0 else min(size, left)
        parts = []
        while wanted:
            number, start = divmod(self._position, CHUNK)
            part = self._chunk(number)[start : start + wanted]
            parts.append(part)
            self._position += len(part)
            wanted -= len(part)
        if self._size == 0:
            self._chunk(0)  # an empty file proves itself too
        return b"".join(parts)

    def readall(self) -> bytes:
        return self.read(-1)

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # any writable buffer
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
            self._held = (-1, b"")
        super().close()
