"""What is sent next and when it is tried again: pure functions over rows and clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from checklists.clock import BANGKOK, stamp
from sync.errors import BusyError, OfflineError, RefusedError, ServerFaultError, SyncError, WaitForError
from sync.plan import BACKOFF_CAP, WAIT_FOR_SECONDS, backoff_seconds, batches, is_due, ready, setback
from sync.protocol import IN_CONFLICT, PARKED, Limits
from tests.support.sync_outbox import Row

NOW = datetime(2026, 11, 23, 10, tzinfo=BANGKOK)
ROW = Row("rev-1", "r-1", None, "d" * 64, stamp(NOW))


class Drawn:
    """A jitter that is drawn at a share of its range, and says what the range was."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.ranges: list[tuple[float, float]] = []

    def uniform(self, a: float, b: float, /) -> float:
        self.ranges.append((a, b))
        return a + (b - a) * self.share


def named(name: str, base: str | None = None, **more: object) -> Row:
    return replace(ROW, revision_id=name, base_revision_id=base, **more)  # type: ignore[arg-type]  # members of Row


@pytest.mark.parametrize(("attempts", "ceiling"), [(0, 2.0), (1, 4.0), (5, 64.0), (8, BACKOFF_CAP), (60, BACKOFF_CAP)])
def test_waiting_is_drawn_from_nothing_up_to_a_ceiling_that_doubles(attempts: int, ceiling: float) -> None:
    drawn = Drawn(1.0)
    assert backoff_seconds(attempts, drawn) == ceiling
    assert drawn.ranges == [(0.0, ceiling)]
    assert backoff_seconds(attempts, Drawn(0.0)) == 0.0


def test_never_sooner_than_the_centre_asked_and_never_later_than_its_word_capped_plus_our_own() -> None:
    assert backoff_seconds(0, Drawn(0.0), retry_after=40.0) == 40.0
    assert backoff_seconds(60, Drawn(1.0), retry_after=86_400.0) == 2 * BACKOFF_CAP


@pytest.mark.parametrize(
    ("error", "parked", "most"),
    [
        (OfflineError(), False, 2.0),
        (BusyError(retry_after=7.0), False, 9.0),
        (WaitForError(), False, WAIT_FOR_SECONDS),
        (RefusedError(), True, None),
    ],
    ids=["offline", "busy", "waits for another", "refused"],
)
def test_what_an_error_means_for_a_row(error: SyncError, parked: bool, most: float | None) -> None:
    back = setback(ROW, error, NOW, Drawn(1.0))
    assert (back.parked, back.code) == (parked, error.code)
    assert back.next_at == ("" if most is None else stamp(NOW + timedelta(seconds=most)))


@pytest.mark.parametrize(
    ("seconds", "due"), [(-1, True), (0, True), (60, False), (86_400, False), (86_401, True)], ids=str
)
def test_a_time_that_no_back_off_can_have_set_is_a_clocks_mistake(seconds: int, due: bool) -> None:
    assert is_due(replace(ROW, next_at=stamp(NOW + timedelta(seconds=seconds))), NOW) is due


def test_a_child_waits_for_its_parent_and_a_parked_parent_blocks_only_its_children() -> None:
    rows = (named("a"), named("b", "a"), named("c"), named("d", "e"), named("e", state=PARKED))
    assert [row.revision_id for row in ready(rows, NOW)] == ["a", "c"]


def test_a_parked_record_is_tried_once_more_when_a_person_asks_last_and_alone() -> None:
    rows = (named("a", state=PARKED), named("b"), named("c"))
    assert [row.revision_id for row in ready(rows, NOW)] == ["b", "c"]
    order = ready(rows, NOW, force=True)
    assert [row.revision_id for row in order] == ["b", "c", "a"]
    cut = batches(((row, b"x") for row in order), Limits())
    assert [[row.revision_id for row, _ in batch] for batch in cut] == [["a"], ["b", "c"]]


def test_a_childs_parent_in_conflict_or_held_by_the_relay_lets_it_go_there() -> None:
    conflict = (named("a", state=IN_CONFLICT), named("b", "a"))
    assert [row.revision_id for row in ready(conflict, NOW)] == ["b"]
    later = stamp(NOW + timedelta(seconds=60))
    relayed = (named("a", last_error_code="relayed", next_at=later), named("b", "a"))
    assert [row.revision_id for row in ready(relayed, NOW, to_relay=True)] == ["b"]
    assert ready(relayed, NOW) == ()


def test_who_failed_the_server_travels_alone_and_last_and_full_batches_are_cut() -> None:
    suspect = named("0", attempts=1, last_error_code=ServerFaultError().code)
    rows = (suspect, *(named(str(n)) for n in range(1, 4)))
    order = ready(rows, NOW)
    assert order[-1] is suspect
    cut = batches(((row, b"x" * 10) for row in order), Limits(batch_records=2))
    assert [[row.revision_id for row, _ in batch] for batch in cut] == [["1", "2"], ["0"], ["3"]]
