"""Reads model values from an envelope without ever failing: a report of an odd record is better than none.

Missing members take the field's default, or an empty value of their type; words that no enum knows take the default
too, except an unknown audience, which counts as restricted and is therefore not printed.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from checklists.model import Audience, Severity

T = TypeVar("T")
_FALLBACK: dict[type[StrEnum], StrEnum] = {Audience: Audience.RESTRICTED, Severity: Severity.MINOR}
_NOTHING = object()


def lenient(kind: type[T], value: Any) -> T:
    """Return the dataclass `kind` from JSON members, whatever they are."""
    return typing.cast("T", _dataclass(kind, value if isinstance(value, Mapping) else {}))


def lenient_list(kind: type[T], values: Any) -> tuple[T, ...]:
    """Return a tuple of `kind`, leaving out members that are no objects."""
    return tuple(lenient(kind, v) for v in values if isinstance(v, Mapping)) if isinstance(values, list | tuple) else ()


@functools.cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _dataclass(kind: Any, members: Mapping[str, Any]) -> Any:
    hints = _hints(kind)
    found = {}
    for item in dataclasses.fields(kind):
        value = _value(hints[item.name], members.get(item.name, _NOTHING))
        if value is _NOTHING:
            has_default = item.default is not dataclasses.MISSING or item.default_factory is not dataclasses.MISSING
            if has_default:
                continue
            value = _empty(hints[item.name])
        found[item.name] = value
    return kind(**found)


def _plain(kind: Any) -> tuple[Any, bool]:
    """Return the type without `| None`, and whether None is allowed."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return next(a for a in typing.get_args(kind) if a is not type(None)), True
    return kind, False


def _value(kind: Any, value: Any) -> Any:
    kind, optional = _plain(kind)
    if value is None and optional:
        return None
    if value is None or value is _NOTHING:
        return _NOTHING
    if typing.get_origin(kind) is tuple:
        if not isinstance(value, list | tuple):
            return _NOTHING
        inner = typing.get_args(kind)[0]
        found = (_value(inner, v) for v in value)
        return tuple(v for v in found if v is not _NOTHING)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, value) if isinstance(value, Mapping) else _NOTHING
    return _scalar(kind, value, optional=optional)


def _scalar(kind: Any, value: Any, *, optional: bool) -> Any:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        try:
            return kind(value)
        except ValueError:
            return None if optional else _FALLBACK.get(kind, _NOTHING)
    if kind is str:
        return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else _NOTHING
    if kind is bool:
        return value if isinstance(value, bool) else _NOTHING
    if kind in (int, float):
        try:
            return kind(value)
        except (TypeError, ValueError, OverflowError):
            return None if optional else _NOTHING
    return value


def _empty(kind: Any) -> Any:
    kind, optional = _plain(kind)
    if optional:
        return None
    if typing.get_origin(kind) is tuple:
        return ()
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, {})
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _FALLBACK.get(kind, next(iter(kind)))
    return {str: "", int: 0, float: 0.0, bool: False}.get(kind)
