"""XPath 1.0 text to syntax tree: a lexer in one regular expression and a precedence-climbing parser.

Rules kept: a name after an operand is an operator (`1mod1`), `*` after an operand is multiplication, names may hold any
letter (Thai included) with `-` and `.`. Variables are refused: ODK forms have none. Nesting is bounded, so hostile
expressions fail with an error instead of exhausting the stack.
"""

from __future__ import annotations

import re
from functools import lru_cache

from checklists.xpath.errors import XPathSyntaxError
from checklists.xpath.syntax import Binary, Call, Expr, Negation, Number, Path, Step, Text

MAX_DEPTH = 120
"""Deepest nesting of brackets, calls and predicates; real forms stay under 60."""

MAX_LENGTH = 200_000
"""Longest expression in characters; the longest in public forms has about 12,000."""

_NAME = r"""[^\s\d\x00-\x1f!-,\-./:-@\[-^`{-\x7f][^\s\x00-\x1f!-,/:-@\[-^`{-\x7f]*"""
_TOKEN = re.compile(
    rf"""\s*(?:
        (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<text>"[^"]*"|'[^']*')
      | (?P<symbol>::|//|\.\.|!=|<=|>=|[()\[\]@,./|+\-=<>*])
      | (?P<name>{_NAME}(?::(?!:)(?:{_NAME}|\*))?)
    )""",
    re.VERBOSE,
)
_OPERATOR_NAME = re.compile(r"\s*(and|or|div|mod)")

_PRECEDENCE = {
    "or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "div": 6, "mod": 6, "|": 8,
}  # fmt: skip
_NEGATION = 7
_NODE_TYPES = frozenset({"node", "text", "comment", "processing-instruction"})
_AXES = frozenset(
    {
        "ancestor",
        "ancestor-or-self",
        "attribute",
        "child",
        "descendant",
        "descendant-or-self",
        "following",
        "following-sibling",
        "parent",
        "preceding",
        "preceding-sibling",
        "self",
    }
)
_ANYWHERE = Step("descendant-or-self", "node()")

_Token = tuple[str, str, int]
_END = "end"
_ENDS_OPERAND = frozenset({")", "]", ".", ".."})
_AFTER_NAME = frozenset({"::", "(", "["})


@lru_cache(maxsize=4096)
def parse(expression: str) -> Expr:
    """Return the syntax tree. Raises `XPathSyntaxError` with `expression` and `at`. Trees are frozen, so shared."""
    return _Parser(expression).whole()


def _tokens(expression: str) -> list[_Token]:
    """Return kind, text and place of each token; `and or div mod` after an operand are operators, even in `1mod1`."""
    found: list[_Token] = []
    at, after_operand = 0, False
    end = len(expression.rstrip())
    token = _TOKEN.match
    while at < end:
        match = token(expression, at)
        if match is None:
            raise XPathSyntaxError("unexpected character", expression=expression, at=at)
        kind: str = match.lastgroup  # type: ignore[assignment]  # each alternative is a group
        text: str = match[kind]
        if kind == "name" and after_operand and (operator := _OPERATOR_NAME.match(expression, at)):
            match, kind, text = operator, "symbol", operator[1]
        at = match.end()
        found.append((kind, text, at - len(text)))
        after_operand = kind != "symbol" or text in _ENDS_OPERAND or (text == "*" and not after_operand)
    found.append((_END, "", len(expression)))
    return found


@lru_cache(maxsize=4096)
def _child(name: str) -> Step:
    """Return the step to a child: the commonest of all, so made once for each name."""
    return Step("child", name)


