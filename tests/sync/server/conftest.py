"""A raw HTTP session against a real centre."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import requests

from sync.client import Client
from sync.protocol import BASE
from tests.support.sync_server import RunningCentre

Call = Callable[..., requests.Response]


@pytest.fixture
def call(centre: RunningCentre, client: Client) -> Iterator[Call]:
    """Call the centre as the registered device: call(method, path, **requests' arguments)."""
    session = requests.Session()
    session.trust_env = False

    def send(method: str, path: str, **how: object) -> requests.Response:
        assert client.session.tokens is not None
        headers = {"authorization": f"Bearer {client.session.tokens.access}", **how.pop("headers", {})}  # type: ignore[dict-item]  # a dict of headers
        return session.request(method, centre.url + BASE + path, headers=headers, timeout=10, **how)  # type: ignore[arg-type]  # passed through

    yield send
    session.close()
