"""Ctrl+C while something is sent."""

from __future__ import annotations

import signal

import pytest

from inspector_app.cli.stopping import orderly


def test_the_first_asks_to_stop_and_the_second_stops_at_once() -> None:
    told: list[str] = []
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), orderly(lambda: told.append("stopping")) as should_stop:
        assert not should_stop()
        signal.raise_signal(signal.SIGINT)
        assert should_stop()
        signal.raise_signal(signal.SIGINT)
    assert told == ["stopping"]
    assert signal.getsignal(signal.SIGINT) == before
