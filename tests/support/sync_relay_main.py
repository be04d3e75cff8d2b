"""The relay as a child process of tests, with short waits: `python -m tests.support.sync_relay_main --data …`.

People start `inspector relay`, which says in words what is wrong; here the code on the error stream is enough.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import sync.plan
from checklists.errors import InspectorError
from sync.relay import RelayConfig, forwarding, run


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--centre", default="")
    parser.add_argument("--code", default="")
    asked = parser.parse_args()
    run(RelayConfig(asked.data, asked.centre), "127.0.0.1", asked.port, code=asked.code)


if __name__ == "__main__":
    sync.plan.BACKOFF_BASE = 0.02  # seconds; tests have no time for real ones
    sync.plan.BACKOFF_CAP = 0.2
    sync.plan.WAIT_FOR_SECONDS = 1.1
    forwarding.IDLE_SECONDS = 0.2
    forwarding.MIRROR_SECONDS = 1.0
    try:
        main()
    except InspectorError as error:
        sys.exit(f"relay: {error.code} {error.data}")
