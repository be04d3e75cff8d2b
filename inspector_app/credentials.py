"""What is kept outside a workspace: the device secret and the head of its audit chain.

The device secret is the second factor of the key file: 32 random bytes in the operating system's key store.

A copied disk then needs more than the passphrase. Where there is no key store (a server, a bare Linux session) the
workspace is made without it and rests on a long passphrase; the key file says which of the two holds for each person.
The recovery key opens the workspace when the key store was reset. `keyring` is loaded on first use.

The head of the chain is kept where a workspace that was cut or rolled back cannot take it along: in the key store for a
workspace that is bound to it, else in a file of this computer's user, beside no workspace.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
from pathlib import Path
from typing import Protocol

from checklists.errors import StorageError

SERVICE = "Inspector device secret"
HEAD_SERVICE = "Inspector chain head"
SECRET_BYTES = 32


class DeviceSecretMissingError(StorageError):
    """The key file needs the device secret, and this computer's key store does not have it."""

    code = "device-secret-missing"


class SecretStore(Protocol):
    """Keeps one secret per workspace; the system's key store, or none."""

    def get(self, workspace_id: str) -> bytes | None:
        """Return the secret of a workspace, or None."""

    def create(self, workspace_id: str) -> bytes | None:
        """Make and keep a secret; None where this computer keeps none."""

    def forget(self, workspace_id: str) -> None:
        """Remove the secret; harmless when there is none."""


class NoSecretStore:
    """A computer without a key store, and the demo."""

    def get(self, workspace_id: str) -> bytes | None:  # noqa: ARG002 - the interface
        return None

    def create(self, workspace_id: str) -> bytes | None:  # noqa: ARG002
        return None

    def forget(self, workspace_id: str) -> None:
        pass


class SystemSecretStore:
    """Windows Credential Manager, macOS Keychain or Secret Service; every failure counts as "not there"."""

    def get(self, workspace_id: str) -> bytes | None:
        text = _read(SERVICE, workspace_id)
        try:
            return base64.b64decode(text, validate=True) if text else None
        except binascii.Error:
            return None

    def create(self, workspace_id: str) -> bytes | None:
        secret = os.urandom(SECRET_BYTES)
        return secret if _write(SERVICE, workspace_id, base64.b64encode(secret).decode()) else None

    def forget(self, workspace_id: str) -> None:
        _remove(SERVICE, workspace_id)


class HeadStore(Protocol):
    """Keeps a short text per workspace outside of it."""

    def get(self, workspace_id: str) -> tuple[str, ...]:
        """Return what is kept, from every place where something is."""

    def put(self, workspace_id: str, text: str) -> bool:
        """Keep a text in place of the one before; say whether that worked."""


class SystemHeadStore:
    """The key store where the workspace is bound to it, and a file of the user for the others and as a fallback."""

    def __init__(self, *, key_store: bool, folder: Path | None = None) -> None:
        self._key_store, self._folder = key_store, folder

    def get(self, workspace_id: str) -> tuple[str, ...]:
        return tuple(filter(None, (self._from_key_store(workspace_id), self._from_file(workspace_id))))

    def put(self, workspace_id: str, text: str) -> bool:
        return self._into_key_store(workspace_id, text) or self._into_file(workspace_id, text)

    def _from_key_store(self, workspace_id: str) -> str:
        return _read(HEAD_SERVICE, workspace_id) if self._key_store else ""

    def _into_key_store(self, workspace_id: str, text: str) -> bool:
        return self._key_store and _write(HEAD_SERVICE, workspace_id, text)

    def _file(self, workspace_id: str) -> Path:
        if self._folder is None:
            import platformdirs

            self._folder = platformdirs.user_state_path("Inspector", appauthor=False) / "heads"
        return self._folder / workspace_id

    def _from_file(self, workspace_id: str) -> str:
        with contextlib.suppress(OSError, ValueError):
            return self._file(workspace_id).read_text("utf-8")
        return ""

    def _into_file(self, workspace_id: str, text: str) -> bool:
        try:
            file = self._file(workspace_id)
            file.parent.mkdir(parents=True, exist_ok=True)
            temporary = file.with_name(file.name + ".tmp")
            temporary.write_text(text, "utf-8")
            temporary.replace(file)
        except OSError:
            return False
        return True


PROXY_SERVICE = "Inspector proxy"


def keep_password(account: str, password: str) -> bool:
    """Keep the password of the proxy on the way; False where this computer has no key store."""
    return _write(PROXY_SERVICE, account, password)


def kept_password(account: str) -> str:
    """Return the password of the proxy, "" where none is kept."""
    return _read(PROXY_SERVICE, account)


def forget_password(account: str) -> None:
    """Remove the password of the proxy; harmless when there is none."""
    _remove(PROXY_SERVICE, account)


def _read(service: str, account: str) -> str:
    import keyring

    try:
        return keyring.get_password(service, account) or ""
    except Exception:  # noqa: BLE001 - behind it are D-Bus, COM and Windows, each with errors of its own
        return ""


def _write(service: str, account: str, text: str) -> bool:
    """Keep a text; say whether it can be read again."""
    import keyring

    try:
        keyring.set_password(service, account, text)
    except Exception:  # noqa: BLE001 - as in `_read`
        return False
    return _read(service, account) == text


def _remove(service: str, account: str) -> None:
    import keyring

    with contextlib.suppress(Exception):  # as in `_read`
        keyring.delete_password(service, account)
