"""What a signature under an inspection stands for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from checklists.model import InspectionResult
from checklists.sealing import canonical


def content_digest(result: InspectionResult) -> str:
    """Return the SHA-256 (hex) of what a person signs: sections, findings, measurements; signature items left out.

    It changes when any answer, note, exhibit number or judgement changes, and not when somebody signs.
    """
    return recorded_digest(result.to_json())


def recorded_digest(members: Mapping[str, Any]) -> str:
    """Return the same of plain JSON members, as a sealed envelope carries them."""
    sections = [
        {**section, "items": [item for item in section["items"] if item["kind"] != "signature"]}
        for section in members["sections"]
    ]
    content = {"sections": sections, "findings": members["findings"], "measurements": members["measurements"]}
    return hashlib.sha256(canonical(content)).hexdigest()
