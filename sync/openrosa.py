"""The same outbox towards an OpenRosa server (ODK Central, KoboToolbox): `inspector sync --openrosa URL`.

The submission XML lies inside the sealed envelope and is sent exactly as it was sealed; a byte more is a conflict
there. `instanceID` is `uuid:<revision_id>`, `deprecatedID` `uuid:<base_revision_id>`, both written at sealing. Such a
server gives no receipt, so nothing is ever *sent* in our sense: what it took is remembered as *handed over* by the
`Ledger`, and the outbox row stays until our own centre's receipt. What each answer means is the table below (measured
on Central 2026.2, read in Kobo's sources).
"""

from __future__ import annotations

import io
import json
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from xml.etree import ElementTree as ET

from checklists.errors import InspectorError
from sync.errors import LocalFileError, NotOurServerError, SignInError, SyncError
from sync.protocol import SERVER_HEADER, BlobRef, Outbox, OutboxRow
from sync.transport import Request, Response, Transport

VERSION_HEADER = {"x-openrosa-version": "1.0"}
DEFAULT_POST_BYTES = 10_000_000
"""What a server takes in one POST where it does not say (Kobo's and Aggregate's common limit)."""
CHECK_SECONDS = 3.0
"""How long to wait before "has been deleted" is asked again."""
MAX_XML = 8 * 1024 * 1024
NO_KEY, NO_SERVER = "openrosa-key", "openrosa-address"
"""Codes for people: the other server's key or address is wrong, which has nothing to do with our centre."""
INCOMPLETE = "*isIncomplete*"
"""The field that says, in every POST but a submission's last, that others will follow."""


class Fate(StrEnum):
    """What became of a revision at an OpenRosa server."""

    TAKEN = "taken"
    AGAIN = "again"
    SIGN_IN = "sign-in"
    WAIT_FOR = "wait-for"
    CONFLICT = "conflict"
    CHECK = "check"  # "has been deleted": seen falsely when one instance is sent twice at once; ask again once
    FIX = "fix"


class Ledger(Protocol):
    """Remembers across restarts what an OpenRosa server took (in the store's settings)."""

    def has(self, server: str, revision_id: str) -> bool: ...
    def note(self, server: str, revision_id: str) -> object: ...


@dataclass(frozen=True, slots=True)
class FormEntry:
    """A form in the server's list."""

    form_id: str
    name: str
    version: str
    hash: str
    download_url: str
    manifest_url: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """What one run did: fate by revision; files that were kept back because the XML does not name them, by revision."""

    fates: dict[str, Fate]
    unnamed: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def taken(self) -> int:
        return sum(1 for fate in self.fates.values() if fate is Fate.TAKEN)


class OpenRosaClient:
    """Speaks OpenRosa 1.0 to one server. `url` ends before `/formList`; an app user's key is part of it."""

    def __init__(self, transport: Transport, url: str, *, headers: dict[str, str] | None = None) -> None:
        self._transport = transport
        self._url = url.rstrip("/")
        self._headers = {**VERSION_HEADER, **(headers or {})}
        self._etag = ""
        self._forms: tuple[FormEntry, ...] = ()

    @property
    def url(self) -> str:
        return self._url

    def form_list(self) -> tuple[FormEntry, ...]:
        """Return the published forms; unchanged lists cost one round trip (ETag)."""
        headers = {**self._headers, **({"if-none-match": self._etag} if self._etag else {})}
        response = self._transport.send(Request("GET", f"{self._url}/formList", headers))
        if response.status == 304:
            return self._forms
        if response.status != 200:
            raise error_of(response, self._url)
        self._etag = response.headers.get("etag", "")
        self._forms = tuple(_form_entry(element) for element in _parse(response.body) if _local(element) == "xform")
        return self._forms

    def download(self, url: str) -> bytes:
        """Fetch a form or a media file of its manifest."""
        response = self._transport.send(Request("GET", url, self._headers))
        if response.status != 200:
            raise error_of(response, url)
        return response.body

    def is_our_centre(self) -> bool:
        """Say whether a centre of ours answers here, which takes sealed records by its own protocol."""
        return SERVER_HEADER in self._head().headers

    def _head(self) -> Response:
        response = self._transport.send(Request("HEAD", f"{self._url}/submission", self._headers))
        if response.status not in (200, 204):
            raise error_of(response, self._url)
        return response

    def post_limit(self) -> int:
        """Ask how many bytes one POST may have."""
        response = self._head()
        told = response.headers.get("x-openrosa-accept-content-length", "")
        return int(told) if told.isdigit() and int(told) > 0 else DEFAULT_POST_BYTES

    def post(self, xml: bytes, files: Sequence[tuple[str, str, bytes]], *, more_follows: bool = False) -> Response:
        """Send the XML and some files (name, type, bytes) in one POST; says so where others will follow."""
        boundary = secrets.token_hex(16)
        body = _multipart(boundary, xml, files, more_follows=more_follows)
        headers = {**self._headers, "content-type": f"multipart/form-data; boundary={boundary}"}
        return self._transport.send(Request("POST", f"{self._url}/submission", headers, body, read_timeout=300.0))


