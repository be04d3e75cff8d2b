"""How a centre is set up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from checklists.clock import Clock, SystemClock
from sync.protocol import Limits
from sync.server.limiting import Rate

DEFAULT_SCOPE = "00"
"""Scopes are province codes (10-96); "00" is the whole country."""


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """`database` is a SQLAlchemy URL, "" for the SQLite file in `data`; `bucket` an `s3://` address, "" is a folder."""

    data: Path
    database: str = ""
    bucket: str = ""
    clock: Clock = SystemClock()  # noqa: RUF009 - it has no state
    limits: Limits = Limits()  # noqa: RUF009 - a frozen value
    calls: Rate = Rate(per_second=100, burst=1000)  # noqa: RUF009 - a frozen value; per device
    registrations: Rate = Rate(per_second=0.2, burst=30)  # noqa: RUF009 - per address, against guessed codes
