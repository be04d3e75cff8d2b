"""What a signature under an inspection stands for."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from checklists.model import InspectionResult
from checklists.sealing import canonical


def content_digest(result: InspectionResult) -> str:
    """Return the SHA-256 (hex) of what a person signs: sections, findings, measurements; signature items left out.

    It changes when any answer, note, exhibit number or judgement changes, and not when somebody signs.
    """
    sections = [
        replace(section, items=tuple(item for item in section.items if item.kind != "signature")).to_json()
        for section in result.sections
    ]
    content = {
        "sections": sections,
        "findings": [finding.to_json() for finding in result.findings],
        "measurements": [measurement.to_json() for measurement in result.measurements],
    }
    return hashlib.sha256(canonical(content)).hexdigest()
