"""Where an item stands in the checklist: by number as people type it, by words, by id, by the path of a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checklists.text import fold

if TYPE_CHECKING:
    from checklists.items import ChecklistOutline, ItemDef


class Places:
    """The items of an outline in order; positions count from 0 over all sections."""

    def __init__(self, outline: ChecklistOutline) -> None:
        self.items: tuple[ItemDef, ...] = tuple(item for section in outline.sections for item in section.items)
        self._section_of = [s for s, section in enumerate(outline.sections) for _ in section.items]
        self._ranges: list[range] = []
        first = 0
        for section in outline.sections:
            self._ranges.append(range(first, first + len(section.items)))
            first += len(section.items)
        self._by_id = {item.item_id: index for index, item in enumerate(self.items)}
        self._by_path = {item.path: index for index, item in enumerate(self.items)}

    def section_of(self, index: int) -> int:
        return self._section_of[index]

    def range_of(self, section: int) -> range:
        """Return the positions of a section's items."""
        return self._ranges[section]

    def of_id(self, item_id: str) -> int | None:
        return self._by_id.get(item_id)

    def of_path(self, path: str) -> int | None:
        """Return the item that a node belongs to, None for nodes of no item."""
        while path:
            if path in self._by_path:
                return self._by_path[path]
            path = path.rpartition("/")[0]
        return None

    def of_problem(self, item_id: str, path: str = "") -> int | None:
        """Return the item of a problem: by its id, else by the path of its node."""
        found = self.of_id(item_id)
        return self.of_path(path) if found is None else found

    def find(self, number: str) -> int | None:
        """Return the item with a number as people type it: `B06`, `b6`, `fa-b06`."""
        wanted = _bare(number)
        if not wanted:
            return None
        numbered = (i for i, item in enumerate(self.items) if wanted in {_bare(item.number), _bare(item.item_id)})
        return next(numbered, None)

    def search(self, words: str, language: str, *, after: int) -> int | None:
        """Return the first item after a position, from the start again at the end, whose title holds all the words."""
        wanted = fold(words).split()
        if not wanted:
            return None
        count = len(self.items)
        for index in ((after + 1 + offset) % count for offset in range(count)):
            title = fold(self.items[index].title.in_language(language))
            if all(word in title for word in wanted):
                return index
        return None


def _bare(number: str) -> str:
    """Fold a typed item number: letters and digits only, no leading zeros in the number."""
    letters = "".join(c for c in number.upper() if c.isalnum())
    head = letters.rstrip("0123456789")
    tail = letters[len(head) :]
    return head + (str(int(tail)) if tail else "")
