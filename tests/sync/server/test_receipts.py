"""Receipts made by the centre's short way are the sealing module's, byte for byte, and its history is the extract's."""

from __future__ import annotations

import pytest

from checklists.crypto import DeviceKey
from checklists.sealing import extract_for_factory, parse_receipt, seal, sign_receipt, verify_receipt
from sync.server.intake import receipts
from sync.server.intake.lines import read_line
from sync.server.intake.rows import line_of
from tests.support import store_builders

KEY = DeviceKey.from_seed(b"\1" * 32)


def receipt(**changes: object) -> dict[str, object]:
    sealed = seal(store_builders.envelope(**changes), KEY)
    envelope, _ = read_line(sealed.envelope)
    return receipts.make(line_of(envelope, sealed.digest, "10"), 7, "2026-11-22T10:00:00+07:00", "s-1", KEY)


def test_a_receipt_holds_by_the_key_that_signed_it() -> None:
    verify_receipt(parse_receipt(receipt()), KEY.public_bytes)


def test_it_is_the_receipt_that_the_sealing_module_would_have_signed() -> None:
    made = parse_receipt(receipt())
    assert sign_receipt(made, KEY) == made


@pytest.mark.parametrize("reason", ["แก้ไขตามคำขอ", "🏭 beyond the basic plane"])
def test_the_extract_that_a_check_made_is_the_factorys(reason: str) -> None:
    envelope, extract = read_line(seal(store_builders.envelope(reason=reason), KEY).envelope)
    assert extract == extract_for_factory(envelope)
