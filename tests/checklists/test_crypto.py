"""Keys and ciphers: who gets in, who does not, and what a changed byte does to an attachment."""

from __future__ import annotations

import io
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from checklists import crypto
from checklists.crypto import cipher, derive, recovery
from checklists.errors import DamagedStoreError, NewerWorkspaceError, NotFoundError, StorageError, WrongPassphraseError
from tests.support.clock import FrozenClock

WEAK = crypto.KdfCost.weak_for_tests()
SECRET = b"\x07" * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def create(path: Path, **how: object) -> tuple[crypto.WorkspaceKeys, str]:
    values: dict[str, object] = {"person_id": "somsri", "person_name": "สมศรี", "passphrase": "น้ำใส 1", "cost": WEAK}
    return crypto.create_key_file(path, **{**values, **how})  # type: ignore[arg-type]  # a test's loose arguments


# --- signing in ---


def test_the_right_passphrase_gives_the_same_keys_again(path: Path) -> None:
    made, _ = create(path)
    assert crypto.unlock(path, passphrase="น้ำใส 1") == made


def test_a_wrong_passphrase_gives_nothing(path: Path) -> None:
    create(path)
    with pytest.raises(WrongPassphraseError) as error:
        crypto.unlock(path, passphrase="น้ำใส 2")
    assert error.value.data["tries_left"] == 4


def test_sara_am_typed_as_two_characters_is_the_same_passphrase(path: Path) -> None:
    made, _ = create(path)
    assert (
        crypto.unlock(path, passphrase="น\u0e49\u0e4d\u0e32ใส 1".replace("\u0e49\u0e4d\u0e32", "\u0e49\u0e33")) == made
    )


def test_the_key_file_holds_no_key(path: Path) -> None:
    keys, text = create(path)
    content = path.read_text("utf-8")
    for secret in (keys.database_key, keys.name_key, keys.data_key, keys.device_key.seed):
        assert secret.hex() not in content
    assert text not in content
    assert "น้ำใส" not in content


def test_keys_are_not_shown_when_printed() -> None:
    keys = crypto.DeviceKey.from_seed(SECRET)
    assert SECRET.hex() not in repr(keys)
    assert repr(SECRET) not in repr(keys)


def test_a_device_secret_is_needed_where_it_was_used(path: Path) -> None:
    made, _ = create(path, device_secret=SECRET)
    assert crypto.unlock(path, passphrase="น้ำใส 1", device_secret=SECRET) == made
    with pytest.raises(WrongPassphraseError):
        crypto.unlock(path, passphrase="น้ำใส 1", device_secret=None)


def test_everybody_on_the_laptop_gets_the_same_workspace(path: Path) -> None:
    first, _ = create(path)
    crypto.add_person(path, first, person_id="anan", person_name="อนันต์", passphrase="2", cost=WEAK)
    second = crypto.unlock(path, passphrase="2")
    assert (second.person_id, second.database_key) == ("anan", first.database_key)
    assert [p.name for p in crypto.persons(path)] == ["สมศรี", "อนันต์"]


def test_a_person_can_be_taken_out_but_not_the_last_one(path: Path) -> None:
    first, _ = create(path)
    crypto.add_person(path, first, person_id="anan", person_name="อนันต์", passphrase="2", cost=WEAK)
    crypto.remove_person(path, "anan")
    with pytest.raises(WrongPassphraseError):
        crypto.unlock(path, passphrase="2")
    with pytest.raises(crypto.KeyFileError):
        crypto.remove_person(path, "somsri")


def test_a_person_who_is_not_there_is_named(path: Path) -> None:
    create(path)
    with pytest.raises(NotFoundError):
        crypto.unlock(path, passphrase="1", person_id="nobody")


def test_an_empty_passphrase_is_refused(path: Path) -> None:
    with pytest.raises(WrongPassphraseError) as error:
        create(path, passphrase="")
    assert error.value.data["empty"] is True
    assert not path.exists()


# --- lock-out ---


