"""Who can sign in to a workspace: another person, one less, a new passphrase, a forgotten one; nobody ever again.

Only the key file changes; nothing is encrypted anew. Arguments name the folder, so that a forgotten passphrase can be
replaced while nobody is signed in.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from checklists.errors import NotFoundError, StorageError
from inspector_app.actions.laptop.workspace import KEY_FILE, Person, check, people, require_long_enough
from inspector_app.credentials import SecretStore, SystemSecretStore

if TYPE_CHECKING:
    from checklists.crypto import KdfCost, WorkspaceKeys


def add(
    folder: Path,
    keys: WorkspaceKeys,
    *,
    name: str,
    passphrase: str,
    secrets: SecretStore | None = None,
    cost: KdfCost | None = None,
) -> Person:
    """Let another person sign in; `keys` are those of somebody who can already. Raises `WeakPassphraseError`."""
    from checklists import crypto

    secret = _secret(folder, keys, secrets)
    require_long_enough(passphrase, bound=secret is not None)
    person_id = str(uuid.uuid4())
    crypto.add_person(
        folder / KEY_FILE,
        keys,
        person_id=person_id,
        person_name=name.strip(),
        passphrase=passphrase,
        device_secret=secret,
        cost=cost,
    )
    return Person(person_id, name.strip(), secret is not None)


def change_passphrase(
    folder: Path,
    keys: WorkspaceKeys,
    new: str,
    *,
    secrets: SecretStore | None = None,
    cost: KdfCost | None = None,
) -> None:
    """Give the signed-in person a new passphrase; the old one opens nothing from then on."""
    from checklists import crypto

    secret = _secret(folder, keys, secrets)
    require_long_enough(new, bound=secret is not None)
    crypto.change_passphrase(folder / KEY_FILE, keys, new_passphrase=new, device_secret=secret, cost=cost)


def recover(
    folder: Path,
    recovery_key: str,
    new: str,
    *,
    person_id: str = "",
    secrets: SecretStore | None = None,
    cost: KdfCost | None = None,
) -> Person:
    """Replace a forgotten passphrase by the recovery key from the office's safe.

    `person_id` may be left out where one person alone works here. Raises `RecoveryKeyError`, `NotFoundError`.
    """
    from checklists import crypto

    check(folder)
    who = _person(folder, person_id)
    keys = crypto.unlock_with_recovery(folder / KEY_FILE, recovery_key)
    secret = _secret(folder, keys, secrets) if who.needs_device_secret else None
    require_long_enough(new, bound=secret is not None)
    crypto.change_passphrase(
        folder / KEY_FILE,
        keys,
        new_passphrase=new,
        person_id=who.person_id,
        device_secret=secret,
        cost=cost,
    )
    return who


def remove(folder: Path, keys: WorkspaceKeys, who: str) -> Person:
    """Take a person's way in away, by name or id; their records stay. Raises `NotFoundError`, `OwnWayInError`.

    Their wrapped key is wiped; with the passphrase that they know nothing opens any more.
    """
    from checklists import crypto

    gone = _person(folder, who)
    if gone.person_id == keys.person_id:
        raise OwnWayInError(name=gone.name)
    crypto.remove_person(folder / KEY_FILE, gone.person_id)
    return gone


def new_recovery_key(folder: Path, keys: WorkspaceKeys) -> str:
    """Replace the recovery key, e.g. after it was used or its paper was lost; returns the new one, shown this once.

    Raises `RestrictedError` for a person without the role for the restricted part, which the key opens too.
    """
    from checklists import crypto
    from checklists.store import RestrictedError

    if keys.restricted_key is None:
        raise RestrictedError(name=keys.person_name)
    return crypto.new_recovery_key(folder / KEY_FILE, keys)


def erase(folder: Path, keys: WorkspaceKeys, *, waiting: int, unsent_too: bool = False) -> None:
    """Make a workspace unreadable for ever: its keys are wiped here and in the system's key store.

    Raises `UnsentWorkError` where records have not reached the centre and that was not accepted.
    """
    from checklists import crypto

    if waiting and not unsent_too:
        raise UnsentWorkError(count=waiting)
    crypto.erase(folder / KEY_FILE)
    SystemSecretStore().forget(keys.workspace_id)


class OwnWayInError(StorageError):
    """Nobody removes themselves; `name` in data."""

    code = "own-way-in"


class UnsentWorkError(StorageError):
    """Records have no receipt from the centre yet, or are drafts; `count` in data."""

    code = "unsent-work"


def _person(folder: Path, person_id: str) -> Person:
    """Return who is meant, by id or name; the only one where nothing was said."""
    everybody = people(folder)
    found = [p for p in everybody if person_id in {p.person_id, p.name}] if person_id else list(everybody)
    if len(found) != 1:
        raise NotFoundError(kind="person", key=person_id)
    return found[0]


def _secret(folder: Path, keys: WorkspaceKeys, secrets: SecretStore | None) -> bytes | None:
    """Return this computer's secret where the workspace is bound to it; where it is lost, the binding ends."""
    if not any(p.needs_device_secret for p in people(folder)):
        return None
    return (secrets or SystemSecretStore()).get(keys.workspace_id)
