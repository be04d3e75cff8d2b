"""The second factor of the key file: 32 random bytes in the operating system's key store.

A copied disk then needs more than the passphrase. Where there is no key store (a server, a bare Linux session) the
workspace is made without it and rests on a long passphrase; the key file says which of the two holds for each person.
The recovery key opens the workspace when the key store was reset. `keyring` is loaded on first use.
"""

from __future__ import annotations

import base64
import binascii
import os
from typing import Protocol

from checklists.errors import StorageError

SERVICE = "Inspector device secret"
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
        import keyring
        import keyring.errors

        try:
            text = keyring.get_password(SERVICE, workspace_id)
            return base64.b64decode(text, validate=True) if text else None
        except (keyring.errors.KeyringError, RuntimeError, binascii.Error):
            return None

    def create(self, workspace_id: str) -> bytes | None:
        import keyring
        import keyring.errors

        secret = os.urandom(SECRET_BYTES)
        try:
            keyring.set_password(SERVICE, workspace_id, base64.b64encode(secret).decode())
        except (keyring.errors.KeyringError, RuntimeError):
            return None
        return secret if self.get(workspace_id) == secret else None

    def forget(self, workspace_id: str) -> None:
        import keyring
        import keyring.errors

        try:
            keyring.delete_password(SERVICE, workspace_id)
        except (keyring.errors.KeyringError, RuntimeError):
            return