def wrong_times(path: Path, times: int, clock: FrozenClock) -> WrongPassphraseError:
    for _ in range(times):
        with pytest.raises(WrongPassphraseError) as error:
            crypto.unlock(path, passphrase="x", person_id="somsri", clock=clock)
    return error.value


def test_the_wait_grows_after_five_wrong_tries(path: Path, clock: FrozenClock) -> None:
    create(path)
    assert wrong_times(path, 5, clock).data == {"tries_left": 0, "wait_seconds": 60}
    with pytest.raises(crypto.LockedOutError) as locked:
        crypto.unlock(path, passphrase="น้ำใส 1", person_id="somsri", clock=clock)
    assert locked.value.data["wait_seconds"] == 60
    for wait in (300, 1800, 1800):
        clock.advance(3600)
        assert wrong_times(path, 1, clock).data["wait_seconds"] == wait


def test_the_right_passphrase_after_the_wait_forgets_the_tries(path: Path, clock: FrozenClock) -> None:
    create(path)
    wrong_times(path, 5, clock)
    clock.advance(61)
    crypto.unlock(path, passphrase="น้ำใส 1", person_id="somsri", clock=clock)
    assert wrong_times(path, 1, clock).data["tries_left"] == 4


def test_a_clock_set_back_does_not_shorten_the_wait(path: Path, clock: FrozenClock) -> None:
    create(path)
    wrong_times(path, 5, clock)
    clock.advance(-timedelta(days=365).total_seconds())
    with pytest.raises(crypto.LockedOutError) as locked:
        crypto.unlock(path, passphrase="น้ำใส 1", person_id="somsri", clock=clock)
    assert locked.value.data["wait_seconds"] == 60


# --- changing ---


def test_a_changed_passphrase_opens_the_same_data(path: Path) -> None:
    made, _ = create(path)
    crypto.change_passphrase(path, made, new_passphrase="ใหม่", cost=WEAK)
    assert crypto.unlock(path, passphrase="ใหม่").database_key == made.database_key
    with pytest.raises(WrongPassphraseError):
        crypto.unlock(path, passphrase="น้ำใส 1")


def test_the_recovery_key_lets_a_person_set_a_new_passphrase(path: Path) -> None:
    made, text = create(path, device_secret=SECRET)
    keys = crypto.unlock_with_recovery(path, text.lower().replace("-", " "))
    assert keys.database_key == made.database_key
    crypto.change_passphrase(path, keys, person_id="somsri", new_passphrase="ใหม่", cost=WEAK)
    assert crypto.unlock(path, passphrase="ใหม่").database_key == made.database_key


def test_a_mistyped_recovery_key_is_told_from_another_workspaces(path: Path, tmp_path: Path) -> None:
    _, text = create(path)
    _, other = create(tmp_path / "other.json")
    flipped = ("0" if text[0] != "0" else "1") + text[1:]
    for typed, what in ((flipped, "typed"), (text[:-1], "typed"), ("", "typed"), (other, "other")):
        with pytest.raises(crypto.RecoveryKeyError) as error:
            crypto.unlock_with_recovery(path, typed)
        assert error.value.data["what"] == what


def test_letters_that_look_alike_are_read_as_meant() -> None:
    secret = bytes(range(20))
    text = recovery.to_text(secret)
    assert recovery.from_text(text.replace("1", "I").replace("0", "O")) == secret


def test_a_new_recovery_key_replaces_the_old_one(path: Path) -> None:
    made, old = create(path)
    new = crypto.new_recovery_key(path, made)
    assert crypto.unlock_with_recovery(path, new).data_key == made.data_key
    with pytest.raises(crypto.RecoveryKeyError):
        crypto.unlock_with_recovery(path, old)


# --- the restricted role ---


def test_the_restricted_key_is_only_for_persons_with_the_role(path: Path) -> None:
    made, _ = create(path)
    crypto.add_person(path, made, person_id="anan", person_name="อนันต์", passphrase="2", cost=WEAK)
    crypto.add_person(path, made, person_id="mali", person_name="มะลิ", passphrase="3", restricted_role=True, cost=WEAK)
    assert crypto.unlock(path, passphrase="2").restricted_key is None
    assert crypto.unlock(path, passphrase="3").restricted_key == made.restricted_key


