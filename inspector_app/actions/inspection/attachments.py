"""Photos, files and signatures of a draft: look, keep encrypted, name in the record.

`stage` may run in any thread; `add` and `sign` are steps of the writing store.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checklists.clock import Clock, IdMaker, stamp
from checklists.model import Attachment, AttachmentKind, Audience, Changes
from inspector_app.actions.inspection.images import LIMIT_BYTES, Examined, FileTooLargeError, examine

if TYPE_CHECKING:
    from checklists.store import StagedFile, Store


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that lies encrypted in the workspace, but is named by no record yet."""

    staged: StagedFile
    examined: Examined


def read(file: Path) -> bytes:
    """Return the bytes of a file that somebody wants to attach; refuses what is too large before reading it."""
    if file.stat().st_size > LIMIT_BYTES:
        raise FileTooLargeError(file=str(file), limit_mb=LIMIT_BYTES // (1024 * 1024))
    return file.read_bytes()


def stage(store: Store, data: bytes, *, file: str = "") -> Prepared:
    """Look at the bytes and keep them encrypted on disk. Raises an `AnswerError` when they cannot be evidence."""
    examined = examine(data, file=file)
    return Prepared(store.attachments.write_file(io.BytesIO(data), mime=examined.mime), examined)


def add(
    store: Store,
    record_id: str,
    prepared: Prepared,
    *,
    clock: Clock,
    ids: IdMaker,
    item_id: str = "",
    caption: str = "",
    audience: Audience = Audience.FACTORY,
) -> tuple[Attachment, Changes]:
    """Name a staged file in a draft, with the next exhibit number."""
    kind = AttachmentKind.PHOTO if prepared.examined.is_image else AttachmentKind.FILE
    attachment = _attachment(
        record_id,
        prepared,
        attachment_id=ids.new(),
        kind=kind,
        item_id=item_id,
        exhibit=store.attachments.next_exhibit(record_id),
        caption=caption,
        added_at=stamp(clock.now()),
        audience=audience,
    )
    return attachment, store.attachments.add(attachment, prepared.staged, prepared.examined.thumbnail)


def sign(
    store: Store,
    record_id: str,
    *,
    role: str,
    signer: str,
    png: bytes,
    clock: Clock,
    ids: IdMaker,
    bound_to: str = "",
    caption: str = "",
) -> tuple[Attachment, Changes]:
    """Keep the picture of a signature; an earlier one of the same role is replaced."""
    prepared = stage(store, png, file=role)
    changes = Changes()
    for earlier in store.attachments.list(record_id):
        if earlier.kind is AttachmentKind.SIGNATURE and earlier.role == role:
            changes |= store.attachments.remove(earlier.attachment_id)
    now = stamp(clock.now())
    attachment = _attachment(
        record_id,
        prepared,
        attachment_id=ids.new(),
        kind=AttachmentKind.SIGNATURE,
        role=role,
        signer=signer,
        caption=caption,
        bound_to=bound_to,
        taken_at=now,
        added_at=now,
    )
    return attachment, changes | store.attachments.add(attachment, prepared.staged, prepared.examined.thumbnail)


def _attachment(record_id: str, prepared: Prepared, **more: object) -> Attachment:
    staged, examined = prepared.staged, prepared.examined
    fixed: dict[str, object] = {
        "record_id": record_id,
        "sha256": staged.sha256,
        "size": staged.size,
        "mime": staged.mime,
        "name": f"{staged.sha256[:8]}.{examined.extension}",
        "taken_at": examined.taken_at,
        "lat": examined.lat,
        "lon": examined.lon,
    }
    return Attachment(**{**fixed, **more})  # type: ignore[arg-type]  # members by name, all typed in the two callers
