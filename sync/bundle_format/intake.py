"""Taking a bundle's content in, wherever it is addressed to: the centre files it, an office's relay holds it.

One that is spoilt in the middle gives what came before; importing twice is harmless because every step is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sync.bundle_format.parts import BLOB, CHUNK, LINE, Entry, Manifest, check_parts, read_entries
from sync.errors import BundleError
from sync.protocol import LineResult

Results = tuple[LineResult, ...]


@dataclass
class Imported:
    """What a bundle brought. `receipts` by revision; `refused` with their codes; `problem` where it broke off."""

    manifest: Manifest
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    problem: str = ""

    def note(self, results: Results, name: str) -> None:
        """Add what was answered; `name` stands for a line that could not be read far enough to know its own."""
        for result in results:
            revision_id = result.revision_id or name
            self.pending.discard(revision_id)
            if result.receipt is not None:
                self.receipts[revision_id] = dict(result.receipt)
            elif result.status == 202:
                self.pending.add(revision_id)
            else:
                self.refused[revision_id] = result.code


def take_in(
    folder: Path,
    manifest: Manifest,
    private_key: bytes,
    *,
    take_line: Callable[[bytes], Results],
    take_file: Callable[[Entry], Results],
) -> Imported:
    """Hand each line and file of a bundle on. Raises `BundleError` where nothing of it can be read."""
    imported = Imported(manifest)
    try:
        check_parts(folder, manifest)
    except BundleError as error:
        imported.problem = str(error.data.get("what"))
    try:
        for entry in read_entries(folder, manifest, private_key):
            if entry.kind == LINE:
                imported.note(take_line(b"".join(iter(lambda body=entry.body: body.read(CHUNK), b""))), entry.name)  # type: ignore[misc]  # mypy cannot infer lambdas with defaults
            elif entry.kind == BLOB:
                imported.note(take_file(entry), "")
    except BundleError as error:
        if not imported.receipts and not imported.pending and not imported.problem:
            raise
        imported.problem = str(error.data.get("what"))
    return imported
