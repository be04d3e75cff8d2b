"""People of the centre, their phones, and what was done in their name (`inspector admin user|phone|log`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checklists.clock import SystemClock
from checklists.errors import AnswerError, NotFoundError
from inspector_app.actions.serving.centre import opened

if TYPE_CHECKING:
    from sync.server.centre import Centre
    from sync.server.people.users import User


class SubjectTakenError(AnswerError):
    """Another person already stands for this subject of the outside issuer; `subject` in data."""

    code = "subject-taken"


@dataclass(frozen=True, slots=True)
class PhoneAddress:
    """What a phone with ODK Collect is given, once."""

    device_id: str
    url: str
    settings: str


def add(data: Path, name: str, *, role: str, scope: str, issuer: str = "", subject: str = "") -> User:
    """Add a person. Raises `SubjectTakenError`."""
    from sync.protocol import Role
    from sync.server.people import users

    with opened(data) as centre:
        try:
            return centre.users.add(name, Role(role), scope, issuer=issuer, subject=subject)
        except users.SubjectTakenError as error:
            raise SubjectTakenError(subject=subject) from error


def everybody(data: Path) -> tuple[User, ...]:
    with opened(data) as centre:
        return centre.users.all()


def change(data: Path, ending: str, *, role: str = "", scope: str = "") -> User:
    """Give a person another role or province, with all their devices. Raises `NotFoundError`."""
    from sync.protocol import Role

    with opened(data) as centre:
        user = _found(centre, ending)
        centre.users.change(user.user_id, role=Role(role) if role else user.role, scope=scope or user.scope)
        return _found(centre, user.user_id)


def shut_out(data: Path, ending: str) -> User:
    """Shut a person out with every device, at once. Raises `NotFoundError`."""
    with opened(data) as centre:
        user = _found(centre, ending)
        centre.users.disable(user.user_id)
        return _found(centre, user.user_id)


def let_in(data: Path, ending: str) -> User:
    """Let a person in again; each device needs a new code. Raises `NotFoundError`."""
    with opened(data) as centre:
        user = _found(centre, ending)
        centre.users.enable(user.user_id)
        return _found(centre, user.user_id)


def code(data: Path, ending: str) -> str:
    """Return a one-time code that belongs to a person. Raises `NotFoundError`."""
    with opened(data) as centre:
        user = _found(centre, ending)
        return centre.make_code(scope=user.scope, person_id=user.user_id)


def phone(data: Path, ending: str, *, url: str, project: str) -> PhoneAddress:
    """Let a person's phone with ODK Collect in. Raises `NotFoundError`, and `SyncError` for an address of no use."""
    from sync.server.openrosa import app_users
    from sync.transport import check_address

    address = check_address(url)  # the token stands in it: a phone, too, sends it encrypted or to this machine only
    with opened(data) as centre:
        made = app_users.add(centre.storage, _found(centre, ending), centre.key, clock=SystemClock(), url=address)
    return PhoneAddress(made.device_id, made.address(address), made.settings(address, project))


def write_qr(text: str, file: Path) -> None:
    """Draw a QR code as PNG or SVG, by the file's ending."""
    import segno

    segno.make(text, error="l", micro=False).save(str(file), scale=5, border=4)


def log(data: Path, *, limit: int) -> list[dict[str, Any]]:
    """Return the newest entries of the centre's audit log."""
    from sync.server.database import trail

    with opened(data) as centre:
        return centre.storage.read(lambda connection: trail.entries(connection, limit=limit))


def _found(centre: Centre, ending: str) -> User:
    from sync.server.people.users import UnknownUserError

    try:
        return centre.users.get(ending)
    except UnknownUserError as error:
        raise NotFoundError(kind="user", key=ending) from error
