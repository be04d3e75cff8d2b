"""The engine behind the interface of the acceptance cases (the docstring of the judge, `compare.py`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from checklists.session import ClientInfo, FormSession, NodeView
from checklists.xform import FormDefinition


class FixedClock:
    """A clock that stands still."""

    def __init__(self, now: str) -> None:
        self._now = datetime.fromisoformat(now)

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return 0.0


class Driver:
    """One session, driven by paths with positions. Uses nothing but the public interface."""

    def __init__(self) -> None:
        self._session: FormSession
        self._context: dict[str, Any] = {}

    def open(
        self,
        form_md: str,
        files: Mapping[str, str | bytes] | None = None,
        clock: Mapping[str, str] | None = None,
        client: Mapping[str, str] | None = None,
        last_saved: str | None = None,
    ) -> None:
        """Start a blank session of a form in pyxform's markdown, or in XForm XML (first character `<`)."""
        data = {name: text.encode() if isinstance(text, str) else text for name, text in (files or {}).items()}
        definition = FormDefinition.from_xform(_xform(form_md), files=data)
        now = (clock or {}).get("now", "2026-03-15T10:30:00.000+07:00")
        known = dict(client or {})
        self._context = {
            "clock": FixedClock(now),
            "client": ClientInfo(known.pop("deviceid", ""), known.pop("username", ""), known),
            "last_saved": last_saved,
        }
        self._session = FormSession(definition, **self._context)

    def set(self, path: str, value: str) -> None:
        self._session.set_value(path, value)

    def add_repeat(self, path: str) -> None:
        self._session.add_row(path)

    def remove_repeat(self, path: str) -> None:
        self._session.remove_row(path)

    def language(self, name: str) -> None:
        self._session.set_language(name)

    def reload(self) -> None:
        """Save as a draft and go on in a new session."""
        self._session = FormSession(self._session.definition, draft=self._session.to_draft(), **self._context)

    def snapshot(self) -> dict[str, Any]:
        return {
            "nodes": {view.path: _state(view) for view in self._session.every_node() if view.kind != "repeat"},
            "asked": [view.path for view in self._session.outline() if view.kind == "question"],
        }

    def submission(self) -> str:
        return self._session.to_submission_xml().decode()

    def bind_attributes(self, path: str) -> Mapping[str, str]:
        return self._session.definition.bind_attributes(re.sub(r"\[\d+\]", "", path))


@lru_cache(maxsize=64)
def _xform(source: str) -> str:
    if source.lstrip().startswith("<"):
        return source
    from pyxform.xls2xform import convert

    return str(convert(source, file_type=".md").xform)


def _state(view: NodeView) -> dict[str, Any]:
    if view.kind != "question":
        return {"group": True, "relevant": view.relevant, "label": view.label}
    return {
        "relevant": view.relevant,
        "value": view.value,
        "required": view.required,
        "readonly": view.readonly,
        "constraint_ok": view.valid,
        "constraint_msg": view.constraint_message,
        "required_msg": view.required_message,
        "label": view.label,
        "hint": view.hint,
        "choices": [[choice.value, choice.label] for choice in view.choices],
    }