def test_who_does_not_hold_the_role_cannot_give_it(path: Path) -> None:
    made, _ = create(path)
    crypto.add_person(path, made, person_id="anan", person_name="อนันต์", passphrase="2", cost=WEAK)
    with pytest.raises(StorageError):
        crypto.add_person(
            path,
            crypto.unlock(path, passphrase="2"),
            person_id="x",
            person_name="x",
            passphrase="x",
            restricted_role=True,
            cost=WEAK,
        )


# --- the file itself ---


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format":"other/1"}', '{"format":"inspector-keys/1"}'])
def test_a_damaged_key_file_is_told_from_a_wrong_passphrase(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(crypto.KeyFileError):
        crypto.unlock(path, passphrase="x")


def test_a_newer_key_file_is_refused(path: Path) -> None:
    create(path)
    members = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**members, "format": "inspector-keys/2"}))
    with pytest.raises(NewerWorkspaceError):
        crypto.unlock(path, passphrase="น้ำใส 1")


def test_a_key_file_is_never_overwritten_by_a_new_one(path: Path) -> None:
    create(path)
    with pytest.raises(crypto.KeyFileError) as error:
        create(path)
    assert error.value.data["exists"] is True


def test_a_cost_that_would_freeze_the_laptop_is_refused(path: Path) -> None:
    create(path)
    members = json.loads(path.read_text("utf-8"))
    members["persons"][0]["kdf"]["memory_kib"] = 10**9
    path.write_text(json.dumps(members))
    with pytest.raises(crypto.KeyFileError):
        crypto.unlock(path, passphrase="น้ำใส 1")


def test_erasing_leaves_no_way_in(path: Path) -> None:
    _, text = create(path)
    crypto.erase(path)
    assert list(path.parent.iterdir()) == []
    with pytest.raises(crypto.KeyFileError):
        crypto.unlock_with_recovery(path, text)


def with_backup(path: Path) -> Path:
    """Lay a copy of the key file where backups keep one."""
    copy = path.parent / "backups" / path.name
    copy.parent.mkdir()
    copy.write_bytes(path.read_bytes())
    return copy


def test_erasing_takes_the_copy_beside_the_backups_too(path: Path) -> None:
    create(path)
    copy = with_backup(path)
    crypto.erase(path)
    assert not path.exists()
    assert not copy.exists()


def test_a_removed_persons_way_in_is_wiped_in_the_copy_beside_the_backups_too(path: Path) -> None:
    keys, _ = create(path)
    crypto.add_person(path, keys, person_id="anan", person_name="อนันต์", passphrase="ของอนันต์", cost=WEAK)
    copy = with_backup(path)
    wrapped = json.loads(path.read_text("utf-8"))["persons"][1]["wrapped"]
    with path.open("rb") as before, copy.open("rb") as copy_before:
        crypto.remove_person(path, "anan")
        assert [wrapped.encode() in file.read() for file in (before, copy_before)] == [False, False]
    for file in (path, copy):
        with pytest.raises(WrongPassphraseError):
            crypto.unlock(file, passphrase="ของอนันต์")


def test_an_old_passphrase_opens_the_copy_beside_the_backups_no_more(path: Path) -> None:
    keys, _ = create(path)
    copy = with_backup(path)
    crypto.change_passphrase(path, keys, new_passphrase="ใหม่ ยาวพอ", cost=WEAK)
    with pytest.raises(WrongPassphraseError):
        crypto.unlock(copy, passphrase="น้ำใส 1")
    assert crypto.unlock(copy, passphrase="ใหม่ ยาวพอ").data_key == keys.data_key


# --- attachments ---

KEY = b"\x05" * 32
SIZES = [0, 1, 1000, cipher.CHUNK - 1, cipher.CHUNK, cipher.CHUNK + 1, 3 * cipher.CHUNK, 200_000]


def encrypted(data: bytes) -> bytes:
    target = io.BytesIO()
    crypto.encrypt(io.BytesIO(data), target, KEY)
    return target.getvalue()


