"""Keys and ciphers: the device's signing key, the key file of a workspace, the cipher of attachment files.

Nothing here knows the database or the forms. Only well-known primitives of `cryptography` and `argon2` are put
together; `docs/threat-model.md` says what they protect from and what not.
"""

from checklists.crypto.device import DeviceKey, key_id_of, signature_is_good

__all__ = ["DeviceKey", "key_id_of", "signature_is_good"]
