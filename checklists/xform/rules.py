"""Binds to rules: each expression compiled once, in its place, to what the session stores."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from checklists.xform.functions import FUNCTIONS
from checklists.xform.nodes import Dependency, NodeDef, Rule, Run, ScopeDef
from checklists.xform.problems import FormError, LoadProblem, Severity
from checklists.xform.surroundings import FormStatic, FormTree
from checklists.xform.xml import INSPECTION
from checklists.xpath import Compiled, compile_expression
from checklists.xpath.compiled import as_boolean, as_number, as_text
from checklists.xpath.errors import XPathError
from checklists.xpath.functions.dates import to_date, to_date_time
from checklists.xpath.values import Kind, format_number, number_of

EVALUATED = frozenset({"weight", "fail-when", "limit-min", "limit-max"})
"""Inspection attributes that hold expressions; the others are text."""

MAX_READS = 500_000
"""Most ways from rules to what they read; 2,000 questions have 20,000. `//*` in every rule of a form multiplies."""

_BOOLEAN_RULES = ("relevant", "required", "readonly", "constraint")
_DEFAULTS = {"relevant": True, "required": False, "readonly": False, "constraint": True}


class RuleCompiler:
    """Compiles the expressions of one form and collects what is wrong with them."""

    def __init__(self, tree: FormTree) -> None:
        self.tree = tree
        self.rules: list[Rule] = []
        self.quoting: list[Rule] = []  # labels and messages: they change nothing, but must be shown again
        self.problems: list[LoadProblem] = []
        self._reads = 0

    # --- expressions ---

    def expression(
        self, source: str, owner: NodeDef, scope: ScopeDef, *, rule: str
    ) -> tuple[Compiled, FormStatic] | None:
        """Compile one expression; a problem is noted and gives None."""
        static = FormStatic(self.tree, owner, scope)
        try:
            compiled = compile_expression(source, static, FUNCTIONS)
        except XPathError as error:
            self.note(error, owner.path, rule)
            return None
        except RecursionError:
            self.problem("xpath-syntax", owner.path, rule, expression=source[:200], at=0)
            return None
        for path in static.unknown:
            severity: Severity = "error" if path.startswith("/") else "warning"
            self.problem("unknown-path", owner.path, rule, severity=severity, expression=source, name=path)
        for code, data in static.doubts:
            self.problem(code, owner.path, rule, severity="warning", expression=source, **data)
        return compiled, static

    def note(self, error: XPathError, path: str, rule: str) -> None:
        """Keep what is wrong with an expression as a problem of the form."""
        self.problems.append(LoadProblem(error.code, path, rule, data=error.data))

    def problem(self, code: str, path: str, rule: str, *, severity: Severity = "error", **data: object) -> None:
        self.problems.append(LoadProblem(code, path, rule, severity, data))

    def add(self, rule: Rule, static: FormStatic) -> Rule:
        """Keep a rule with what it reads. Raises `FormError` where all rules together read more than is sensible."""
        rule.reads = frozenset(static.reads)
        self._reads += len(rule.reads)
        if self._reads > MAX_READS:
            raise FormError([LoadProblem("form-too-large", rule.owner.path, data={"reads": "", "most": MAX_READS})])
        rule.index = len(self.rules)
        self.rules.append(rule)
        return rule

    def part(self, owner: NodeDef, *, rule: str) -> Callable[[str], Run]:
        """Return the compiler of outputs in a text of `owner`; such texts are shown again when an answer changes."""

        def compile_part(source: str) -> Run:
            made = self.expression(source, owner, owner.own_scope, rule=rule)
            if made is None:
                return lambda _: ""
            compiled, static = made
            quote = Rule("label", owner, owner.own_scope, compiled.run, source=source, name=rule)
            quote.reads = frozenset(static.reads)
            self.quoting.append(quote)
            return stored(compiled, "string")

        return compile_part

    # --- binds ---

    def bind(self, node: NodeDef) -> None:
        """Compile every rule of a node's bind."""
        for kind in _BOOLEAN_RULES:
            source = node.bind.rules.get(kind, "")
            if source.strip():
                self._boolean(node, kind, source)
        if node.bind.rules.get("calculate", "").strip() and node.is_leaf:
            self._calculate(node, node.bind.rules["calculate"])
        for name in sorted(EVALUATED):
            source = node.bind.attributes.get(f"{{{INSPECTION}}}{name}", "")
            if source.strip():
                self._inspection(node, name, source)

    def _boolean(self, node: NodeDef, kind: str, source: str) -> None:
        made = self.expression(source, node, node.own_scope, rule=kind)
        if made is None:
            return
        compiled, static = made
        run = as_boolean(compiled)
        if compiled.constant or source.strip() in {"true()", "false()"}:
            value = bool(run(None))
            if value is not _DEFAULTS[kind] and kind != "constraint":
                node.fixed[kind] = value
            if value is _DEFAULTS[kind] or kind != "constraint":
                return
        if kind == "constraint":  # judged anew with every answer, whether it looks at it or not
            static.reads.add(Dependency(node, node.own_scope))
        node.rules[kind] = self.add(Rule(kind, node, node.own_scope, run, source=source), static)

    def _calculate(self, node: NodeDef, source: str) -> None:
        made = self.expression(source, node, node.own_scope, rule="calculate")
        if made is not None:
            compiled, static = made
            run = stored(compiled, node.data_type)
            node.rules["calculate"] = self.add(Rule("calculate", node, node.own_scope, run, source=source), static)

    def _inspection(self, node: NodeDef, name: str, source: str) -> None:
        made = self.expression(source, node, node.own_scope, rule=f"insp:{name}")
        if made is None:
            return
        compiled, static = made
        run = stored(compiled, "string")
        if compiled.constant:
            node.fixed_insp[name] = run(None)
            return
        node.insp[name] = self.add(Rule("insp", node, node.own_scope, run, source=source, name=name), static)

    def count(self, repeat: NodeDef, source: str) -> None:
        """Compile `jr:count`; it stands beside the repeat, not in a row."""
        made = self.expression(source, repeat, repeat.scope, rule="count")
        if made is not None:
            compiled, static = made
            rule = Rule("count", repeat, repeat.scope, as_number(compiled), source=source)
            repeat.rules["count"] = self.add(rule, static)


# --- from a value to what is stored ---------------------------------------------------------------------------------


def stored(compiled: Compiled, data_type: str) -> Run:
    """Return a closure that gives the text a node of that type stores; what is not a number is blank."""
    if data_type == "int":
        number = as_number(compiled)
        return lambda row: whole_text(number(row))
    if data_type in {"date", "dateTime"}:
        convert = to_date if data_type == "date" else to_date_time
        run = compiled.run if compiled.kind in {Kind.NUMBER, Kind.ANY} else as_text(compiled)
        return lambda row: convert(run(row))
    if data_type == "decimal" and compiled.kind is not Kind.NUMBER:
        text = as_text(compiled)
        return lambda row: number_text(number_of(value)) if (value := text(row)) else ""
    if compiled.kind is Kind.NUMBER:
        number = compiled.run
        return lambda row: number_text(number(row))
    if compiled.kind is Kind.ANY:
        run = compiled.run
        return lambda row: _any_text(run(row))
    return as_text(compiled)


def number_text(number: float) -> str:
    return "" if number != number else format_number(number)  # noqa: PLR0124 - NaN is stored as blank


def whole_text(number: float) -> str:
    return str(math.trunc(number)) if math.isfinite(number) else ""


def _any_text(value: Any) -> str:
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return value[0].seen if value else ""
    return str(value)
