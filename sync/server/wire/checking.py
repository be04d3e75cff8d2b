"""What came over the wire is of the kinds that its message's class names, and can be stored by every database."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

import orjson

from checklists.model import Jsonable
from sync.protocol import Code
from sync.server.problems import ProblemError

M = TypeVar("M", bound=Jsonable)
GREATEST = 2**53
"""Beyond it a number is not the same in every language that reads JSON."""


def read_json(body: bytes) -> Any:
    """Read JSON without lone surrogates and NUL, which databases refuse. Raises `ProblemError` 400."""
    try:
        members = orjson.loads(body)
    except ValueError as error:
        raise ProblemError(400, Code.BAD_REQUEST, "json") from error
    if b"\\u0000" in body:
        raise ProblemError(400, Code.BAD_REQUEST, "nul")
    return members


def read_message(members: Any, kind: type[M]) -> M:
    """Make a message of a JSON object. Raises `ProblemError` 422 naming the member that is of another kind."""
    if not isinstance(members, dict):
        raise ProblemError(422, Code.INVALID, kind.__name__)
    for name, hint in _hints(typing.cast(type, kind)).items():
        if name in members and not _fits(hint, members[name]):
            raise ProblemError(422, Code.INVALID, kind.__name__, pointer=f"/{name}")
    try:
        return kind.from_json(members)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise ProblemError(422, Code.INVALID, kind.__name__) from error


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _fits(hint: Any, value: Any) -> bool:
    """Say whether a JSON value is of an annotation's kind."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(one, value) for one in inner)
    if origin is tuple:
        return isinstance(value, list) and all(_fits(inner[0], one) for one in value)
    if origin in (dict, Mapping):
        return isinstance(value, dict)
    if dataclasses.is_dataclass(hint):
        fields = _hints(typing.cast(type, hint))
        return isinstance(value, dict) and all(_fits(fields[k], v) for k, v in value.items() if k in fields)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= GREATEST
    if hint is bool or hint is type(None):
        return isinstance(value, hint)
    return isinstance(value, str)
