"""Booleans and choices between values. `if`, `coalesce`, `and`, `or` run only what they need."""

from __future__ import annotations

from typing import Any

from checklists.xpath.compiled import Compiled, Run, as_boolean, as_number, as_text, as_value
from checklists.xpath.compiler import Compiler
from checklists.xpath.signature import Function
from checklists.xpath.syntax import Call
from checklists.xpath.values import Kind


def _if(compiler: Compiler, call: Call) -> Compiled:
    condition, yes, no = (compiler.compile(argument) for argument in call.arguments)
    test = as_boolean(condition)
    kind, then, otherwise = _common(yes, no)
    return Compiled(kind, lambda frame: then(frame) if test(frame) else otherwise(frame))


def _common(left: Compiled, right: Compiled) -> tuple[Kind, Run, Run]:
    """Return the one type of two values, where they have one, and their closures."""
    kinds = {Kind.TEXT if part.kind is Kind.NODE else part.kind for part in (left, right)}
    if len(kinds) == 1:
        return kinds.pop(), as_value(left), as_value(right)
    return Kind.ANY, as_value(left), as_value(right)


def _coalesce(compiler: Compiler, call: Call) -> Compiled:
    texts = tuple(as_text(compiler.compile(argument)) for argument in call.arguments)

    def run(frame: Any) -> str:
        for text in texts:
            value: str = text(frame)
            if value not in ("", "NaN"):
                return value
        return ""

    return Compiled(Kind.TEXT, run)


def boolean_from_string(text: str) -> bool:
    return text in {"true", "1"}


def _within(least: float, most: float, count: float) -> bool:
    return (least < 0 or count >= least) and (most < 0 or count <= most)


def checklist(least: float, most: float, *answers: bool) -> bool:
    """Say whether the number of true answers lies between the bounds; a negative bound is none."""
    return _within(least, most, sum(map(bool, answers)))


def _weighted(compiler: Compiler, call: Call) -> Compiled:
    parts = [compiler.compile(argument) for argument in call.arguments]
    least, most = as_number(parts[0]), as_number(parts[1])
    pairs = [(as_boolean(a), as_number(w)) for a, w in zip(parts[2::2], parts[3::2], strict=False)]

    def run(frame: Any) -> bool:
        got = sum(weight(frame) for answer, weight in pairs if answer(frame))
        return _within(least(frame), most(frame), got)

    return Compiled(Kind.BOOLEAN, run)


LOGIC = (
    Function("true", "", Kind.BOOLEAN, lambda: True),
    Function("false", "", Kind.BOOLEAN, lambda: False),
    Function("not", "b", Kind.BOOLEAN, lambda value: not value),
    Function("boolean", "b", Kind.BOOLEAN, lambda value: value),
    Function("boolean-from-string", "t", Kind.BOOLEAN, boolean_from_string),
    Function("if", "bvv", Kind.ANY, special=_if),
    Function("coalesce", "v+", Kind.TEXT, special=_coalesce),
    Function("checklist", "nnb*", Kind.BOOLEAN, checklist),
    Function("weighted-checklist", "nnv*", Kind.BOOLEAN, special=_weighted),
)
