"""The relay with short waits, as a child process of campaigns: `python -m tests.support.sync_relay_main --data …`."""

from __future__ import annotations

import sync.plan
from sync.relay import forwarding
from sync.relay.__main__ import main

if __name__ == "__main__":
    sync.plan.BACKOFF_BASE = 0.02  # seconds; a campaign has no time for real ones
    sync.plan.BACKOFF_CAP = 0.2
    sync.plan.WAIT_FOR_SECONDS = 1.1
    forwarding.IDLE_SECONDS = 0.2
    forwarding.MIRROR_SECONDS = 1.0
    main()
