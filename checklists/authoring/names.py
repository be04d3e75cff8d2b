"""How the parts of an item are named in a form; the one place that knows (docs/handbook.md, "Names").

An item `FA-B05` has the stem `fa_b05`; its nodes are the stem and a suffix. Authors refer to answers by item id:
`${FA-B05}` is the item's main answer, `${FA-B05.note}` one of its further nodes.
"""

from __future__ import annotations

import re

ROOT = "data"
NAMESPACE = "urn:th:moi:inspection:1"
THAI = "Thai (th)"
ENGLISH = "English (en)"

VERDICT, SKIP, VALUE, REASON, NOTE, LIMIT = "v", "s", "x", "reason", "note", "limit"
RESERVED = frozenset({VERDICT, SKIP, VALUE, REASON, NOTE, LIMIT})

ITEM_ID = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}(?:-?[0-9]{2})[a-z]?")
_REFERENCE = re.compile(r"\$\{(" + ITEM_ID.pattern + r")(?:\.([a-z0-9_]+))?\}")


def stem(item_id: str) -> str:
    """Return `fa_b05` for `FA-B05`."""
    return item_id.lower().replace("-", "_")


def node(item_id: str, suffix: str) -> str:
    return f"{stem(item_id)}_{suffix}"


def section_name(section_id: str) -> str:
    return f"sec_{section_id.lower()}"


def main_suffix(kind: str) -> str:
    """Return the suffix of the node that holds an item's answer."""
    return VERDICT if kind == "verdict" else VALUE


def references(text: str) -> list[str]:
    """Return the item ids that an expression refers to."""
    return [match[1] for match in _REFERENCE.finditer(text)]


def resolve(text: str, kinds: dict[str, str]) -> str:
    """Return an author's expression with `${FA-B05}` turned into `${fa_b05_x}`; other references stay.

    `kinds` maps item ids to kinds. An unknown item id raises `KeyError` with the id.
    """

    def name(match: re.Match[str]) -> str:
        return f"${{{node(match[1], match[2] or main_suffix(kinds[match[1]]))}}}"

    return _REFERENCE.sub(name, text)
