"""Whose answer it is: nothing is believed that is not from our centre, whatever its status."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from sync import protocol
from sync.errors import BusyError, NotOurServerError, ProxyLoginError, SyncError, UnreachableError, WrongServerError
from sync.transport import Response

GATEWAY = frozenset({502, 503, 504})
"""What proxies, and whatever stands before a centre, answer in its place while it is away."""


def check_origin(response: Response, nonce: str, server_id: str) -> None:
    """Refuse what is not an answer of the server with this id to our call; any server's where the id is ""."""
    if response.status == 407:
        raise ProxyLoginError
    kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
    ours = kind in protocol.OUR_TYPES or response.status == 304
    if not ours or response.headers.get(protocol.NONCE_HEADER) != nonce:
        raise _foreign(response, kind)
    told = response.headers.get(protocol.SERVER_HEADER, "")
    if server_id and told != server_id:
        raise WrongServerError(server_id=told, expected=server_id)


def _foreign(response: Response, kind: str) -> SyncError:
    """Say what somebody else's answer means: a gateway without the centre behind it is no captive portal."""
    wait = retry_after(response)
    if response.status == 429 or (response.status == 503 and wait):
        return BusyError("gateway", retry_after=wait, status=response.status)
    if response.status in GATEWAY:
        return UnreachableError("gateway", status=response.status)
    return NotOurServerError("answer", status=response.status, content_type=kind)


def retry_after(response: Response) -> float:
    """Return the seconds after which the other side wants to be asked again, 0 where it names none.

    A date (RFC 9110, 10.2.3) is counted from the answer's own `Date`: this laptop's clock may be wrong.
    """
    text = response.headers.get("retry-after", "")
    if not text:
        return 0.0
    try:
        return max(0.0, float(text))
    except ValueError:
        asked, now = _date(text), _date(response.headers.get("date", ""))
        return max(0.0, (asked - now).total_seconds()) if asked and now else 0.0


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
