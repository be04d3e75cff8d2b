"""The key file of a workspace: one random data key, wrapped once per person and once by the recovery key.

A passphrase never encrypts data; it only unwraps the data key, so changing it rewrites a few bytes. The data key
gives, by HKDF, the raw database key, the key of file names and the wrapping of the device's signing key. A second
random key for the restricted part (complainants) is wrapped only for persons who hold that role, and by the recovery
key. The file itself may be read by anybody: it holds names and wrapped keys.

A check value tells a wrong passphrase from a damaged database. Wrong tries are counted in a file beside
(`lockout.py`).
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from checklists.clock import Clock, SystemClock
from checklists.crypto import derive, lockout, recovery, wiping
from checklists.crypto.derive import KdfCost
from checklists.crypto.device import DeviceKey
from checklists.crypto.errors import KeyFileError, RecoveryKeyError
from checklists.errors import NewerWorkspaceError, NotFoundError, StorageError, WrongPassphraseError
from checklists.model import Jsonable

FORMAT = "inspector-keys/"
VERSION = 1
RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Person(Jsonable):
    """Somebody who can sign in to the workspace. `restricted` is the role that reads complainants' data."""

    person_id: str
    name: str
    needs_device_secret: bool = False
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class WorkspaceKeys:
    """Everything a signed-in person's program needs. Never stored, never printed."""

    database_key: bytes = field(repr=False)
    name_key: bytes = field(repr=False)
    device_key: DeviceKey = field(repr=False)
    person_id: str
    person_name: str
    workspace_id: str
    device_id: str
    restricted_key: bytes | None = field(default=None, repr=False)
    data_key: bytes = field(default=b"", repr=False)


# --- reading and writing the file -----------------------------------------------------------------------------------


def _read(path: Path) -> dict[str, Any]:
    try:
        members = json.loads(path.read_text("utf-8"))
        name, version = str(members["format"]).rsplit("/", 1)
        if f"{name}/" != FORMAT:
            raise KeyFileError("another kind of file", path=str(path))
        if int(version) > VERSION:
            raise NewerWorkspaceError("key file", path=str(path), version=int(version))
        if not (isinstance(members["persons"], list) and isinstance(members["check"], str)):
            raise KeyFileError("members", path=str(path))
    except FileNotFoundError as error:
        raise KeyFileError("missing", path=str(path), missing=True) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeyFileError(str(error), path=str(path)) from error
    return dict(members)


def _write(path: Path, members: dict[str, Any]) -> None:
    """Replace the file with its copies; what it held before is wiped. A kill leaves the old one or the new one."""
    wiping.replace(path, json.dumps(members, ensure_ascii=False, indent=1))


def _wrapped_for(
    person: Person,
    passphrase: str,
    *,
    device_secret: bytes | None,
    cost: KdfCost,
    data_key: bytes,
    restricted: bytes | None,
) -> dict[str, Any]:
    if not passphrase:
        raise WrongPassphraseError("empty", empty=True)
    salt = derive.new_salt()
    kek = derive.passphrase_key(passphrase, salt, cost, device_secret, person.person_id)
    person = replace(person, needs_device_secret=device_secret is not None, restricted=restricted is not None)
    return {
        **person.to_json(),
        "kdf": {"name": "argon2id", "salt": salt.hex(), **cost.to_json()},
        "wrapped": derive.wrap(kek, data_key),
        "wrapped_restricted": derive.wrap(derive.hkdf(kek, "restricted"), restricted) if restricted else "",
    }


def _keys(members: dict[str, Any], person: Person, data_key: bytes, restricted: bytes | None) -> WorkspaceKeys:
    seed = derive.unwrap(derive.hkdf(data_key, "device"), members["device_seed"])
    if seed is None:
        raise KeyFileError("device seed")
    return WorkspaceKeys(
        database_key=derive.hkdf(data_key, "database"),
        name_key=derive.hkdf(data_key, "names"),
        device_key=DeviceKey.from_seed(seed),
        person_id=person.person_id,
        person_name=person.name,
        workspace_id=members["workspace_id"],
        device_id=members["device_id"],
        restricted_key=restricted,
        data_key=data_key,
    )


# --- making ---------------------------------------------------------------------------------------------------------


