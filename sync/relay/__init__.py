"""The office relay: takes records from the laptops of an office over its network and forwards them to the centre.

Laptops speak ISF-Sync/1 to it as to the centre and get a *relayed* receipt; only the centre's own receipt, which comes
back through the relay, ends a record's way (`docs/adr/0013-office-relay.md`).
"""

from __future__ import annotations

from sync.relay.config import RelayConfig, is_registered
from sync.relay.pace import NightWindow
from sync.relay.serving import run
from sync.relay.status import RelayStatus, status_of
from sync.relay.sticks import office_of

__all__ = ["NightWindow", "RelayConfig", "RelayStatus", "is_registered", "office_of", "run", "status_of"]
