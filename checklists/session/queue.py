"""The rules that wait to run, each at most once, in the order of their ranks; the rows of a rule as they came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush

from checklists.session.nodes import Row
from checklists.session.rows import rows_below
from checklists.xform.nodes import Rule


class RuleQueue:
    """A heap of ranks, and for each rank the rows in which its rule waits. `rules` are all rules of a form by rank.

    A row further up stands for all rows below it, which are looked up when the turn comes: a total that every row reads
    puts one row in, not a thousand.
    """

    __slots__ = ("_ranks", "_rules", "_waiting")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._ranks: list[int] = []
        self._waiting: dict[int, dict[Row, None]] = {}

    def put(self, rule: Rule, row: Row) -> None:
        """Let a rule wait in a row, or in all rows below it; nothing happens when it does already."""
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
            turn = _spread(rule, rows)
            rows.clear()
            for at, row in enumerate(turn):
                yield rule, row
                if ranks[0] != rank:  # something that comes before has been put in
                    rows.update(dict.fromkeys(turn[at + 1 :]))
                    break
            if not rows and ranks[0] == rank:
                heappop(ranks)
                del waiting[rank]

    def clear(self) -> None:
        self._ranks.clear()
        self._waiting.clear()


def _spread(rule: Rule, rows: Iterable[Row]) -> Sequence[Row]:
    """Return the rows that a rule runs in, each once, for rows that may stand further up."""
    scope = rule.scope
    found = tuple(rows)
    if len(found) == 1 and found[0].scope is scope:
        return found
    spread: dict[Row, None] = {}
    for row in found:
        if row.scope is scope:
            spread[row] = None
        else:
            spread.update(dict.fromkeys(rows_below([row], scope.hops[len(row.scope.hops) :])))
    return tuple(spread)
