"""The syntax tree of an expression: plain tuples with names, no behaviour. A form makes ten thousand of them."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class Number(NamedTuple):
    """A number literal."""

    value: float


class Text(NamedTuple):
    """A quoted literal."""

    value: str


class Negation(NamedTuple):
    """Unary minus."""

    operand: Expr


class Binary(NamedTuple):
    """Two operands; `operator` is one of `or and = != < <= > >= + - * div mod |`."""

    operator: str
    left: Expr
    right: Expr


class Call(NamedTuple):
    """A function call; `at` is the offset of its name."""

    name: str
    arguments: tuple[Expr, ...]
    at: int = 0


class Step(NamedTuple):
    """One location step. `test` is a name, `prefix:name`, `*`, `prefix:*`, `node()` or `text()`."""

    axis: str
    test: str
    predicates: tuple[Expr, ...] = ()


class Path(NamedTuple):
    """Location steps from the document (`absolute`), from the context node, or from the nodes of `start`.

    `predicates` belong to `start`: `(expr)[1]/x`.
    """

    steps: tuple[Step, ...]
    absolute: bool = False
    start: Expr | None = None
    predicates: tuple[Expr, ...] = ()


Expr: TypeAlias = Number | Text | Negation | Binary | Call | Path
