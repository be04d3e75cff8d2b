"""Signed editions at the centre: files that author and approver have signed on their laptops are given to everybody.

The same files can be carried by hand (`publishing`); either way the laptop looks at both signatures before it uses one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from checklists.errors import AuthorError
from inspector_app.actions.reference import publishing
from inspector_app.actions.reference.pins import pin_of
from inspector_app.actions.serving.centre import opened

if TYPE_CHECKING:
    from sync.server.editions import EditionEntry

MANIFEST = "*.edition.json"


def add_signer(data: Path, file: Path) -> publishing.PublicKey:
    """Let the person whose public key this file holds sign the handbook. Raises `EditionFileError`."""
    from sync.server import editions

    key = publishing.read_key(file)
    with opened(data) as centre:
        editions.add_signer(centre, key.key_id, bytes.fromhex(key.public_key), key.name)
    return key


def manifest_in(place: Path) -> Path | None:
    """Return the manifest that is meant: the file itself, or the only one of a folder; None where there is none."""
    if place.is_dir():
        found = sorted(place.glob(MANIFEST))
        return found[0] if len(found) == 1 else None
    return place if place.match(MANIFEST) and place.is_file() else None


def publish(data: Path, manifest: Path) -> EditionEntry:
    """Give an edition to every laptop it is meant for. Raises `EditionFileError`, `EditionError`, `AuthorError`."""
    from checklists import loading
    from sync.server import editions

    edition = publishing.read_edition(manifest)
    try:
        xml = manifest.with_name(Path(edition.file).name).read_bytes()
    except OSError as error:
        raise AuthorError(file=edition.file) from error
    pin = pin_of(loading.load_form(xml))
    with opened(data) as centre:
        return editions.publish(centre, pin, xml, edition)


def recall(data: Path, file: Path) -> EditionEntry:
    """Take an edition back by a signed recall. Raises `EditionFileError`, `EditionError`, `NotFoundError`."""
    from sync.server import editions

    told = publishing.read_recall(file)
    with opened(data) as centre:
        return editions.recall(centre, told)


def listed(data: Path) -> tuple[EditionEntry, ...]:
    """Return every edition that the centre has given out."""
    from sync.server import editions

    with opened(data) as centre:
        return editions.listed(centre)
