"""Arithmetic and trigonometry. What has no answer is NaN; nothing here raises."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any

from checklists.xpath.signature import Function
from checklists.xpath.values import NAN, Kind, number_of, texts_of, to_number

_HALF = Decimal("0.5")
MAX_DIGITS = 30
"""Digits after the point that `round` looks at; a double has 17."""


def safe(work: Callable[..., float]) -> Callable[..., float]:
    """Return `work` with NaN for what it refuses and infinity for what overflows."""

    def run(*numbers: float) -> float:
        try:
            result = work(*numbers)
        except ValueError:
            return NAN
        except OverflowError:
            return math.inf
        return float(result)

    return run


def to_integer(number: float) -> float:
    return float(math.trunc(number)) if math.isfinite(number) else NAN


def round_half_up(number: float, digits: float = 0.0) -> float:
    """Round to `digits` after the point in decimal arithmetic; a half goes towards plus infinity (XPath 1.0)."""
    if not math.isfinite(number) or math.isnan(digits):
        return number if not math.isnan(digits) else NAN
    places = max(-MAX_DIGITS, min(MAX_DIGITS, int(digits)))
    try:
        scaled = (Decimal(repr(number)).scaleb(places) + _HALF).to_integral_value(ROUND_FLOOR)
        return float(scaled.scaleb(-places))
    except InvalidOperation:
        return number


def power(base: float, exponent: float) -> float:
    if base == 0 and exponent < 0:
        return math.inf
    return math.pow(base, exponent)


def logarithm(number: float) -> float:
    return -math.inf if number == 0 else math.log(number)


def logarithm10(number: float) -> float:
    return -math.inf if number == 0 else math.log10(number)


def total(nodes: list[Any]) -> float:
    """Return the sum of the numbers of nodes; blank ones count nothing."""
    result = 0.0
    for node in nodes:
        text = node.seen
        if text:
            result += number_of(text)
    return result


def _extreme(choose: Callable[[list[float]], float]) -> Callable[..., float]:
    def run(*values: Any) -> float:
        numbers = [
            to_number(text) if not isinstance(text, str) else number_of(text)
            for value in values
            for text in (texts_of(value) if isinstance(value, (list, str)) else (value,))
            if text != ""
        ]
        return choose(numbers) if numbers and not any(map(math.isnan, numbers)) else NAN

    return run


def _random(frame: Any) -> float:
    source = getattr(frame.env, "random", None)
    return float(source()) if source else random.random()  # noqa: S311 - sampling, not secrets


NUMBERS = (
    Function("number", "n", Kind.NUMBER, lambda number: number),
    Function("int", "n", Kind.NUMBER, to_integer),
    Function("round", "nn?", Kind.NUMBER, round_half_up),
    Function("floor", "n", Kind.NUMBER, lambda n: float(math.floor(n)) if math.isfinite(n) else n),
    Function("ceiling", "n", Kind.NUMBER, lambda n: float(math.ceil(n)) if math.isfinite(n) else n),
    Function("abs", "n", Kind.NUMBER, abs),
    Function("pow", "nn", Kind.NUMBER, safe(power)),
    Function("sqrt", "n", Kind.NUMBER, safe(math.sqrt)),
    Function("exp", "n", Kind.NUMBER, safe(math.exp)),
    Function("exp10", "n", Kind.NUMBER, safe(lambda n: 10.0**n)),
    Function("log", "n", Kind.NUMBER, safe(logarithm)),
    Function("log10", "n", Kind.NUMBER, safe(logarithm10)),
    Function("pi", "", Kind.NUMBER, lambda: math.pi),
    Function("sin", "n", Kind.NUMBER, safe(math.sin)),
    Function("cos", "n", Kind.NUMBER, safe(math.cos)),
    Function("tan", "n", Kind.NUMBER, safe(math.tan)),
    Function("asin", "n", Kind.NUMBER, safe(math.asin)),
    Function("acos", "n", Kind.NUMBER, safe(math.acos)),
    Function("atan", "n", Kind.NUMBER, safe(math.atan)),
    Function("atan2", "nn", Kind.NUMBER, safe(math.atan2)),
    Function("sum", "s", Kind.NUMBER, total),
    Function("min", "g+", Kind.NUMBER, _extreme(min)),
    Function("max", "g+", Kind.NUMBER, _extreme(max)),
    Function("random", "", Kind.NUMBER, _random, framed=True),
)
