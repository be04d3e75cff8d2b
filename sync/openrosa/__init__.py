"""The same outbox towards an OpenRosa server (ODK Central, KoboToolbox): `inspector sync --openrosa URL`.

`client` makes the calls, `login` answers a server that asks for name and password, `answers` says what an answer means,
`handing` drives one run. How they belong together is told in `docs/sync.md`.
"""

from __future__ import annotations

from sync.openrosa.answers import Fate, Meaning, Why, meaning_of, shown
from sync.openrosa.client import FormEntry, MediaFile, OpenRosaClient
from sync.openrosa.handing import CHECK_SECONDS, Handed, HandOver, Ledger, Planned, Posted, Settled, split
from sync.openrosa.login import LoginTransport

__all__ = [
    "CHECK_SECONDS",
    "Fate",
    "FormEntry",
    "HandOver",
    "Handed",
    "Ledger",
    "LoginTransport",
    "Meaning",
    "MediaFile",
    "OpenRosaClient",
    "Planned",
    "Posted",
    "Settled",
    "Why",
    "meaning_of",
    "shown",
    "split",
]
