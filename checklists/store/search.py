"""Searching as people type: folded text in trigram indexes, asked in steps from exact to near.

Names are folded by `checklists.text.fold` (no case, tone marks, legal forms, spaces, Thai digits). Numbers lose their
punctuation. SQLite's own tokenizers cannot: `unicode61` breaks Thai at every vowel sign (measured in docs/store.md).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

from checklists.model import Site
from checklists.text import fold, fold_words, to_western_digits

_NOT_NUMBER = re.compile(r"[^0-9a-z\u0e01-\u0e2e]+")
_NUMBER_LIKE = re.compile(r"[0-9][0-9\s./()\-–—]*[\u0e01-\u0e2e]{0,3}")
GRAM = 3


def number_key(text: str) -> str:
    """Return a number as search sees it: Western digits, letters, no punctuation (`3-34(3)-3/54นบ` → `3343354นบ`)."""
    if text.isdecimal() and text.isascii():
        return text
    plain = to_western_digits(unicodedata.normalize("NFKC", text)).casefold()
    return _NOT_NUMBER.sub("", plain)


def looks_like_number(text: str) -> bool:
    """Say whether somebody types a number: it begins with a digit and holds nothing but digits, marks, a province."""
    plain = to_western_digits(unicodedata.normalize("NFKC", text)).strip()
    return _NUMBER_LIKE.fullmatch(plain) is not None


def quoted(phrase: str) -> str:
    """Return a phrase as FTS5 wants it."""
    return '"' + phrase.replace('"', '""') + '"'


def grams(text: str) -> set[str]:
    return {text[i : i + GRAM] for i in range(len(text) - GRAM + 1)}


def likeness(wanted: set[str], text: str) -> float:
    """Return how much two texts overlap (Jaccard over trigrams), 0 to 1."""
    other = grams(text)
    return len(wanted & other) / len(wanted | other) if wanted | other else 0.0


_fold_place = functools.lru_cache(maxsize=20_000)(fold)
"""Thailand has 77 provinces, 928 districts, 7,436 subdistricts: folded once, not once a factory."""


def place_words(site: Site) -> str:
    parts = (_fold_place(site.province), _fold_place(site.district), _fold_place(site.subdistrict), fold(site.address))
    return " ".join(filter(None, parts))


def names_now(site: Site) -> str:
    """Return the folded names of today, the one that lists show first."""
    return _folded((site.name_th, site.name_en, site.operator))


def names_of(site: Site) -> str:
    """Return the folded names of today and before, the one that lists show first."""
    return _folded((site.name_th, site.name_en, site.operator, *site.former_names))


def _folded(given: Iterable[str]) -> str:
    names = dict.fromkeys(given)
    return " ".join(filter(None, (fold(name) for name in names if name)))


def numbers_of(site: Site) -> str:
    keys = (site.registry_no, site.old_no, site.juristic_no)
    return " ".join(filter(None, (number_key(k) for k in keys)))


def record_words(site: Site) -> str:
    """Return what a record is found by: the site's names, numbers and place. Answers and persons are not in it."""
    return " ".join(filter(None, (names_of(site), numbers_of(site), place_words(site))))


Question = tuple[tuple[str, ...], ...]
"""Ways to match a record's words, one of which must hold: each a list of phrases that all must be there."""


def record_question(text: str) -> Question:
    """Return what to look for in records: the number, the whole text or all its words; empty where too short to ask."""
    if looks_like_number(text):
        key = number_key(text)
        return ((key,),) if len(key) >= GRAM else ()
    whole, words = fold(text), tuple(long_words(text))
    ways = ((whole,) if len(whole) >= GRAM else (), words)
    return tuple(dict.fromkeys(filter(None, ways)))


def record_match(wanted: Question) -> str:
    """Return the question as FTS5 wants it."""
    return " OR ".join("(" + " AND ".join(map(quoted, way)) + ")" for way in wanted)


def long_words(text: str) -> list[str]:
    """Return the folded words that a trigram index can look for."""
    return [w for w in fold_words(text) if len(w) >= GRAM]