class _Parser:
    def __init__(self, expression: str) -> None:
        if len(expression) > MAX_LENGTH:
            raise XPathSyntaxError("too long", expression=expression[:200], at=MAX_LENGTH)
        self._expression = expression
        self._tokens = _tokens(expression)
        self._kinds = [kind for kind, _, _ in self._tokens]
        self._texts = [text for _, text, _ in self._tokens]
        self._next = 0
        self._depth = 0

    def whole(self) -> Expr:
        tree = self._binary(0)
        if self._kind != _END:
            raise self._error("unexpected " + self._text)
        return tree

    # --- tokens ---

    @property
    def _kind(self) -> str:
        return self._kinds[self._next]

    @property
    def _text(self) -> str:
        return self._texts[self._next]

    def _is(self, *symbols: str) -> bool:
        return self._texts[self._next] in symbols  # quoted texts keep their quotes, names are no symbols

    def _follows(self, symbol: str) -> bool:
        kind, text, _ = self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        return kind == "symbol" and text == symbol

    def _take(self) -> str:
        text = self._text
        self._next += 1
        return text

    def _expect(self, symbol: str) -> None:
        if not self._is(symbol):
            raise self._error(f"expected {symbol}")
        self._next += 1

    def _error(self, detail: str) -> XPathSyntaxError:
        return XPathSyntaxError(detail, expression=self._expression, at=self._tokens[self._next][2])

    # --- grammar ---

    def _binary(self, least: int) -> Expr:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error("nested too deeply")
        left = self._unary()
        kinds, texts = self._kinds, self._texts
        while kinds[self._next] == "symbol" and _PRECEDENCE.get(texts[self._next], 0) > least:
            operator = self._take()
            left = Binary(operator, left, self._binary(_PRECEDENCE[operator]))
        self._depth -= 1
        return left

    def _unary(self) -> Expr:
        minuses = 0
        while self._texts[self._next] == "-":
            self._next += 1
            minuses += 1
        if not minuses:
            return self._path()
        return _negated(self._binary(_NEGATION), minuses)

    def _path(self) -> Expr:
        if self._kinds[self._next] in {"number", "text"}:
            return self._filter()
        if self._is("/"):
            self._take()
            return Path(self._steps() if self._starts_step() else (), absolute=True)
        if self._is("//"):
            self._take()
            return Path((_ANYWHERE, *self._steps()), absolute=True)
        if self._starts_step():
            return Path(self._steps())
        return self._filter()

    def _filter(self) -> Expr:
        start = self._primary()
        predicates = self._predicates()
        steps: tuple[Step, ...] = ()
        if self._is("/"):
            self._take()
            steps = self._steps()
        elif self._is("//"):
            self._take()
            steps = (_ANYWHERE, *self._steps())
        return Path(steps, start=start, predicates=predicates) if predicates or steps else start

    def _primary(self) -> Expr:
        kind, _text, at = self._tokens[self._next]
        if kind == "number":
            return Number(float(self._take()))
        if kind == "text":
            return Text(self._take()[1:-1])
        if kind == "name":
            return Call(self._take(), self._arguments(), at)
        if self._is("("):
            self._take()
            inner = self._binary(0)
            self._expect(")")
            return inner
        raise self._error("expected a value" if kind != _END else "unexpected end")

    def _arguments(self) -> tuple[Expr, ...]:
        self._expect("(")
        found: list[Expr] = []
        while not self._is(")"):
            if found:
                self._expect(",")
            found.append(self._binary(0))
        self._take()
        return tuple(found)

    def _starts_step(self) -> bool:
        if self._is(".", "..", "@", "*"):
            return True
        return self._kind == "name" and (not self._follows("(") or self._text in _NODE_TYPES)

    def _steps(self) -> tuple[Step, ...]:
        steps = [self._step()]
        while self._is("/", "//"):
            if self._take() == "//":
                steps.append(_ANYWHERE)
            steps.append(self._step())
        return tuple(steps)

    def _step(self) -> Step:
        at = self._next
        if self._kinds[at] == "name" and self._texts[at + 1] not in _AFTER_NAME:
            self._next += 1
            return _child(self._texts[at])
        if self._is("."):
            self._take()
            return Step("self", "node()", self._predicates())
        if self._is(".."):
            self._take()
            return Step("parent", "node()", self._predicates())
        axis = "child"
        if self._is("@"):
            self._take()
            axis = "attribute"
        elif self._kind == "name" and self._follows("::"):
            axis = self._take()
            self._take()
            if axis not in _AXES:
                raise self._error(f"unknown axis {axis}")
        return Step(axis, self._test(), self._predicates())

    def _test(self) -> str:
        if self._is("*"):
            return self._take()
        if self._kind != "name":
            raise self._error("expected a name")
        name = self._take()
        if name in _NODE_TYPES and self._is("("):
            self._take()
            self._expect(")")
            return name + "()"
        return name

    def _predicates(self) -> tuple[Expr, ...]:
        found: list[Expr] = []
        while self._is("["):
            self._take()
            found.append(self._binary(0))
            self._expect("]")
        return tuple(found)


def _negated(operand: Expr, minuses: int) -> Expr:
    if isinstance(operand, Number):
        return Number(-operand.value if minuses % 2 else operand.value)
    inner = Negation(operand)
    return inner if minuses % 2 else Negation(inner)
