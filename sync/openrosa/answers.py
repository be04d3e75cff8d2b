"""What an OpenRosa server's answer means: the table measured on Central 2026.2 and read in KoboToolbox's sources.

Pure. A 409 has five meanings on Central and no code to tell them apart but its text, which is matched here only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from xml.etree import ElementTree as ET

from sync.errors import NotOurServerError, SignInError, SyncError
from sync.transport import Response

MAX_XML = 8 * 1024 * 1024
MOST_WORDS = 300
"""Characters of a server's own message that are kept and shown."""
NO_KEY, NO_SERVER = "openrosa-key", "openrosa-address"
"""Codes for people: the other server's key or address is wrong, which has nothing to do with our centre."""


class Fate(StrEnum):
    """What became of a revision at an OpenRosa server."""

    TAKEN = "taken"
    AGAIN = "again"
    SIGN_IN = "sign-in"
    WAIT_FOR = "wait-for"
    CONFLICT = "conflict"
    CHECK = "check"  # "has been deleted": seen falsely when one instance is sent twice at once; ask again once
    FIX = "fix"


class Why(StrEnum):
    """The reason beside a fate, for the words that a person reads."""

    TAKEN = "taken"
    PORTAL = "portal"  # success without an OpenRosaResponse
    BUSY = "busy"  # the whole server, not this record
    LATER = "later"  # this record: being processed, cut on the way, or the server failed on it
    FULL = "full"  # Kobo: the account over there has no room left
    LOGIN = "login"
    NO_FORM = "no-form"
    NO_BASE = "no-base"
    CONFLICT = "conflict"
    OTHER_BYTES = "other-bytes"
    CLOSED = "closed"
    DELETED = "deleted"
    TOO_LARGE = "too-large"
    REFUSED = "refused"
    NOT_OURS = "not-ours"  # found here: no instanceID of its own, so nothing was sent
    NO_FILE = "no-file"  # found here: a photo cannot be read


@dataclass(frozen=True, slots=True)
class Meaning:
    """A fate, its reason, and what the server itself said ("" where it said nothing)."""

    fate: Fate
    why: Why
    words: str = ""

    @property
    def is_servers(self) -> bool:
        """Say whether any other record would be answered the same just now."""
        return self.why in (Why.BUSY, Why.PORTAL)


_BY_STATUS = {
    400: (Fate.AGAIN, Why.LATER),
    401: (Fate.SIGN_IN, Why.LOGIN),
    402: (Fate.AGAIN, Why.FULL),
    403: (Fate.SIGN_IN, Why.LOGIN),
    404: (Fate.WAIT_FOR, Why.NO_FORM),
    405: (Fate.FIX, Why.CLOSED),  # Kobo: the form or the account is not active
    407: (Fate.SIGN_IN, Why.LOGIN),
    408: (Fate.AGAIN, Why.LATER),
    410: (Fate.FIX, Why.DELETED),  # Kobo: what this one corrects was deleted
    413: (Fate.FIX, Why.TOO_LARGE),
    423: (Fate.AGAIN, Why.LATER),
    425: (Fate.AGAIN, Why.LATER),
    429: (Fate.AGAIN, Why.BUSY),
    502: (Fate.AGAIN, Why.BUSY),
    503: (Fate.AGAIN, Why.BUSY),
    504: (Fate.AGAIN, Why.BUSY),
}


def meaning_of(response: Response) -> Meaning:
    """Say what a submission's answer means. 2xx counts only with an OpenRosaResponse body: a portal has none."""
    status, told = response.status, message_of(response)
    words = (told or "").strip()[:MOST_WORDS]
    if 200 <= status < 300:
        return Meaning(Fate.AGAIN, Why.PORTAL) if told is None else Meaning(Fate.TAKEN, Why.TAKEN, words)
    if status == 409:
        return _conflict(words)
    if status in _BY_STATUS:
        return Meaning(*_BY_STATUS[status], words)
    if 300 <= status < 400:
        return Meaning(Fate.AGAIN, Why.PORTAL)
    return Meaning(Fate.AGAIN, Why.LATER, words) if status >= 500 else Meaning(Fate.FIX, Why.REFUSED, words)


def _conflict(words: str) -> Meaning:
    text = words.lower()
    if "undefined" in text and "out of date" in text:
        return Meaning(Fate.TAKEN, Why.TAKEN, words)  # the original again, after somebody edited it there
    if "deleted" in text:
        return Meaning(Fate.CHECK, Why.DELETED, words)
    if "out of date" in text:
        return Meaning(Fate.CONFLICT, Why.CONFLICT, words)
    closed = "accepting" in text
    return Meaning(Fate.FIX, Why.CLOSED if closed else Why.OTHER_BYTES, words)


def shown(url: str) -> str:
    """Return an address for a screen or a log: an app user's key in it opens the door to whoever reads it."""
    return re.sub(r"/key/[^/]+", "/key/…", url)


def error_of(response: Response, url: str) -> SyncError:
    """Make the error of a question or download that failed; below 500 no such server stands at the address."""
    status, url = response.status, shown(url)
    if status in _BY_STATUS and _BY_STATUS[status][0] is Fate.SIGN_IN:
        return SignInError(code=NO_KEY, url=url, status=status)
    if (status < 500 and status not in (408, 429)) or "html" in response.headers.get("content-type", ""):
        return NotOurServerError(code=NO_SERVER, url=url, status=status)
    return SyncError(code="openrosa-busy", url=url, status=status)


def message_of(response: Response) -> str | None:
    """Return the text of an OpenRosaResponse, None where the body is none."""
    try:
        root = parse(response.body)
    except NotOurServerError:
        return None
    if local(root) != "OpenRosaResponse":
        return None
    return next(("".join(element.itertext()) for element in root if local(element) == "message"), "")


def parse(data: bytes) -> ET.Element:
    """Parse a small answer; a DTD, with which entities could be declared, is refused. Raises `NotOurServerError`."""
    if len(data) > MAX_XML or b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
        raise NotOurServerError("xml", code=NO_SERVER)
    try:
        return ET.fromstring(data)  # noqa: S314 - no DTD can be in it
    except (ET.ParseError, ValueError, LookupError) as error:  # the last two: an encoding that nobody knows
        raise NotOurServerError("xml", code=NO_SERVER) from error


def local(element: ET.Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]
