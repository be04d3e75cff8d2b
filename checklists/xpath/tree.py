"""Elements of external and internal secondary instances: small, read-only, without lxml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from checklists.xpath.values import TreeNode

_NOTHING: Mapping[str, str] = {}


class Element:
    """One element. `text` is its own text; `seen` adds that of its descendants, as XPath's string-value does."""

    __slots__ = ("_attributes", "children", "name", "parent", "text")

    hidden = False

    def __init__(
        self, name: str, text: str = "", *, parent: Element | None = None, attributes: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.text = text
        self.parent = parent
        self.children: list[Element] = []
        self._attributes = attributes or _NOTHING
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

    def child_text(self, name: str) -> str:
        """Return the text of the first child of that name, or ''."""
        for child in self.children:
            if child.name == name:
                return child.seen
        return ""


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