def reader(data: bytes) -> crypto.DecryptingReader:
    return crypto.DecryptingReader(io.BytesIO(data), KEY)


@pytest.mark.parametrize("size", SIZES)
def test_an_attachment_reads_back_as_it_was(size: int) -> None:
    data = os.urandom(size)
    with reader(encrypted(data)) as plain:
        assert (len(plain), plain.read()) == (size, data)


def test_it_can_be_sought_in_like_any_file() -> None:
    data = os.urandom(200_000)
    with reader(encrypted(data)) as plain:
        for start, count in ((0, 10), (65_530, 20), (131_072, 1), (199_990, 100), (200_000, 5)):
            plain.seek(start)
            assert plain.read(count) == data[start : start + count]
        assert plain.seek(-7, io.SEEK_END) == 199_993
        assert plain.read() == data[-7:]


def test_equal_bytes_do_not_look_equal_on_disk() -> None:
    assert encrypted(b"photo") != encrypted(b"photo")


@pytest.mark.parametrize("size", [0, 10, cipher.CHUNK, cipher.CHUNK + 10])
def test_a_cut_or_lengthened_file_is_noticed(size: int) -> None:
    whole = encrypted(bytes(size))
    for damaged in (whole[:-1], whole + b"x", whole[: -cipher.TAG], whole[:10], b""):
        with pytest.raises(DamagedStoreError), reader(damaged) as plain:
            plain.read()


def test_a_file_cut_at_a_chunk_is_noticed() -> None:
    whole = encrypted(bytes(3 * cipher.CHUNK))
    end = cipher.HEADER_BYTES + 2 * (cipher.CHUNK + cipher.TAG)
    with pytest.raises(DamagedStoreError), reader(whole[:end]) as plain:
        plain.read()


def test_chunks_that_change_places_are_noticed() -> None:
    whole = encrypted(os.urandom(3 * cipher.CHUNK))
    step, head = cipher.CHUNK + cipher.TAG, cipher.HEADER_BYTES
    swapped = whole[:head] + whole[head + step : head + 2 * step] + whole[head : head + step] + whole[head + 2 * step :]
    with pytest.raises(DamagedStoreError), reader(swapped) as plain:
        plain.read()


def test_another_files_key_does_not_open_it() -> None:
    with pytest.raises(DamagedStoreError):
        crypto.DecryptingReader(io.BytesIO(encrypted(b"x")), b"\x06" * 32).read()


# --- what a guess costs is measured where the workspace is made ---


def test_a_fast_laptop_pays_more_than_the_default_and_a_slow_one_the_default() -> None:
    default = crypto.KdfCost()

    def laptop(mib_passes_a_second: float) -> crypto.KdfCost:
        return derive.calibrated(1.0, seconds=lambda cost: cost.work / 1024 / mib_passes_a_second)

    assert laptop(100) == default, "never below the default, however long it takes"
    assert laptop(300) == default
    assert laptop(500).memory_kib == 128 * 1024
    assert laptop(1600) == crypto.KdfCost(256 * 1024, 6)
    assert laptop(1e9) == crypto.KdfCost(256 * 1024, 8), "bounded, however fast"


def test_a_laptop_that_slows_down_while_it_is_measured_keeps_to_the_limit() -> None:
    took = iter([0.1, 0.2, 3.0])
    assert derive.calibrated(1.0, seconds=lambda cost: next(took)).memory_kib == 128 * 1024


def test_who_comes_later_gets_the_cost_of_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cost = crypto.KdfCost(memory_kib=128, passes=2, lanes=1)
    monkeypatch.setattr(derive, "calibrated", lambda: cost)
    path = tmp_path / "keys.json"
    keys, _ = crypto.create_key_file(path, person_id="p-1", person_name="ก", passphrase="passphrase one")
    crypto.add_person(path, keys, person_id="p-2", person_name="ข", passphrase="passphrase two")
    crypto.change_passphrase(path, keys, new_passphrase="passphrase three")
    costs = [derive.cost_from(person["kdf"]) for person in json.loads(path.read_text("utf-8"))["persons"]]
    assert costs == [cost, cost]
