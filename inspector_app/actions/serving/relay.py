"""Keeping an office relay: running it and looking at it. Needs no workspace and no person's passphrase."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checklists.errors import InspectorError
from inspector_app.actions.serving.centre import well_set_up

if TYPE_CHECKING:
    from sync.relay import RelayConfig, RelayStatus

KILOBYTE = 1000


class RelayOptionError(InspectorError):
    """An option of the relay cannot be read; `option` and `value` in data."""

    code = "relay-option"


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a relay listens."""

    host: str
    port: int


def listening(text: str) -> Listening:
    """Read `ADDRESS:PORT`. Raises `RelayOptionError`."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise RelayOptionError(option="--listen", value=text)
    return Listening(host.strip("[]"), int(port))


def config(
    data: Path, *, centre: str = "", name: str = "", cap: int = 0, night: str = "", ca_file: Path | None = None
) -> RelayConfig:
    """Return a relay's configuration; `cap` in kilobytes a second. Raises `RelayOptionError`."""
    from sync.errors import BadAddressError
    from sync.relay import NightWindow, RelayConfig

    try:
        window = NightWindow.parse(night) if night else None
    except BadAddressError as error:
        raise RelayOptionError(option="--night", value=night) from error
    if cap < 0:
        raise RelayOptionError(option="--cap", value=cap)
    if ca_file is not None and not _has_certificates(ca_file):
        raise RelayOptionError(option="--ca", value=str(ca_file))
    return RelayConfig(data, centre, name=name, cap=cap * KILOBYTE, night=window, ca_file=ca_file)


def _has_certificates(file: Path) -> bool:
    import ssl

    try:
        return bool(ssl.create_default_context(cafile=file).get_ca_certs())
    except OSError:
        return False


def certificate(file: Path | None, key: Path | None) -> tuple[Path, Path] | None:
    """Return the files of a certificate of the office's own, None where none was given. Raises `RelayOptionError`."""
    import ssl

    if file is None and key is None:
        return None
    if file is None or key is None:
        raise RelayOptionError(option="--tls-cert, --tls-key", value="")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(file, key)
    except OSError as error:  # `SSLError` among them
        raise RelayOptionError(option="--tls-cert, --tls-key", value=f"{file} {key}") from error
    return file, key


def run(
    how: RelayConfig,
    where: Listening,
    *,
    code: str = "",
    tls: tuple[Path, Path] | None = None,
    announce: Callable[[dict[str, object]], None],
) -> None:
    """Serve until told to stop. Raises what `sync.relay.run` raises, `NewerWorkspaceError`."""
    from sync import relay

    with well_set_up():
        relay.run(how, where.host, where.port, code=code, tls=tls, announce=announce)


def check_data(data: Path) -> None:
    """Raise `RelayOptionError` where no relay of a centre keeps its data: a folder typed wrong makes no new relay."""
    from sync.relay import is_registered

    if not is_registered(data):
        raise RelayOptionError(option="--data", value=str(data))


def office(data: Path, file: Path) -> str:
    """Write the file by which laptops address sticks to this office. Returns the word by which it is believed.

    Raises `RelayOptionError` where no relay of a centre lies in `data`, `OSError` where the file cannot be written.
    """
    from sync.bundle import office_word
    from sync.relay import office_of

    check_data(data)
    found = office_of(data)
    found.write(file)
    return office_word(found)


def status(data: Path) -> RelayStatus:
    """Return what lies at the relay and when the centre was reached, also while it runs. Raises as `run`."""
    from sync.relay import status_of

    check_data(data)
    with well_set_up():
        return status_of(data)