def create_key_file(
    path: Path,
    *,
    person_id: str,
    person_name: str,
    passphrase: str,
    device_secret: bytes | None = None,
    recovery_key: bool = True,
    workspace_id: str = "",
    device_id: str = "",
    restricted_role: bool = True,
    cost: KdfCost | None = None,
) -> tuple[WorkspaceKeys, str]:
    """Make the data key and the first person; return the keys and the recovery key's text ('' without one).

    Without `cost` this laptop's is measured (about a second). The recovery key is shown this once. Raises
    `KeyFileError` where there is a key file already.
    """
    if path.exists():
        raise KeyFileError("exists", path=str(path), exists=True)
    cost = cost or derive.calibrated()
    data_key, restricted, seed = derive.new_key(), derive.new_key(), os.urandom(32)
    person = Person(person_id, person_name)
    members: dict[str, Any] = {
        "format": f"{FORMAT}{VERSION}",
        "workspace_id": workspace_id or str(uuid.uuid4()),
        "device_id": device_id or str(uuid.uuid4()),
        "device_public": DeviceKey.from_seed(seed).public_bytes.hex(),
        "device_seed": derive.wrap(derive.hkdf(data_key, "device"), seed),
        "check": derive.check_value(data_key),
        "restricted_check": derive.check_value(restricted),
        "persons": [
            _wrapped_for(
                person,
                passphrase,
                device_secret=device_secret,
                cost=cost,
                data_key=data_key,
                restricted=restricted if restricted_role else None,
            )
        ],
        "recovery": None,
    }
    text = ""
    if recovery_key:
        secret = os.urandom(recovery.SECRET_BYTES)
        text = recovery.to_text(secret)
        members["recovery"] = _wrapped_for_recovery(secret, data_key, restricted)
    _write(path, members)
    return _keys(members, person, data_key, restricted if restricted_role else None), text


def _wrapped_for_recovery(secret: bytes, data_key: bytes, restricted: bytes) -> dict[str, str]:
    return {
        "wrapped": derive.wrap(derive.hkdf(secret, RECOVERY), data_key),
        "wrapped_restricted": derive.wrap(derive.hkdf(secret, "recovery restricted"), restricted),
    }


# --- signing in -----------------------------------------------------------------------------------------------------


def persons(path: Path) -> tuple[Person, ...]:
    """Return who can sign in, for the first window; needs no passphrase."""
    return tuple(Person.from_json(p) for p in _read(path)["persons"])


def _entry(members: dict[str, Any], person_id: str) -> dict[str, Any]:
    for entry in members["persons"]:
        if entry["person_id"] == person_id:
            return dict(entry)
    raise NotFoundError(person_id, kind="person", key=person_id)


def _candidates(members: dict[str, Any], person_id: str | None) -> list[dict[str, Any]]:
    return [_entry(members, person_id)] if person_id is not None else list(members["persons"])


def _try(
    members: dict[str, Any], entry: dict[str, Any], passphrase: str, device_secret: bytes | None
) -> WorkspaceKeys | None:
    kdf = entry["kdf"]
    secret = device_secret if entry["needs_device_secret"] else None
    cost = derive.cost_from(kdf)
    kek = derive.passphrase_key(passphrase, bytes.fromhex(kdf["salt"]), cost, secret, entry["person_id"])
    data_key = derive.unwrap(kek, entry["wrapped"])
    if data_key is None or not derive.check_is(data_key, members["check"]):
        return None
    wrapped = entry.get("wrapped_restricted", "")
    restricted = derive.unwrap(derive.hkdf(kek, "restricted"), wrapped) if wrapped else None
    return _keys(members, Person.from_json(entry), data_key, restricted)


def unlock(
    path: Path,
    *,
    passphrase: str,
    person_id: str | None = None,
    device_secret: bytes | None = None,
    clock: Clock | None = None,
) -> WorkspaceKeys:
    """Return the keys for one person, or for whoever's passphrase it is (`person_id=None`).

    Raises `WrongPassphraseError` (`tries_left`), `LockedOutError` (`wait_seconds`), `KeyFileError`, `NotFoundError`.
    """
    members = _read(path)
    counter = lockout.Counter(path.with_name("tries.json"), person_id or "", clock or SystemClock())
    counter.refuse_while_locked()
    for entry in _candidates(members, person_id):
        try:
            keys = _try(members, entry, passphrase, device_secret)
        except (KeyError, TypeError, ValueError) as error:
            raise KeyFileError(str(error), path=str(path)) from error
        if keys is not None:
            counter.forget()
            return keys
    raise counter.wrong()


def unlock_with_recovery(path: Path, text: str) -> WorkspaceKeys:
    """Return the keys by the recovery key. Raises `RecoveryKeyError`."""
    members = _read(path)
    data_key, restricted = _recovered(members, text)
    return _keys(members, Person(RECOVERY, RECOVERY), data_key, restricted)


