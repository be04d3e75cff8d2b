"""The device secret in the operating system's key store, and computers without one."""

from __future__ import annotations

from collections.abc import Iterator

import keyring
import keyring.backend
import keyring.backends.fail
import pytest

from inspector_app.credentials import (
    NoSecretStore,
    SecretStore,
    SystemSecretStore,
    forget_password,
    keep_password,
    kept_password,
)


class MemoryBackend(keyring.backend.KeyringBackend):
    priority = 1  # type: ignore[assignment]  # the library reads it as a class property

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def backend() -> Iterator[MemoryBackend]:
    before = keyring.get_keyring()
    memory = MemoryBackend()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


@pytest.fixture
def no_backend() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


def test_a_secret_is_made_kept_and_forgotten_per_workspace(backend: MemoryBackend) -> None:
    store = SystemSecretStore()
    first, second = store.create("a"), store.create("b")
    assert first is not None
    assert len(first) == 32
    assert first != second
    assert store.get("a") == first
    store.forget("a")
    assert store.get("a") is None
    assert store.get("b") == second


def test_a_spoilt_entry_counts_as_missing(backend: MemoryBackend) -> None:
    backend.kept["Inspector device secret", "a"] = "not base64 ***"
    assert SystemSecretStore().get("a") is None


@pytest.mark.parametrize("error", [OSError(1312, "no such logon session"), ValueError("D-Bus"), KeyError("gone")])
def test_whatever_a_key_store_raises_it_is_none(
    backend: MemoryBackend, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_args: str) -> None:
        raise error

    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(backend, name, fail)
    store = SystemSecretStore()
    assert store.create("a") is None
    assert store.get("a") is None
    store.forget("a")
    assert not keep_password("a", "x")
    assert kept_password("a") == ""
    forget_password("a")


@pytest.mark.usefixtures("no_backend")
@pytest.mark.parametrize("store", [SystemSecretStore(), NoSecretStore()])
def test_a_computer_without_a_key_store_keeps_none_and_says_so(store: SecretStore) -> None:
    assert store.create("a") is None
    assert store.get("a") is None
    store.forget("a")
