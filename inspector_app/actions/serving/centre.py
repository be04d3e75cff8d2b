"""What an administrator of the centre does beside the running server: publish a checklist, shut out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checklists.errors import AuthorError, NewerWorkspaceError, NotFoundError
from checklists.model import FormPin
from inspector_app.actions.reference import checklists

if TYPE_CHECKING:
    from sync.server.centre import Centre


@dataclass(frozen=True, slots=True)
class Device:
    """A laptop that the centre knows."""

    device_id: str
    name: str
    role: str
    scope: str
    registered_at: str
    revoked_at: str


class CentreSetupError(AuthorError):
    """`centre.json` or `issuer.json` beside the centre's data says nothing usable; `detail` in data."""

    code = "centre-setup"


class NoCentreError(AuthorError):
    """No centre keeps its data in this folder; `folder` in data. `inspector serve` makes one."""

    code = "no-centre"


def require_centre(data: Path) -> None:
    """Refuse a folder without a centre: a name typed wrong must not found a second one. Raises `NoCentreError`."""
    from sync.server.identity import KEY_FILE

    if not (data / KEY_FILE).is_file():
        raise NoCentreError(folder=str(data))


@contextlib.contextmanager
def well_set_up() -> Iterator[None]:
    """Turn what is wrong with a centre's data into words. Raises `CentreSetupError`, `NewerWorkspaceError`."""
    from sync.server.config import CentreFileError
    from sync.server.database.migrations import NewerDatabaseError
    from sync.server.people.issuer import IssuerConfigError

    try:
        yield
    except NewerDatabaseError as error:
        raise NewerWorkspaceError from error
    except (CentreFileError, IssuerConfigError) as error:
        raise CentreSetupError(detail=str(error)) from error


@contextlib.contextmanager
def opened(data: Path) -> Iterator[Centre]:
    """Open a centre's data beside the running server. Raises `NoCentreError`."""
    from sync.server import ServerConfig
    from sync.server.centre import Centre

    with well_set_up():
        config = ServerConfig.of(data)
        require_centre(data)
        centre = Centre.open(config)
    try:
        yield centre
    finally:
        centre.close()


def publish_checklist(data: Path, source: str) -> FormPin:
    """Give a checklist that ships with the program to every laptop; any other needs a signed edition.

    Raises `EditionError`.
    """
    from checklists import loading
    from checklists.authoring.publishing import EditionError
    from sync.server import publishing

    pin, xml = checklists.for_publishing(source)
    if all(pin.sha256 != bundled.sha256 for bundled in loading.bundled_ids()):
        raise EditionError(kind="unsigned", file=source)
    with opened(data) as centre:
        publishing.publish_form(centre, pin, xml)
    return pin


def device_code(data: Path, *, role: str, scope: str) -> str:
    """Return a one-time code for a device that belongs to no person."""
    from sync.protocol import Role

    with opened(data) as centre:
        return centre.make_code(role=Role(role), scope=scope)


def devices(data: Path) -> tuple[Device, ...]:
    """Return the laptops that the centre knows, the newest last."""
    with opened(data) as centre:
        return tuple(
            Device(d.device_id, d.name, d.role, d.scope, d.registered_at, d.revoked_at) for d in centre.gate.devices()
        )


def revoke(data: Path, device_id: str) -> Device:
    """Shut a laptop out, its tokens with it; a unique ending of the id is enough. Raises `NotFoundError`."""
    found = [d for d in devices(data) if d.device_id.endswith(device_id)]
    if len(found) != 1 or not device_id:
        raise NotFoundError(kind="device", key=device_id)
    with opened(data) as centre:
        centre.gate.revoke(found[0].device_id)
    return next(d for d in devices(data) if d.device_id == found[0].device_id)
