"""The handbook on this laptop: what a named officer of the agency confirmed, and editions that come from the centre.

Bundled checklists are trusted as shipped. An edition from anywhere else is used only with the signatures of its author
and its approver by keys that this workspace trusts, on its day, in its provinces, and not recalled.
"""

from __future__ import annotations

import functools
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from checklists.clock import BANGKOK, Clock
from checklists.errors import AnswerError, NotFoundError
from checklists.model import Changes, FormPin
from inspector_app.actions.reference.pins import pin_of

if TYPE_CHECKING:
    from checklists.authoring.catalogue import Catalogue, Confirmation, LawEntry, LimitEntry
    from checklists.authoring.publishing import Edition, Recall
    from checklists.items import ChecklistOutline
    from checklists.store import Store

CONFIRMED = "handbook.confirmed"
KEYS = "handbook.keys"
RECALLS = "handbook.recalls"
EDITIONS = "handbook.editions"


class UnnamedConfirmationError(AnswerError):
    """A confirmation names the officer, the document and the date; `entry` in data."""

    code = "unnamed-confirmation"


# --- confirmations --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One confirmation: of a law, clause, limit, item or whole checklist."""

    entry_id: str
    officer: str
    position: str
    document: str
    date: str


def confirm(store: Store, entry_id: str, *, officer: str, document: str, date: str, position: str = "") -> Changes:
    """Record that a named officer confirmed an entry. Raises `UnnamedConfirmationError`, `NotFoundError`."""
    if not (officer.strip() and document.strip() and date.strip()):
        raise UnnamedConfirmationError(entry=entry_id)
    if not _known(entry_id):
        raise NotFoundError(kind="handbook-entry", key=entry_id)
    others = [one for one in confirmations(store) if one.entry_id != entry_id]
    rows = [*others, Entry(entry_id, officer.strip(), position.strip(), document.strip(), date)]
    return store.settings.set(CONFIRMED, json.dumps([asdict(row) for row in rows], ensure_ascii=False))


def confirmations(store: Store) -> tuple[Entry, ...]:
    """Return who confirmed what, in the order it was recorded."""
    return tuple(Entry(**row) for row in json.loads(store.settings.get(CONFIRMED) or "[]"))


def _known(entry_id: str) -> bool:
    from checklists import items, loading
    from checklists.authoring.catalogue import Catalogue

    catalogue = Catalogue.bundled()
    if catalogue.entry(entry_id) or any(limit.limit_id == entry_id for limit in catalogue.limits):
        return True
    pins = loading.bundled_ids()
    return any(pin.form_id == entry_id for pin in pins) or any(
        items.outline(loading.bundled(pin.form_id, pin.version)).item(entry_id) for pin in pins
    )


def catalogue(store: Store) -> Catalogue:
    """Return laws and limits with what was confirmed in this workspace."""
    return _catalogue(confirmations(store))


@functools.lru_cache(maxsize=4)
def _catalogue(found: tuple[Entry, ...]) -> Catalogue:
    from checklists.authoring.catalogue import Catalogue, Confirmation

    known: dict[str, Confirmation] = {
        one.entry_id: Confirmation(one.officer, one.position, one.document, one.date) for one in found
    }
    return Catalogue.bundled().confirmed(known)


def confirmed_pin(store: Store, pin: FormPin, outline: ChecklistOutline) -> FormPin:
    """Return a checklist's pin: no draft any more where it, or each of its items, was confirmed."""
    known = {one.entry_id for one in confirmations(store)}
    whole = pin.form_id in known or all(item.item_id in known for item in outline.items)
    return replace(pin, confirmed=pin.confirmed or whole)


# --- editions from the centre ---------------------------------------------------------------------------------------


def trust(store: Store, key_id: str, public_key: bytes) -> Changes:
    """Trust the key of an author or approver of the handbook."""
    return store.settings.set(KEYS, json.dumps({**_keys(store), key_id: public_key.hex()}))


def trusts(store: Store, key_id: str) -> bool:
    """Say whether a key of an author or approver is trusted here."""
    return key_id in _keys(store)


def _keys(store: Store) -> dict[str, str]:
    found: dict[str, str] = json.loads(store.settings.get(KEYS) or "{}")
    return found


def recalls(store: Store) -> tuple[Recall, ...]:
    from checklists.authoring.publishing import Recall

    return tuple(Recall.from_json(row) for row in json.loads(store.settings.get(RECALLS) or "[]"))


