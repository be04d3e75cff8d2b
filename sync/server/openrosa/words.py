"""What a person reads on the phone: Collect shows the message of an answer as it is, so it is Thai and English."""

from __future__ import annotations

import functools
import json

import resources


@functools.cache
def _texts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(resources.path("i18n", "phone.json").read_text(encoding="utf-8"))
    return found


def words(key: str, **values: object) -> str:
    """Return a text of `resources/i18n/phone.json` in both languages."""
    text = _texts()[key]
    return f"{text['th']} · {text['en']}".format(**values)
