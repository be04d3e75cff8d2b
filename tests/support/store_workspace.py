"""A workspace in a folder, for tests: weak key derivation, no reserve file, a small story to tell."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from checklists.clock import Clock
from checklists.crypto import KdfCost, WorkspaceKeys, create_key_file, unlock
from checklists.model import AnswerRow, Attachment, AttachmentKind, Draft, NodeRef
from checklists.sealing import Sealed
from checklists.store import SealContent, Store
from tests.support import store_builders as make

PASSPHRASE = "ทดสอบ passphrase 1"  # of a workspace that lives for one test


def new_keys(folder: Path) -> WorkspaceKeys:
    folder.mkdir(parents=True, exist_ok=True)
    keys, _ = create_key_file(
        folder / "keys.json",
        person_id=make.OFFICER.person_id,
        person_name=make.OFFICER.name,
        passphrase=PASSPHRASE,
        cost=KdfCost.weak_for_tests(),
    )
    return keys


def new_store(folder: Path, clock: Clock) -> Store:
    """Make a workspace and open it for writing."""
    return Store.create(folder, new_keys(folder), clock=clock, reserve=0)


def reopen(folder: Path, clock: Clock, **how: Any) -> Store:
    keys = unlock(folder / "keys.json", passphrase=PASSPHRASE, clock=clock)
    return Store.open(folder, keys, clock=clock, reserve=0, **how)


def begin(store: Store, record_id: str = "r-1", visit_id: str = "v-1", answers: Sequence[AnswerRow] = ()) -> None:
    """Start a visit and a record."""
    store.visits.start(make.visit(visit_id))
    draft = Draft(make.PIN.form_id, make.PIN.version, make.PIN.sha256, answers=tuple(answers))
    store.records.create(record_id=record_id, visit_id=visit_id, form=make.PIN, draft=draft, author=make.OFFICER)


def answer(store: Store, number: int, value: str, record_id: str = "r-1") -> AnswerRow:
    row = AnswerRow(f"/data/fa_b{number:02}/fa_b{number:02}_v", "", value)
    store.records.save_answers(record_id, [row], cursor=NodeRef(row.path))
    return row


def photo(
    store: Store, attachment_id: str = "a-1", data: bytes = b"\xff\xd8photo", record_id: str = "r-1", **more: Any
) -> Attachment:
    staged = store.attachments.write_file(io.BytesIO(data), mime="image/jpeg")
    values: dict[str, Any] = {
        "kind": AttachmentKind.PHOTO,
        "sha256": staged.sha256,
        "size": staged.size,
        "mime": staged.mime,
        "name": f"{staged.sha256[:8]}.jpg",
        "exhibit": store.attachments.next_exhibit(record_id),
    }
    one = Attachment(attachment_id, record_id, **{**values, **more})
    store.attachments.add(one, staged, b"small")
    return one


def content(**changes: Any) -> SealContent:
    return SealContent(result=make.result(**changes), submission_xml="<data/>")


def whole_inspection(store: Store, record_id: str = "r-1", visit_id: str = "v-1") -> Sealed:
    """Tell the story from the visit to the sealed record: three answers, a photo, a signature."""
    begin(store, record_id, visit_id)
    for number, value in enumerate(("pass", "fail", "na"), 1):
        answer(store, number, value, record_id)
    photo(store, f"{record_id}-photo", f"photo of {record_id}".encode() * 50, record_id)
    photo(store, f"{record_id}-sign", b"png of a signature", record_id, kind=AttachmentKind.SIGNATURE, exhibit="")
    sealed, _ = store.records.finalise(record_id, content())
    return sealed