def take_recall(store: Store, recall: Recall) -> Changes:
    """Keep a recall; it counts only with a good signature, which is looked at whenever an edition is used."""
    rows = [one.to_json() for one in (*recalls(store), recall)]
    return store.settings.set(RECALLS, json.dumps(rows, ensure_ascii=False))


def take_edition(
    store: Store, manifest: Edition, content: bytes, *, clock: Clock, province: str = ""
) -> tuple[FormPin, Changes]:
    """Take an edition of a checklist into use. Raises `EditionError`, whose `kind` says why it is refused."""
    from checklists import loading
    from checklists.authoring import publishing

    publishing.check(
        manifest,
        content,
        trusted={key_id: bytes.fromhex(key) for key_id, key in _keys(store).items()},
        on=clock.now().astimezone(BANGKOK).date().isoformat(),
        province=province,
        recalls=recalls(store),
    )
    found = loading.load_form(content)
    pin = pin_of(found)
    editions = {**_editions(store), pin.sha256: manifest.to_json()}
    changes = store.settings.set(EDITIONS, json.dumps(editions, ensure_ascii=False))
    return pin, changes | store.checklists.put(pin, found.xml)


def has_edition(store: Store, sha256: str) -> bool:
    """Say whether a checklist was taken into use as a signed edition."""
    return sha256 in _editions(store)


def editions_in_force(store: Store) -> dict[str, str]:
    """Return, by checklist id, the file (SHA-256) of the edition to begin with: the latest in force, not recalled."""
    recalled = {(told.entry_id, told.version) for told in recalls(store) if _is_trusted(store, told)}
    standing = [
        (str(one["effective_from"]), str(one["entry_id"]), sha256)
        for sha256, one in _editions(store).items()
        if (one["entry_id"], one["version"]) not in recalled
    ]
    return {form_id: sha256 for _, form_id, sha256 in sorted(standing)}


def _editions(store: Store) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(store.settings.get(EDITIONS) or "{}")
    return found


def refuse_unsigned(store: Store, pin: FormPin) -> None:
    """Raise `EditionError` where a checklist came from the centre without a signed edition, or was recalled.

    Bundled checklists are trusted as shipped, and files that the officer imported by hand are the officer's own doing.
    """
    from checklists import loading
    from checklists.authoring.publishing import EditionError

    if any(pin.sha256 == bundled.sha256 for bundled in loading.bundled_ids()):
        return
    taken = _editions(store).get(pin.sha256)
    sent = {(row.body or {}).get("sha256") for row in store.pulled.list("forms")}
    if taken is None and pin.sha256 in sent:
        raise EditionError(kind="unsigned", file=pin.form_id)
    for recall in recalls(store):
        same = taken is not None and (recall.entry_id, recall.version) == (taken["entry_id"], taken["version"])
        if same and _is_trusted(store, recall):
            raise EditionError(kind="recalled", file=pin.form_id, reason=recall.reason)


def _is_trusted(store: Store, recall: Recall) -> bool:
    from checklists.crypto.device import signature_is_good

    key = _keys(store).get(recall.key_id)
    return key is not None and signature_is_good(bytes.fromhex(key), bytes.fromhex(recall.value), recall.message)


# --- reading --------------------------------------------------------------------------------------------------------


def search_laws(store: Store | None, text: str, *, limit: int = 50) -> tuple[LawEntry, ...]:
    """Return laws and clauses that hold all words, with what was confirmed here; without a store as shipped."""
    return catalogue_of(store).search(text, limit=limit)


def limits(store: Store | None, text: str = "", *, on: str = "") -> tuple[LimitEntry, ...]:
    """Return limits whose id, parameter or name holds all words; with `on` (ISO) only those in force that day."""
    from checklists.text import fold

    wanted = [fold(word) for word in text.split()]
    return tuple(
        entry
        for entry in catalogue_of(store).limits
        if all(word in _searchable(entry) for word in wanted) and (not on or entry.in_force(on))
    )


def _searchable(entry: LimitEntry) -> str:
    from checklists.text import fold

    return fold(f"{entry.limit_id} {entry.parameter} {entry.name.th} {entry.name.en} {entry.medium} {entry.law}")


def catalogue_of(store: Store | None) -> Catalogue:
    """Return laws and limits with what was confirmed in this workspace; as they ship where there is none."""
    return _catalogue(()) if store is None else catalogue(store)
