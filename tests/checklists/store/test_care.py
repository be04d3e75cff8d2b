"""Backups that were checked, restore, checks, salvage, space, and plain text that must not be on the disk."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from checklists.errors import DamagedStoreError, DiskFullError, ReadOnlyStoreError, WorkspaceLockedError
from checklists.model import AnswerRow
from checklists.store import BackupError, Store, backups, care, cloud_folder, restore, room, salvage
from checklists.store import workspace as folders
from checklists.store.database import is_sound
from tests.support.clock import FrozenClock
from tests.support.store_workspace import answer, begin, photo, reopen, whole_inspection

# --- backup and restore ---


def test_a_backup_is_a_checked_copy(store: Store, folder: Path) -> None:
    whole_inspection(store)
    backup = store.back_up()
    assert backup is not None
    assert is_sound(backup.path, store.keys.database_key)
    assert (folder / "backups" / "keys.json").read_bytes() == (folder / "keys.json").read_bytes()


def test_old_backups_are_thinned(store: Store, folder: Path, clock: FrozenClock) -> None:
    for _ in range(60):
        store.back_up()
        clock.advance(6 * 3600)
    kept = backups(folder)
    assert [b.made_at.day for b in kept] == [7, 6, 6, 5, 4, 3, 2, 1]  # three newest, then the last of each day
    assert kept == tuple(sorted(kept, key=lambda b: b.made_at, reverse=True))


def test_no_backup_is_made_where_space_is_short(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "free_bytes", lambda folder: 1000)
    assert store.back_up() is None


def test_a_copy_that_is_not_sound_is_not_kept(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(care, "is_sound", lambda *_: False)
    with pytest.raises(BackupError):
        store.back_up()
    assert backups(folder) == ()
    assert list((folder / "backups").glob("*.tmp")) == []


def test_a_backup_that_takes_too_long_is_broken_off_and_the_one_before_stays(store: Store, folder: Path) -> None:
    whole_inspection(store)
    before = store.back_up()
    for moment in (0, 1e-9):
        with pytest.raises(BackupError) as error:
            store.back_up(seconds=moment)
        assert error.value.data["what"] == "time"
    assert [b.path for b in backups(folder)] == [before.path] if before else []
    assert not list((folder / "backups").glob("*.tmp"))
    begin(store, "r-2", "v-2")  # the store goes on
    assert store.back_up(seconds=60) is not None


def test_a_reader_makes_the_backup_beside_a_writer(store: Store, folder: Path, clock: FrozenClock) -> None:
    whole_inspection(store)
    with reopen(folder, clock, readonly=True) as reader:
        made = reader.back_up()
        assert made is not None
        assert is_sound(made.path, store.keys.database_key)
        with pytest.raises(ReadOnlyStoreError):
            reader.settings.set("a", "b")


def test_restoring_brings_back_what_was_and_is_visible_in_the_chain(
    store: Store, folder: Path, clock: FrozenClock
) -> None:
    sealed = whole_inspection(store)
    backup = store.back_up()
    begin(store, "r-2", "v-2")
    later = photo(store, "later", b"after the backup", "r-2")
    keys = store.keys
    store.close()
    assert backup is not None
    aside = restore(folder, keys, backup.path, clock=clock)
    assert is_sound(aside, keys.database_key)
    with reopen(folder, clock) as again:
        assert again.records.sealed("r-1") == sealed
        assert [r.record_id for r in again.records.list()] == ["r-1"]
        assert again.audit.entries()[-1].action == "restored"
        assert again.verify().good
    assert len(list((folder / "files").glob("??/*"))) == 3, "the later photo's file is still there"
    assert later.size


def test_a_database_that_is_gone_is_not_silently_begun_anew(store: Store, folder: Path, clock: FrozenClock) -> None:
    whole_inspection(store)
    store.back_up()
    store.close()
    (folder / "store.db").rename(folder / "elsewhere")
    with pytest.raises(DamagedStoreError) as told:
        reopen(folder, clock)
    assert told.value.data["what"] == "missing"
    assert not (folder / "store.db").exists()


def test_two_restores_in_one_second_keep_both_old_databases(store: Store, folder: Path, clock: FrozenClock) -> None:
    backup, keys = store.back_up(), store.keys
    store.close()
    assert backup is not None
    asides = {restore(folder, keys, backup.path, clock=clock) for _ in range(2)}
    assert len(asides) == 2
    assert all(aside.exists() for aside in asides)


def test_a_damaged_backup_is_not_restored(store: Store, folder: Path, clock: FrozenClock) -> None:
    whole_inspection(store)
    bad = folder / "backups" / "store-20260101T000000.db"
    bad.write_bytes(b"rubbish" * 1000)
    keys = store.keys
    with pytest.raises(BackupError):
        restore(folder, keys, bad, clock=clock)


def test_nothing_is_restored_under_an_open_window(store: Store, folder: Path, clock: FrozenClock) -> None:
    backup = store.back_up()
    assert backup is not None
    with pytest.raises(WorkspaceLockedError):
        restore(folder, store.keys, backup.path, clock=clock)


def test_a_whole_workspace_can_be_copied_to_another_disk(
    store: Store, folder: Path, tmp_path: Path, clock: FrozenClock
) -> None:
    sealed = whole_inspection(store)
    store.copy_to(tmp_path / "usb")
    store.copy_to(tmp_path / "usb")
    with reopen(tmp_path / "usb", clock) as copy:
        assert copy.records.sealed("r-1") == sealed
        assert copy.deep_check() == ()


# --- checks ---


def test_a_sound_workspace_has_no_faults(store: Store) -> None:
    whole_inspection(store)
    assert (store.quick_check(), store.deep_check(), store.repair()) == ((), (), ())


def test_a_missing_and_a_changed_attachment_are_named(store: Store, folder: Path) -> None:
    whole_inspection(store)
    one, two = sorted((folder / "files").glob("??/*"))
    one.unlink()
    two.write_bytes(two.read_bytes()[:-3])
    assert {f.code for f in store.deep_check()} == {"attachment-missing", "attachment-changed"}


def test_salvage_brings_back_what_can_be_read(store: Store, folder: Path, tmp_path: Path, clock: FrozenClock) -> None:
    sealed = [whole_inspection(store, f"r-{n}", f"v-{n}") for n in range(40)]
    key, keys = store.keys.database_key, store.keys
    store.close()
    path, chance = folder / "store.db", random.Random(7)
    data = bytearray(path.read_bytes())
    pages = len(data) // 4096
    for _ in range(6):
        data[chance.randrange(pages // 2, pages) * 4096 + 99] ^= 1
    path.write_bytes(data)
    made = salvage(path, key, tmp_path / "out.db")
    assert made.damaged
    assert made.rows["revision"] > 20
    assert path.read_bytes() == bytes(data), "the damaged file is only read"
    restore(folder, keys, tmp_path / "out.db", clock=clock)
    with reopen(folder, clock) as again:
        assert again.quick_check() == ()
        kept = [s for s in sealed if s.digest in {r.digest for r in again.records.list()}]
        assert len(kept) > 20


def test_salvage_takes_from_the_backup_what_the_damage_took(
    store: Store, folder: Path, tmp_path: Path, clock: FrozenClock
) -> None:
    for n in range(10):
        whole_inspection(store, f"r-{n}", f"v-{n}")
    backup, keys = store.back_up(), store.keys
    store.close()
    assert backup is not None
    path = folder / "store.db"
    data = bytearray(path.read_bytes())
    for page in range(20, len(data) // 4096, 3):
        data[page * 4096 + 99] ^= 1
    path.write_bytes(data)
    salvage(path, keys.database_key, tmp_path / "out.db", backup=backup.path)
    restore(folder, keys, tmp_path / "out.db", clock=clock)
    with reopen(folder, clock) as again:
        assert again.records.count() == 10
        assert again.verify().good


def test_rubbish_cannot_be_salvaged_but_says_so(store: Store, tmp_path: Path) -> None:
    (tmp_path / "bad.db").write_bytes(b"rubbish" * 1000)
    with pytest.raises(DamagedStoreError):
        salvage(tmp_path / "bad.db", store.keys.database_key, tmp_path / "out.db")


# --- space ---


def test_the_room_left_is_told_in_photos(folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, level in ((10**10, "plenty"), (400 * 2**20, "low"), (100 * 2**20, "photos-stopped")):
        monkeypatch.setattr(folders, "free_bytes", lambda folder, free=free: free)
        assert room(folder).level == level
    assert room(folder).photos_left == 0


def test_a_full_database_refuses_and_goes_on_after_space_is_made(store: Store) -> None:
    begin(store)
    answer(store, 1, "pass")
    pages = store._core.db.value("PRAGMA page_count")
    store._core.db.rows(f"PRAGMA max_page_count={pages}")
    long = "ก" * 200_000
    with pytest.raises(DiskFullError):
        store.records.save_answers("r-1", [AnswerRow("/data/note", "", long)])
    assert [a.value for a in store.records.draft("r-1").answers] == ["pass"]
    store._core.db.rows("PRAGMA max_page_count=1000000")
    store.records.save_answers("r-1", [AnswerRow("/data/note", "", long)])
    assert store.audit.verify().good


def test_the_open_draft_is_saved_and_sealed_from_the_reserve(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from checklists.store.driver import Db
    from tests.support.store_workspace import content

    begin(store)
    run = Db.run

    def full_until_the_reserve_is_gone(self: Db, sql: str, params: object = ()) -> int:
        if sql.startswith("COMMIT") and (folder / folders.RESERVE).exists():
            raise DiskFullError("database or disk is full")
        return run(self, sql, params)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(Db, "run", full_until_the_reserve_is_gone)
    for step in (lambda: answer(store, 1, "pass"), lambda: store.records.finalise("r-1", content())):
        (folder / folders.RESERVE).write_bytes(b"\0")
        step()
        assert not (folder / folders.RESERVE).exists()
    assert store.verify().good


def test_the_reserve_is_real_space_and_can_be_given_back(tmp_path: Path) -> None:
    assert folders.keep_reserve(tmp_path, 1_000_000)
    told = (tmp_path / folders.RESERVE).stat()
    assert told.st_size == 1_000_000
    assert getattr(told, "st_blocks", 2000) * 512 >= 1_000_000
    assert folders.free_reserve(tmp_path)
    assert not folders.free_reserve(tmp_path)


@pytest.mark.parametrize(
    ("path", "found"),
    [("/home/a/OneDrive/งาน", True), ("/home/a/OneDrive - กรม/งาน", True), ("/home/a/งาน", False)],
)
def test_a_folder_of_a_syncing_service_is_noticed(path: str, found: bool) -> None:
    assert bool(cloud_folder(Path(path))) is found


# --- orphans ---


def test_files_that_no_row_names_go_after_a_while(store: Store, folder: Path, clock: FrozenClock) -> None:
    import io
    import os

    whole_inspection(store)
    staged = store.attachments.write_file(io.BytesIO(b"never named"), mime="image/jpeg")
    (folder / "tmp" / "half").write_bytes(b"x")
    store.tidy(0)
    assert len(list((folder / "files").glob("??/*"))) == 3, "a young orphan may be about to be named"
    for path in (*(folder / "files").glob("??/*"), folder / "tmp" / "half"):
        os.utime(path, (0, 0))
    store.tidy(0)
    assert len(list((folder / "files").glob("??/*"))) == 2
    assert not (folder / "tmp" / "half").exists()
    assert staged.file_name


# --- secrets ---

SECRET = "ข้อความลับของผู้ร้องเรียน"


def test_no_plain_text_of_a_record_is_on_the_disk(store: Store, folder: Path) -> None:
    begin(store)
    store.records.save_answers("r-1", [AnswerRow("/data/note", "", SECRET)])
    picture = random.Random(1).randbytes(100_000)
    photo(store, data=picture, caption="ภาพถ่ายลับเฉพาะ")
    store.restricted.put("p-1", "v-1", {"name": SECRET})
    store.back_up()
    planted = [SECRET.encode(), SECRET.encode("utf-16-le"), picture[5000:5040]]
    assert store.find_plain_text(planted) == ()
    from tests.support.store_workspace import content

    store.records.finalise("r-1", content())
    assert store.find_plain_text(planted) == ()
    leak = folder / "tmp" / "leak"
    leak.write_bytes(b"x" * 1_048_570 + SECRET.encode())  # across the border of two reads
    (hit,) = store.find_plain_text()
    assert (Path(hit.file), hit.offset) == (leak, 1_048_570)


# --- the restricted part ---


def test_the_restricted_part_needs_its_role(store: Store, folder: Path, clock: FrozenClock) -> None:
    from checklists import crypto
    from checklists.store import RestrictedError

    begin(store)
    store.restricted.put("p-1", "v-1", {"name": SECRET, "phone": "081"})
    assert store.restricted.get("p-1")["name"] == SECRET
    weak = crypto.KdfCost.weak_for_tests()
    crypto.add_person(folder / "keys.json", store.keys, person_id="b", person_name="ข", passphrase="2", cost=weak)
    store.close()
    keys = crypto.unlock(folder / "keys.json", passphrase="2")
    with Store.open(folder, keys, clock=clock, reserve=0) as other:
        assert other.restricted.allowed is False
        assert other.restricted.parts("v-1") == ("p-1",)
        with pytest.raises(RestrictedError):
            other.restricted.get("p-1")
        with pytest.raises(RestrictedError):
            other.restricted.put("p-2", "v-1", {})


def test_the_restricted_part_is_in_no_envelope_and_no_entry(store: Store) -> None:
    begin(store)
    store.restricted.put("p-1", "v-1", {"name": SECRET})
    from tests.support.store_workspace import content

    sealed, _ = store.records.finalise("r-1", content())
    assert SECRET not in sealed.envelope.decode()
    assert SECRET not in json.dumps([dict(e.body) for e in store.audit.entries()], ensure_ascii=False)
    assert SECRET not in str(store.records.search("ข้อความลับ"))
