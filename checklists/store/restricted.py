"""The restricted part: a complainant's data, encrypted once more by a key that only that role can unwrap.

It is in no envelope, index, list, log or export. Without the role nothing of it can be read, not even by who can open
the database; that a part exists and when it was changed is all that shows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from checklists.errors import DamagedStoreError, NotFoundError
from checklists.model import Changes
from checklists.store.core import Core, dump
from checklists.store.errors import RestrictedError

NONCE = 12


class Restricted:
    """Complainants' data by visit."""

    def __init__(self, core: Core) -> None:
        self._core, self._db = core, core.db

    def _cipher(self) -> AESGCM:
        key = self._core.keys.restricted_key
        if key is None:
            raise RestrictedError("role")
        return AESGCM(key)

    @property
    def allowed(self) -> bool:
        return self._core.keys.restricted_key is not None

    def put(self, part_id: str, visit_id: str, values: Mapping[str, str]) -> Changes:
        """Keep names, addresses and the like. Raises `RestrictedError` without the role."""
        nonce = os.urandom(NONCE)
        body = self._cipher().encrypt(nonce, dump(values).encode("utf-8"), part_id.encode("utf-8"))
        with self._db.tx():
            self._db.run(
                "INSERT INTO restricted VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET nonce = excluded.nonce, body = excluded.body, "
                "updated_at = excluded.updated_at",
                (part_id, visit_id, nonce, body, self._core.now()),
            )
            self._core.audit.append("restricted", "visit", visit_id, {"part": part_id})
        return Changes.of("visit", visit_id, cause="restricted")

    def get(self, part_id: str) -> dict[str, str]:
        """Return the values. Raises `RestrictedError`, `NotFoundError`, `DamagedStoreError`."""
        cipher = self._cipher()
        found = self._db.row("SELECT nonce, body FROM restricted WHERE part_id = ?", (part_id,))
        if found is None:
            raise NotFoundError(part_id, kind="restricted", key=part_id)
        try:
            plain = cipher.decrypt(found[0], found[1], part_id.encode("utf-8"))
        except InvalidTag as error:
            raise DamagedStoreError(part_id, kind="restricted", what="bytes") from error
        values: dict[str, str] = json.loads(plain)
        return values

    def parts(self, visit_id: str) -> tuple[str, ...]:
        found = self._db.rows("SELECT part_id FROM restricted WHERE visit_id = ? ORDER BY part_id", (visit_id,))
        return tuple(str(row[0]) for row in found)

    def forget(self, part_id: str) -> Changes:
        """Delete a part when its time is over (PDPA); needs the role."""
        self._cipher()
        with self._db.tx():
            self._db.run("DELETE FROM restricted WHERE part_id = ?", (part_id,))
            self._core.audit.append("restricted-gone", "restricted", part_id, {})
        return Changes.of("restricted", part_id, cause="forget")
