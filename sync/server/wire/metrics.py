"""What the centre tells its keepers: counts and times in Prometheus' text format, and one log line per call."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

calls_log = logging.getLogger("inspector.centre.calls")


class Metrics:
    """Counts calls by handler and status. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Counter[tuple[str, int]] = Counter()
        self._seconds: Counter[str] = Counter()

    def note(self, handler: str, status: int, seconds: float) -> None:
        with self._lock:
            self._calls[handler, status] += 1
            self._seconds[handler] += seconds  # type: ignore[assignment]  # a Counter counts seconds as well

    def text(self, gauges: dict[str, int]) -> str:
        """Return the exposition format."""
        with self._lock:
            calls, seconds = dict(self._calls), dict(self._seconds)
        lines = ["# TYPE inspector_calls_total counter"]
        lines += [
            f'inspector_calls_total{{handler="{handler}",status="{status}"}} {count}'
            for (handler, status), count in sorted(calls.items())
        ]
        lines.append("# TYPE inspector_call_seconds_total counter")
        lines += [f'inspector_call_seconds_total{{handler="{h}"}} {s:.6f}' for h, s in sorted(seconds.items())]
        for name, value in sorted(gauges.items()):
            lines += [f"# TYPE inspector_{name} gauge", f"inspector_{name} {value}"]
        return "\n".join(lines) + "\n"


class Measured:
    """Counts and logs every call. No query, no body, no token is ever logged."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 499  # what servers note when the caller went away

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            seconds = time.perf_counter() - started
            handler = name_of(scope)
            self._metrics.note(handler, status, seconds)
            if calls_log.isEnabledFor(logging.INFO):
                line = {"method": scope["method"], "handler": handler, "status": status, "ms": round(seconds * 1000, 1)}
                calls_log.info(json.dumps(line))


def name_of(scope: Scope) -> str:
    """Return the handler of a call as `module.function`, "none" where no route fits."""
    endpoint = scope.get("endpoint")
    return f"{endpoint.__module__.rpartition('.')[2]}.{endpoint.__name__}" if endpoint is not None else "none"
