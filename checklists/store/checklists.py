"""The form versions that records of this workspace were made on, kept so that a record can always be opened again."""

from __future__ import annotations

import json
import zlib

from checklists.errors import NotFoundError
from checklists.model import Changes, FormPin
from checklists.sealing import digest
from checklists.store.core import Core, dump


class Checklists:
    """Published forms by id, version and hash; immutable once put."""

    def __init__(self, core: Core) -> None:
        self._core, self._db = core, core.db

    def put(self, pin: FormPin, xml: bytes) -> Changes:
        """Keep a form version; the same one again changes nothing. Raises `ValueError` where the hash is another's."""
        if digest(xml) != pin.sha256:
            raise ValueError(f"hash of {pin.form_id} {pin.version} is not {pin.sha256}")
        with self._db.tx():
            self._db.run(
                "INSERT INTO form_version (sha256, form_id, version, body, xml_z, added_at) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (sha256) DO NOTHING",
                (pin.sha256, pin.form_id, pin.version, dump(pin), zlib.compress(xml), self._core.now()),
            )
        return Changes.of("checklist", pin.form_id)

    def get(self, sha256: str) -> tuple[FormPin, bytes]:
        """Return a form version by its hash. Raises `NotFoundError`."""
        found = self._db.row("SELECT body, xml_z FROM form_version WHERE sha256 = ?", (sha256,))
        if found is None:
            raise NotFoundError(sha256, kind="checklist", key=sha256)
        return FormPin.from_json(json.loads(found[0])), zlib.decompress(found[1])

    def has(self, sha256: str) -> bool:
        return self._db.value("SELECT 1 FROM form_version WHERE sha256 = ?", (sha256,)) is not None

    def list(self) -> tuple[FormPin, ...]:
        """Return all kept versions, the newest of each form first."""
        found = self._db.rows("SELECT body FROM form_version ORDER BY form_id, added_at DESC, version DESC")
        return tuple(FormPin.from_json(json.loads(row[0])) for row in found)
