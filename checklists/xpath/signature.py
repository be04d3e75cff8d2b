"""How functions are declared, and how a call becomes one closure.

A signature is one letter for each parameter: `t` text, `n` number, `b` boolean, `v` any value, `g` any value whose
paths mean every row, `s` nodes. `?` after a letter makes it optional, `*` lets it come any number of times, `+` at
least once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from checklists.xpath.compiled import Compiled, Run, as_boolean, as_nodes, as_number, as_text, as_value, folded
from checklists.xpath.syntax import Call
from checklists.xpath.values import Kind

_PARAMETER = re.compile(r"([tnbvgs])([?*+]?)")
_CONVERT: dict[str, Callable[[Compiled], Run]] = {
    "t": as_text, "n": as_number, "b": as_boolean, "v": as_value, "g": as_value, "s": as_nodes,
}  # fmt: skip

Special = Callable[[Any, Call], Compiled]
"""Compiles a call itself; gets the `Compiler` (which stands above this module)."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the language. `framed` implementations get the frame first and are never folded."""

    name: str
    signature: str
    result: Kind
    run: Callable[..., Any] | None = None
    framed: bool = False
    special: Special | None = None

    least: int = field(init=False)
    most: int | None = field(init=False)
    _letters: str = field(init=False)

    def __post_init__(self) -> None:
        parameters = _PARAMETER.findall(self.signature)
        endless = any(many in {"*", "+"} for _, many in parameters)
        object.__setattr__(self, "least", sum(1 for _, many in parameters if many in {"", "+"}))
        object.__setattr__(self, "most", None if endless else len(parameters))
        object.__setattr__(self, "_letters", "".join(letter for letter, _ in parameters))

    def letters(self, given: int) -> str:
        """Return one letter for each of `given` arguments; a repeated parameter comes last and fills up."""
        return self._letters[:given].ljust(given, self._letters[-1] if self._letters else "v")


def bound(function: Function, letters: str, parts: Sequence[Compiled]) -> Compiled:
    """Return the call of `function` on compiled arguments; folded where all are constant."""
    runs = [_CONVERT[letter](part) for letter, part in zip(letters, parts, strict=True)]
    if function.run is None:
        raise TypeError(function.name)  # a bug: neither special nor runnable
    call = _framed(function.run, runs) if function.framed else _plain(function.run, runs)
    made = Compiled(function.result, call)
    if not function.framed and parts and all(part.constant for part in parts) and function.result is not Kind.NODES:
        return folded(made)
    return made


def _plain(work: Callable[..., Any], runs: Sequence[Run]) -> Run:
    if len(runs) == 0:
        return lambda _: work()
    if len(runs) == 1:
        (a,) = runs
        return lambda frame: work(a(frame))
    if len(runs) == 2:
        a, b = runs
        return lambda frame: work(a(frame), b(frame))
    if len(runs) == 3:
        a, b, c = runs
        return lambda frame: work(a(frame), b(frame), c(frame))
    return lambda frame: work(*[run(frame) for run in runs])


def _framed(work: Callable[..., Any], runs: Sequence[Run]) -> Run:
    if len(runs) == 0:
        return work
    if len(runs) == 1:
        (a,) = runs
        return lambda frame: work(frame, a(frame))
    return lambda frame: work(frame, *[run(frame) for run in runs])
