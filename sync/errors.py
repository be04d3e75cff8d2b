"""What can go wrong on the way to the centre, sorted by what the laptop does about it (facts: six classes).

Every error carries `action` and a stable `code`; the words are made in `inspector_app/messages.py`. A server's answer
is turned into one of these by `sync.client`, a broken line by `sync.transport`. Nobody parses a message.
"""

from __future__ import annotations

from enum import StrEnum

from checklists.errors import InspectorError


class Action(StrEnum):
    """The six classes of trouble: what to do next."""

    AGAIN = "again"  # back off, send the same bytes
    SIGN_IN = "sign-in"  # stop the network, ask the person
    WAIT_FOR = "wait-for"  # do the missing step first
    CONFLICT = "conflict"  # both versions are kept, a person decides
    FIX = "fix"  # park the record with its reason, go on with the others
    STOP = "stop"  # update the program or start the pull side anew; the outbox is kept


class SyncError(InspectorError):
    """Base of all trouble with the centre. `retry_after` is in seconds, 0 where the server named none."""

    code = "sync"
    action = Action.AGAIN

    def __init__(self, detail: str = "", /, *, code: str = "", retry_after: float = 0.0, **data: object) -> None:
        super().__init__(detail or code or type(self).code, **data)
        if code:
            self.code = code
        self.retry_after = retry_after


class OfflineError(SyncError):
    """No connection, or it broke: nothing is known about the other side."""

    code = "offline"


class CutError(OfflineError):
    """The line broke in the middle of a call; the server may or may not have acted on it."""

    code = "line-cut"


class UnreachableError(OfflineError):
    """There is a line, but a proxy or gateway on it says that the centre behind it does not answer."""

    code = "unreachable"


class NotOurServerError(SyncError):
    """Something answered that is not the centre: a captive portal, a proxy's page, a wrong address, HTML with 200."""

    code = "not-our-server"


class SpoiltFileError(SyncError):
    """A file that came whole is not what its hash says: it was spoilt on the way, and is fetched anew."""

    code = "file-spoilt"


class CertificateError(SyncError):
    """The other side's certificate is not signed by an authority that this laptop trusts, or for another name."""

    code = "certificate"
    action = Action.SIGN_IN


class ClockError(CertificateError):
    """The certificate is good, but not at the time that this laptop's clock shows."""

    code = "clock-wrong"


class ProxyLoginError(SyncError):
    """The proxy on the way wants a name and a password (407)."""

    code = "proxy-login"
    action = Action.SIGN_IN


class InsecureAddressError(SyncError):
    """The address is plain HTTP to another machine: tokens would travel readable."""

    code = "insecure-address"
    action = Action.STOP


class BadAddressError(SyncError):
    """The address of the server is no address."""

    code = "bad-address"
    action = Action.STOP


class BusyError(SyncError):
    """The centre asks to come later (429, 503, 423); `retry_after` says when, where it was named."""

    code = "busy"


class ServerFaultError(SyncError):
    """The centre failed (5xx) on this call; the same bytes may pass later."""

    code = "server-fault"


class SignInError(SyncError):
    """The device is not known or its tokens no longer count; the queue is untouched."""

    code = "sign-in"
    action = Action.SIGN_IN


class ExpiredError(SignInError):
    """The short token that a call used ran out; `Client.renew(access)` fetches new ones, and the call is repeated."""

    def __init__(self, access: str) -> None:
        super().__init__()
        self.access = access


class WrongServerError(SyncError):
    """A centre answered, but not the one this workspace belongs to, or it was restored from a backup."""

    code = "wrong-server"
    action = Action.STOP


class UpdateNeededError(SyncError):
    """The centre no longer speaks this program's protocol (426); offline work goes on."""

    code = "update-needed"
    action = Action.STOP


class CursorExpiredError(SyncError):
    """The change feed no longer reaches back to our cursor (410): take a snapshot; the outbox is untouched."""

    code = "cursor-expired"
    action = Action.STOP


class WaitForError(SyncError):
    """A step that this one needs is missing (424)."""

    code = "missing"
    action = Action.WAIT_FOR


class OffsetError(SyncError):
    """The upload must go on from another place; `offset` is the true one."""

    code = "offset"

    def __init__(self, offset: int) -> None:
        super().__init__(offset=offset)
        self.offset = offset


class RefusedError(SyncError):
    """The centre refuses these bytes for good: park them with the reason."""

    code = "refused"
    action = Action.FIX


class LocalFileError(SyncError):
    """A file of the record cannot be read on this laptop; only this record waits."""

    code = "local-file"
    action = Action.FIX


class StoppedError(SyncError):
    """A person or the closing program asked to stop; everything sent so far stays at the centre."""

    code = "stopped"


class AlreadyRunningError(SyncError):
    """Another sync run of this workspace has not ended yet."""

    code = "already-running"


class BundleError(InspectorError):
    """A USB bundle is not what it claims to be, not for us, or spoilt; `what` in data."""

    code = "bundle"
