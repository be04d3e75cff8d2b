"""`python -m inspector_app` and the command `inspector`."""

from __future__ import annotations

import gc

gc.disable()  # what is imported stays; on again after the first paint (`gui.application`) or before a command (`main`)

import sys  # noqa: E402 - the collector rests from the first line

from inspector_app.main import run as run_command  # noqa: E402 - after the collector was told to rest


def run() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    run()
