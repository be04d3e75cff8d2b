"""What the loader finds wrong with a form, as data; the words are made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from checklists.errors import AuthorError

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class LoadProblem:
    """One problem: `code` selects the words, `path` is the node, `rule` the attribute, `data` what the words need.

    `sheet` and `row` are filled in by the loading layer where the form came from a sheet.
    """

    code: str
    path: str = ""
    rule: str = ""
    severity: Severity = "error"
    data: Mapping[str, object] = field(default_factory=dict)
    sheet: str = ""
    row: int = 0


class FormError(AuthorError):
    """The form cannot be used; `problems` says why, all at once."""

    code = "form"

    def __init__(self, problems: Sequence[LoadProblem], *, form: str = "") -> None:
        first = problems[0]
        super().__init__(
            "; ".join(f"{p.code} {p.path} {p.rule} {dict(p.data)}" for p in problems[:5]),
            problem=first.code,
            path=first.path,
            rule=first.rule,
            count=len(problems),
            form=form,
        )
        self.problems = tuple(problems)