def _recovered(members: dict[str, Any], text: str) -> tuple[bytes, bytes]:
    secret, wrapped = recovery.from_text(text), members.get("recovery")
    if not wrapped:
        raise RecoveryKeyError("this workspace has none", what="none")
    data_key = derive.unwrap(derive.hkdf(secret, RECOVERY), wrapped["wrapped"])
    restricted = derive.unwrap(derive.hkdf(secret, "recovery restricted"), wrapped["wrapped_restricted"])
    if data_key is None or restricted is None:
        raise RecoveryKeyError("another workspace's", what="other")
    return data_key, restricted


# --- changing -------------------------------------------------------------------------------------------------------


def _without(members: dict[str, Any], person_id: str) -> Iterator[dict[str, Any]]:
    return (entry for entry in members["persons"] if entry["person_id"] != person_id)


def _cost_here(members: dict[str, Any]) -> KdfCost:
    """Return the highest cost that somebody's passphrase has here: what was measured when the workspace was made."""
    try:
        return max((derive.cost_from(entry["kdf"]) for entry in members["persons"]), key=lambda cost: cost.work)
    except (KeyError, TypeError, ValueError):
        return KdfCost()


def add_person(
    path: Path,
    keys: WorkspaceKeys,
    *,
    person_id: str,
    person_name: str,
    passphrase: str,
    device_secret: bytes | None = None,
    restricted_role: bool = False,
    cost: KdfCost | None = None,
) -> Person:
    """Let another person sign in. The restricted role can only be given by somebody who holds it."""
    members = _read(path)
    if any(entry["person_id"] == person_id for entry in members["persons"]):
        raise KeyFileError("person exists", path=str(path), person_id=person_id, exists=True)
    if restricted_role and keys.restricted_key is None:
        raise StorageError("only a holder of the restricted role can give it", path=str(path))
    restricted = keys.restricted_key if restricted_role else None
    person, cost = Person(person_id, person_name), cost or _cost_here(members)
    entry = _wrapped_for(
        person, passphrase, device_secret=device_secret, cost=cost, data_key=keys.data_key, restricted=restricted
    )
    _write(path, {**members, "persons": [*members["persons"], entry]})
    return Person.from_json(entry)


def remove_person(path: Path, person_id: str) -> None:
    """Take a person's way in away: their wrapped key is wiped, here and in the copy beside the backups.

    The last person cannot be removed (`KeyFileError` with `last`). Who copied the data key before keeps it.
    """
    members = _read(path)
    _entry(members, person_id)
    rest = list(_without(members, person_id))
    if not rest:
        raise KeyFileError("last person", path=str(path), last=True)
    _write(path, {**members, "persons": rest})


def change_passphrase(
    path: Path,
    keys: WorkspaceKeys,
    *,
    new_passphrase: str,
    person_id: str | None = None,
    device_secret: bytes | None = None,
    cost: KdfCost | None = None,
) -> None:
    """Wrap the data key anew for one person; with keys from `unlock_with_recovery` this is a forgotten passphrase."""
    members = _read(path)
    entry = _entry(members, person_id or keys.person_id)
    person = Person.from_json(entry)
    restricted = keys.restricted_key if person.restricted else None
    if person.restricted and restricted is None:
        raise StorageError("the restricted key of another person cannot be wrapped anew", path=str(path))
    cost = cost or _cost_here(members)
    changed = _wrapped_for(
        person, new_passphrase, device_secret=device_secret, cost=cost, data_key=keys.data_key, restricted=restricted
    )
    everybody = [changed if e["person_id"] == person.person_id else e for e in members["persons"]]
    _write(path, {**members, "persons": everybody})
    lockout.Counter(path.with_name("tries.json"), person.person_id, SystemClock()).forget()


def new_recovery_key(path: Path, keys: WorkspaceKeys) -> str:
    """Replace the recovery key, e.g. after it was used; only a holder of the restricted role can. Returns its text."""
    if keys.restricted_key is None:
        raise StorageError("needs the restricted role", path=str(path))
    secret = os.urandom(recovery.SECRET_BYTES)
    members = _read(path)
    _write(path, {**members, RECOVERY: _wrapped_for_recovery(secret, keys.data_key, keys.restricted_key)})
    return recovery.to_text(secret)


def erase(path: Path) -> None:
    """Crypto-erase: wipe and remove the key file, its copies and its counters; the rest is unreadable for ever.

    Copies elsewhere (other disks, flash cells that were worn out) are beyond reach: `docs/threat-model.md`.
    """
    for file in (path, path.with_name("tries.json")):
        wiping.erase(file)
    lockout.sync_folder(path.parent)
