"""The rules that wait to run, each at most once, in the order of their ranks; the rows of a rule as they came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

from checklists.session.nodes import Row
from checklists.xform.nodes import Rule


class RuleQueue:
    """A heap of ranks, and for each rank the rows in which its rule waits. `rules` are all rules of a form by rank."""

    __slots__ = ("_ranks", "_rules", "_waiting")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._ranks: list[int] = []
        self._waiting: dict[int, dict[Row, None]] = {}

    def put(self, rule: Rule, row: Row) -> None:
        """Let a rule wait in a row; nothing happens when it does already."""
        rank = rule.rank
        rows = self._waiting.get(rank)
        if rows is None:
            self._waiting[rank] = {row: None}
            heappush(self._ranks, rank)
        else:
            rows[row] = None

    def taken(self) -> Iterator[tuple[Rule, Row]]:
        """Yield what waits until nothing does; what is put in meanwhile takes its place in the order."""
        ranks, waiting = self._ranks, self._waiting
        while ranks:
            rank = ranks[0]
            rule, rows = self._rules[rank], waiting[rank]
            for row in tuple(rows):
                del rows[row]
                yield rule, row
                if ranks[0] != rank:
                    break  # something that comes before has been put in
            if not rows and ranks[0] == rank:
                heappop(ranks)
                del waiting[rank]

    def clear(self) -> None:
        self._ranks.clear()
        self._waiting.clear()
