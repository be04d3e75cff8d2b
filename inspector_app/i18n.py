"""Texts for people, in Thai and English, from `resources/i18n/<area>.json`.

A key is `area.name` (`cli.help.init`). An area may be spread over several files, `errors.json`, `errors-store.json` …,
so that each part of the program brings its own words. Each entry is `{"th": "…", "en": "…"}` with `{name}` places.
Thai is the first language: a text that lacks English is shown in Thai.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import resources

if TYPE_CHECKING:  # the model is not loaded before the first window
    from checklists.model import Words

LANGUAGES = ("th", "en")
STRICT_VARIABLE = "INSPECTOR_STRICT_TEXTS"
"""Set to 1 by the tests: a missing text raises instead of showing its key."""


class MissingTextError(LookupError):
    """A bug of ours: a key without words."""


class Entry(NamedTuple):
    """A text as it stands in its file."""

    th: str
    en: str


@functools.cache
def catalogue(area: str, folder: Path | None = None) -> Mapping[str, Entry]:
    """Return all entries of an area, key → words."""
    home = folder or resources.path("i18n")
    entries: dict[str, Entry] = {}
    for file in sorted(home.iterdir()):  # not by a pattern: making it takes longer than reading the file
        if file.stem.partition("-")[0] == area and file.suffix == ".json":
            raw = json.loads(file.read_text(encoding="utf-8"))
            entries.update({key: Entry(text.get("th", ""), text.get("en", "")) for key, text in raw.items()})
    return entries


class _Places(dict[str, object]):
    """Leaves a place empty when its value is not known, so that a message is shown rather than an error about it."""

    def __missing__(self, key: str) -> str:
        return ""


class Translator:
    """Texts in one language; `language` may be switched while the program runs."""

    def __init__(self, language: str = "th", *, folder: Path | None = None, strict: bool | None = None) -> None:
        self.language = language if language in LANGUAGES else "th"
        self._folder = folder
        self._strict = os.environ.get(STRICT_VARIABLE) == "1" if strict is None else strict

    def has(self, key: str) -> bool:
        return key in catalogue(key.partition(".")[0], self._folder)

    def words(self, key: str, /, **values: object) -> Words:
        """Return the text of `key` in both languages with its places filled."""
        from checklists.model import Words

        found, places = self._entry(key), _Places(values)
        return Words(found.th.format_map(places), found.en.format_map(places))

    def t(self, key: str, /, **values: object) -> str:
        """Return the text of `key` in this language with its places filled."""
        found = self._entry(key)
        text = (found.en or found.th) if self.language == "en" else (found.th or found.en)
        return text.format_map(_Places(values))

    def _entry(self, key: str) -> Entry:
        found = catalogue(key.partition(".")[0], self._folder).get(key)
        if found is None:
            if self._strict:
                raise MissingTextError(key)
            return Entry(key, key)
        return found
