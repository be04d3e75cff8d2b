"""`python -m sync.relay --data DIR --centre URL --code CODE`: the relay as a child process of tests."""

from __future__ import annotations

import argparse
from pathlib import Path

from sync.relay.config import RelayConfig
from sync.relay.pace import NightWindow
from sync.relay.serving import run


def main() -> None:
    parser = argparse.ArgumentParser(prog="sync.relay")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--centre", default="")
    parser.add_argument("--code", default="")
    parser.add_argument("--cap", type=float, default=0.0)
    parser.add_argument("--night", type=NightWindow.parse)
    asked = parser.parse_args()
    config = RelayConfig(asked.data, asked.centre, cap=asked.cap, night=asked.night)
    run(config, asked.host, asked.port, code=asked.code)


if __name__ == "__main__":
    main()
