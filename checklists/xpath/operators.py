"""Operators as closures chosen by the static types of their operands."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from checklists.xpath.compiled import Compiled, Run, as_boolean, as_nodes, as_number, as_text, folded
from checklists.xpath.values import NAN, Kind, number_of, to_boolean, to_number, to_text


def divide(left: float, right: float) -> float:
    """IEEE division: `3 div 0` is Infinity, `0 div 0` NaN."""
    if right:
        return left / right
    if left == 0 or math.isnan(left) or math.isnan(right):
        return NAN
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def modulo(left: float, right: float) -> float:
    """Remainder with the sign of the dividend."""
    if not right or math.isinf(left):
        return NAN
    return math.fmod(left, right)


def multiply(left: float, right: float) -> float:
    return left * right


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {"*": multiply, "div": divide, "mod": modulo}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_EQUALITY: dict[str, Callable[[Any, Any], bool]] = {"=": operator.eq, "!=": operator.ne}


def binary(symbol: str, left: Compiled, right: Compiled) -> Compiled:
    """Return `left symbol right`; folds constants."""
    made = _binary(symbol, left, right)
    return folded(made) if left.constant and right.constant else made


def _binary(symbol: str, left: Compiled, right: Compiled) -> Compiled:
    if symbol in _EQUALITY:
        return Compiled(Kind.BOOLEAN, _compare(_EQUALITY[symbol], left, right, numbers=False))
    if symbol in _ORDER:
        return Compiled(Kind.BOOLEAN, _compare(_ORDER[symbol], left, right, numbers=True))
    work, a, b = _ARITHMETIC[symbol], as_number(left), as_number(right)
    return Compiled(Kind.NUMBER, lambda frame: work(a(frame), b(frame)))


# --- logic and sums: chains are flat, a checklist adds five hundred scores in one expression -------------------------


def both(operands: Sequence[Compiled]) -> Compiled:
    """Return `a and b and …`; stops at the first false one."""
    runs = tuple(map(as_boolean, operands))
    if len(runs) == 2:
        a, b = runs
        return Compiled(Kind.BOOLEAN, lambda frame: a(frame) and b(frame))

    def run(frame: Any) -> bool:
        for test in runs:  # noqa: SIM110 - a loop is quicker than all() over a generator
            if not test(frame):
                return False
        return True

    return Compiled(Kind.BOOLEAN, run)


def either(operands: Sequence[Compiled]) -> Compiled:
    """Return `a or b or …`; stops at the first true one."""
    runs = tuple(map(as_boolean, operands))
    if len(runs) == 2:
        a, b = runs
        return Compiled(Kind.BOOLEAN, lambda frame: a(frame) or b(frame))

    def run(frame: Any) -> bool:
        for test in runs:  # noqa: SIM110
            if test(frame):
                return True
        return False

    return Compiled(Kind.BOOLEAN, run)


def added(signs: Sequence[int], operands: Sequence[Compiled]) -> Compiled:
    """Return `a ± b ± …`, added from left to right."""
    runs = tuple(map(as_number, operands))
    if len(runs) == 2:
        a, b = runs
        if signs[1] > 0:
            return Compiled(Kind.NUMBER, lambda frame: a(frame) + b(frame))
        return Compiled(Kind.NUMBER, lambda frame: a(frame) - b(frame))
    if all(sign > 0 for sign in signs):
        return Compiled(Kind.NUMBER, _total(runs, [part.slot for part in operands]))
    first, rest = runs[0], tuple(zip(signs[1:], runs[1:], strict=True))

    def run(frame: Any) -> float:
        total: float = first(frame)
        for sign, term in rest:
            total = total + term(frame) if sign > 0 else total - term(frame)
        return total

    return Compiled(Kind.NUMBER, run)


def _total(runs: Sequence[Run], slots: Sequence[int | None]) -> Run:
    plain = tuple(slot for slot in slots if slot is not None)
    if len(plain) == len(slots):

        def quick(row: Any) -> float:
            nodes = row.slots
            return float(sum([nodes[slot].number for slot in plain]))

        return quick

    def run(frame: Any) -> float:
        total = 0.0
        for term in runs:
            total += term(frame)
        return total

    return run


def negated(operand: Compiled) -> Compiled:
    number = as_number(operand)
    made = Compiled(Kind.NUMBER, lambda frame: -number(frame))
    return folded(made) if operand.constant else made


# --- comparisons (XPath 1.0, 3.4) ------------------------------------------------------------------------------------


def _compare(test: Callable[[Any, Any], bool], left: Compiled, right: Compiled, *, numbers: bool) -> Run:
    kinds = {left.kind, right.kind}
    if Kind.ANY in kinds or Kind.NODES in kinds:
        return _compare_late(test, left, right, numbers=numbers)
    if Kind.BOOLEAN in kinds and not numbers:
        return _over(test, as_boolean(left), as_boolean(right), left.constant, right.constant)
    if numbers or Kind.NUMBER in kinds:
        return _over(test, as_number(left), as_number(right), left.constant, right.constant)
    if left.slot is not None and right.constant:
        return _slot_is(test, left.slot, as_text(right)(None))
    return _over(test, as_text(left), as_text(right), left.constant, right.constant)


def _slot_is(test: Callable[[Any, Any], bool], slot: int, value: str) -> Run:
    """`${answer} = 'value'`, the commonest rule of all: one comparison, no further call."""
    if test is operator.eq:
        return lambda row: row.slots[slot].seen == value
    return lambda row: row.slots[slot].seen != value


def _over(test: Callable[[Any, Any], bool], a: Run, b: Run, a_constant: bool, b_constant: bool) -> Run:
    if b_constant and not a_constant:
        value = b(None)
        if test is operator.eq:
            return lambda frame: a(frame) == value
        if test is operator.ne:
            return lambda frame: a(frame) != value
        return lambda frame: test(a(frame), value)
    return lambda frame: test(a(frame), b(frame))


def _compare_late(test: Callable[[Any, Any], bool], left: Compiled, right: Compiled, *, numbers: bool) -> Run:
    a, b = _set_or_value(left), _set_or_value(right)
    return lambda frame: compare_values(test, a(frame), b(frame), numbers=numbers)


def _set_or_value(compiled: Compiled) -> Run:
    if compiled.kind is Kind.NODES:
        return as_nodes(compiled)
    return as_text(compiled) if compiled.kind is Kind.NODE else compiled.run


def compare_values(test: Callable[[Any, Any], bool], left: Any, right: Any, *, numbers: bool) -> bool:
    """Compare two values of any type; a set of nodes is true when one of its nodes is."""
    if isinstance(left, list) and not isinstance(right, bool):
        return any(compare_values(test, node.seen, right, numbers=numbers) for node in left)
    if isinstance(right, list) and not isinstance(left, bool):
        return any(compare_values(test, left, node.seen, numbers=numbers) for node in right)
    if not numbers and (isinstance(left, bool) or isinstance(right, bool)):
        return test(to_boolean(left), to_boolean(right))
    if numbers or isinstance(left, float) or isinstance(right, float):
        return test(_number(left), _number(right))
    return test(to_text(left), to_text(right))


def _number(value: Any) -> float:
    if isinstance(value, list):  # compared to a boolean: XPath 1.0 takes the boolean of the set
        return 1.0 if value else 0.0
    return number_of(value) if isinstance(value, str) else to_number(value)
