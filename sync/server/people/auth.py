"""Who is calling: one-time codes, devices, short and long tokens.

A code is exchanged once for tokens by one device key; the same device may repeat the exchange, because the answer can
be lost. A short token lives 15 minutes. A long token is replaced at every renewal, and the old one stays good until the
new one was first used, so that a lost answer logs nobody out in the field. Only hashes of codes and tokens are stored.
A code may belong to a person (`users`): role and scope are then that person's, and leave with them. Where an outside
issuer is set up (`issuer`), its token stands in a code's place, and is a bearer token of its person as well.
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
from sync.server.database import tables, trail
from sync.server.database.storage import Storage
from sync.server.database.upsert import insert_new
from sync.server.identity import receipt_keys
from sync.server.people.bell import Bell, State
from sync.server.people.issuer import Issuer
from sync.server.people.users import User, find_subject, find_user
from sync.server.problems import ProblemError

ACCESS_SECONDS = 900
REFRESH_DAYS = 90
CODE_MINUTES = 24 * 60
APP = "app"
"""Kind of an app user's token: it stands in the address that a phone is given, and does not run out."""
CACHE_SECONDS = 5.0
"""How long a checked token is believed without asking the database; a revocation rings the bell, which ends that."""

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


@dataclass(frozen=True, slots=True)
class _Admitted:
    """As whom a device is let in."""

    person_id: str
    role: str
    scope: str

    @classmethod
    def as_person(cls, person: User) -> _Admitted:
        return cls(person.user_id, person.role.value, person.scope)


