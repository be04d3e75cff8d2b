"""Signing in at an outside issuer by a code that is typed on any other device (RFC 8628, device authorization grant).

The laptop shows an address and a short code; the person signs in there, on a phone if they like; the laptop asks the
issuer until it says yes. What comes back is the issuer's token, which the centre takes in place of a one-time code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sync.errors import NotOurServerError, RefusedError, SignInError, SyncError
from sync.transport import Request, Response, Transport, check_address

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
INTERVAL = 5.0
LONGEST = 1800.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person must do: open `address` and type `code`; `link` has the code in it already, or is ""."""

    address: str
    code: str
    link: str
    device_code: str
    interval: float
    seconds: float


class DeviceGrant:
    """One sign-in. `settings` are what the centre told of its issuer (`GET /`, member `sign_in`)."""

    def __init__(self, transport: Transport, settings: Mapping[str, str]) -> None:
        self._transport = transport
        self._settings = settings

    def ask(self) -> Asked:
        """Begin. Raises `SyncError` where the issuer cannot be asked."""
        told = self._post("device_authorization_endpoint", scope=self._settings.get("scope", "openid"))
        try:
            return Asked(
                address=str(told["verification_uri"]),
                code=str(told["user_code"]),
                link=str(told.get("verification_uri_complete", "")),
                device_code=str(told["device_code"]),
                interval=max(1.0, float(told.get("interval", INTERVAL))),
                seconds=min(LONGEST, float(told["expires_in"])),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise NotOurServerError("issuer") from error

    def wait(
        self, asked: Asked, *, wait: Callable[[float], object], should_stop: Callable[[], bool] = lambda: False
    ) -> str:
        """Ask until the person has signed in; return the token. Raises `SignInError` where it was denied or too late.

        A lost line is no answer: asking goes on until the code has run out.
        """
        interval, left = asked.interval, asked.seconds
        while left > 0 and not should_stop():
            wait(interval)
            left -= interval
            try:
                told = self._post("token_endpoint", grant_type=GRANT, device_code=asked.device_code)
            except SyncError as error:
                if isinstance(error, (RefusedError, SignInError)):
                    raise
                interval = min(60.0, interval * 2)
                continue
            token = told.get("id_token") or told.get("access_token")
            if isinstance(token, str):
                return token
            match told.get("error"):
                case "authorization_pending":
                    pass
                case "slow_down":
                    interval += INTERVAL
                case other:
                    raise SignInError(str(other), code="sign-in-denied")
        raise SignInError("expired", code="sign-in-denied")

    def _post(self, endpoint: str, **form: str) -> dict[str, Any]:
        url = check_address(self._settings[endpoint])
        body = urlencode({"client_id": self._settings.get("client_id", ""), **form}).encode()
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        return _members(self._transport.send(Request("POST", url, headers, body)))


def _members(response: Response) -> dict[str, Any]:
    """Return the answer's JSON; an OAuth error (400) is an answer too. Raises `SyncError`."""
    if response.status >= 500 or response.status in (408, 429):
        raise SyncError(status=response.status)
    try:
        members = json.loads(response.body)
    except ValueError as error:
        raise NotOurServerError("issuer", status=response.status) from error
    if not isinstance(members, dict) or response.status not in (200, 400, 401):
        raise NotOurServerError("issuer", status=response.status)
    return members
