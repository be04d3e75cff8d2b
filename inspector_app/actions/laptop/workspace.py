"""Making, recognising and opening a workspace, and who works in it.

`people` and `check` read plain files only, so that the sign-in window needs neither the database nor the ciphers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checklists.clock import Clock
from checklists.errors import NewerWorkspaceError, NotAWorkspaceError, StorageError
from inspector_app.credentials import DeviceSecretMissingError, NoSecretStore, SecretStore, SystemSecretStore

if TYPE_CHECKING:
    from checklists.crypto import KdfCost, WorkspaceKeys
    from checklists.model import Changes, Officer
    from checklists.store import Store

KEY_FILE = "keys.json"
WORKSPACE_FILE = "workspace.json"
DATABASE_FILE = "store.db"
SETTING_OFFICER = "officer."
MINIMUM_PASSPHRASE, MINIMUM_PIN = 8, 6
"""Characters; a PIN is enough only beside the device secret: alone it is guessed in hours (docs/threat-model.md)."""
_KEY_FORMAT, _KEY_VERSION = "inspector-keys/", 1


class WeakPassphraseError(StorageError):
    """Too short to protect anything; `minimum` in data."""

    code = "weak-passphrase"


class WorkspaceExistsError(StorageError):
    """There is a workspace in this folder already."""

    code = "workspace-exists"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in."""

    person_id: str
    name: str
    needs_device_secret: bool = False


@dataclass(frozen=True, slots=True)
class Created:
    """A new workspace; the recovery key is shown once and kept nowhere."""

    folder: Path
    keys: WorkspaceKeys
    recovery_key: str
    bound_to_device: bool


def check(folder: Path) -> None:
    """Raise what is wrong with the folder, from its plain files: nothing there, half of it, a newer format."""
    if not (folder / KEY_FILE).is_file():
        raise NotAWorkspaceError(folder=str(folder), missing=KEY_FILE)
    _key_file(folder)
    for name in (WORKSPACE_FILE, DATABASE_FILE):
        if not (folder / name).is_file():
            raise NotAWorkspaceError(folder=str(folder), missing=name)


def exists(folder: Path) -> bool:
    """Say whether the folder holds a workspace, whole or not."""
    return any((folder / name).exists() for name in (KEY_FILE, WORKSPACE_FILE, DATABASE_FILE))


def people(folder: Path) -> tuple[Person, ...]:
    """Return who can sign in, from the plain part of the key file."""
    return tuple(
        Person(str(p["person_id"]), str(p["name"]), bool(p.get("needs_device_secret", False)))
        for p in _key_file(folder)["persons"]
    )


def _key_file(folder: Path) -> dict[str, Any]:
    try:
        members = json.loads((folder / KEY_FILE).read_text(encoding="utf-8"))
        name, version = str(members["format"]).rsplit("/", 1)
        list(members["persons"])
    except FileNotFoundError as error:
        raise NotAWorkspaceError(folder=str(folder), missing=KEY_FILE) from error
    except (ValueError, KeyError, TypeError) as error:
        raise NotAWorkspaceError(folder=str(folder), missing=KEY_FILE, damaged=True) from error
    if f"{name}/" == _KEY_FORMAT and version.isdigit() and int(version) > _KEY_VERSION:
        raise NewerWorkspaceError(folder=str(folder), version=int(version))
    return dict(members)


