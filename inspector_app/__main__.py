"""`python -m inspector_app` and the command `inspector`."""

from __future__ import annotations

import sys

from inspector_app.main import run as run_command


def run() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    run()
