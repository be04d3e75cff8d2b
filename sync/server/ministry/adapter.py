"""The one place for the ministry's own systems (iSingle Form, i-Industry): address, login and field mapping.

Their real interface is not known. What is known is fixed here: records go there only after the centre holds them whole,
once each (the key is the revision's id), from the factory's extract only; a number or law that is not confirmed is no
fact and never leaves; made-up sites stay here; an answer that is not expected is never success. What is not known is a
file beside the centre's data, `ministry.json`:

    {"url": "https://…", "headers": {"authorization": "…"}, "key_field": "ref_no", "success": [200, 201],
     "already": [409], "fields": {"factory_no": "visit.site.registry_no", "result": "overall"},
     "constant": {"source": "…"}}

`fields` maps a name over there to a dotted path in the factory's extract (`docs/manual/ministry.md` lists them). How
bytes travel is handed in (`Post`): a login that needs more than a header, or another format than JSON, is changed there
and in `Ministry.hand_over`. What is due, tried again or parked is `queue`'s; `inspector admin ministry run` hands over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from checklists.authoring.catalogue import FIRM
from checklists.sealing import extract_of_plain
from sync.server.outgoing import OutgoingAddressError, check_address

FILE = "ministry.json"

MOST_DETAIL = 400
"""Characters of the other side's answer that are kept with a record."""
_MEMBERS = frozenset({"url", "key_field", "fields", "headers", "constant", "success", "already"})
_HEADER = re.compile(r"[!-~](?:[ -~]*[!-~])?")

Post = Callable[[str, Mapping[str, str], bytes], tuple[int, bytes]]
"""Sends a JSON body to an address with headers; returns status and body, raises `OSError` where no answer came."""


class ConfigError(ValueError):
    """`ministry.json` does not say what is needed."""


class Outcome(StrEnum):
    """What became of a record over there."""

    TAKEN = "taken"
    HAVE = "have"
    AGAIN = "again"
    SIGN_IN = "sign-in"
    FIX = "fix"
    EXAMPLE = "example"  # a made-up site: it never goes there


@dataclass(frozen=True, slots=True)
class Reply:
    """An outcome and, for the keeper, what the other side answered: its status and the beginning of its words."""

    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent, and the fields that have no value in this record."""

    url: str
    headers: tuple[str, ...]
    body: Mapping[str, Any]
    empty: tuple[str, ...]


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
            if unknown := sorted(set(members) - _MEMBERS):
                raise ConfigError("unknown: " + ", ".join(unknown))
            config = cls(
                url=str(members["url"]),
                key_field=str(members["key_field"]),
                fields={str(k): str(v) for k, v in dict(members["fields"]).items()},
                headers={str(k): str(v) for k, v in dict(members.get("headers", {})).items()},
                constant=dict(members.get("constant", {})),
                success=tuple(int(n) for n in members.get("success", (200, 201))),
                already=tuple(int(n) for n in members.get("already", ())),
            )
        except KeyError as error:
            raise ConfigError(f"missing: {error.args[0]}") from error
        except (ValueError, TypeError) as error:
            raise ConfigError(str(error)) from error
        for name, value in config.headers.items():
            if not (_HEADER.fullmatch(name) and _HEADER.fullmatch(value)):
                raise ConfigError(f"headers: {name}")
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
        extract = _firm(extract_of_plain(envelope))
        found = {name: _at(extract, path) for name, path in self._config.fields.items()}
        mapped = {name: value for name, value in found.items() if value is not None}
        return {**self._config.constant, **mapped, self._config.key_field: envelope["revision_id"]}

    def preview(self, envelope: Mapping[str, Any]) -> Preview:
        """Return what would be sent of a record; nothing is. Headers by name only, because they are secret."""
        body = self.message(envelope)
        empty = tuple(name for name in self._config.fields if name not in body)
        return Preview(self._config.url, tuple(self._config.headers), body, empty)

    def hand_over(self, envelope: Mapping[str, Any]) -> Reply:
        """Send one record; may be repeated, because the key is always the revision's id."""
        if envelope["visit"]["site"].get("example"):
            return Reply(Outcome.EXAMPLE)
        body = json.dumps(self.message(envelope), ensure_ascii=False, sort_keys=True).encode()
        headers = {"content-type": "application/json", **self._config.headers}
        try:
            status, said = self._post(self._config.url, headers, body)
        except OSError as error:
            return Reply(Outcome.AGAIN, f"no answer: {getattr(error, 'reason', error)}"[:MOST_DETAIL])
        words = " ".join(said[: 4 * MOST_DETAIL].decode("utf-8", "replace").replace("\0", "").split())
        return Reply(self._outcome(status), f"{status} {words}".strip()[:MOST_DETAIL])

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


def _firm(value: Any) -> Any:
    """Return the extract without the limits and laws that nobody has confirmed: they are drafts, not facts.

    A measurement's verdict says how its value stands to the limit, so it goes with the limit.
    """
    if isinstance(value, list):
        return [found for found in map(_firm, value) if found is not None]
    if not isinstance(value, Mapping):
        return value
    if "certainty" in value and value["certainty"] not in _FIRM:
        return None
    found = {name: _firm(member) for name, member in value.items()}
    if "parameter" in value and value.get("limit") is not None and found["limit"] is None:
        found["verdict"] = None
    return found


_FIRM = frozenset(certainty.value for certainty in FIRM)


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
