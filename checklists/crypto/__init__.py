"""Keys and ciphers: the device's signing key, the key file of a workspace, the cipher of attachment files.

Nothing here knows the database or the forms. Only well-known primitives of `cryptography` and `argon2` are put
together; `docs/threat-model.md` says what they protect from and what not.
"""

from checklists.crypto.cipher import DecryptingReader, encrypt, hidden_name, new_file_key
from checklists.crypto.derive import KdfCost, hkdf
from checklists.crypto.device import DeviceKey, key_id_of, signature_is_good
from checklists.crypto.errors import KeyFileError, LockedOutError, RecoveryKeyError
from checklists.crypto.keyfile import (
    Person,
    WorkspaceKeys,
    add_person,
    change_passphrase,
    create_key_file,
    erase,
    new_recovery_key,
    persons,
    remove_person,
    unlock,
    unlock_with_recovery,
)

__all__ = [
    "DecryptingReader",
    "DeviceKey",
    "KdfCost",
    "KeyFileError",
    "LockedOutError",
    "Person",
    "RecoveryKeyError",
    "WorkspaceKeys",
    "add_person",
    "change_passphrase",
    "create_key_file",
    "encrypt",
    "erase",
    "hidden_name",
    "hkdf",
    "key_id_of",
    "new_file_key",
    "new_recovery_key",
    "persons",
    "remove_person",
    "signature_is_good",
    "unlock",
    "unlock_with_recovery",
]