def create(
    folder: Path,
    *,
    officer: Officer,
    passphrase: str,
    clock: Clock,
    secrets: SecretStore | None = None,
    cost: KdfCost | None = None,
) -> Created:
    """Make a workspace whole or not at all: it is built beside the folder and renamed into place.

    `secrets` binds it to this computer's key store (the system's by default, `NoSecretStore` for none).
    """
    import shutil
    import uuid

    require_long_enough(passphrase, bound=True)  # whether it is bound is known below
    if exists(folder):
        raise WorkspaceExistsError(folder=str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = folder.with_name(f".{folder.name}.new-{uuid.uuid4().hex[:8]}")
    building.mkdir()
    workspace_id, secrets = str(uuid.uuid4()), secrets or SystemSecretStore()
    try:
        secret = secrets.create(workspace_id)
        require_long_enough(passphrase, bound=secret is not None)
        keys, recovery_key = _key_file_for(building, workspace_id, officer, passphrase, secret=secret, cost=cost)
        _fill(building, keys, officer, clock)
        _move_in(building, folder)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        secrets.forget(workspace_id)
        raise
    return Created(folder, keys, recovery_key, secret is not None)


def shortest(*, bound: bool) -> int:
    """Return how many characters a passphrase needs; a PIN will do where the key store has the device secret."""
    return MINIMUM_PIN if bound else MINIMUM_PASSPHRASE


def require_long_enough(passphrase: str, *, bound: bool) -> None:
    """Raise `WeakPassphraseError` for a passphrase (or PIN, on a laptop with a device secret) that is too short."""
    if len(passphrase) < shortest(bound=bound):
        raise WeakPassphraseError(minimum=shortest(bound=bound))


def _fill(building: Path, keys: WorkspaceKeys, who: Officer, clock: Clock) -> None:
    from checklists.store import Store

    with Store.create(building, keys, clock=clock) as store:
        set_officer(store, who)


def _key_file_for(
    building: Path,
    workspace_id: str,
    officer: Officer,
    passphrase: str,
    *,
    secret: bytes | None,
    cost: KdfCost | None,
) -> tuple[WorkspaceKeys, str]:
    from checklists import crypto

    return crypto.create_key_file(
        building / KEY_FILE,
        person_id=officer.person_id,
        person_name=officer.name,
        passphrase=passphrase,
        device_secret=secret,
        workspace_id=workspace_id,
        cost=cost,
    )


def _move_in(building: Path, folder: Path) -> None:
    """Rename into place; files that lie in an existing folder already (preferences, logs) stay there."""
    if not folder.exists():
        building.rename(folder)
        return
    for child in sorted(building.iterdir(), key=lambda c: c.name == KEY_FILE):  # the key file last: it makes it whole
        child.replace(folder / child.name)
    building.rmdir()


def sign_in(
    folder: Path,
    *,
    passphrase: str,
    person_id: str | None = None,
    clock: Clock | None = None,
    secrets: SecretStore | None = None,
) -> WorkspaceKeys:
    """Return the keys; takes as long as the key derivation is made to take. Raises `WrongPassphraseError` and kin."""
    from checklists import crypto

    members = _key_file(folder)
    wanted = [p for p in people(folder) if person_id in (None, p.person_id)]
    secret = None
    if any(p.needs_device_secret for p in wanted):
        secret = (secrets or SystemSecretStore()).get(str(members["workspace_id"]))
        if secret is None:
            raise DeviceSecretMissingError(folder=str(folder))
    return crypto.unlock(
        folder / KEY_FILE, passphrase=passphrase, person_id=person_id, device_secret=secret, clock=clock
    )


def open_store(folder: Path, keys: WorkspaceKeys, *, clock: Clock, readonly: bool = False) -> Store:
    """Open the workspace's store for one thread; the caller closes it."""
    from checklists.store import Store

    return Store.open(folder, keys, clock=clock, readonly=readonly)


def officer(store: Store) -> Officer:
    """Return the signed-in person as a member of an inspecting team."""
    from checklists.model import Officer  # not loaded before the sign-in window

    keys = store.keys
    saved = store.settings.get(SETTING_OFFICER + keys.person_id)
    return Officer.from_json(json.loads(saved)) if saved else Officer(keys.person_id, keys.person_name, lead=True)


def set_officer(store: Store, who: Officer) -> Changes:
    """Keep position, office and card number of a person."""
    return store.settings.set(SETTING_OFFICER + who.person_id, json.dumps(who.to_json(), ensure_ascii=False))


__all__ = [
    "Created",
    "NoSecretStore",
    "Person",
    "check",
    "create",
    "exists",
    "officer",
    "open_store",
    "people",
    "set_officer",
    "sign_in",
]
