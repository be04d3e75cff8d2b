"""Which checklists there are, checking one from a file, and taking it into use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checklists.errors import AuthorError, NotFoundError
from checklists.model import Changes, FormPin, Words

if TYPE_CHECKING:
    from checklists.items import ChecklistOutline
    from checklists.store import Store
    from checklists.xform import FormDefinition

STATUS = "{urn:th:moi:inspection:1}status"


@dataclass(frozen=True, slots=True)
class Checked:
    """A checklist that loads: what it is, how many items it has, what looks wrong all the same."""

    pin: FormPin
    outline: ChecklistOutline
    problems: tuple[object, ...]


def bundled() -> tuple[FormPin, ...]:
    """Return the checklists that ship with the program."""
    from checklists import loading

    return tuple(sorted(loading.bundled_ids(), key=lambda pin: pin.form_id))


def available(store: Store) -> tuple[FormPin, ...]:
    """Return the checklists to choose from: the bundled ones and those that were imported, one of each id."""
    pins = {pin.form_id: pin for pin in reversed(store.checklists.list())}
    pins.update({pin.form_id: pin for pin in bundled()})
    return tuple(sorted(pins.values(), key=lambda pin: pin.form_id))


def definition(store: Store, form_id: str) -> tuple[FormPin, FormDefinition]:
    """Return a checklist that can be started now. Raises `NotFoundError(kind="checklist")`."""
    from checklists import loading

    if any(pin.form_id == form_id for pin in loading.bundled_ids()):
        found = loading.bundled(form_id)
        return pin_of(found), found
    pin = next((pin for pin in store.checklists.list() if pin.form_id == form_id), None)
    if pin is None:
        raise NotFoundError(kind="checklist", key=form_id)
    return pin, stored(store, pin.sha256)


def stored(store: Store, sha256: str) -> FormDefinition:
    """Return the exact version that a record was made on."""
    from checklists import loading

    pin = next((pin for pin in loading.bundled_ids() if pin.sha256 == sha256), None)
    if pin is not None:
        return loading.bundled(pin.form_id, pin.version)
    return loading.load_form(store.checklists.get(sha256)[1])


def pin_of(found: FormDefinition) -> FormPin:
    """Return the id, version and hash of a definition, with its titles."""
    from checklists import items

    outline = items.outline(found)
    confirmed = outline.status == "confirmed"
    title = outline.title if outline.title != Words() else Words(found.title, found.title)
    return FormPin(found.id, found.version, found.sha256, title, confirmed)


def check(file: Path) -> Checked:
    """Load a checklist from any source. Raises an `AuthorError` that names the place."""
    from checklists import items, loading

    found = loading.load_form(file)
    return Checked(pin_of(found), items.outline(found), tuple(found.problems))


def import_file(store: Store, file: Path) -> tuple[FormPin, Changes]:
    """Check a checklist and keep it in the workspace."""
    from checklists import loading

    found = loading.load_form(file)
    if not found.id:
        raise AuthorError(file=str(file))
    pin = pin_of(found)
    return pin, store.checklists.put(pin, found.xml)
