"""Giving out an edition of a checklist as files: its author writes the manifest and signs, its approver signs.

An edition is two files: the checklist itself, byte for byte, and its manifest (JSON). Signing is done with the key of
this laptop; whoever is to use the edition trusts both keys first. The centre gives the same files to every laptop
(`centre_editions`) and vouches for the keys.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checklists import numbers
from checklists.clock import BANGKOK, Clock
from checklists.errors import AuthorError, NotFoundError
from inspector_app.actions.reference import checklists, handbook

if TYPE_CHECKING:
    from checklists.authoring.publishing import Edition, Recall
    from checklists.model import Changes, FormPin
    from checklists.store import Store


class EditionFileError(AuthorError):
    """The file is no manifest of an edition, no recall and no key; `file`, `line` in data."""

    code = "edition-file"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A person's key, to be handed to those who should trust it."""

    key_id: str
    public_key: str  # hex
    name: str


def own_key(store: Store) -> PublicKey:
    """Return the public half of the key that signs on this laptop."""
    key = store.keys.device_key
    return PublicKey(key.key_id, key.public_bytes.hex(), store.keys.person_name)


def write(
    store: Store,
    source: str,
    *,
    output: Path,
    approver: str,
    effective_from: str,
    document: str,
    provinces: Sequence[str] = (),
    replaces: str = "",
) -> Edition:
    """Write the checklist and its manifest into a folder, signed by this laptop's person as author.

    Raises `AuthorError` for a checklist that cannot be loaded, `NotFoundError(kind="province")`.
    """
    from checklists.authoring import publishing

    pin, xml = checklists.for_publishing(source)
    output.mkdir(parents=True, exist_ok=True)
    name = f"{pin.form_id}-{pin.version}"
    (output / f"{name}.xml").write_bytes(xml)
    manifest = publishing.edition(
        xml,
        file=f"{name}.xml",
        entry_id=pin.form_id,
        version=pin.version,
        effective_from=effective_from,
        author=store.keys.person_name,
        approver=approver,
        document=document,
        provinces=[_province(one) for one in provinces],
        replaces=replaces,
    ).signed("author", store.keys.device_key)
    _write(output / f"{name}.edition.json", manifest.to_json())
    return manifest


def _province(text: str) -> str:
    found = numbers.province(text)
    if found is None:
        raise NotFoundError(kind="province", key=text)
    return found.code


def approve(store: Store, file: Path) -> Edition:
    """Sign a manifest as the approver that it names. Raises `EditionError` for the author, or for somebody else."""
    from checklists.authoring.publishing import EditionError

    manifest = read_edition(file)
    if any(one.key_id == store.keys.device_key.key_id for one in manifest.signatures):
        raise EditionError(kind="same-person", file=file.name)
    if manifest.approver != store.keys.person_name:
        raise EditionError(kind="unknown-signer", file=file.name, name=store.keys.person_name)
    signed = manifest.signed("approver", store.keys.device_key)
    _write(file, signed.to_json())
    return signed


def recall(store: Store, entry_id: str, version: str, *, reason: str, output: Path, clock: Clock) -> Recall:
    """Write a signed recall: the edition is not to be begun any more, records made on it stay."""
    from checklists.authoring.publishing import Recall

    day = clock.now().astimezone(BANGKOK).date().isoformat()
    made = Recall(entry_id, version, reason.strip(), day, store.keys.person_name).signed(store.keys.device_key)
    _write(output, made.to_json())
    return made


def trust(store: Store, file: Path) -> PublicKey:
    """Trust the key in a file (`own_key` as JSON) for editions and recalls. Raises `EditionFileError`."""
    key = read_key(file)
    handbook.trust(store, key.key_id, bytes.fromhex(key.public_key))
    return key


def read_key(file: Path) -> PublicKey:
    """Return the public key in a file. Raises `EditionFileError`."""
    from checklists.crypto import key_id_of

    read = _read(file)
    try:
        key = PublicKey(str(read["key_id"]), str(read["public_key"]), str(read["name"]))
        if key_id_of(bytes.fromhex(key.public_key)) != key.key_id:
            raise EditionFileError(file=file.name)
    except (KeyError, ValueError) as error:
        raise EditionFileError(file=file.name) from error
    return key


def take(store: Store, file: Path, *, clock: Clock, province: str = "") -> tuple[FormPin, Changes]:
    """Take an edition into use; the checklist lies beside its manifest. Raises `EditionError`, `NotFoundError`."""
    manifest = read_edition(file)
    content = file.with_name(Path(manifest.file).name).read_bytes()
    where = _province(province) if province else ""
    return handbook.take_edition(store, manifest, content, clock=clock, province=where)


def take_recall(store: Store, file: Path) -> Recall:
    """Keep a recall. Raises `EditionFileError`."""
    found = read_recall(file)
    handbook.take_recall(store, found)
    return found


def read_recall(file: Path) -> Recall:
    """Return the recall in a file. Raises `EditionFileError`."""
    from checklists.authoring.publishing import Recall

    try:
        return Recall.from_json(_read(file))
    except (TypeError, ValueError) as error:
        raise EditionFileError(file=file.name) from error


def read_edition(file: Path) -> Edition:
    """Return the manifest in a file. Raises `EditionFileError`."""
    from checklists.authoring.publishing import Edition

    try:
        return Edition.from_json(_read(file))
    except (TypeError, ValueError) as error:
        raise EditionFileError(file=file.name) from error


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, UnicodeDecodeError) as error:
        raise EditionFileError(file=file.name, line=getattr(error, "lineno", "")) from error
    if not isinstance(found, dict):
        raise EditionFileError(file=file.name)
    return found


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
