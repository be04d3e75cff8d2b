"""A workspace of every released schema is opened by this program, whole. Released steps are never edited."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from checklists.model import NodeRef, RecordState
from checklists.store import Store, schema
from checklists.store.database import is_sound
from tests.support.clock import FrozenClock
from tests.support.store_freeze import CENTRE
from tests.support.store_workspace import reopen

FROZEN = Path(__file__).parents[2] / "data" / "store"

STEPS = {
    "m001_first": "6208375f80c982e8e127702d94d4702833801aa63c62615f628417109024603b",
    "m002_lists": "afa2065c8a4f4d3ef4a5c2a9dfb2d8c5353e72a603dfa41580d0552a4937a409",
}
"""SHA-256 of each released step's SQL."""


def test_no_released_step_was_edited_renamed_or_moved() -> None:
    sql = {"m001_first": schema.FIRST, "m002_lists": schema.SECOND}
    assert [name for name, _ in schema.STEPS][: len(STEPS)] == list(STEPS)
    assert {name: hashlib.sha256(text.encode()).hexdigest() for name, text in sql.items()} == STEPS


def test_every_released_schema_has_a_frozen_workspace() -> None:
    assert sorted(p.name for p in FROZEN.iterdir()) == [f"v{n}" for n in range(1, schema.SCHEMA + 1)]


@pytest.fixture(params=sorted(p.name for p in FROZEN.iterdir()))
def old(request: pytest.FixtureRequest, tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    folder = tmp_path / request.param
    shutil.copytree(FROZEN / request.param, folder)
    for name in ("tmp", "backups"):
        (folder / name).mkdir(exist_ok=True)
    with reopen(folder, clock) as store:
        yield store


def test_what_was_sealed_then_is_proven_now(old: Store) -> None:
    report = old.verify(receipt_keys={CENTRE.key_id: CENTRE.public_bytes})
    assert report.broken == ()
    assert {"signature", "attachments", "extract", "received", "chain"} == {p.code for p in report.proven}
    assert old.deep_check() == ()


def test_an_older_one_was_migrated_after_a_checked_copy_of_it_was_made(old: Store) -> None:
    steps = [row[0] for row in old._core.db.rows("SELECT name FROM _sqlite_migrations ORDER BY name")]
    assert steps == list(STEPS)
    copies = list((old.workspace / "backups").glob("before-v*.db"))
    newest = f"v{schema.SCHEMA}"
    assert [p.name for p in copies] == ([] if old.workspace.name == newest else [f"before-{newest}.db"])
    assert all(is_sound(p, old.keys.database_key) for p in copies)


def test_the_lists_are_as_they_were(old: Store) -> None:
    states = {r.record_id: r.state for r in old.records.list()}
    assert states == {"r-sent": RecordState.SENT, "r-waiting": RecordState.SEALED, "r-draft": RecordState.DRAFT}
    assert [o.record_id for o in old.outbox.pending()] == ["r-waiting"]
    assert [h.site.site_id for h in old.registry.search("น้ำแข็ง")] == ["2"]


def test_the_draft_goes_on_where_it_stood(old: Store) -> None:
    draft = old.records.draft("r-draft")
    assert draft.cursor == NodeRef("/data/r/x", "row-1")
    assert [a.value for a in draft.answers] == ["ผ่าน", "๑๒"]
    (photo,) = old.attachments.list("r-draft")
    with old.attachments.open(photo.sha256) as plain:
        assert plain.read() == b"photo of a draft"


def test_everything_else_is_there(old: Store) -> None:
    assert old.orders.state("o-1").value == "approved"
    assert [h.taker for h in old.evidence.custody("s-1")] == ["ข"]
    assert old.pulled.list("reviews", about="r-sent")[0].body == {"text": "ดี"}
    assert old.restricted.get("p-1") == {"name": "ผู้ร้อง"}
    assert old.settings.get("language") == "th"
    assert old.sites.get("p-1").provisional


def test_what_a_visit_gathered_is_there_since_it_could_be_kept(old: Store) -> None:
    kept = [] if old.workspace.name == "v1" else ["i-1"]
    assert [i.instrument_id for i in old.evidence.instruments_of("v-draft")] == kept
    assert [s.kind for s in old.evidence.steps("v-draft")] == (["card-shown"] if kept else [])
