"""Enrolling this laptop by the identity service that the centre trusts, in place of a one-time code."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from checklists.clock import Clock
from checklists.errors import AnswerError
from inspector_app.actions.sending import network, syncing

if TYPE_CHECKING:
    from checklists.store import Store
    from sync.client.device_grant import Asked


class NoIssuerError(AnswerError):
    """The centre has no outside issuer for laptops; a one-time code is needed. `url` in data."""

    code = "no-issuer"


def enrol(
    store: Store,
    url: str,
    *,
    clock: Clock,
    show: Callable[[Asked], object],
    wait: Callable[[float], object] = time.sleep,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Let the person sign in on any device, and register this laptop in their name.

    `show` gets the address and the code to type there. Raises `NoIssuerError`, `SignInError` where it was denied or too
    late, and what `syncing.register` raises.
    """
    from sync.client.device_grant import DeviceGrant
    from sync.transport import RequestsTransport

    with syncing.client_of(store, clock=clock, url=url) as client:
        settings = client.about().get("sign_in") or {}
    if not settings:
        raise NoIssuerError(url=url)
    proxies = network.proxies_for(store, str(settings["device_authorization_endpoint"]))
    with contextlib.closing(RequestsTransport(trust=network.trust_of(store), proxies=proxies)) as transport:
        grant = DeviceGrant(transport, settings)
        asked = grant.ask()
        show(asked)
        token = grant.wait(asked, wait=wait, should_stop=should_stop)
    syncing.register(store, url, token, clock=clock)
