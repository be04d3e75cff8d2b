"""Editions of the handbook: two people sign, laptops refuse everything else."""

from dataclasses import replace

import pytest

from checklists.authoring import load_yaml
from checklists.authoring.catalogue import HANDBOOK, law_entries, limit_entry
from checklists.authoring.errors import CatalogueError
from checklists.authoring.publishing import EditionError, Recall, check, confirm, edition
from checklists.crypto import DeviceKey
from checklists.model import Certainty

CONTENT = b"checklist: example"
AUTHOR, APPROVER, STRANGER = DeviceKey.generate(), DeviceKey.generate(), DeviceKey.generate()
TRUSTED = {key.key_id: key.public_bytes for key in (AUTHOR, APPROVER)}


@pytest.fixture
def published():
    manifest = edition(
        CONTENT,
        file="example.yaml",
        entry_id="example",
        version="2569.2",
        effective_from="2026-12-01",
        author="นางสาวผู้เขียน",
        approver="นายผู้อนุมัติ",
        document="ที่ อก 0304/1",
        provinces=("12",),
    )
    return manifest.signed("author", AUTHOR).signed("approver", APPROVER)


def refused(manifest, content=CONTENT, **changes):
    options = {"trusted": TRUSTED, "on": "2026-12-01", "province": "12", **changes}
    with pytest.raises(EditionError) as caught:
        check(manifest, content, **options)
    return caught.value.data["kind"]


def test_an_edition_signed_by_author_and_approver_is_used(published):
    check(published, CONTENT, trusted=TRUSTED, on="2026-12-01", province="12")


def test_one_signature_is_not_enough(published):
    assert refused(replace(published, signatures=published.signatures[:1])) == "unsigned"


def test_nobody_approves_the_own_work(published):
    alone = replace(published, signatures=()).signed("author", AUTHOR).signed("approver", AUTHOR)
    assert refused(alone) == "same-person"


def test_a_key_that_is_not_trusted_counts_for_nothing(published):
    other = replace(published, signatures=()).signed("author", AUTHOR).signed("approver", STRANGER)
    assert refused(other) == "unknown-signer"


def test_a_changed_manifest_or_file_is_noticed(published):
    assert refused(replace(published, effective_from="2026-01-01")) == "forged"
    assert refused(published, CONTENT + b" ") == "changed"


def test_before_its_day_and_outside_its_pilot_it_is_not_used(published):
    assert refused(published, on="2026-11-30") == "not-yet"
    assert refused(published, province="10") == "outside-pilot"


def test_a_recalled_edition_is_not_started_any_more(published):
    recall = Recall("example", "2569.2", "ตัวเลขผิด", "2026-12-10", "นายผู้อนุมัติ")
    assert refused(published, recalls=[recall.signed(APPROVER)]) == "recalled"
    check(published, CONTENT, trusted=TRUSTED, on="2026-12-11", province="12", recalls=[recall.signed(STRANGER)])


def test_a_reference_and_a_limit_are_confirmed_by_a_named_officer():
    by = {"officer": "นายนิติกร", "position": "นิติกรชำนาญการ", "document": "ที่ อก 0304/9", "date": "2026-12-01"}
    laws = confirm(load_yaml(HANDBOOK / "laws.yaml"), "mr2-2535-c5-3", **by)
    confirmed = {law.law_id: law for entry in laws["laws"] for law in law_entries(entry)}
    assert confirmed["mr2-2535-c5-3"].certainty is Certainty.CONFIRMED
    assert confirmed["mr2-2535-c5-3"].confirmation.officer == "นายนิติกร"
    assert confirmed["mr2-2535-c5-4"].certainty is Certainty.B
    limits = confirm(load_yaml(HANDBOOK / "limits.yaml"), "exit-width", **by)
    assert (
        next(limit_entry(row) for row in limits["limits"] if row["id"] == "exit-width").certainty is Certainty.CONFIRMED
    )


def test_a_whole_checklist_is_confirmed_by_its_id():
    content = confirm(
        load_yaml(HANDBOOK / "minerals_act.yaml"),
        "minerals_act",
        officer="ก",
        position="",
        document="ข",
        date="2026-12-01",
    )
    assert content["status"] == "confirmed"


def test_a_confirmation_without_a_document_or_of_nothing_is_refused():
    content = load_yaml(HANDBOOK / "laws.yaml")
    with pytest.raises(CatalogueError):
        confirm(content, "fa2535-s23", officer="ก", position="", document="", date="2026-12-01")
    with pytest.raises(CatalogueError):
        confirm(content, "nothing", officer="ก", position="", document="ข", date="2026-12-01")
