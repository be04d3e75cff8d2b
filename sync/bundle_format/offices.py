"""An office's public side: what a laptop needs to address a bundle to the office's relay and to believe its receipts.

A laptop gets it when it joins the relay, or as a small file. The file holds nothing secret; whoever hands it over could
change it, so it is believed only with the word (80 bits of its SHA-256) that the relay's keeper reads out.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from checklists.model import Jsonable
from checklists.sealing import canonical
from sync.errors import BundleError
from sync.protocol import ReceiptKey

DOMAIN = b"inspector-office-v1\0"
OFFICE_SUFFIX = ".office.json"


@dataclass(frozen=True, slots=True)
class Office(Jsonable):
    """An office relay as laptops know it. `bundle_key` as hex; `receipt_key` checks its *relayed* receipts."""

    relay_id: str
    centre_id: str
    name: str
    bundle_key: str
    receipt_key: ReceiptKey

    @property
    def called(self) -> str:
        """Return what people call it; an office without a name is told by its relay's id."""
        return self.name or self.relay_id

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of everything that it says, as hex."""
        return hashlib.sha256(DOMAIN + canonical(self.to_json())).hexdigest()

    def write(self, file: Path) -> None:
        """Write it as a file that may be carried. Raises `OSError`."""
        file.write_text(json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> Office:
        """Read such a file; it is not proven yet. Raises `BundleError` where it is none, `OSError`."""
        try:
            office = cls.from_json(json.loads(file.read_text(encoding="utf-8")))
            if len(bytes.fromhex(office.bundle_key)) != 32 or len(bytes.fromhex(office.receipt_key.public_key)) != 32:
                raise ValueError("key")  # noqa: TRY301 - one way out for all that is no office's file
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BundleError(what="office-file", file=str(file)) from error
        return office
