"""Ids are time-ordered, unique, and never go back with the clock."""

from __future__ import annotations

import uuid

from checklists.clock import IdMaker, stamp
from tests.support.clock import FrozenClock


def test_ids_are_version_7_and_ordered(clock: FrozenClock) -> None:
    maker = IdMaker(clock)
    made = [maker.new() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {uuid.UUID(i).version for i in made} == {7}
    assert {uuid.UUID(i).variant for i in made} == {uuid.RFC_4122}


def test_ids_go_on_upwards_when_the_clock_goes_back(clock: FrozenClock) -> None:
    maker = IdMaker(clock)
    before = maker.new()
    clock.jump(-86_400)
    assert maker.new() > before


def test_an_id_carries_the_time_it_was_made(clock: FrozenClock) -> None:
    millis = uuid.UUID(IdMaker(clock).new()).int >> 80
    assert millis == int(clock.now().timestamp() * 1000)


def test_stamps_carry_the_offset(clock: FrozenClock) -> None:
    assert stamp(clock.now()) == "2026-11-22T10:42:00.000+07:00"
