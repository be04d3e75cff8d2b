"""Who may do what: one table of roles, and which scopes and audiences a caller sees."""

from __future__ import annotations

from enum import StrEnum

from checklists.model import Audience
from sync.protocol import EVERYWHERE, Code, Role
from sync.server.people.audience import FOR_ALL, FOR_FACTORY, FOR_OFFICE
from sync.server.people.auth import Caller
from sync.server.problems import ProblemError


class Right(StrEnum):
    """What a call needs."""

    PUSH = "push"
    REVIEW = "review"
    SEE_ALL_SCOPES = "see-all-scopes"  # of a role whose own scope is the whole country
    CARRY = "carry"  # hand over lines of other devices


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.INSPECTOR: frozenset({Right.PUSH}),
    Role.SUPERVISOR: frozenset({Right.PUSH, Right.REVIEW}),
    Role.OFFICE: frozenset({Right.PUSH, Right.REVIEW, Right.CARRY}),
    Role.CENTRE: frozenset({Right.PUSH, Right.REVIEW, Right.SEE_ALL_SCOPES, Right.CARRY}),
    Role.AUDITOR: frozenset({Right.SEE_ALL_SCOPES}),
    Role.RELAY: frozenset({Right.PUSH, Right.CARRY}),
}


AUDIENCES: dict[Role, frozenset[Audience]] = {
    Role.INSPECTOR: FOR_FACTORY,
    Role.SUPERVISOR: FOR_ALL,
    Role.OFFICE: FOR_OFFICE,
    Role.CENTRE: FOR_ALL,
    Role.AUDITOR: FOR_OFFICE,
    Role.RELAY: FOR_FACTORY,
}
"""What a role reads of other people's records. Its own a device reads whole."""


def has(caller: Caller, right: Right) -> bool:
    if right is Right.SEE_ALL_SCOPES and caller.scope != EVERYWHERE:
        return False
    return right in RIGHTS[caller.role]


def audiences_of(caller: Caller) -> frozenset[Audience]:
    return AUDIENCES[caller.role]


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
