"""Refusals as RFC 9457 problems: a status, a stable code, and no words that somebody would have to parse."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse

from sync import protocol
from sync.protocol import PROBLEM_URN, Code


class ProblemError(Exception):
    """Ends a request with a problem answer."""

    def __init__(
        self, status: int, code: Code, detail: str = "", *, headers: Mapping[str, str] | None = None, pointer: str = ""
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.pointer = pointer


DISK_FULL = "disk-full"
FULL_SECONDS = 300
"""When to come again to a full disk: somebody has to make room."""


def no_room() -> ProblemError:
    """Return the refusal of who has no room left on the disk: nothing was taken, the same call later."""
    return ProblemError(503, Code.BUSY, DISK_FULL, headers={"retry-after": str(FULL_SECONDS)})


def problem_response(problem: ProblemError) -> JSONResponse:
    members: dict[str, object] = {
        "type": PROBLEM_URN + problem.code,
        "title": problem.code.replace("-", " "),
        "status": problem.status,
        "code": problem.code,
    }
    if problem.detail:
        members["detail"] = problem.detail
    if problem.pointer:
        members["pointer"] = problem.pointer
    return JSONResponse(members, problem.status, problem.headers, media_type=protocol.PROBLEM)
