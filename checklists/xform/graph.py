"""The order in which rules run, and the ways from a changed node to the rules that read it.

A rule comes after the rules that produce what it reads: a calculation produces its node's value, a relevance what
expressions see of everything below, a count the rows and everything in them. What cannot be ordered is a cycle,
reported with its paths. A calculation that reads its own node in other rows (a running total) is no cycle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from checklists.xform.nodes import Dependency, Dependent, NodeDef, Rule, ScopeDef
from checklists.xform.problems import LoadProblem

_PRODUCERS = frozenset({"relevant", "calculate", "count", "choices"})


def order(rules: Sequence[Rule]) -> tuple[tuple[Rule, ...], list[LoadProblem]]:
    """Return the rules in an order that works, and the cycles that keep some from having one."""
    ordered, stuck = _sorted(rules, with_choices=True)
    if stuck:
        ordered, stuck = _sorted(rules, with_choices=False)
    for rank, rule in enumerate(ordered):
        rule.rank = rank
    return tuple(ordered), [_cycle_problem(cycle) for cycle in _cycles(stuck)]


def _sorted(rules: Sequence[Rule], *, with_choices: bool) -> tuple[list[Rule], dict[Rule, set[Rule]]]:
    """Kahn's algorithm, stable in the order of the form; returns what is left when there is a cycle."""
    makers = _makers(rules, with_choices=with_choices)
    before: dict[Rule, set[Rule]] = {rule: _before(rule, makers) for rule in rules}
    after: dict[Rule, list[Rule]] = defaultdict(list)
    for rule, earlier in before.items():
        for maker in earlier:
            after[maker].append(rule)
    waiting = {rule: len(earlier) for rule, earlier in before.items()}
    ready = [rule for rule in rules if not waiting[rule]]
    ordered: list[Rule] = []
    for rule in ready:
        ordered.append(rule)
        for later in after[rule]:
            waiting[later] -= 1
            if not waiting[later]:
                ready.append(later)
    return ordered, {rule: {b for b in before[rule] if waiting[b]} for rule in rules if waiting[rule]}


class _Makers:
    """Which rules produce what is read of a node, its ancestors' rules included."""

    def __init__(self) -> None:
        self.value: dict[NodeDef, list[Rule]] = defaultdict(list)
        self.below: dict[NodeDef, list[Rule]] = defaultdict(list)
        self.rows: dict[NodeDef, list[Rule]] = defaultdict(list)

    def of(self, read: Dependency) -> Iterator[Rule]:
        yield from self.rows[read.node] if read.rows or read.place else self.value[read.node]
        node: NodeDef | None = read.node
        while node is not None:
            yield from self.below[node]
            node = node.parent


def _makers(rules: Iterable[Rule], *, with_choices: bool) -> _Makers:
    makers = _Makers()
    for rule in rules:
        if rule.kind == "calculate" or (rule.kind == "choices" and with_choices):
            makers.value[rule.owner].append(rule)
        elif rule.kind == "relevant":
            makers.below[rule.owner].append(rule)
        elif rule.kind == "count":
            makers.rows[rule.owner].append(rule)
            makers.below[rule.owner].append(rule)
    return makers


def _before(rule: Rule, makers: _Makers) -> set[Rule]:
    earlier = {maker for read in rule.reads for maker in makers.of(read) if _matters(rule, maker, read)}
    node: NodeDef | None = rule.owner
    while node is not None:  # rows come before what is in them
        earlier.update(maker for maker in makers.rows[node] if maker is not rule)
        node = node.parent
    return earlier


def _matters(rule: Rule, maker: Rule, read: Dependency) -> bool:
    if maker is not rule:
        return not (rule.kind == "count" and maker.kind == "relevant" and maker.owner is rule.owner)
    if rule.kind == "choices":
        return False
    return read.common.depth >= read.scope.depth  # other rows of itself: a running total


def _cycles(stuck: dict[Rule, set[Rule]]) -> list[list[Rule]]:
    """Return one cycle for each knot among the rules that could not be ordered."""
    found: list[list[Rule]] = []
    seen: set[Rule] = set()
    for start in stuck:
        path: list[Rule] = []
        rule = start
        while rule not in seen:
            seen.add(rule)
            path.append(rule)
            rule = next(iter(sorted(stuck[rule], key=lambda r: r.index)), rule)
        if rule in path:
            found.append(path[path.index(rule) :])
    return found


def _cycle_problem(cycle: Sequence[Rule]) -> LoadProblem:
    counted = any(rule.kind == "count" for rule in cycle)
    first = min(cycle, key=lambda rule: rule.index)
    paths = tuple(dict.fromkeys(rule.owner.path for rule in cycle))
    return LoadProblem(
        "count-cycle" if counted else "cycle", path=first.owner.path, rule=first.kind, data={"paths": paths}
    )


# --- from a node to its readers -------------------------------------------------------------------------------------


def connect(rules: Iterable[Rule]) -> None:
    """Write into every node which rules must run again when it changes."""
    values: dict[NodeDef, dict[Rule, Dependent]] = defaultdict(dict)
    rows: dict[NodeDef, dict[Rule, Dependent]] = defaultdict(dict)
    places: dict[NodeDef, dict[Rule, Dependent]] = defaultdict(dict)
    for rule in rules:
        for read in rule.reads:
            table = rows if read.rows else places if read.place else values
            known = table[read.node].get(rule)
            made = dependent(rule, read)
            if known is None or made.climb > known.climb:
                table[read.node][rule] = made
    for node, found in values.items():
        node.dependents = tuple(found.values())
    for node, found in rows.items():
        node.row_dependents = tuple(found.values())
    for node, found in places.items():
        node.place_dependents = tuple(found.values())


def dependent(rule: Rule, read: Dependency) -> Dependent:
    return Dependent(rule, read.scope.depth - read.common.depth, hops_between(read.common, rule.scope))


def hops_between(above: ScopeDef, below: ScopeDef) -> tuple[int, ...]:
    """Return the slots of the repeats on the way down from one scope to another."""
    return tuple(s.repeat.slot for s in below.chain if s.depth > above.depth and s.repeat is not None)
