"""The error tree, sorted by who can act: author, inspector, administrator, or us (a bug).

Errors carry data, never finished sentences for people: the words are made in one place per surface
(`inspector_app/messages.py`), in Thai and English. Nobody parses `str(error)`.
"""

from __future__ import annotations


class InspectorError(Exception):
    """Base of every error that the program raises on purpose.

    `code` is stable and selects the words; `data` holds what the words need (file, row, number, path).
    """

    code = "error"

    def __init__(self, detail: str = "", /, **data: object) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.data = data


class AuthorError(InspectorError):
    """The author of a checklist must act: the checklist, catalogue or form is wrong."""

    code = "author"


class AnswerError(InspectorError):
    """The inspector must act: an answer, a photo or a choice is not possible like this."""

    code = "answer"


class StorageError(InspectorError):
    """The local store cannot do what was asked; nothing that was acknowledged is lost."""

    code = "storage"


class WrongPassphraseError(StorageError):
    """The passphrase or PIN does not unwrap the key; `tries_left` or `wait_seconds` in data where known."""

    code = "wrong-passphrase"


class WorkspaceLockedError(StorageError):
    """Another process is writing to this workspace."""

    code = "workspace-locked"


class NewerWorkspaceError(StorageError):
    """The workspace was written by a newer version of the program."""

    code = "newer-workspace"


class NotAWorkspaceError(StorageError):
    """The folder is not a workspace, or only half of one."""

    code = "not-a-workspace"


class DamagedStoreError(StorageError):
    """The database or an attachment does not read back as it was written."""

    code = "damaged-store"


class DiskFullError(StorageError):
    """No space is left; the step was rolled back and the draft is as it was."""

    code = "disk-full"


class ReadOnlyStoreError(StorageError):
    """The folder or the open store does not allow writing."""

    code = "read-only"


class NotFoundError(StorageError):
    """No such record, site, attachment or item; `kind` and `key` in data."""

    code = "not-found"


class SealedRecordError(StorageError):
    """The record is sealed and can only be corrected by a new revision."""

    code = "sealed"


class SealError(InspectorError):
    """A sealed form, signature or receipt is not what it claims to be; `what` in data."""

    code = "seal"
