"""Handing over to an OpenRosa server: once each, remembered across restarts, and never called sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from inspector_app.actions import handover
from tests.support.clock import FrozenClock
from tests.support.store_workspace import new_store, whole_inspection

TAKEN = b'<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message>ok</message></OpenRosaResponse>'


class Central(BaseHTTPRequestHandler):
    """Takes every submission."""

    protocol_version = "HTTP/1.1"
    posts: list[bytes]

    def do_HEAD(self) -> None:
        self.send_response(204)
        self.send_header("x-openrosa-accept-content-length", "1000000")
        self.end_headers()

    def do_POST(self) -> None:
        self.posts.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(201)
        self.send_header("content-type", "text/xml")
        self.send_header("content-length", str(len(TAKEN)))
        self.end_headers()
        self.wfile.write(TAKEN)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def central() -> Iterator[tuple[str, list[bytes]]]:
    posts: list[bytes] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Mine", (Central,), {"posts": posts}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", posts
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_record_is_handed_over_once_and_still_waits_for_the_centre(
    tmp_path: Path, clock: FrozenClock, central: tuple[str, list[bytes]]
) -> None:
    url, posts = central
    with new_store(tmp_path / "w", clock) as store:
        whole_inspection(store)
        assert handover.hand_over(store, url).taken == 1
        sent = len(posts)
        assert sent >= 1
        assert handover.hand_over(store, url).fates == {}
        assert len(posts) == sent
        assert len(store.outbox.pending()) == 1
