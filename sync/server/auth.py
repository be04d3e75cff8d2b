"""Who is calling: one-time codes, devices, short and long tokens.

A code is exchanged once for tokens by one device key; the same device may repeat the exchange, because the answer can
be lost. A short token lives 15 minutes. A long token is replaced at every renewal, and the old one stays good until the
new one was first used, so that a lost answer logs nobody out in the field. Only hashes of codes and tokens are stored.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Row, select, update

from checklists.clock import Clock, stamp
from checklists.crypto import key_id_of, signature_is_good
from sync.protocol import Code, Registered, Registration, Role, Tokens, normal_code, registration_message
from sync.server import tables, trail
from sync.server.identity import receipt_keys
from sync.server.problems import ProblemError
from sync.server.storage import Storage
from sync.server.upsert import insert_new

ACCESS_SECONDS = 900
REFRESH_DAYS = 90
CODE_MINUTES = 24 * 60
CACHE_SECONDS = 5.0
"""How long a checked token is believed without asking the database: a revocation takes effect after this."""

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of codes that people read aloud: no 0/O, 1/I."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A device with its person's role and scope."""

    device_id: str
    person_id: str
    role: Role
    scope: str


@dataclass(frozen=True, slots=True)
class DeviceEntry:
    """A device as its keepers see it; `revoked_at` is "" while it may come in."""

    device_id: str
    name: str
    person_id: str
    role: str
    scope: str
    registered_at: str
    revoked_at: str


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class Gate:
    """Lets devices in. Thread-safe: its cache is a plain dict of immutable values."""

    def __init__(
        self, storage: Storage, *, clock: Clock, server_id: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._server_id = server_id
        self._monotonic = monotonic
        self._cache: dict[str, tuple[float, Caller]] = {}

    def _now(self) -> str:
        return stamp(self._clock.now())

    # --- codes --------------------------------------------------------------------------------------------------------

    def make_code(
        self, *, role: Role = Role.INSPECTOR, scope: str, person_id: str = "", minutes: int = CODE_MINUTES
    ) -> str:
        """Return a fresh one-time code such as `K7QM-2XHD-9RTA`; shown once, stored only hashed."""
        code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
        row = {
            "code_hash": hashed(normal_code(code)),
            "role": role.value,
            "scope": scope,
            "person_id": person_id,
            "created_at": self._now(),
            "expires_at": stamp(self._clock.now() + timedelta(minutes=minutes)),
        }

        def step(connection: Connection) -> None:
            insert_new(connection, tables.codes, row)
            trail.note(connection, self._now(), "", "code-made", role=role.value, scope=scope, person_id=person_id)

        self._storage.write(step)
        return code

    def register(self, message: Registration) -> Registered:
        """Exchange a code for tokens. Raises `ProblemError` 403 for a code that is wrong, old or used by another."""
        try:
            public = bytes.fromhex(message.public_key)
            proof = bytes.fromhex(message.proof)
        except ValueError as error:
            raise ProblemError(422, Code.INVALID, pointer="/public_key") from error
        asked = registration_message(message.code, message.device_id, message.key_id)
        if key_id_of(public) != message.key_id or not signature_is_good(public, proof, asked):
            raise ProblemError(422, Code.BAD_SIGNATURE, pointer="/proof")
        return self._storage.write(lambda connection: self._register(connection, message))

    def _register(self, connection: Connection, message: Registration) -> Registered:
        now = self._now()
        code_hash = hashed(normal_code(message.code))
        code = connection.execute(select(tables.codes).where(tables.codes.c.code_hash == code_hash)).one_or_none()
        if code is None or code.expires_at < now or code.used_by_key not in ("", message.key_id):
            raise ProblemError(403, Code.BAD_CODE)
        device = connection.execute(
            select(tables.devices).where(tables.devices.c.device_id == message.device_id)
        ).one_or_none()
        if device is not None and device.revoked_at:
            raise ProblemError(403, Code.FORBIDDEN)
        self._note_device(connection, message, code, now)
        connection.execute(
            update(tables.codes).where(tables.codes.c.code_hash == code_hash).values(used_by_key=message.key_id)
        )
        trail.note(connection, now, message.device_id, "device-registered", key_id=message.key_id, scope=code.scope)
        return Registered(
            self._server_id,
            message.device_id,
            code.role,
            code.scope,
            self._issue(connection, message.device_id, ""),
            receipt_keys(self._storage),
        )

    def _note_device(self, connection: Connection, message: Registration, code: Row[tuple[str, ...]], now: str) -> None:
        owner = connection.execute(
            select(tables.device_keys.c.device_id).where(tables.device_keys.c.key_id == message.key_id)
        ).scalar()
        if owner not in (None, message.device_id):
            raise ProblemError(409, Code.FORBIDDEN, "key of another device")
        values = {"name": message.name, "person_id": code.person_id, "role": code.role, "scope": code.scope}
        insert_new(connection, tables.devices, {"device_id": message.device_id, "registered_at": now, **values})
        connection.execute(update(tables.devices).where(tables.devices.c.device_id == message.device_id).values(values))
        key = {"key_id": message.key_id, "device_id": message.device_id, "public_key": message.public_key}
        insert_new(connection, tables.device_keys, {**key, "registered_at": now})

    # --- tokens -------------------------------------------------------------------------------------------------------

    def _issue(self, connection: Connection, device_id: str, parent_hash: str) -> Tokens:
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        now = self._clock.now()
        lives = (
            ("access", access, timedelta(seconds=ACCESS_SECONDS)),
            ("refresh", refresh, timedelta(days=REFRESH_DAYS)),
        )
        rows = [
            {
                "token_hash": hashed(token),
                "device_id": device_id,
                "kind": kind,
                "parent_hash": parent_hash,
                "expires_at": stamp(now + life),
            }
            for kind, token, life in lives
        ]
        insert_new(connection, tables.tokens, rows)
        return Tokens(access, refresh, ACCESS_SECONDS)

    def renew(self, refresh: str) -> Tokens:
        """Exchange a long token for new ones. Raises `ProblemError` 401."""

        def step(connection: Connection) -> Tokens:
            row = self._token(connection, refresh, "refresh")
            self._retire_parent(connection, row.parent_hash)
            return self._issue(connection, row.device_id, row.token_hash)

        return self._storage.write(step)

    def remembered(self, authorization: str) -> Caller | None:
        """Return who calls if that was checked a moment ago; asks no database."""
        cached = self._cache.get(hashed(authorization.partition(" ")[2]))
        return cached[1] if cached is not None and cached[0] > self._monotonic() else None

    def caller(self, authorization: str) -> Caller:
        """Return who calls, from an `Authorization` header. Raises `ProblemError` 401."""
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or not token:
            raise ProblemError(401, Code.SIGN_IN)
        token_hash = hashed(token)
        caller = self._look_up(token)
        if len(self._cache) > 10_000:
            self._cache.clear()
        self._cache[token_hash] = (self._monotonic() + CACHE_SECONDS, caller)
        return caller

    def _look_up(self, token: str) -> Caller:
        def step(connection: Connection) -> tuple[Row[tuple[str, ...]], bool]:
            row = self._token(connection, token, "access")
            parent = connection.execute(
                select(tables.tokens.c.retired_at).where(tables.tokens.c.token_hash == row.parent_hash)
            ).scalar()
            return row, parent == ""

        row, parent_is_live = self._storage.read(step)
        if parent_is_live:
            self._storage.write(lambda connection: self._retire_parent(connection, row.parent_hash))
        return Caller(row.device_id, row.person_id, Role(row.role), row.scope)

    def _token(self, connection: Connection, token: str, kind: str) -> Row[tuple[str, ...]]:
        row = connection.execute(
            select(tables.tokens, tables.devices.c.person_id, tables.devices.c.role, tables.devices.c.scope)
            .add_columns(tables.devices.c.revoked_at)
            .join(tables.devices, tables.devices.c.device_id == tables.tokens.c.device_id)
            .where(tables.tokens.c.token_hash == hashed(token))
        ).one_or_none()
        if row is None or row.kind != kind:
            raise ProblemError(401, Code.SIGN_IN)
        if row.revoked_at or row.retired_at:
            raise ProblemError(401, Code.TOKEN_REVOKED)
        if row.expires_at < self._now():
            raise ProblemError(401, Code.TOKEN_EXPIRED)
        return row

    def _retire_parent(self, connection: Connection, parent_hash: str) -> None:
        """The new tokens were used: from now on the long token that they were made with is worth nothing."""
        if parent_hash:
            connection.execute(
                update(tables.tokens).where(tables.tokens.c.token_hash == parent_hash).values(retired_at=self._now())
            )

    def devices(self) -> tuple[DeviceEntry, ...]:
        """Return every device that ever registered, the newest last."""
        columns = [tables.devices.c[name] for name in DeviceEntry.__slots__]
        query = select(*columns).order_by(tables.devices.c.registered_at, tables.devices.c.device_id)
        return tuple(DeviceEntry(*row) for row in self._storage.read(lambda c: c.execute(query).all()))

    def revoke(self, device_id: str) -> None:
        """Shut a device out, its tokens with it."""

        def step(connection: Connection) -> None:
            connection.execute(
                update(tables.devices).where(tables.devices.c.device_id == device_id).values(revoked_at=self._now())
            )
            trail.note(connection, self._now(), device_id, "device-revoked")

        self._storage.write(step)
        self._cache.clear()
