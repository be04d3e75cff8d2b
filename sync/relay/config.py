"""How a relay is set up, and the two small files that say who it is."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checklists.clock import Clock, SystemClock
from sync.client import Session
from sync.protocol import Limits, normal_code
from sync.relay.pace import NightWindow
from sync.server.files.blobs import sync_folder
from sync.server.wire.limiting import Rate

KEEP_DAYS = 7
STATE_FILE = "relay.json"


@dataclass(frozen=True, slots=True)
class RelayConfig:
    """`cap` in bytes a second (0: none); `night` None forwards everything at once; `keep_days` after the receipt."""

    data: Path
    centre: str = ""
    name: str = ""
    cap: float = 0.0
    night: NightWindow | None = None
    keep_days: int = KEEP_DAYS
    ca_file: Path | None = None
    clock: Clock = SystemClock()  # noqa: RUF009 - it has no state
    limits: Limits = Limits()  # noqa: RUF009 - a frozen value
    calls: Rate = Rate(per_second=100, burst=1000)  # noqa: RUF009 - a frozen value; per laptop
    registrations: Rate = Rate(per_second=0.5, burst=100)  # noqa: RUF009 - per address


class RelayState:
    """Who this relay is and what it knows of its centre: one file, replaced as a whole, readable by its owner only."""

    def __init__(self, data: Path) -> None:
        self._file = data / STATE_FILE
        self._members: dict[str, Any] = {}
        if self._file.exists():
            self._members = json.loads(self._file.read_text(encoding="utf-8"))
        else:
            data.mkdir(parents=True, exist_ok=True)
            self._write({"relay_id": str(uuid.uuid4()), "secret": secrets.token_hex(32), "session": {}})

    @property
    def relay_id(self) -> str:
        return str(self._members["relay_id"])

    @property
    def secret(self) -> bytes:
        return bytes.fromhex(self._members["secret"])

    @property
    def session(self) -> Session:
        return Session.from_json(self._members["session"]) if self._members["session"] else Session()

    @property
    def name(self) -> str:
        """The office's name as it was last given, "" where it never was."""
        return str(self._members.get("name", ""))

    def keep_name(self, name: str) -> None:
        """Keep the office's name where one is given."""
        if name and name != self.name:
            self._write({**self._members, "name": name})

    def has_used(self, code: str) -> bool:
        """Say whether the session of today was got with this one-time code."""
        return self.session.registered and self._members.get("code") == _named(code)

    def keep_used(self, code: str) -> None:
        """Note with which one-time code the session was got, not readable."""
        self._write({**self._members, "code": _named(code)})

    def keep(self, session: Session) -> None:
        """Keep the session with the centre before it is used."""
        self._write({**self._members, "session": session.to_json()})

    def _write(self, members: dict[str, Any]) -> None:
        write_durably(self._file, json.dumps(members, ensure_ascii=False).encode())
        self._members = members


def _named(code: str) -> str:
    return hashlib.sha256(normal_code(code).encode()).hexdigest()


def is_registered(data: Path) -> bool:
    """Say whether the data of a relay that a centre knows lies in a folder; makes nothing there."""
    return (data / STATE_FILE).is_file() and RelayState(data).session.registered


def write_durably(file: Path, data: bytes) -> None:
    """Write a small secret file by a temporary name, synced and renamed, so that a kill leaves the old or the new."""
    fresh = file.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    sync_folder(file.parent)
