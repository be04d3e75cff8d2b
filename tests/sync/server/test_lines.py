"""The quick way of reading an envelope accepts and refuses exactly what the thorough way does."""

from __future__ import annotations

import json
import random

import orjson
import pytest

from checklists.crypto import DeviceKey
from checklists.errors import SealError
from checklists.sealing import canonical, parse_envelope, seal
from sync.server.intake.lines import _plainly_canonical, read_envelope
from tests.support import store_builders

KEY = DeviceKey.from_seed(b"\1" * 32)


def sealed_bytes(**changes: object) -> bytes:
    return seal(store_builders.envelope(**changes), KEY).envelope


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"reason": "🏭 อักษรนอกระนาบพื้นฐาน"},
        {"scores": [{"dimension": "x", "got": 13.7563, "possible": 2.5, "percent": 40}]},
        {"further": {"z": 1, "a": [True, None, -3]}},
        {"further": 123456789012345},
        {"further": [1e-7, 0.00002, 1e15, 0.1]},
        {"reason": "ข้อ e5, 2.0, 1.0} และ e-7]"},
        {"further": ["e5,", 0.1]},
    ],
)
def test_what_was_sealed_is_accepted(changes: dict[str, object]) -> None:
    data = sealed_bytes(**changes)
    assert read_envelope(data) == parse_envelope(data) == json.loads(data)


def swapped(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b'"op":"record"', b'"op":"record","op":"record"', "envelope"),
        (b'"op":"record"', b'"op": "record"', "canonical"),
        (b'"op":"record"', b'"op":"dance"', "envelope"),
        (b'"seq":7', b'"seq":7.0', "envelope"),
        (b'"seq":7', b'"seq":NaN', "envelope"),
        (b'"possible":2', b'"possible":2.0', "canonical"),
        (b'"possible":2', b'"possible":2e0', "canonical"),
        (b'"possible":2', b'"possible":20000000000000000', "canonical"),
        (b'"possible":2', b'"possible":1e16', "canonical"),
        (b'"possible":2', b'"possible":2e-5', "canonical"),
        (b'"possible":2', b'"possible":-0.0', "canonical"),
        (b'"possible":2', b'"possible":12345678901234567890123', "canonical"),
        ("พื้นแตก".encode(), "พื้นดี".encode(), "extract"),
        (b'"language":"th"', b'"language":"\\u0074h"', "canonical"),
    ],
)
def test_other_bytes_are_refused_for_the_same_reason(old: bytes, new: bytes, what: str) -> None:
    data = swapped(sealed_bytes(), old, new)
    for read in (read_envelope, parse_envelope):
        with pytest.raises(SealError) as error:
            read(data)
        assert error.value.data["what"] == what


@pytest.mark.parametrize("seed", range(4))
def test_no_fraction_that_rfc_8785_spells_otherwise_passes_unseen(seed: int) -> None:
    """orjson's own spelling of a number is accepted exactly where it is the canonical one."""
    numbers = random.Random(seed)
    for _ in range(300):
        number = numbers.choice(
            (10 ** numbers.uniform(-30, 30), numbers.uniform(-1, 1), float(numbers.randrange(10**18)))
        )
        spelled = b'"possible":' + orjson.dumps(number)
        data = swapped(sealed_bytes(), b'"possible":2', spelled)
        if canonical(number) == orjson.dumps(number):
            assert _plainly_canonical(data) in (None, json.loads(data))
        else:
            assert _plainly_canonical(data) is None


def test_members_in_another_order_are_refused() -> None:
    envelope = json.loads(sealed_bytes())
    data = json.dumps(dict(reversed(envelope.items())), ensure_ascii=False, separators=(",", ":")).encode()
    assert canonical(envelope) != data
    with pytest.raises(SealError):
        read_envelope(data)
