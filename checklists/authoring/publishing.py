"""Who wrote and approved an edition of the handbook, from when and where it counts, whether it was recalled.

An edition is the exact bytes of one file and a manifest signed by two different people. A laptop uses an edition only
when both signatures are by keys it trusts, the bytes are the ones signed, its day has come, its province is in the
pilot, and no recall says otherwise. Nothing here changes a draft that was begun: drafts stay on their version.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from checklists.authoring.errors import CatalogueError
from checklists.crypto.device import signature_is_good
from checklists.errors import AuthorError
from checklists.model import Jsonable
from checklists.sealing import canonical

DOMAIN = b"inspector-handbook-v1\0"
RECALL_DOMAIN = b"inspector-handbook-recall-v1\0"


class EditionError(AuthorError):
    """An edition must not be used; `kind` in data: unsigned, same-person, unknown-signer, forged, changed, not-yet,
    outside-pilot, recalled."""

    code = "edition"


class Key(Protocol):
    """A signing key (`crypto.DeviceKey`)."""

    @property
    def key_id(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Signature(Jsonable):
    """One signature under a manifest: in which role, by whom, with which key."""

    role: str  # author, approver
    name: str
    key_id: str
    value: str  # hex


@dataclass(frozen=True, slots=True)
class Edition(Jsonable):
    """The manifest of one edition. `provinces` empty means everywhere; `document` is the paper that approved it."""

    file: str
    entry_id: str  # checklist id, or laws, limits, phrases, factors
    version: str
    sha256: str
    effective_from: str
    author: str
    approver: str
    document: str
    provinces: tuple[str, ...] = ()
    replaces: str = ""
    signatures: tuple[Signature, ...] = ()

    @property
    def message(self) -> bytes:
        """What both people sign."""
        unsigned = {key: value for key, value in self.to_json().items() if key != "signatures"}
        return DOMAIN + hashlib.sha256(canonical(unsigned)).digest()

    def signed(self, role: str, key: Key) -> Edition:
        """Return the edition with one more signature."""
        name = self.author if role == "author" else self.approver
        signature = Signature(role, name, key.key_id, key.sign(self.message).hex())
        return replace(self, signatures=(*self.signatures, signature))


@dataclass(frozen=True, slots=True)
class Recall(Jsonable):
    """An edition is not to be started any more; records made on it stay as they are."""

    entry_id: str
    version: str
    reason: str
    recalled_on: str
    name: str
    key_id: str = ""
    value: str = ""

    @property
    def message(self) -> bytes:
        unsigned = {key: value for key, value in self.to_json().items() if key not in ("key_id", "value")}
        return RECALL_DOMAIN + hashlib.sha256(canonical(unsigned)).digest()

    def signed(self, key: Key) -> Recall:
        return replace(self, key_id=key.key_id, value=key.sign(self.message).hex())


def edition(
    content: bytes,
    *,
    file: str,
    entry_id: str,
    version: str,
    effective_from: str,
    author: str,
    approver: str,
    document: str,
    provinces: Sequence[str] = (),
    replaces: str = "",
) -> Edition:
    """Return the unsigned manifest of a file."""
    digest = hashlib.sha256(content).hexdigest()
    return Edition(
        file, entry_id, version, digest, effective_from, author, approver, document, tuple(provinces), replaces
    )


def check(
    manifest: Edition,
    content: bytes,
    *,
    trusted: Mapping[str, bytes],
    on: str,
    province: str = "",
    recalls: Sequence[Recall] = (),
) -> None:
    """Raise `EditionError` unless a laptop may use this edition on a day (ISO) in a province (code)."""
    roles = {signature.role: signature for signature in manifest.signatures}
    if not {"author", "approver"} <= roles.keys():
        raise EditionError(kind="unsigned", file=manifest.file)
    one, other = roles["author"], roles["approver"]
    if one.key_id == other.key_id or manifest.author == manifest.approver:
        raise EditionError(kind="same-person", file=manifest.file)
    for signature in (one, other):
        if signature.key_id not in trusted:
            raise EditionError(kind="unknown-signer", file=manifest.file, name=signature.name)
        if not signature_is_good(trusted[signature.key_id], bytes.fromhex(signature.value), manifest.message):
            raise EditionError(kind="forged", file=manifest.file, name=signature.name)
    if hashlib.sha256(content).hexdigest() != manifest.sha256:
        raise EditionError(kind="changed", file=manifest.file)
    if on < manifest.effective_from:
        raise EditionError(kind="not-yet", file=manifest.file, effective_from=manifest.effective_from)
    if manifest.provinces and province not in manifest.provinces:
        raise EditionError(kind="outside-pilot", file=manifest.file, provinces=manifest.provinces)
    for recall in recalls:
        if recall.entry_id == manifest.entry_id and recall.version == manifest.version and _stands(recall, trusted):
            raise EditionError(kind="recalled", file=manifest.file, reason=recall.reason)


def _stands(recall: Recall, trusted: Mapping[str, bytes]) -> bool:
    """A recall without a good signature recalls nothing."""
    key = trusted.get(recall.key_id)
    return key is not None and signature_is_good(key, bytes.fromhex(recall.value), recall.message)


def confirm(
    content: Mapping[str, Any], entry_id: str, *, officer: str, position: str, document: str, date: str
) -> dict[str, Any]:
    """Return a catalogue in which one entry (a law, a clause, a limit, a factor) is confirmed by a named officer.

    A checklist as a whole is confirmed by its own id. Raises `CatalogueError` where there is no such entry.
    """
    if not (officer and document and date):
        raise CatalogueError("a confirmation names officer, document and date", where=entry_id, suggestion="")
    changed = copy.deepcopy(dict(content))
    found = list(_entries(changed, entry_id))
    if not found:
        raise CatalogueError("no such entry", where=entry_id, suggestion="")
    for entry in found:
        entry["confirmed_by"] = {"officer": officer, "position": position, "document": document, "date": date}
    if changed.get("checklist") == entry_id:
        changed["status"] = "confirmed"
    return changed


def _entries(content: dict[str, Any], entry_id: str) -> list[dict[str, Any]]:
    if content.get("checklist") == entry_id:
        return [content]
    rows = [row for value in content.values() if isinstance(value, list) for row in value]
    found = [row for row in rows if row.get("id") == entry_id]
    for row in rows:
        found += [clause for clause in row.get("clauses", ()) if f"{row['id']}-{clause['id']}" == entry_id]
    return found
