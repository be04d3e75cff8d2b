"""A stand-in for ODK Central over real HTTP: says its limit, takes every submission or gives the answers it is told."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Central:
    """`answers` are statuses for the next posts, 201 after them; `posts` is what came."""

    url: str = ""
    limit: int = 1_000_000
    answers: list[int] = field(default_factory=list)
    posts: list[bytes] = field(default_factory=list)

    @property
    def submissions(self) -> list[bytes]:
        """Return the XML part of each post."""
        return [post.split(b"\r\n\r\n", 1)[1].split(b"\r\n--", 1)[0] for post in self.posts]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    central: Central

    def do_HEAD(self) -> None:
        self.send_response(204)
        self.send_header("x-openrosa-accept-content-length", str(self.central.limit))
        self.end_headers()

    def do_POST(self) -> None:
        self.central.posts.append(self.rfile.read(int(self.headers["content-length"])))
        status = self.central.answers.pop(0) if self.central.answers else 201
        words = (
            b'<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message>told</message></OpenRosaResponse>'
        )
        self.send_response(status)
        self.send_header("content-type", "text/xml")
        self.send_header("content-length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def running_central() -> Iterator[Central]:
    """Serve on loopback until the block ends."""
    central = Central()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"central": central}))
    central.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="central")
    thread.start()
    try:
        yield central
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
