"""From a problem answer or a line's result to what the laptop does about it."""

from __future__ import annotations

import json

from sync import protocol
from sync.client.origin import retry_after
from sync.errors import (
    Action,
    BusyError,
    CursorExpiredError,
    NotOurServerError,
    OffsetError,
    RefusedError,
    ServerFaultError,
    SignInError,
    SyncError,
    UpdateNeededError,
    WaitForError,
)
from sync.protocol import (
    Code,
    LineResult,
)
from sync.transport import Response


def problem_code(response: Response) -> str:
    try:
        return str(json.loads(response.body).get("code", ""))
    except (ValueError, AttributeError):
        return ""


_BY_STATUS: dict[int, type[SyncError]] = {
    401: SignInError,
    408: BusyError,
    410: CursorExpiredError,
    423: BusyError,
    424: WaitForError,
    425: BusyError,
    426: UpdateNeededError,
    429: BusyError,
    503: BusyError,
}


def error_of(response: Response) -> SyncError:
    """Turn a problem answer of our centre into the error of its class."""
    code = problem_code(response)
    if response.status == 409 and code == Code.OFFSET:
        return OffsetError(int(response.headers.get(protocol.OFFSET_HEADER, "0") or 0))
    if response.status in (301, 302, 303, 307, 308):
        return NotOurServerError("redirect", status=response.status)
    if response.status == 409 and code == Code.BUSY:
        return BusyError(retry_after=retry_after(response))
    kind = _BY_STATUS.get(response.status) or (ServerFaultError if response.status >= 500 else RefusedError)
    return kind(code=code, retry_after=retry_after(response), status=response.status)


_FIX = {Code.INVALID, Code.REVISION_REUSED, Code.NOT_ASSIGNED, Code.BAD_SIGNATURE, Code.TOO_LARGE, Code.FORBIDDEN}


def action_of(result: LineResult) -> Action | None:
    """Say what to do about a line's result; None where it is stored (201, 200) or pending (202)."""
    if result.status in (200, 201, 202):
        return None
    if result.code == Code.CONFLICT:
        return Action.CONFLICT
    if result.code in (Code.UNKNOWN_BASE, Code.UNKNOWN_FORM):
        return Action.WAIT_FOR
    if result.code == Code.UNKNOWN_KEY:
        return Action.SIGN_IN
    if result.code in _FIX or 400 <= result.status < 500:
        return Action.FIX
    return Action.AGAIN
