"""The chain's head is kept outside the workspace: a cut end and a workspace rolled back are found and named."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from checklists.store import KEYS, ChainHead, Store
from inspector_app.actions.afterwards import checkup
from inspector_app.actions.laptop import anchoring, care
from inspector_app.credentials import SystemHeadStore
from tests.support.clock import FrozenClock
from tests.support.command_line import CommandLine
from tests.support.store_workspace import begin, new_store, reopen, whole_inspection


class Shelf:
    """A key store in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, workspace_id: str) -> tuple[str, ...]:
        return tuple(filter(None, (self.kept.get(workspace_id, ""),)))

    def put(self, workspace_id: str, text: str) -> bool:
        self.kept[workspace_id] = text
        return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "w"


@pytest.fixture
def store(folder: Path, clock: FrozenClock) -> Iterator[Store]:
    with new_store(folder, clock) as opened:
        yield opened


def bad(store: Store, shelf: Shelf) -> set[str]:
    return {check.name for check in checkup.verify(store, heads=shelf) if not check.good}


def unsure(store: Store, shelf: Shelf) -> set[str]:
    return {check.name for check in checkup.verify(store, heads=shelf) if check.outcome is checkup.Outcome.OPEN}


def test_the_head_that_is_kept_is_the_chains(store: Store) -> None:
    shelf = Shelf()
    assert "chain-not-anchored" in unsure(store, shelf)
    whole_inspection(store)
    assert anchoring.keep(store, shelf)
    head = store.audit.head()
    assert anchoring.kept(store, shelf) == (ChainHead(head.seq, head.hash, KEYS),)
    begin(store, "r-2", "v-2")  # work goes on: what was kept is still in the chain
    assert bad(store, shelf) == set()
    assert "chain-not-anchored" not in unsure(store, shelf)


def cut(store: Store, entries: int) -> None:
    """Cut the chain's end as somebody with the passphrase could: past the triggers, nothing else touched."""
    store._core.db.run("DROP TRIGGER audit_d")
    store._core.db.run("DELETE FROM audit WHERE seq > (SELECT max(seq) FROM audit) - ?", (entries,))


def test_a_cut_end_is_found_and_named(store: Store) -> None:
    shelf = Shelf()
    whole_inspection(store)
    begin(store, "r-2", "v-2")
    anchoring.keep(store, shelf)
    cut(store, 1)
    assert store.audit.verify().good, "the chain alone cannot know"
    assert bad(store, shelf) == {"chain-cut-keys"}


def test_a_workspace_that_was_rolled_back_is_found_also_after_work_went_on(
    store: Store, folder: Path, tmp_path: Path, clock: FrozenClock
) -> None:
    shelf = Shelf()
    begin(store)
    store.close()
    shutil.copytree(folder, tmp_path / "old")
    with reopen(folder, clock) as today:
        whole_inspection(today, "r-2", "v-2")
        anchoring.keep(today, shelf)
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "old", folder)
    with reopen(folder, clock) as rolled_back:
        assert bad(rolled_back, shelf) == {"chain-cut-keys"}
        for number in range(9):  # the chain grows past the place where it was cut
            begin(rolled_back, f"r-{number + 10}", f"v-{number + 10}")
        assert bad(rolled_back, shelf) == {"chain-cut-keys"}
        anchoring.keep(rolled_back, shelf)
        anchoring.keep(rolled_back, shelf)
        assert len(rolled_back.audit.lost()) == 1, "told once, in the chain itself"
        assert bad(rolled_back, shelf) == {"chain-cut-keys"}, "a new head hides nothing"


def test_a_backup_that_was_put_in_place_is_told_as_that(store: Store, folder: Path, clock: FrozenClock) -> None:
    shelf = Shelf()
    begin(store)
    made, keys = store.back_up(), store.keys
    assert made is not None
    whole_inspection(store, "r-2", "v-2")
    anchoring.keep(store, shelf)
    store.close()
    care.restore(folder, keys, "newest", clock=clock)
    with reopen(folder, clock) as again:
        for _ in range(2):  # before and after the next head is kept
            assert bad(again, shelf) == set()
            assert "chain-restored" in unsure(again, shelf)
            anchoring.keep(again, shelf)


@pytest.mark.parametrize("text", ["", "rubbish", "9:aa:bb", "1:" + "0" * 64 + ":" + "00" * 64])
def test_what_this_workspace_did_not_sign_is_no_anchor(store: Store, text: str) -> None:
    shelf = Shelf()
    shelf.put(store.keys.workspace_id, text)
    assert anchoring.kept(store, shelf) == ()


def test_without_a_key_store_a_file_of_the_user_keeps_it(tmp_path: Path) -> None:
    heads = SystemHeadStore(key_store=True, folder=tmp_path / "heads")  # the tests' key store refuses everything
    assert heads.get("w-1") == ()
    assert heads.put("w-1", "5:a:b")
    assert heads.put("w-1", "6:a:b")
    assert heads.get("w-1") == ("6:a:b",)
    (tmp_path / "file").write_text("")
    assert not SystemHeadStore(key_store=False, folder=tmp_path / "file").put("w-1", "x")


def test_closing_keeps_the_head_and_makes_the_backup(store: Store, folder: Path) -> None:
    whole_inspection(store)
    assert care.at_closing(store) is not None
    assert [head.seq for head in anchoring.kept(store)] == [store.audit.head().seq]


def test_the_command_finds_a_workspace_that_was_rolled_back(tmp_path: Path, clock: FrozenClock) -> None:
    command = CommandLine(tmp_path / "w", clock=clock)
    command.init()
    shutil.copytree(tmp_path / "w", tmp_path / "old")
    site = tmp_path / "site.json"
    site.write_text('{"name_th": "โรงงานไม่มีป้าย", "kind": "unregistered"}', "utf-8")
    command.json("new", "--checklist", "factory_act_general", "--unregistered", site)
    assert command.json("verify")["good"]
    shutil.rmtree(tmp_path / "w")
    (tmp_path / "old").rename(tmp_path / "w")
    told = command.json("verify", code=9)
    (wrong,) = (c for c in told["checks"] if c["outcome"] == "bad")
    assert wrong["name"] == "chain-cut-keys"
