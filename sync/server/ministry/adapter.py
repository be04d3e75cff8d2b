"""The one place for the ministry's own systems (iSingle Form, i-Industry): address, login and field mapping.

Their real interface is not known. What is known is fixed here: records go there only after the centre holds them whole,
once each (the key is the revision's id), from the factory's extract only, and an answer that is not expected is never
success. What is not known is a file beside the centre's data, `ministry.json`:

    {"url": "https://…", "headers": {"authorization": "…"}, "key_field": "ref_no", "success": [200, 201],
     "already": [409], "fields": {"factory_no": "visit.site.number", "result": "overall"}, "constant": {"source": "…"}}

`fields` maps a name over there to a dotted path in the factory's extract. How bytes travel is handed in (`Post`). What
is due, tried again or parked is `ministry_queue`'s; `inspector admin ministry run` from a timer hands it over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from checklists.sealing import extract_of_plain
from sync.server.outgoing import OutgoingAddressError, check_address

FILE = "ministry.json"

Post = Callable[[str, Mapping[str, str], bytes], int]
"""Sends a JSON body to an address with headers and returns the status; raises `OSError` where no answer came."""


class ConfigError(ValueError):
    """`ministry.json` does not say what is needed."""


class Outcome(StrEnum):
    """What became of a record over there."""

    TAKEN = "taken"
    HAVE = "have"
    AGAIN = "again"
    SIGN_IN = "sign-in"
    FIX = "fix"


@dataclass(frozen=True, slots=True)
class MinistryConfig:
    """What the ministry decides."""

    url: str
    key_field: str
    fields: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    constant: Mapping[str, Any] = field(default_factory=dict)
    success: tuple[int, ...] = (200, 201)
    already: tuple[int, ...] = ()

    @classmethod
    def load(cls, data: Path) -> MinistryConfig | None:
        """Read it from the centre's data folder; None where it is not set up. Raises `ConfigError`."""
        file = data / FILE
        if not file.exists():
            return None
        try:
            members = json.loads(file.read_text(encoding="utf-8"))
            config = cls(
                url=str(members["url"]),
                key_field=str(members["key_field"]),
                fields={str(k): str(v) for k, v in dict(members["fields"]).items()},
                headers={str(k): str(v) for k, v in dict(members.get("headers", {})).items()},
                constant=dict(members.get("constant", {})),
                success=tuple(int(n) for n in members.get("success", (200, 201))),
                already=tuple(int(n) for n in members.get("already", ())),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(str(error)) from error
        try:
            check_address(config.url)
        except OutgoingAddressError as error:
            raise ConfigError("url") from error
        return config


class Ministry:
    """Hands whole records to the ministry's system. Keeps nothing: its caller remembers the outcome."""

    def __init__(self, config: MinistryConfig, post: Post) -> None:
        self._config = config
        self._post = post

    def message(self, envelope: Mapping[str, Any]) -> dict[str, Any]:
        """Return the members to send. A path that the extract does not have gives no member."""
        extract = extract_of_plain(envelope)
        found = {name: _at(extract, path) for name, path in self._config.fields.items()}
        mapped = {name: value for name, value in found.items() if value is not None}
        return {**self._config.constant, **mapped, self._config.key_field: envelope["revision_id"]}

    def hand_over(self, envelope: Mapping[str, Any]) -> Outcome:
        """Send one record; may be repeated, because the key is always the revision's id."""
        body = json.dumps(self.message(envelope), ensure_ascii=False, sort_keys=True).encode()
        headers = {"content-type": "application/json", **self._config.headers}
        try:
            status = self._post(self._config.url, headers, body)
        except OSError:
            return Outcome.AGAIN
        return self._outcome(status)

    def _outcome(self, status: int) -> Outcome:
        if status in self._config.success:
            return Outcome.TAKEN
        if status in self._config.already:
            return Outcome.HAVE
        if status in (401, 403, 407):
            return Outcome.SIGN_IN
        if status in (408, 423, 425, 429) or status >= 500 or status < 400:
            return Outcome.AGAIN  # also a success or redirect that nobody announced: a portal, not the ministry
        return Outcome.FIX


def _at(value: Any, path: str) -> Any:
    """Follow a dotted path through objects and lists (by number)."""
    for name in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value
