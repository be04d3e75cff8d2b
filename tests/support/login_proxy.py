"""An HTTP proxy that lets only those through who give a name and a password."""

from __future__ import annotations

import base64
import contextlib
import http.client
import http.server
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

HOP = {"proxy-authorization", "proxy-connection", "connection", "transfer-encoding", "host", "content-length"}


@contextlib.contextmanager
def login_proxy(user: str, password: str) -> Iterator[str]:
    """Forward plain HTTP for this login, answer 407 to everybody else; yields host:port."""
    wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if self.headers.get("proxy-authorization") != wanted:
                self._answer(407, {"content-type": "text/html", "proxy-authenticate": "Basic"}, b"<html>")
                return
            target = urlsplit(self.path)
            line = http.client.HTTPConnection(target.hostname or "", target.port, timeout=10)
            with contextlib.closing(line):
                headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
                line.request(self.command, target.path + (f"?{target.query}" if target.query else ""), body, headers)
                answer = line.getresponse()
                self._answer(answer.status, dict(answer.getheaders()), answer.read())

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    for verb in ("GET", "POST", "PATCH", "PUT"):
        setattr(Handler, f"do_{verb}", Handler._forward)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="proxy")
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
