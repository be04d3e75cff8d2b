"""What can go wrong with keys."""

from __future__ import annotations

from checklists.errors import StorageError


class LockedOutError(StorageError):
    """Too many wrong passphrases; `wait_seconds` in data."""

    code = "locked-out"


class KeyFileError(StorageError):
    """The key file cannot be read or is of another kind; `path` in data."""

    code = "key-file"


class RecoveryKeyError(StorageError):
    """The recovery key was typed wrong (`what="typed"`) or belongs to another workspace (`what="other"`)."""

    code = "recovery-key"
