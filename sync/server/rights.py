"""Who may do what: one table of roles, and which scopes and audiences a caller sees."""

from __future__ import annotations

from enum import StrEnum

from sync.protocol import Code, Role
from sync.server.auth import Caller
from sync.server.problems import ProblemError


class Right(StrEnum):
    """What a call needs."""

    PUSH = "push"
    REVIEW = "review"
    READ_WHOLE = "read-whole"  # other people's envelopes with their office and restricted parts
    SEE_ALL_SCOPES = "see-all-scopes"
    CARRY = "carry"  # hand over lines of other devices


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.INSPECTOR: frozenset({Right.PUSH}),
    Role.SUPERVISOR: frozenset({Right.PUSH, Right.REVIEW, Right.READ_WHOLE}),
    Role.OFFICE: frozenset({Right.PUSH, Right.REVIEW, Right.CARRY}),
    Role.CENTRE: frozenset({Right.PUSH, Right.REVIEW, Right.READ_WHOLE, Right.SEE_ALL_SCOPES, Right.CARRY}),
    Role.AUDITOR: frozenset({Right.SEE_ALL_SCOPES}),
    Role.RELAY: frozenset({Right.PUSH, Right.CARRY}),
}


def has(caller: Caller, right: Right) -> bool:
    return right in RIGHTS[caller.role]


def require(caller: Caller, right: Right) -> None:
    """Raise `ProblemError` 403 where the caller's role does not have the right."""
    if not has(caller, right):
        raise ProblemError(403, Code.FORBIDDEN, right)


def scope_asked(caller: Caller, asked: str | None) -> str:
    """Return the scope to read: the caller's own, or another where the role sees all."""
    if asked is None or asked == caller.scope:
        return caller.scope
    if not has(caller, Right.SEE_ALL_SCOPES):
        raise ProblemError(403, Code.FORBIDDEN, "scope")
    return asked
