"""Elements of external and internal secondary instances: small, read-only, without lxml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from checklists.xpath.values import TreeNode

_NOTHING: Mapping[str, str] = {}


class Element:
    """One element. `text` is its own text; `seen` adds that of its descendants, as XPath's string-value does."""

    __slots__ = ("_attributes", "_indexes", "children", "name", "parent", "text")

    hidden = False

    def __init__(
        self, name: str, text: str = "", *, parent: Element | None = None, attributes: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.text = text
        self.parent = parent
        self.children: list[Element] = []
        self._attributes = attributes or _NOTHING
        self._indexes: dict[tuple[str, str], Index] | None = None
        if parent is not None:
            parent.children.append(self)

    @property
    def seen(self) -> str:
        if not self.children:
            return self.text
        return self.text + "".join(child.seen for child in self.children)

    def kids(self) -> Sequence[Element]:
        return self.children

    def attributes(self) -> Mapping[str, str]:
        return self._attributes

    def index(self, name: str, key: str) -> Index:
        """Return the children called `name` by the texts of their children called `key`, made at the first use.

        Lists do not change once a form is loaded, so the index holds for every session.
        """
        if self._indexes is None:
            self._indexes = {}
        made = self._indexes.get((name, key))
        if made is None:
            made = self._indexes[name, key] = _indexed([kid for kid in self.children if kid.name == name], key)
        return made

    def child_text(self, name: str) -> str:
        """Return the text of the first child of that name, or ''."""
        for child in self.children:
            if child.name == name:
                return child.seen
        return ""


Index: TypeAlias = Mapping[str, list[Element]]


def _indexed(elements: Sequence[Element], key: str) -> Index:
    found: dict[str, list[Element]] = {}
    for element in elements:
        for text in dict.fromkeys(kid.seen for kid in element.kids() if kid.name == key):
            found.setdefault(text, []).append(element)
    return found


class Attribute:
    """An attribute, seen as a node by an expression."""

    __slots__ = ("name", "parent", "seen")

    hidden = False

    def __init__(self, parent: TreeNode, name: str, value: str) -> None:
        self.parent = parent
        self.name = name
        self.seen = value

    def kids(self) -> Sequence[TreeNode]:
        return ()

    def attributes(self) -> Mapping[str, str]:
        return _NOTHING
