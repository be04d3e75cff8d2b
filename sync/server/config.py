"""How a centre is set up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checklists.clock import Clock, SystemClock
from sync.protocol import Limits
from sync.server.wire.limiting import Rate

FILE = "centre.json"
"""Beside the data: `{"database": "postgresql+psycopg://…", "bucket": "s3://…"}`, both optional."""
DEFAULT_SCOPE = "00"
"""Scopes are province codes (10-96); "00" is the whole country."""


class CentreFileError(ValueError):
    """`centre.json` is not what it should be; the message is its path."""


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
    readers: int = 0
    """Processes that read large batches beside this one (`readers.useful_readers`)."""

    @classmethod
    def of(cls, data: Path, **more: Any) -> ServerConfig:
        """Return the set-up of a data folder: what `centre.json` in it says, and what is given beside.

        The running centre and every administrative command so act on the same database. Raises `CentreFileError`.
        """
        file = data / FILE
        if not file.exists():
            return cls(data, **more)
        try:
            members = json.loads(file.read_text(encoding="utf-8"))
            told = {name: members[name] for name in ("database", "bucket") if members.get(name)}
        except (ValueError, AttributeError, TypeError) as error:
            raise CentreFileError(str(file)) from error
        if not all(isinstance(value, str) for value in told.values()):
            raise CentreFileError(str(file))
        return cls(data, **{**told, **{name: value for name, value in more.items() if value}})
