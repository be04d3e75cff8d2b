"""What `inspector verify` proves, finds broken, and says cannot be proven: with full access to the database."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from checklists.crypto import DeviceKey
from checklists.errors import DamagedStoreError
from checklists.sealing import make_receipt, parse_wire_line, seal, wire_line
from checklists.store import ChainHead, Store, VerifyReport, verify_export, verify_workspace
from tests.support import store_builders as make
from tests.support.clock import FrozenClock
from tests.support.store_workspace import answer, content, reopen, whole_inspection

CENTRE = DeviceKey.from_seed(b"\x09" * 32)
CENTRE_KEYS = {CENTRE.key_id: CENTRE.public_bytes}


def codes(report: VerifyReport) -> tuple[set[str], set[str], set[str]]:
    return {p.code for p in report.proven}, {p.code for p in report.broken}, {p.code for p in report.unproven}


def without_triggers(store: Store) -> None:
    """Do as an attacker with the passphrase would: take the triggers away."""
    for (name,) in store._core.db.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        store._core.db.run(f"DROP TRIGGER {name}")


def test_an_untouched_workspace_is_proven(store: Store) -> None:
    whole_inspection(store)
    proven, broken, unproven = codes(verify_workspace(store))
    assert proven == {"chain", "signature", "extract", "attachments"}
    assert broken == set()
    assert unproven == {"no-receipt", "chain-not-anchored"}


def test_receipt_and_anchor_prove_time_and_end(store: Store) -> None:
    sealed = whole_inspection(store)
    store.outbox.acknowledge(
        make_receipt(sealed, receipt_id="q", server_id="s", received_at="2026-11-22", seq=1, key=CENTRE)
    )
    head = store.audit.head()
    store.audit.anchor(head.seq, head.hash, "s")
    proven, broken, unproven = codes(store.verify(receipt_keys=CENTRE_KEYS))
    assert "received" in proven
    assert (broken, unproven) == (set(), set())
    assert "receipt-key-unknown" in codes(store.verify())[2]


ATTACKS: dict[str, tuple[str, str]] = {
    "a finding made milder": ("UPDATE finding SET body = replace(body, 'major', 'minor')", "record-tables"),
    "a finding deleted": ("DELETE FROM finding", "record-tables"),
    "a measurement changed": ("UPDATE measurement SET body = replace(body, '91.5', '81.5')", "record-tables"),
    "counts changed": ("UPDATE section_result SET failed = 0", "record-tables"),
    "another overall result": ("UPDATE revision SET overall = 'pass'", "record-tables"),
    "an exhibit's caption": ("UPDATE revision_attachment SET body = replace(body, 'จ.1', 'จ.9')", "record-tables"),
    "another digest": ("UPDATE revision SET digest = printf('%064d', 1)", "signature"),
    "another signature": ("UPDATE revision SET signature = zeroblob(64)", "signature"),
    "bytes cut": ("UPDATE revision SET body_z = substr(body_z, 1, 50)", "record-unreadable"),
    "an audit entry changed": ("UPDATE audit SET actor = 'x' WHERE seq = 3", "chain-broken"),
    "an audit entry deleted": ("DELETE FROM audit WHERE seq = 3", "chain-broken"),
    "the chain's end cut": ("DELETE FROM audit WHERE seq > 4", "chain-cut"),
    "a receipt's time": ("UPDATE receipt SET received_at = '2020'", "receipt-changed"),
    "a receipt for another record": ("UPDATE receipt SET digest = printf('%064d', 1)", "receipt-other"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_tampering_with_full_access_is_found_and_named(store: Store, attack: str) -> None:
    sealed = whole_inspection(store)
    store.outbox.acknowledge(
        make_receipt(sealed, receipt_id="q", server_id="s", received_at="2026-11-22", seq=1, key=CENTRE)
    )
    without_triggers(store)
    statement, expected = ATTACKS[attack]
    store._core.db.run("PRAGMA foreign_keys=OFF")
    store._core.db.run(statement)
    assert expected in codes(store.verify(receipt_keys=CENTRE_KEYS))[1]


def test_a_record_sealed_anew_with_another_key_is_not_ours(store: Store) -> None:
    whole_inspection(store)
    without_triggers(store)
    db = store._core.db
    envelope = json.loads(zlib.decompress(db.value("SELECT body_z FROM revision")))
    forged = seal({**envelope, "overall": "pass"}, DeviceKey.generate())
    db.run(
        "UPDATE revision SET body_z = ?, digest = ?, signature = ?, key_id = ?, overall = 'pass'",
        (zlib.compress(forged.envelope), forged.digest, forged.signature, forged.key_id),
    )
    _, broken, unproven = codes(store.verify())
    assert "signer-unknown" in unproven
    assert "record-tables" in broken  # the chain names another digest


def test_a_rewritten_chain_is_caught_by_the_anchor_outside(store: Store) -> None:
    whole_inspection(store)
    head = store.audit.head()
    kept_outside = ChainHead(head.seq, "ab" * 32)
    assert "chain-cut" in codes(store.verify(anchors=(kept_outside,)))[1]
    assert "chain-cut" not in codes(store.verify(anchors=(head,)))[1]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda path: path.unlink(), "attachment-missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "attachment-changed"),
        (lambda path: path.write_bytes(b"x" * 200), "attachment-changed"),
    ],
)
def test_a_photo_that_is_gone_or_changed_is_named(
    store: Store, folder: Path, damage: Callable[[Path], None], code: str
) -> None:
    whole_inspection(store)
    damage(max((folder / "files").glob("??/*"), key=lambda p: p.stat().st_size))
    report = store.verify()
    (fault,) = report.broken
    assert (fault.code, fault.data["name"]) == (code, "จ.1")


def test_one_changed_byte_anywhere_in_an_attachment_is_found(store: Store, folder: Path) -> None:
    whole_inspection(store)
    path = max((folder / "files").glob("??/*"), key=lambda p: p.stat().st_size)
    whole, chance = path.read_bytes(), random.Random(3)
    for _ in range(60):
        changed = bytearray(whole)
        changed[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        assert not store.verify().good
    path.write_bytes(whole)
    assert store.verify().good


def test_one_changed_byte_anywhere_in_the_database_never_passes_unnoticed(
    store: Store, folder: Path, clock: FrozenClock
) -> None:
    whole_inspection(store)
    before = store.records.sealed("r-1")
    store.close()
    path, chance = folder / "store.db", random.Random(5)
    whole = path.read_bytes()
    noticed = 0
    for _ in range(40):
        changed = bytearray(whole)
        changed[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        try:
            with reopen(folder, clock) as again:
                assert again.deep_check() != ()
        except DamagedStoreError:
            noticed += 1
    assert noticed > 0
    path.write_bytes(whole)
    with reopen(folder, clock) as again:
        assert again.deep_check() == ()
        assert again.records.sealed("r-1") == before


# --- clock ---


def test_a_clock_that_jumps_is_noted_in_chain_and_envelope(store: Store, clock: FrozenClock) -> None:
    from tests.support.store_workspace import begin

    begin(store)
    clock.jump(-86_400)
    answer(store, 1, "pass")
    store.records.finalise("r-1", content())
    jumps = [e for e in store.audit.entries() if e.action == "clock-jump"]
    assert [e.body["seconds"] for e in jumps] == [-86_400]
    assert "clock-jumped" not in codes(store.verify())[2]  # the jump went back before the draft began
    begin(store, "r-2", "v-2")
    clock.jump(7_200)
    answer(store, 1, "pass", "r-2")
    store.records.finalise("r-2", content())
    assert "clock-jumped" in codes(store.verify())[2]


def test_a_clock_that_stands_before_the_last_work_is_noted_at_opening(
    store: Store, folder: Path, clock: FrozenClock
) -> None:
    whole_inspection(store)
    store.close()
    clock.jump(-3600 * 24 * 365 * 56)  # 1970, a dead battery
    with reopen(folder, clock) as again:
        assert again.audit.entries()[-1].action == "clock-jump"
        assert again.verify().good


# --- an exported record ---


def test_an_exported_record_proves_itself_but_not_whose_key_it_is(store: Store) -> None:
    whole_inspection(store)
    data = store.export_record("r-1")
    proven, broken, unproven = codes(verify_export(data))
    assert {"signature", "extract"} <= proven
    assert broken == set()
    assert {"signer-not-confirmed", "attachments-not-here", "no-receipt"} == unproven
    key = store.keys.device_key
    trusted = {key.key_id: key.public_bytes}
    report = verify_export(data, trusted=trusted, open_blob=store.attachments.open)
    assert codes(report) == ({"signature", "extract", "attachments"}, set(), {"no-receipt"})


def test_a_changed_export_is_found(store: Store) -> None:
    whole_inspection(store)
    members = json.loads(store.export_record("r-1"))
    line = parse_wire_line(members["line"])
    changed = line.envelope.replace(b"91.5", b"81.5")
    members["line"] = wire_line(type(line)(changed, line.digest, line.signature, line.key_id))
    assert "signature" in codes(verify_export(json.dumps(members).encode()))[1]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format":"inspector-record/1"}', b"\xff"])
def test_a_file_that_is_no_export_is_said_to_be_none(data: bytes) -> None:
    assert codes(verify_export(data)) == (set(), {"export-format"}, set())


# --- corrections and addenda ---


def test_an_addendum_names_the_record_it_belongs_to(store: Store) -> None:
    sealed = whole_inspection(store)
    store.records.begin_addendum("a-1", about="r-1", author=make.OFFICER)
    from tests.support.store_workspace import photo

    photo(store, "lab-sheet", b"laboratory result", "a-1")
    result, _ = store.records.finalise("a-1", content())
    envelope = json.loads(result.envelope)
    assert (envelope["op"], envelope["about"]["digest"]) == ("addendum", sealed.digest)
    assert [a.record_id for a in store.records.addenda("r-1")] == ["a-1"]
    assert store.verify().good


def test_a_record_taken_back_stays_readable(store: Store) -> None:
    first = whole_inspection(store)
    store.records.void("r-1", reason="บันทึกผิดโรงงาน", author=make.OFFICER)
    one, two = store.records.revisions("r-1")
    assert (one.op, two.op) == ("record", "void")
    assert store.records.sealed("r-1", one.revision_id) == first
    assert store.verify().good


def test_two_revisions_can_be_compared(store: Store) -> None:
    whole_inspection(store)
    store.records.begin_correction("r-1", reason="x", author=make.OFFICER)
    answer(store, 2, "pass")
    store.attachments.remove("r-1-photo")
    store.records.finalise("r-1", content())
    one, two = store.records.revisions("r-1")
    found = {(d.kind, d.before, d.after) for d in store.records.compare(one.revision_id, two.revision_id)}
    assert ("answer", "fail", "pass") in found
    assert any(kind == "attachment" and not after for kind, _, after in found)


def test_the_quick_way_to_an_entrys_hash_is_the_canonical_one(store: Store) -> None:
    from checklists.store.audit import entry_hash

    store.audit.note("x", 'a"b\n', "ก\u2028\x07", {"z": 1, "a": "ก่ำ", "n": {"b": [1, "x"]}})
    whole_inspection(store)
    for e in store.audit.entries():
        assert e.hash == entry_hash(e.seq, e.at, e.actor, e.action, e.entity, e.entity_id, e.body, e.prev)
