"""`python -m sync.server.intake.helper`: one of the processes of `readers`, of no use to anybody else."""

from __future__ import annotations

import signal
from multiprocessing.connection import Connection

from sync.server.intake.arrivals import read_lines


def main() -> None:
    """Read what comes until nothing more can come."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    take, hand = Connection(0, writable=False), Connection(1, readable=False)
    hand.send("ready")
    while True:
        try:
            sender, lines = take.recv()
            hand.send(read_lines(sender, lines))
        except (EOFError, OSError):
            return


if __name__ == "__main__":
    main()
