"""Things that answer but are not the centre: a captive portal, a proxy that wants a password, another centre."""

from __future__ import annotations

import contextlib
import http.server
import threading
from collections.abc import Iterator

PAGE = b"<html><body>Please log in to the Wi-Fi</body></html>"


@contextlib.contextmanager
def answering(status: int, content_type: str, body: bytes = PAGE, **headers: str) -> Iterator[str]:
    """Answer every request alike; yields the address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(status)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    for verb in ("GET", "POST", "PATCH", "PUT", "CONNECT"):
        setattr(Handler, f"do_{verb}", Handler._answer)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="liar")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
