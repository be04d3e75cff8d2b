"""What can go wrong in the store beyond the common errors of `checklists.errors`."""

from __future__ import annotations

from checklists.errors import StorageError


class BusyStoreError(StorageError):
    """Another program holds the database longer than we wait; nothing was changed."""

    code = "store-busy"


class ForeignFileError(StorageError):
    """The database or registry file is not one of ours; `file` in data."""

    code = "foreign-file"


class StaleContentError(StorageError):
    """What was to be sealed was computed from other answers than those that are stored."""

    code = "stale-content"


class RegistryFileError(StorageError):
    """A registry file is damaged, unsigned or signed by somebody we do not trust; `what` in data."""

    code = "registry-file"


class BackupError(StorageError):
    """A backup could not be made or does not pass its check; the store itself is untouched; `what` in data."""

    code = "backup"


class RestrictedError(StorageError):
    """The signed-in person does not hold the role for the restricted part."""

    code = "restricted"