# --- what an answer means -------------------------------------------------------------------------------------------

_FATES = {400: Fate.AGAIN, 401: Fate.SIGN_IN, 403: Fate.SIGN_IN, 407: Fate.SIGN_IN, 408: Fate.AGAIN, 413: Fate.FIX}
_FATES |= {404: Fate.WAIT_FOR, 422: Fate.FIX, 423: Fate.AGAIN, 425: Fate.AGAIN, 429: Fate.AGAIN}


def fate_of(response: Response) -> Fate:
    """Say what a submission's answer means. 2xx counts only with an OpenRosaResponse body: a portal has none.

    409 has five meanings on Central and no code to tell them apart but its text, which is matched here only.
    """
    if 200 <= response.status < 300:
        return Fate.TAKEN if _message(response) is not None else Fate.AGAIN
    if response.status != 409:
        return _FATES.get(response.status, Fate.AGAIN if response.status >= 500 else Fate.FIX)
    text = (_message(response) or "").lower()
    if "undefined" in text and "out of date" in text:
        return Fate.TAKEN  # the original again, after somebody edited it there
    if "deleted" in text:
        return Fate.CHECK
    if "out of date" in text:
        return Fate.CONFLICT
    return Fate.FIX  # other XML under the same id, or the form no longer accepts


def error_of(response: Response, url: str) -> SyncError:
    """Make the error of a question or download that failed; below 500 no such server stands at the address."""
    status = response.status
    if _FATES.get(status) is Fate.SIGN_IN:
        return SignInError(code=NO_KEY, url=url, status=status)
    if status < 500 or "html" in response.headers.get("content-type", ""):
        return NotOurServerError(code=NO_SERVER, url=url, status=status)
    return SyncError(status=status)


def _message(response: Response) -> str | None:
    """Return the text of an OpenRosaResponse, None where the body is none."""
    try:
        root = _parse(response.body)
    except NotOurServerError:
        return None
    if _local(root) != "OpenRosaResponse":
        return None
    return next((element.text or "" for element in root if _local(element) == "message"), "")


def _parse(data: bytes) -> ET.Element:
    """Parse a small answer; a DTD, with which entities could be declared, is refused. Raises `NotOurServerError`."""
    if len(data) > MAX_XML or b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
        raise NotOurServerError("xml")
    try:
        return ET.fromstring(data)  # noqa: S314 - no DTD can be in it
    except ET.ParseError as error:
        raise NotOurServerError("xml") from error


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _form_entry(element: ET.Element) -> FormEntry:
    told = {_local(child): (child.text or "").strip() for child in element}
    return FormEntry(
        told.get("formID", ""),
        told.get("name", ""),
        told.get("version", ""),
        told.get("hash", ""),
        told.get("downloadUrl", ""),
        told.get("manifestUrl", ""),
    )


# --- sending --------------------------------------------------------------------------------------------------------


def _multipart(boundary: str, xml: bytes, files: Sequence[tuple[str, str, bytes]], *, more_follows: bool) -> bytes:
    """Build the body. The names of files are ASCII as in the XML; never renamed after sealing."""
    out = io.BytesIO()
    parts = [
        ("xml_submission_file", "submission.xml", "text/xml", xml),
        *((n, n, mime, data) for n, mime, data in files),
    ]
    for part, name, mime, data in parts:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{part}"; filename="{name}"\r\n'
        out.write(f"{head}Content-Type: {mime}\r\n\r\n".encode())
        out.write(data)
        out.write(b"\r\n")
    if more_follows:
        out.write(f'--{boundary}\r\nContent-Disposition: form-data; name="{INCOMPLETE}"\r\n\r\nyes\r\n'.encode())
    out.write(f"--{boundary}--\r\n".encode())
    return out.getvalue()


