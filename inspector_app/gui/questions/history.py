"""Undo by field visits: how many steps of the session belong together. Outlives the model when rows come or go."""

from __future__ import annotations


class History:
    """Counts steps; changes with the same `visit` in a row are undone together."""

    def __init__(self) -> None:
        self._done: list[int] = []
        self._undone: list[int] = []
        self._visit = ""

    def note(self, visit: str = "") -> None:
        """A step was taken."""
        if visit and visit == self._visit and self._done:
            self._done[-1] += 1
        else:
            self._done.append(1)
        self._visit = visit
        self._undone.clear()

    def leave(self) -> None:
        """The field was left: what comes next is another visit."""
        self._visit = ""

    def back(self) -> int:
        """Return how many steps the last visit took, 0 where there is none to take back."""
        return self._move(self._done, self._undone)

    def again(self) -> int:
        return self._move(self._undone, self._done)

    def _move(self, source: list[int], target: list[int]) -> int:
        self._visit = ""
        if not source:
            return 0
        target.append(source.pop())
        return target[-1]
