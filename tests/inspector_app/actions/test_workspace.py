"""Making, recognising and opening a workspace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checklists.clock import Clock
from checklists.crypto import KdfCost
from checklists.errors import (
    InspectorError,
    NewerWorkspaceError,
    NotAWorkspaceError,
    WorkspaceLockedError,
    WrongPassphraseError,
)
from checklists.model import Officer
from inspector_app.actions.laptop import people, workspace
from inspector_app.credentials import DeviceSecretMissingError, NoSecretStore
from inspector_app.messages import explain

PASSPHRASE = "ทดสอบรหัสผ่าน"
OFFICER = Officer("p1", "นางสาวตัวอย่าง ใจดี", position="นักวิชาการอุตสาหกรรม", office="สอจ.ตัวอย่าง", lead=True)


class MemorySecrets(NoSecretStore):
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def get(self, workspace_id: str) -> bytes | None:
        return self.kept.get(workspace_id)

    def create(self, workspace_id: str) -> bytes | None:
        return self.kept.setdefault(workspace_id, b"s" * 32)

    def forget(self, workspace_id: str) -> None:
        self.kept.pop(workspace_id, None)


def make(folder: Path, clock: Clock, **more: object) -> workspace.Created:
    fixed: dict[str, object] = {"secrets": NoSecretStore(), "cost": KdfCost.weak_for_tests(), "passphrase": PASSPHRASE}
    return workspace.create(folder, officer=OFFICER, clock=clock, **{**fixed, **more})  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Path:
    made = tmp_path / "ที่เก็บงาน ของ สมชาย"
    make(made, clock)
    return made


def test_a_new_workspace_opens_with_its_passphrase_and_knows_its_officer(folder: Path, clock: Clock) -> None:
    workspace.check(folder)
    assert [p.name for p in workspace.people(folder)] == [OFFICER.name]
    keys = workspace.sign_in(folder, passphrase=PASSPHRASE)
    with workspace.open_store(folder, keys, clock=clock) as store:
        assert workspace.officer(store) == OFFICER


def test_the_recovery_key_is_given_once_and_opens_the_keys(tmp_path: Path, clock: Clock) -> None:
    from checklists import crypto

    made = make(tmp_path / "w", clock)
    assert made.recovery_key
    keys = crypto.unlock_with_recovery(tmp_path / "w" / workspace.KEY_FILE, made.recovery_key)
    assert keys.database_key == made.keys.database_key
    plain = "".join(p.read_text("utf-8") for p in (tmp_path / "w").glob("*.json"))
    assert made.recovery_key not in plain


def test_a_wrong_passphrase_is_told_and_loses_nothing(folder: Path, clock: Clock) -> None:
    with pytest.raises(WrongPassphraseError) as caught:
        workspace.sign_in(folder, passphrase="ผิด", clock=clock)
    message = explain(caught.value)
    assert "รหัสผ่านไม่ตรง" in message.what.th
    assert "safe" in message.what.en
    workspace.sign_in(folder, passphrase=PASSPHRASE, clock=clock)


def test_a_workspace_bound_to_a_computer_does_not_open_without_its_secret(tmp_path: Path, clock: Clock) -> None:
    secrets = MemorySecrets()
    made = make(tmp_path / "w", clock, secrets=secrets)
    assert made.bound_to_device
    workspace.sign_in(tmp_path / "w", passphrase=PASSPHRASE, secrets=secrets)
    with pytest.raises(DeviceSecretMissingError):
        workspace.sign_in(tmp_path / "w", passphrase=PASSPHRASE, secrets=MemorySecrets())


def test_nothing_is_left_behind_when_making_fails(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(workspace, "_fill", broken)
    secrets = MemorySecrets()
    with pytest.raises(OSError, match="no space"):
        make(tmp_path / "w", clock, secrets=secrets)
    assert list(tmp_path.iterdir()) == []
    assert secrets.kept == {}


def test_a_workspace_is_never_made_over_another(folder: Path, clock: Clock) -> None:
    before = (folder / workspace.KEY_FILE).read_bytes()
    with pytest.raises(workspace.WorkspaceExistsError):
        make(folder, clock)
    assert (folder / workspace.KEY_FILE).read_bytes() == before


def test_a_folder_with_preferences_only_may_become_a_workspace(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "preferences.json").write_text("{}", encoding="utf-8")
    make(tmp_path, clock)
    workspace.check(tmp_path)
    assert (tmp_path / "preferences.json").exists()


def test_a_short_passphrase_is_refused_before_anything_is_made(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(workspace.WeakPassphraseError):
        make(tmp_path / "w", clock, passphrase="1234567")
    assert not (tmp_path / "w").exists()


def test_a_pin_of_six_digits_will_do_only_beside_the_device_secret(tmp_path: Path, clock: Clock) -> None:
    secrets = MemorySecrets()
    made = make(tmp_path / "w", clock, passphrase="246810", secrets=secrets)
    assert made.bound_to_device
    assert workspace.sign_in(made.folder, passphrase="246810", secrets=secrets) == made.keys
    with pytest.raises(WrongPassphraseError):  # the PIN without this computer's secret opens nothing
        workspace.sign_in(made.folder, passphrase="246810", secrets=OtherSecrets())
    with pytest.raises(workspace.WeakPassphraseError) as error:
        make(tmp_path / "unbound", clock, passphrase="246810")
    assert error.value.data["minimum"] == 8
    assert not (tmp_path / "unbound").exists()
    people.change_passphrase(made.folder, made.keys, "135791", secrets=secrets, cost=KdfCost.weak_for_tests())
    with pytest.raises(workspace.WeakPassphraseError):  # where the secret was lost the binding ends: no PIN
        people.change_passphrase(made.folder, made.keys, "999999", secrets=NoSecretStore())


class OtherSecrets(MemorySecrets):
    def get(self, workspace_id: str) -> bytes | None:
        return b"o" * 32


@pytest.mark.parametrize("missing", [workspace.KEY_FILE, workspace.WORKSPACE_FILE, workspace.DATABASE_FILE])
def test_half_a_workspace_is_named_as_such_and_not_completed(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(NotAWorkspaceError) as caught:
        workspace.check(folder)
    assert caught.value.data["missing"] == missing
    assert not (folder / missing).exists()


def test_an_empty_or_foreign_folder_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(NotAWorkspaceError):
        workspace.check(tmp_path / "nowhere")
    (tmp_path / workspace.KEY_FILE).write_text('{"hello": 1}', encoding="utf-8")
    with pytest.raises(NotAWorkspaceError):
        workspace.check(tmp_path)


@pytest.mark.parametrize("file", [workspace.KEY_FILE, workspace.WORKSPACE_FILE])
def test_a_newer_workspace_is_refused_with_words(folder: Path, clock: Clock, file: str) -> None:
    members = json.loads((folder / file).read_text(encoding="utf-8"))
    members["format"] = members["format"].rsplit("/", 1)[0] + "/99"
    keys = workspace.sign_in(folder, passphrase=PASSPHRASE)
    (folder / file).write_text(json.dumps(members), encoding="utf-8")
    with pytest.raises(InspectorError) as caught:
        workspace.check(folder)
        workspace.open_store(folder, keys, clock=clock)
    assert isinstance(caught.value, NewerWorkspaceError)
    assert "รุ่นใหม่กว่า" in explain(caught.value).what.th


def test_a_second_writer_is_refused_while_the_first_goes_on(folder: Path, clock: Clock) -> None:
    keys = workspace.sign_in(folder, passphrase=PASSPHRASE)
    with workspace.open_store(folder, keys, clock=clock) as first:
        with pytest.raises(WorkspaceLockedError):
            workspace.open_store(folder, keys, clock=clock)
        with workspace.open_store(folder, keys, clock=clock, readonly=True) as reading:
            assert workspace.officer(reading).name == OFFICER.name
        first.settings.set("x", "still writing")
