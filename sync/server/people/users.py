"""People of the centre: who may act in which role for which province.

A person is not a device: a code, a laptop or a phone belongs to a person (`person_id`), and takes role and scope from
that person. Disabling someone shuts out everything of theirs in the same transaction. Nobody is ever deleted: what they
sent keeps their name.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from checklists.clock import Clock, stamp
from sync.protocol import Role
from sync.server.database import tables, trail
from sync.server.database.storage import Storage
from sync.server.people.bell import Bell


class UnknownUserError(LookupError):
    """Nobody has this id, or more than one id ends so."""


class SubjectTakenError(ValueError):
    """Another person here already stands for this subject of the issuer."""


@dataclass(frozen=True, slots=True)
class User:
    """A person; `disabled_at` is "" while they may come in."""

    user_id: str
    name: str
    role: Role
    scope: str
    issuer: str = ""
    subject: str = ""
    created_at: str = ""
    disabled_at: str = ""


_COLUMNS = [tables.users.c[name] for name in User.__slots__]


def find_user(connection: Connection, user_id: str) -> User | None:
    row = connection.execute(select(*_COLUMNS).where(tables.users.c.user_id == user_id)).one_or_none()
    return None if row is None else _user(tuple(row))


def find_subject(connection: Connection, issuer: str, subject: str) -> User | None:
    """Return who stands for a subject of an outside issuer."""
    where = (tables.users.c.issuer == issuer) & (tables.users.c.subject == subject)
    row = connection.execute(select(*_COLUMNS).where(where)).one_or_none()
    return None if row is None else _user(tuple(row))


def _user(row: tuple[str, ...]) -> User:
    user_id, name, role, *rest = row
    return User(user_id, name, Role(role), *rest)


class Users:
    """The people side of the centre. Every public method is one transaction."""

    def __init__(self, storage: Storage, *, clock: Clock, bell: Bell) -> None:
        self._storage = storage
        self._clock = clock
        self._bell = bell

    def _now(self) -> str:
        return stamp(self._clock.now())

    def add(self, name: str, role: Role, scope: str, *, issuer: str = "", subject: str = "") -> User:
        """Add a person. Raises `SubjectTakenError`."""
        user = User(str(uuid.uuid4()), name, role, scope, issuer, subject, self._now())
        row = {column: getattr(user, column) for column in User.__slots__}

        def step(connection: Connection) -> bool:
            if subject and find_subject(connection, issuer, subject) is not None:
                return False
            connection.execute(tables.users.insert().values(**{**row, "role": role.value}))
            trail.note(connection, user.created_at, "", "user-added", user_id=user.user_id, role=role, scope=scope)
            return True

        if not self._storage.write(step):
            raise SubjectTakenError(subject)
        return user

    def all(self) -> tuple[User, ...]:
        """Return everybody, the newest last."""
        query = select(*_COLUMNS).order_by(tables.users.c.created_at, tables.users.c.user_id)
        return tuple(_user(tuple(row)) for row in self._storage.read(lambda c: c.execute(query).all()))

    def get(self, ending: str) -> User:
        """Return the person whose id is this or ends so. Raises `UnknownUserError`."""
        found = [user for user in self.all() if ending and user.user_id.endswith(ending)]
        if len(found) != 1:
            raise UnknownUserError(ending)
        return found[0]

    def of_subject(self, issuer: str, subject: str) -> User | None:
        """Return who stands for a subject of an outside issuer."""
        return self._storage.read(lambda c: find_subject(c, issuer, subject))

    def change(self, user_id: str, *, role: Role, scope: str) -> None:
        """Give a person another role or province; their devices follow in the same transaction."""
        values = {"role": role.value, "scope": scope}

        def step(connection: Connection) -> None:
            now = self._now()
            connection.execute(update(tables.users).where(tables.users.c.user_id == user_id).values(values))
            connection.execute(update(tables.devices).where(tables.devices.c.person_id == user_id).values(values))
            trail.note(connection, now, "", "user-changed", user_id=user_id, **values)

        self._storage.write(step)
        self._bell.ring()

    def disable(self, user_id: str) -> None:
        """Shut a person out with all their devices and unused codes."""

        def step(connection: Connection) -> None:
            now, devices, codes = self._now(), tables.devices, tables.codes
            connection.execute(
                update(tables.users)
                .where((tables.users.c.user_id == user_id) & (tables.users.c.disabled_at == ""))
                .values(disabled_at=now)
            )
            connection.execute(
                update(devices)
                .where((devices.c.person_id == user_id) & (devices.c.revoked_at == ""))
                .values(revoked_at=now)
            )
            connection.execute(update(codes).where(codes.c.person_id == user_id).values(expires_at=now))
            trail.note(connection, now, "", "user-disabled", user_id=user_id)

        self._storage.write(step)
        self._bell.ring()

    def enable(self, user_id: str) -> None:
        """Let a person in again; their devices stay shut out, each needs a new code."""

        def step(connection: Connection) -> None:
            where = tables.users.c.user_id == user_id
            connection.execute(update(tables.users).where(where).values(disabled_at=""))
            trail.note(connection, self._now(), "", "user-enabled", user_id=user_id)

        self._storage.write(step)
