"""The office relay: takes records from the laptops of an office over its network and forwards them to the centre.

Laptops speak ISF-Sync/1 to it as to the centre and get a *relayed* receipt; only the centre's own receipt, which comes
back through the relay, ends a record's way (`docs/adr/0013-office-relay.md`).
"""

from __future__ import annotations

from sync.relay.config import RelayConfig
from sync.relay.pace import NightWindow
from sync.relay.serving import run
from sync.relay.status import RelayStatus, status_of

__all__ = ["NightWindow", "RelayConfig", "RelayStatus", "run", "status_of"]
