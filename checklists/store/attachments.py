"""Photos, signatures and files of records.

The bytes are encrypted files (`files.py`), written before the row that names them. A draft's attachments can change;
those of a sealed revision are copies that triggers hold. Deleting the last row of a file deletes its key: the bytes are
then unreadable even where the disk keeps them.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any, BinaryIO

from checklists.crypto import DecryptingReader
from checklists.errors import NotFoundError, SealedRecordError
from checklists.model import Attachment, Changes
from checklists.store.core import Core, dump
from checklists.store.files import StagedFile

_EXHIBIT = re.compile(r"จ\.(\d+)")


class Attachments:
    """The attachments of this workspace."""

    def __init__(self, core: Core) -> None:
        self._core, self._db = core, core.db

    # bytes

    def write_file(self, source: BinaryIO, *, mime: str) -> StagedFile:
        """Encrypt a stream durably into place. Needs no database: any thread may call it."""
        return self._core.files.write(source, mime=mime)

    def drop(self, staged: StagedFile) -> None:
        """Remove a staged file that is not wanted after all."""
        self._core.files.remove(staged.file_name)

    def open(self, sha256: str) -> DecryptingReader:
        """Return the plain bytes as a seekable file. Raises `NotFoundError`, `DamagedStoreError`."""
        found = self._db.row("SELECT file_name, file_key FROM blob WHERE sha256 = ?", (sha256,))
        if found is None:
            raise NotFoundError(sha256, kind="attachment", key=sha256)
        return self._core.files.open(found[0], found[1])

    def thumbnail(self, attachment_id: str) -> bytes | None:
        """Return the small picture of a draft's or sealed attachment, None where it has none."""
        found = self._db.value(
            "SELECT thumb FROM blob WHERE sha256 = coalesce("
            "(SELECT sha256 FROM attachment WHERE attachment_id = ?1),"
            "(SELECT sha256 FROM revision_attachment WHERE attachment_id = ?1 LIMIT 1))",
            (attachment_id,),
        )
        return None if found is None else bytes(found)

    # rows

    def add(self, attachment: Attachment, staged: StagedFile, thumbnail: bytes | None = None) -> Changes:
        """Name a staged file in a draft. Where the same bytes are there already, the staged file is dropped."""
        if (attachment.sha256, attachment.size) != (staged.sha256, staged.size):
            raise ValueError("attachment and file are not the same bytes")
        with self._db.tx():
            self._require_draft(attachment.record_id)
            known = self._db.value("SELECT file_name FROM blob WHERE sha256 = ?", (staged.sha256,))
            if known is None:
                self._add_blob(staged, thumbnail)
            position = self._db.value(
                "SELECT coalesce(max(position), 0) + 1 FROM attachment WHERE record_id = ?", (attachment.record_id,)
            )
            self._db.run(
                "INSERT INTO attachment (attachment_id, record_id, sha256, position, body) VALUES (?, ?, ?, ?, ?)",
                (attachment.attachment_id, attachment.record_id, attachment.sha256, position, dump(attachment)),
            )
            self._count_exhibit(attachment)
            self._note("attach", attachment)
        if known is not None and known != staged.file_name:
            self._core.files.remove(staged.file_name)
        return self._changes(attachment, "attach")

    def _add_blob(self, staged: StagedFile, thumbnail: bytes | None) -> None:
        self._db.run(
            "INSERT INTO blob (sha256, file_name, file_key, size, mime, thumb, added_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                staged.sha256,
                staged.file_name,
                staged.file_key,
                staged.size,
                staged.mime,
                thumbnail,
                self._core.now(),
            ),
        )

    def update(self, attachment_id: str, **changes: Any) -> Changes:
        """Change caption, item, audience and the like of a draft's attachment (fields of `Attachment`)."""
        with self._db.tx():
            changed = replace(self._of_draft(attachment_id), **changes)
            self._db.run("UPDATE attachment SET body = ? WHERE attachment_id = ?", (dump(changed), attachment_id))
            self._count_exhibit(changed)
            self._note("change", changed)
        return self._changes(changed, "change")

    def remove(self, attachment_id: str) -> Changes:
        """Take an attachment out of a draft; its bytes go with the last row that names them."""
        with self._db.tx():
            gone = self._of_draft(attachment_id)
            self._db.run("DELETE FROM attachment WHERE attachment_id = ?", (attachment_id,))
            orphan = self.forget_unnamed(gone.sha256)
            self._note("detach", gone)
        if orphan:
            self._core.files.remove(orphan)
        return self._changes(gone, "detach")

    def forget_unnamed(self, sha256: str) -> str:
        """Delete the key of bytes that nothing names any more; return the file's name, '' where it is still named."""
        name = self._db.value(
            "SELECT file_name FROM blob b WHERE sha256 = ? "
            "AND NOT EXISTS (SELECT 1 FROM attachment WHERE sha256 = b.sha256) "
            "AND NOT EXISTS (SELECT 1 FROM revision_attachment WHERE sha256 = b.sha256)",
            (sha256,),
        )
        if name is None:
            return ""
        self._db.run("DELETE FROM blob WHERE sha256 = ?", (sha256,))
        return str(name)

    def list(self, record_id: str, revision_id: str | None = None) -> tuple[Attachment, ...]:
        """Return a draft's attachments, else those of the newest (or the given) sealed revision, in order."""
        if revision_id is None and self._is_draft(record_id):
            found = self._db.rows("SELECT body FROM attachment WHERE record_id = ? ORDER BY position", (record_id,))
        else:
            found = self._db.rows(
                "SELECT body FROM revision_attachment WHERE revision_id = "
                "coalesce(?, (SELECT head_revision_id FROM record WHERE record_id = ?)) ORDER BY position",
                (revision_id, record_id),
            )
        return tuple(Attachment.from_json(json.loads(row[0])) for row in found)

    def next_exhibit(self, record_id: str) -> str:
        """Return the next number on paper; a number that was given once is not given again."""
        used = self._db.value("SELECT exhibits FROM draft WHERE record_id = ?", (record_id,))
        return f"จ.{int(used or 0) + 1}"

    # inside

    def _count_exhibit(self, attachment: Attachment) -> None:
        if number := _EXHIBIT.fullmatch(attachment.exhibit):
            self._db.run(
                "UPDATE draft SET exhibits = max(exhibits, ?) WHERE record_id = ?",
                (int(number[1]), attachment.record_id),
            )

    def _is_draft(self, record_id: str) -> bool:
        return self._db.value("SELECT 1 FROM draft WHERE record_id = ?", (record_id,)) is not None

    def _require_draft(self, record_id: str) -> None:
        if self._is_draft(record_id):
            return
        if self._db.value("SELECT 1 FROM record WHERE record_id = ?", (record_id,)):
            raise SealedRecordError(record_id, record_id=record_id)
        raise NotFoundError(record_id, kind="record", key=record_id)

    def _of_draft(self, attachment_id: str) -> Attachment:
        found = self._db.value("SELECT body FROM attachment WHERE attachment_id = ?", (attachment_id,))
        if found is not None:
            return Attachment.from_json(json.loads(found))
        if self._db.value("SELECT 1 FROM revision_attachment WHERE attachment_id = ?", (attachment_id,)):
            raise SealedRecordError(attachment_id)
        raise NotFoundError(attachment_id, kind="attachment", key=attachment_id)

    def _note(self, action: str, attachment: Attachment) -> None:
        body = {
            "attachment": attachment.attachment_id,
            "sha256": attachment.sha256,
            "kind": attachment.kind,
            "exhibit": attachment.exhibit,
        }
        self._core.audit.append(action, "record", attachment.record_id, body)

    def _changes(self, attachment: Attachment, cause: str) -> Changes:
        changed = frozenset({("record", attachment.record_id), ("attachment", attachment.attachment_id)})
        return Changes(changed, cause)
