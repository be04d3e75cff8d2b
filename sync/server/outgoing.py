"""Calls from the centre to others: the ministry's system, an outside issuer's keys.

HTTPS by the operating system's authorities, or plain HTTP to this machine; no redirects, no proxy from the environment,
a time limit, a cap on what is read. Only the status and the body come back; whoever calls says what they mean.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

SECONDS = 30.0
MOST_BYTES = 1024 * 1024


class OutgoingAddressError(ValueError):
    """The address is neither HTTPS nor on this machine."""


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        """Follow nothing: a redirect is an answer like any other."""


_opener = build_opener(_NoRedirect, ProxyHandler({}))


def check_address(url: str) -> str:
    """Return the address. Raises `OutgoingAddressError`."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and _is_here(parts.hostname or ""):
        return url
    raise OutgoingAddressError(url)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def call(url: str, headers: Mapping[str, str], body: bytes | None = None) -> tuple[int, bytes]:
    """GET, or POST a body. Returns status and body of any answer. Raises `OSError` where none came."""
    request = Request(check_address(url), data=body, headers=dict(headers))  # noqa: S310 - the address was checked
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            return answer.status, answer.read(MOST_BYTES)
    except HTTPError as error:
        with error:
            return error.code, error.read(MOST_BYTES)
    except HTTPException as error:  # what came was no HTTP, or its end is missing: no answer
        raise ConnectionError(type(error).__name__) from error