def _is_outside(token: str) -> bool:
    """Tell an issuer's token (three parts with dots) from codes and tokens of ours, which have none."""
    return token.count(".") == 2


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A caller who was checked, until when that is believed, and how the bell stood before the check."""

    until: float
    state: State
    caller: Caller


class Gate:
    """Lets devices in. Thread-safe: its cache is a plain dict of immutable values.

    `cache_seconds` is 0 where centres on several machines share a database: the bell rings on one machine only.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        clock: Clock,
        server_id: str,
        bell: Bell,
        issuer: Issuer | None = None,
        cache_seconds: float = CACHE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._server_id = server_id
        self._bell = bell
        self.issuer = issuer
        self._cache_seconds = cache_seconds
        self._monotonic = monotonic
        self._cache: dict[str, _Remembered] = {}

    def _now(self) -> str:
        return stamp(self._clock.now())

    # --- codes --------------------------------------------------------------------------------------------------------

    def make_code(
        self, *, role: Role = Role.INSPECTOR, scope: str, person_id: str = "", minutes: int = CODE_MINUTES
    ) -> str:
        """Return a fresh one-time code such as `K7QM-2XHD-9RTA`; shown once, stored only hashed.

        The code of a known person has that person's role and scope, whatever is asked.
        """
        code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
        values = {
            "code_hash": hashed(normal_code(code)),
            "role": role.value,
            "scope": scope,
            "person_id": person_id,
            "created_at": self._now(),
            "expires_at": stamp(self._clock.now() + timedelta(minutes=minutes)),
        }

        def step(connection: Connection) -> None:
            person = find_user(connection, person_id) if person_id else None
            row = {**values, "role": person.role.value, "scope": person.scope} if person else values
            insert_new(connection, tables.codes, row)
            told = {name: row[name] for name in ("role", "scope", "person_id")}
            trail.note(connection, self._now(), "", "code-made", **told)

        self._storage.write(step)
        return code

    def register(self, message: Registration) -> Registered:
        """Exchange a code, or the outside issuer's token in its place, for tokens.

        Raises `ProblemError` 403 for a code that is wrong, old or used by another; 401 for a token that does not count.
        """
        try:
            public = bytes.fromhex(message.public_key)
            proof = bytes.fromhex(message.proof)
        except ValueError as error:
            raise ProblemError(422, Code.INVALID, pointer="/public_key") from error
        asked = registration_message(message.code, message.device_id, message.key_id)
        if key_id_of(public) != message.key_id or not signature_is_good(public, proof, asked):
            raise ProblemError(422, Code.BAD_SIGNATURE, pointer="/proof")
        person = self._person(message.code) if _is_outside(message.code) else None
        registered = self._storage.write(lambda connection: self._register(connection, message, person))
        self._bell.ring()  # it may have been here before, for another province
        return registered

    def _register(self, connection: Connection, message: Registration, person: User | None) -> Registered:
        now = self._now()
        admitted = self._by_code(connection, message, now) if person is None else _Admitted.as_person(person)
        device = connection.execute(
            select(tables.devices).where(tables.devices.c.device_id == message.device_id)
        ).one_or_none()
        if device is not None and device.revoked_at:
            raise ProblemError(403, Code.FORBIDDEN)
        self._note_device(connection, message, admitted, now)
        told = {"key_id": message.key_id, "scope": admitted.scope, "person_id": admitted.person_id}
        trail.note(connection, now, message.device_id, "device-registered", **told)
        return Registered(
            self._server_id,
            message.device_id,
            admitted.role,
            admitted.scope,
            self._issue(connection, message.device_id, ""),
            receipt_keys(self._storage),
        )

    def _by_code(self, connection: Connection, message: Registration, now: str) -> _Admitted:
        """Use a one-time code; the same device may use it again, because the answer can be lost."""
        code_hash = hashed(normal_code(message.code))
        code = connection.execute(select(tables.codes).where(tables.codes.c.code_hash == code_hash)).one_or_none()
        if code is None or code.expires_at < now or code.used_by_key not in ("", message.key_id):
            raise ProblemError(403, Code.BAD_CODE)
        person = find_user(connection, code.person_id) if code.person_id else None
        if person is not None and person.disabled_at:
            raise ProblemError(403, Code.BAD_CODE)
        connection.execute(
            update(tables.codes).where(tables.codes.c.code_hash == code_hash).values(used_by_key=message.key_id)
        )
        return _Admitted.as_person(person) if person else _Admitted(code.person_id, code.role, code.scope)

    def _person(self, token: str) -> User:
        """Return the person whom the outside issuer's token stands for. Raises `ProblemError` 401 or 403."""
        if self.issuer is None:
            raise ProblemError(401, Code.SIGN_IN)
        subject = self.issuer.subject_of(token)
        person = self._storage.read(lambda c: find_subject(c, self.issuer_name, subject))
        if person is None or person.disabled_at:
            raise ProblemError(403, Code.FORBIDDEN, "person")
        return person

    @property
    def issuer_name(self) -> str:
        return self.issuer.config.issuer if self.issuer is not None else ""

    def _note_device(self, connection: Connection, message: Registration, admitted: _Admitted, now: str) -> None:
        owner = connection.execute(
            select(tables.device_keys.c.device_id).where(tables.device_keys.c.key_id == message.key_id)
        ).scalar()
        if owner not in (None, message.device_id):
            raise ProblemError(409, Code.FORBIDDEN, "key of another device")
        values = {
            "name": message.name,
            "person_id": admitted.person_id,
            "role": admitted.role,
            "scope": admitted.scope,
        }
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
        """Return who calls if that was checked a moment ago and nobody was shut out since; asks no database."""
        cached = self._cache.get(hashed(authorization.partition(" ")[2]))
        if cached is None or cached.until <= self._monotonic() or cached.state != self._bell.state():
            return None
        return cached.caller

    def caller(self, authorization: str) -> Caller:
        """Return who calls, from an `Authorization` header. Raises `ProblemError` 401."""
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or not token:
            raise ProblemError(401, Code.SIGN_IN)
        state = self._bell.state()  # before the look-up: whoever is shut out during it is not remembered
        caller = self._outside_caller(token) if _is_outside(token) else self._look_up(token)
        if len(self._cache) > 10_000:
            self._cache.clear()
        self._cache[hashed(token)] = _Remembered(self._monotonic() + self._cache_seconds, state, caller)
        return caller

    def _outside_caller(self, token: str) -> Caller:
        """Return a person who calls without a device: may read and review, but has no key to sign records with."""
        person = self._person(token)
        return Caller(f"user:{person.user_id}", person.user_id, person.role, person.scope)

    def phone(self, token: str) -> Caller:
        """Return the app user whose token stands in an OpenRosa address or password. Raises `ProblemError` 401."""
        row = self._storage.read(lambda connection: self._token(connection, token, APP))
        return Caller(row.device_id, row.person_id, Role(row.role), row.scope)

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
        self._bell.ring()