def split(blobs: Sequence[BlobRef], xml_size: int, limit: int) -> list[list[BlobRef]]:
    """Cut files over several POSTs below the limit; the XML goes with each. A file too large alone has its own."""
    room = max(limit - xml_size - 4096, 1)
    posts: list[list[BlobRef]] = [[]]
    filled = 0
    for blob in blobs:
        if posts[-1] and filled + blob.size > room:
            posts.append([])
            filled = 0
        posts[-1].append(blob)
        filled += blob.size + 512
    return posts


class HandOver:
    """Hands what waits in an outbox to an OpenRosa server, one revision at a time and never twice at once.

    `pause` waits some seconds: Central says "has been deleted" of what it is just storing, and is asked once more.
    """

    def __init__(
        self,
        outbox: Outbox,
        client: OpenRosaClient,
        ledger: Ledger,
        *,
        should_stop: Callable[[], bool] = lambda: False,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._outbox = outbox
        self._client = client
        self._ledger = ledger
        self._should_stop = should_stop
        self._pause = pause

    def run(self) -> Handed:
        """Hand over parents before children. Raises `SyncError` where the line or the sign-in fails."""
        limit = self._client.post_limit()
        done = Handed({})
        refused: set[str] = set()
        for row in self._outbox.pending():
            if self._should_stop():
                break
            if self._ledger.has(self._client.url, row.revision_id):
                continue
            fate = Fate.WAIT_FOR if row.base_revision_id in refused else self._one(row, limit, done)
            done.fates[row.revision_id] = fate
            if fate is Fate.TAKEN:
                self._ledger.note(self._client.url, row.revision_id)
            else:
                refused.add(row.revision_id)
        return done

    def _one(self, row: OutboxRow, limit: int, done: Handed) -> Fate:
        try:
            xml = self._submission(row.revision_id)
            names = named_in(xml, row.revision_id)
        except (LocalFileError, NotOurServerError):
            return Fate.FIX  # no instanceID of ours: such a server would take it, and take it again each time
        blobs = [blob for blob in self._new_files(row) if blob.name in names]
        unnamed = tuple(blob.name for blob in row.blobs if blob.name not in names)
        if unnamed:
            done.unnamed[row.revision_id] = unnamed
        fate = self._send(xml, blobs, limit)
        if fate is Fate.CHECK:
            self._pause(CHECK_SECONDS)
            fate = self._send(xml, blobs, limit)
            fate = Fate.FIX if fate is Fate.CHECK else fate
        if fate is Fate.SIGN_IN:
            raise SignInError(code=NO_KEY, url=self._client.url)
        return fate

    def _submission(self, revision_id: str) -> bytes:
        """Return the exact bytes that were sealed."""
        return str(json.loads(self._outbox.sealed(revision_id).envelope)["submission"]).encode()

    def _new_files(self, row: OutboxRow) -> list[BlobRef]:
        """Leave out what the base has brought already: the server carries files of the same name over."""
        base = row.base_revision_id
        if base is None or not self._ledger.has(self._client.url, base):
            return list(row.blobs)
        try:
            attachments = json.loads(self._outbox.sealed(base).envelope)["attachments"]
        except InspectorError:
            return list(row.blobs)
        there = {(a["name"], a["sha256"]) for a in attachments}
        return [blob for blob in row.blobs if (blob.name, blob.sha256) not in there]

    def _send(self, xml: bytes, blobs: Sequence[BlobRef], limit: int) -> Fate:
        """Send all POSTs of one revision; it is taken only when each of them was."""
        posts = split(blobs, len(xml), limit)
        try:
            for number, some in enumerate(posts, 1):
                files = [(b.name, b.mime, self._bytes(b)) for b in some]
                fate = fate_of(self._client.post(xml, files, more_follows=number < len(posts)))
                if fate is not Fate.TAKEN:
                    return fate
        except LocalFileError:
            return Fate.FIX
        return Fate.TAKEN

    def _bytes(self, blob: BlobRef) -> bytes:
        try:
            file = self._outbox.open_blob(blob.sha256)
        except (InspectorError, OSError) as error:
            raise LocalFileError from error
        try:
            return file.read()
        finally:
            file.close()


def named_in(xml: bytes, revision_id: str) -> frozenset[str]:
    """Return every text of a submission, among them the names of its files.

    Raises `NotOurServerError` for XML that does not parse, or whose instanceID is not the revision's.
    """
    root = _parse(xml)
    instance = next((element.text for element in root.iter() if _local(element) == "instanceID"), "") or ""
    if instance.strip() != f"uuid:{revision_id}":
        raise NotOurServerError("instanceID")
    return frozenset((element.text or "").strip() for element in root.iter())
