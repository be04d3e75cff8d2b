"""The syntax tree of an expression: plain frozen values, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    """A number literal."""

    value: float


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted literal."""

    value: str


@dataclass(frozen=True, slots=True)
class Negation:
    """Unary minus."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands; `operator` is one of `or and = != < <= > >= + - * div mod |`."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; `at` is the offset of its name."""

    name: str
    arguments: tuple[Expr, ...]
    at: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One location step. `test` is a name, `prefix:name`, `*`, `prefix:*`, `node()` or `text()`."""

    axis: str
    test: str
    predicates: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """Location steps from the document (`absolute`), from the context node, or from the nodes of `start`.

    `predicates` belong to `start`: `(expr)[1]/x`.
    """

    steps: tuple[Step, ...]
    absolute: bool = False
    start: Expr | None = None
    predicates: tuple[Expr, ...] = ()


Expr: TypeAlias = Number | Text | Negation | Binary | Call | Path
