"""Lines that other processes help to read come out as if one process had read them, whatever becomes of the helper."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from checklists.crypto import DeviceKey
from checklists.sealing import wire_line
from sync.protocol import LineResult
from sync.server.intake.arrivals import Sender, read_lines
from sync.server.intake.readers import Readers, _Reader
from sync.server.intake.rows import Arrived, DeviceOfKey
from tests.support.sync_outbox import sealed_record

pytestmark = pytest.mark.skipif(os.name != "posix", reason="readers are POSIX only")
REPO = Path(__file__).resolve().parents[3]
KEY, OTHER = (DeviceKey.from_seed(bytes([n]) * 32) for n in (1, 2))
SENDER = Sender("d-1", False, {KEY.key_id: DeviceOfKey("d-1", KEY.public_bytes, "10", "p-1")})


def batch() -> list[bytes]:
    """A hundred lines with one of each trouble among them."""
    lines = [wire_line(sealed_record(KEY, f"rev-{n}", record_id=f"r-{n}")).encode() for n in range(100)]
    lines[3] = b"no line"
    lines[40] = wire_line(sealed_record(OTHER, "rev-40", record_id="r-40")).encode()
    lines[70] = wire_line(sealed_record(KEY, "rev-70", record_id="r-70", device_id="d-2")).encode()
    lines[98] = lines[98].replace(b'"sig":"', b'"sig":"00', 1)[: len(lines[98])]
    lines[99] = lines[99].replace(lines[99][-180:-170], lines[98][-180:-170], 1)
    return lines


@pytest.fixture
def readers() -> Iterator[Readers]:
    found = Readers(1)
    found.read(SENDER, batch()[:30])  # starts the helper
    assert found._idle is not None
    assert found._idle[0].take.poll(30), "the helper did not start"
    yield found
    found.close()


def test_the_results_and_their_order_are_those_of_one_process(readers: Readers) -> None:
    lines = batch()
    alone = read_lines(SENDER, lines)
    assert readers.read(SENDER, lines) == alone
    assert sum(isinstance(item, Arrived) for item in alone) == 95
    assert readers.read(SENDER, lines[:5]) == alone[:5]


def test_a_batch_whose_helper_dies_is_read_all_the_same(readers: Readers) -> None:
    assert readers._idle is not None
    helper: _Reader = readers._idle[0]
    os.kill(helper._process.pid, signal.SIGKILL)
    helper._process.wait()
    lines = batch()
    assert readers.read(SENDER, lines) == read_lines(SENDER, lines)
    assert readers.read(SENDER, lines) == read_lines(SENDER, lines)


def test_two_batches_at_once_do_not_mix(readers: Readers) -> None:
    lines, results = batch(), {}
    threads = [
        threading.Thread(target=lambda n=n: results.update({n: readers.read(SENDER, lines[n:])})) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = read_lines(SENDER, lines)
    assert all(results[n] == alone[n:] for n in range(4))


def test_a_helper_that_becomes_idle_in_the_middle_of_a_batch_takes_its_share(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert readers._idle is not None
    busy = [readers._idle.pop()]
    own = 0

    def counting(sender: Sender, lines: list[bytes]) -> list[Arrived | LineResult]:
        nonlocal own
        own += len(lines)
        if busy:
            readers._give_back(busy.pop())
        return read_lines(sender, lines)

    monkeypatch.setattr("sync.server.intake.readers.read_lines", counting)
    lines = batch()
    assert readers.read(SENDER, lines) == read_lines(SENDER, lines)
    assert 0 < own < len(lines)


def test_a_centre_that_ends_leaves_no_helper(readers: Readers) -> None:
    assert readers._idle is not None
    helper = readers._idle[0]
    readers.close()
    assert helper._process.poll() == 0


def test_a_killed_centre_leaves_no_helper() -> None:
    code = (
        "import sys, time; from sync.server.intake.readers import Readers; "
        "from sync.server.intake.arrivals import Sender; "
        "r = Readers(1); r.read(Sender('d', False, {}), [b'x'] * 30); r._idle[0].take.poll(30); "
        "print(r._idle[0]._process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=REPO, stdout=subprocess.PIPE, text=True) as centre:
        assert centre.stdout is not None
        helper = int(centre.stdout.readline())
        status = Path(f"/proc/{helper}/stat")
        assert status.exists()
        centre.kill()
    for _ in range(500):
        if not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z":
            break
        threading.Event().wait(0.01)
    else:
        raise AssertionError("the helper is still there")
