"""`python -m sync.server --data DIR --port N`: the centre as a child process of tests and the demo."""

from __future__ import annotations

import argparse
from pathlib import Path

from sync.server.config import DEFAULT_SCOPE
from sync.server.serving import LOOPBACK, run


def main() -> None:
    parser = argparse.ArgumentParser(prog="sync.server")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--scope", default=DEFAULT_SCOPE)
    parser.add_argument("--database", default="")
    asked = parser.parse_args()
    run(asked.data, asked.host, asked.port, scope=asked.scope, database=asked.database)


if __name__ == "__main__":
    main()
