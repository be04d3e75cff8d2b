"""The live form: rows, nodes and the queue of rules that must run again.

One change puts the rules that read the changed node into a queue ordered by rank, so each runs at most once in a change
and after everything it reads; a result that is the same as before stops the wave. What changed is collected for one
`ChangeSet`. This module shows nothing and refuses nothing: that is `FormSession`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from checklists.session.environment import Environment
from checklists.session.limits import MAX_ROUNDS, MAX_ROWS, MAX_STEPS, NeverSettlesError, TooManyRowsError
from checklists.session.nodes import LiveNode, RepeatNode, Row
from checklists.session.queue import RuleQueue
from checklists.session.rows import RowSnapshot, below, repeat_of, rows_below, show_below, snapshot
from checklists.session.typed import fitting
from checklists.xform.definitions import ActionDef, FormParts
from checklists.xform.nodes import Dependent, Rule, Seed

_FIELDS = {
    name: frozenset({name})
    for name in ("value", "relevant", "required", "readonly", "valid", "label", "choices", "rows", "insp")
}


class LiveForm:
    """All nodes of one session, and the one way to change them."""

    def __init__(self, parts: FormParts, env: Environment, new_id: Callable[[], str]) -> None:
        self.parts = parts
        self.env = env
        self._new_id = new_id
        self._queue = RuleQueue(parts.rules)
        self._actions: list[tuple[ActionDef, Row]] = []
        self._apply: dict[str, Callable[[Rule, Any, Row], None]] = {
            "relevant": self._relevant,
            "calculate": self._calculate,
            "required": self._flag,
            "readonly": self._flag,
            "constraint": self._constraint,
            "count": self._count,
            "choices": self._choices,
            "insp": self._insp,
        }
        self.changed: dict[LiveNode, frozenset[str]] = {}
        self.stored: dict[LiveNode, str] = {}  # node -> value before the change
        self.added: list[Row] = []
        self.removed: list[Row] = []
        self.placed: dict[str, Row] = {}  # rows that are new or have moved
        self.removed_snapshots: list[RowSnapshot] = []
        self.quiet = False  # while going back or forward, the form's actions do not run
        self.root = Row(parts.root.scope, None, "", env)
        self.rows: dict[str, Row] = {"": self.root}

    # --- building ---

    def seed(self, row: Row, seed: Seed) -> None:
        """Put the first values and rows of a form into a row."""
        for slot, text in seed.values.items():
            node = row.slots[slot]
            node.value = fitting(text, node.definition.data_type)
            node.see(node.value)
        for slot, rows in seed.rows.items():
            for inner in rows:
                self.seed(self.insert_row(row.slots[slot], self._new_id()), inner)

    def insert_row(self, repeat: RepeatNode, row_id: str, at: int | None = None) -> Row:
        """Put a blank row into a repeat without running anything."""
        scope = repeat.definition.inside
        if scope is None or len(repeat.rows) >= MAX_ROWS:
            raise TooManyRowsError(path=repeat.definition.path, most=MAX_ROWS)
        row = Row(scope, repeat.row, row_id, self.env)
        at = len(repeat.rows) if at is None else at
        repeat.rows.insert(at, row)
        self._renumber(repeat, at)
        self.rows[row_id] = row
        return row

    def compute_all(self) -> None:
        """Run every rule once, in order; rows that appear on the way are run as well."""
        show_below(self.root.slots[0])
        root, apply = self.root, self._apply
        for rule in self.parts.rules:
            for row in (root,) if rule.scope is root.scope else rows_below([root], rule.scope.hops):
                apply[rule.kind](rule, row.slots[rule.slot], row)
        self.settle()

    # --- changing ---

    def store(self, node: LiveNode, text: str) -> None:
        """Give a node its value and queue what reads it."""
        before, definition = node.value, node.definition
        if before == text:
            return
        self.stored.setdefault(node, before)
        node.value = text
        self.mark(node, "value")
        if definition.actions and not self.quiet:
            self._actions.extend((action, node.row) for action in definition.actions)
        if node.relevant and node.seen != text:
            self._show(node, text)

    def _show(self, node: LiveNode, text: str) -> None:
        """Let expressions see another text of a node, and queue them."""
        node.see(text)
        definition = node.definition
        self.push(definition.dependents, node.row)
        if definition.quoted_by:
            self._mark_quotes(node)

    def add_row(self, repeat: RepeatNode) -> Row:
        """Append a row made from the template, with its actions and rules."""
        row = self.insert_row(repeat, self._new_id())
        self.seed(row, repeat.definition.template)
        self._enter(row)
        self.mark(repeat, "rows")
        self.push(repeat.definition.row_dependents, repeat.row)
        for action in repeat.definition.new_row_actions:
            self._act(action, row)
        return row

    def restore_row(self, repeat: RepeatNode, found: RowSnapshot) -> None:
        """Put a row back as it was."""
        row = self._rebuild(repeat, found)
        self._enter(row)
        self._push_places(repeat, row.position)
        self.mark(repeat, "rows")
        self.push(repeat.definition.row_dependents, repeat.row)

    def _rebuild(self, repeat: RepeatNode, found: RowSnapshot) -> Row:
        row = self.insert_row(repeat, found.row, min(found.at, len(repeat.rows)))
        for slot, text in found.values:
            row.slots[slot].value = text
            row.slots[slot].see(text)
        for inner in found.rows:
            self._rebuild(row.slots[self.parts.by_path[inner.path].slot], inner)
        return row

    def _enter(self, row: Row) -> None:
        self.added.append(row)
        top: LiveNode = row.slots[0]
        top.relevant = top.own and top.parent.relevant
        show_below(top)
        for node in row.slots:
            if isinstance(node, RepeatNode):
                for inner in node.rows:
                    self._enter(inner)
            else:
                self.push(node.definition.dependents, row)
        for rule in row.scope.rules:
            self._queue.put(rule, row)

    def remove_row(self, row: Row) -> None:
        """Take a row out of its repeat; later ones move up."""
        repeat = repeat_of(row)
        self.removed_snapshots.append(snapshot(row))
        del repeat.rows[row.position - 1]
        self._renumber(repeat, row.position - 1)
        self._push_places(repeat, row.position - 1)
        self._leave(row)
        self.removed.append(row)
        self.mark(repeat, "rows")
        self.push(repeat.definition.row_dependents, repeat.row)

    def _renumber(self, repeat: RepeatNode, start: int) -> None:
        """Number the rows from index `start` on; those before keep their place."""
        repeat.forget_sums(start)
        for at in range(start, len(repeat.rows)):
            row = repeat.rows[at]
            row.position = at + 1
            self.placed[row.row_id] = row

    def _push_places(self, repeat: RepeatNode, start: int) -> None:
        """Queue what reads the number of a row that has moved: those from index `start` on."""
        if repeat.definition.place_dependents:
            for row in repeat.rows[start:]:
                self.push(repeat.definition.place_dependents, row)

    def _leave(self, row: Row) -> None:
        row.gone = True
        self.rows.pop(row.row_id, None)
        for node in row.slots:
            if isinstance(node, RepeatNode):
                self.push(node.definition.row_dependents, row)
                for inner in node.rows:
                    self._leave(inner)
            else:
                self.push(node.definition.dependents, row)

    # --- queue ---

    def push(self, dependents: Iterable[Dependent], row: Row) -> None:
        """Queue the rules that read a node of this row."""
        put = self._queue.put
        for reader in dependents:
            base: Any = row
            if reader.climb:
                for _ in range(reader.climb):
                    base = base.parent
            put(reader.rule, base)

    def settle(self) -> None:
        """Run what is queued, then the actions of changed values, until nothing is left."""
        for _ in range(MAX_ROUNDS):
            self._drain()
            if not self._actions:
                return
            actions, self._actions = self._actions, []
            for action, row in actions:
                if not row.gone:
                    self._act(action, row)
        raise NeverSettlesError(path=self.parts.root.path)

    def _drain(self) -> None:
        apply = self._apply
        for steps, (rule, row) in enumerate(self._queue.taken()):
            if steps > MAX_STEPS:
                self._queue.clear()
                raise NeverSettlesError(path=rule.owner.path)
            if not row.gone:
                apply[rule.kind](rule, row.slots[rule.slot], row)

    def act(self, action: ActionDef) -> None:
        """Run a first-load action in every row of its target."""
        for row in rows_below([self.root], action.target.own_scope.hops):
            self.store(row.slots[action.target.own_slot], action.run(row))

    def _act(self, action: ActionDef, row: Row) -> None:
        base: Any = row
        for _ in range(action.climb):
            base = base.parent
        for reached in rows_below([base], action.hops):
            if reached.scope is action.target.own_scope:
                self.store(reached.slots[action.target.own_slot], action.run(reached))

    # --- rules ---

    def _relevant(self, rule: Rule, node: LiveNode, row: Row) -> None:
        own = bool(rule.run(row))
        if own is not node.own:
            node.own = own
            self._spread(node, node.parent.relevant)

    def _spread(self, node: LiveNode, above: bool) -> None:
        """Pass a change of relevance down; what expressions see of every node below may change with it."""
        relevant = node.own and above
        if relevant is node.relevant:
            return
        node.relevant = relevant
        self.mark(node, "relevant")
        if node.definition.is_leaf:
            if relevant and node.value and "choices" in node.definition.rules:
                self._queue.put(node.definition.rules["choices"], node.row)  # its filter may have changed meanwhile
            if node.value:
                self._show(node, node.value if relevant else "")
            else:
                self.push(node.definition.dependents, node.row)  # blank, but count() and join() tell the difference
            return
        if not isinstance(node, RepeatNode):  # what reads a repeat's rows reads the rows' own nodes
            self.push(node.definition.dependents, node.row)
        for kid in below(node):
            self._spread(kid, relevant)

    def _calculate(self, rule: Rule, node: LiveNode, row: Row) -> None:
        text = rule.run(row)
        if text != node.value:
            self.store(node, text)

    def _flag(self, rule: Rule, node: LiveNode, row: Row) -> None:
        flag = bool(rule.run(row))
        if flag is not getattr(node, rule.kind):
            setattr(node, rule.kind, flag)
            self.mark(node, rule.kind)

    def _constraint(self, rule: Rule, node: LiveNode, row: Row) -> None:
        valid = not node.seen or bool(rule.run(row))
        if valid is not node.valid:
            node.valid = valid
            self.mark(node, "valid")

    def _count(self, rule: Rule, node: LiveNode, row: Row) -> None:
        number = rule.run(row)
        wanted = max(0, number)  # NaN is no row
        if wanted > MAX_ROWS:
            raise TooManyRowsError(path=node.definition.path, most=MAX_ROWS)
        repeat = row.slots[node.definition.slot]
        while len(repeat.rows) > int(wanted):
            self.remove_row(repeat.rows[-1])
        while len(repeat.rows) < int(wanted):
            self.add_row(repeat)

    def _choices(self, _: Rule, node: LiveNode, row: Row) -> None:
        """A filter changed: drop what is no longer offered, as both reference engines do, unless it is hidden."""
        node.choices = None
        self.mark(node, "choices")
        if node.value and node.relevant:
            offered = node.definition.choices.offered(row)
            kept = [value for value in node.value.split() if value in offered]
            if node.value not in offered and kept != node.value.split():
                self.store(node, " ".join(kept))

    def _insp(self, rule: Rule, node: LiveNode, row: Row) -> None:
        text = rule.run(row)
        if node.insp is None:
            node.insp = {}
        if node.insp.get(rule.name) != text:
            node.insp[rule.name] = text
            self.mark(node, "insp")

    # --- what changed ---

    def mark(self, node: LiveNode, field: str) -> None:
        fields = self.changed.get(node)
        if fields is None:
            self.changed[node] = _FIELDS[field]
        elif field not in fields:
            self.changed[node] = fields | _FIELDS[field]

    def _mark_quotes(self, node: LiveNode) -> None:
        for quote in node.definition.quoted_by:
            base: Any = node.row
            for _ in range(quote.climb):
                base = base.parent
            for row in rows_below([base], quote.hops):
                quoting = row.slots[quote.rule.slot]
                quoting.choices = None
                self.mark(quoting, "label")

    def forget_changes(self) -> None:
        """Start the next change with a clean sheet."""
        self.changed, self.stored, self.placed = {}, {}, {}
        self.added, self.removed, self.removed_snapshots = [], [], []

    def forget_queue(self) -> None:
        """Drop what still waits to run, before a failed change is turned round."""
        self._queue.clear()
        self._actions.clear()
