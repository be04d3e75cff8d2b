"""App users: phones with ODK Collect. Each belongs to a person, has a token in its address, and a key kept here.

A phone cannot sign. Its key is derived from the centre's own, one a phone, so that nothing secret is stored beside it;
it signs envelopes (never receipts), and the device's name starts with `phone:` wherever a record says who sent it.
"""

from __future__ import annotations

import base64
import json
import secrets
import uuid
import zlib
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, select

from checklists.clock import Clock, stamp
from checklists.crypto import DeviceKey
from sync.server.database import tables, trail
from sync.server.database.storage import Storage
from sync.server.database.upsert import insert_new, set_meta
from sync.server.people.auth import APP, hashed
from sync.server.people.users import User

PREFIX = "phone:"
HOME = "phone-url:"
"""Begins the name under which the address that a phone was given is kept."""
NEVER = "9999-12-31T23:59:59.999+07:00"
_DOMAIN = b"inspector-openrosa-phone-v1\0"


@dataclass(frozen=True, slots=True)
class AppUser:
    """A phone that was let in; the token is shown once and stored only hashed."""

    device_id: str
    token: str

    def address(self, url: str) -> str:
        """Return the address to put into Collect, for the centre at `url`."""
        return f"{url.rstrip('/')}/openrosa/key/{self.token}"

    def settings(self, url: str, project: str) -> str:
        """Return what Collect's QR code holds: its settings as JSON, deflated, in base64."""
        members = {
            "general": {
                "protocol": "odk_default",
                "server_url": self.address(url),
                "form_update_mode": "match_exactly",
                "autosend": "wifi_and_cellular",
            },
            "project": {"name": project, "icon": "ต", "color": "#1B5E8C"},
            "admin": {},
        }
        return base64.b64encode(zlib.compress(json.dumps(members, ensure_ascii=False).encode(), 9)).decode()


def key_of(centre_key: DeviceKey, device_id: str) -> DeviceKey:
    """Return the key that signs this phone's envelopes at the centre."""
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=_DOMAIN + device_id.encode()).derive(centre_key.seed)
    return DeviceKey.from_seed(derived)


def add(storage: Storage, user: User, centre_key: DeviceKey, *, clock: Clock, url: str = "") -> AppUser:
    """Let a person's phone in. `url` is the centre as this phone reaches it, however a proxy before it is set up."""
    made = AppUser(PREFIX + str(uuid.uuid4()), secrets.token_urlsafe(48))
    key, now = key_of(centre_key, made.device_id), stamp(clock.now())
    device = {
        "device_id": made.device_id,
        "name": user.name,
        "person_id": user.user_id,
        "role": user.role.value,
        "scope": user.scope,
        "registered_at": now,
    }
    token = {"token_hash": hashed(made.token), "device_id": made.device_id, "kind": APP, "expires_at": NEVER}

    def step(connection: Connection) -> None:
        insert_new(connection, tables.devices, device)
        insert_new(connection, tables.tokens, token)
        note_key(connection, made.device_id, key, now)
        if url:
            set_meta(connection, HOME + made.device_id, url.rstrip("/"))
        trail.note(connection, now, made.device_id, "app-user-added", user_id=user.user_id, scope=user.scope)

    storage.write(step)
    return made


def home_of(storage: Storage, device_id: str) -> str:
    """Return the centre's address as this phone was given it, "" where none was kept."""
    query = select(tables.meta.c.value).where(tables.meta.c.name == HOME + device_id)
    return storage.read(lambda connection: str(connection.execute(query).scalar() or ""))


def note_key(connection: Connection, device_id: str, key: DeviceKey, now: str) -> None:
    """Keep the public half, so that these envelopes are checked like any other."""
    row = {"key_id": key.key_id, "device_id": device_id, "public_key": key.public_bytes.hex(), "registered_at": now}
    insert_new(connection, tables.device_keys, row)
