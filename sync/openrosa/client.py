"""The calls of OpenRosa 1.0: form list, manifest, form and media, the size of a post, a submission."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from email.utils import formatdate
from pathlib import PurePosixPath
from typing import Protocol
from urllib.parse import urlsplit

from sync.errors import NotOurServerError
from sync.openrosa.answers import NO_SERVER, error_of, local, parse, shown
from sync.protocol import SERVER_HEADER
from sync.transport import Request, Response, Transport

DEFAULT_POST_BYTES = 10_000_000
"""What a server takes in one POST where it does not say (Kobo's and Aggregate's common limit)."""
MOST_POST_BYTES = 10_000_000
"""What is put into one POST even where the server would take more: it is held in memory, and a cut line repeats it."""
INCOMPLETE = "*isIncomplete*"
"""The field that says, in every POST but a submission's last, that others will follow."""
_PLAIN = re.compile(r"[\w.()+ -]+")

File = tuple[str, str, bytes]
"""Name, media type and bytes of one attachment."""


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
class MediaFile:
    """A file beside a form, from its manifest; `name` is a plain file name."""

    name: str
    hash: str
    download_url: str


class Shelf(Protocol):
    """Keeps one text a server across runs: its form list with the ETag."""

    def list_of(self, server: str) -> str: ...
    def keep_list(self, server: str, text: str) -> object: ...


class OpenRosaClient:
    """Speaks OpenRosa 1.0 to one server. `url` ends before `/formList`; an app user's key is part of it."""

    def __init__(self, transport: Transport, url: str, *, shelf: Shelf | None = None) -> None:
        self._transport = transport
        self._url = url.rstrip("/")
        self._shelf = shelf
        self._etag, self._forms = _remembered(shelf.list_of(self._url) if shelf else "")
        self._about: Response | None = None

    @property
    def url(self) -> str:
        return self._url

    def close(self) -> None:
        self._transport.close()

    def form_list(self) -> tuple[FormEntry, ...]:
        """Return the forms that may be begun; an unchanged list costs one round trip (ETag). Raises `SyncError`."""
        response = self._get(f"{self._url}/formList", {"if-none-match": self._etag} if self._etag else {})
        if response.status == 304 and self._etag:
            return self._forms
        if response.status != 200:
            raise error_of(response, self._url)
        root = parse(response.body)
        if local(root) != "xforms":
            raise NotOurServerError(code=NO_SERVER, url=shown(self._url))
        self._etag = response.headers.get("etag", "")
        self._forms = tuple(_form_entry(element) for element in root if local(element) == "xform")
        if self._shelf and self._etag:
            kept = {"etag": self._etag, "forms": [asdict(entry) for entry in self._forms]}
            self._shelf.keep_list(self._url, json.dumps(kept, ensure_ascii=False))
        return self._forms

    def manifest(self, entry: FormEntry) -> tuple[MediaFile, ...]:
        """Return the files beside a form; a name that is no plain file name is refused. Raises `SyncError`."""
        if not entry.manifest_url:
            return ()
        root = parse(self.download(entry.manifest_url))
        if local(root) != "manifest":
            raise NotOurServerError(code=NO_SERVER, url=shown(entry.manifest_url))
        return tuple(_media_file(element) for element in root if local(element) == "mediaFile")

    def download(self, url: str) -> bytes:
        """Fetch a form or a media file of its manifest, from where the server says."""
        if urlsplit(url).scheme not in ("http", "https"):
            raise NotOurServerError(code=NO_SERVER, url=shown(url))
        response = self._get(url)
        if response.status != 200:
            raise error_of(response, url)
        return response.body

    def is_our_centre(self) -> bool:
        """Say whether a centre of ours answers here, which takes sealed records by its own protocol."""
        return SERVER_HEADER in self._head().headers

    def post_limit(self) -> int:
        """Return how many bytes one POST may have: what the server says, up to our own ceiling."""
        told = self._head().headers.get("x-openrosa-accept-content-length", "")
        limit = int(told) if told.isdigit() and int(told) > 0 else DEFAULT_POST_BYTES
        return min(limit, MOST_POST_BYTES)

    def _head(self) -> Response:
        """Ask once what the submission's address says of itself."""
        if self._about is None:
            response = self._transport.send(Request("HEAD", f"{self._url}/submission", _headers()))
            if response.status not in (200, 204):
                raise error_of(response, self._url)
            self._about = response
        return self._about

    def _get(self, url: str, more: dict[str, str] | None = None) -> Response:
        return self._transport.send(Request("GET", url, {**_headers(), **(more or {})}))

    def post(self, xml: bytes, files: Sequence[File], *, more_follows: bool = False) -> Response:
        """Send the XML and some files in one POST, never compressed; says so where others will follow."""
        boundary = secrets.token_hex(16)
        body = multipart(boundary, xml, files, more_follows=more_follows)
        headers = {**_headers(), "content-type": f"multipart/form-data; boundary={boundary}"}
        return self._transport.send(Request("POST", f"{self._url}/submission", headers, body, read_timeout=300.0))


def _headers() -> dict[str, str]:
    """Return what OpenRosa wants on each call; the date is for servers that look, ours decides nothing by it."""
    return {"x-openrosa-version": "1.0", "date": formatdate(usegmt=True)}


def _remembered(text: str) -> tuple[str, tuple[FormEntry, ...]]:
    if not text:
        return "", ()
    kept = json.loads(text)
    return str(kept["etag"]), tuple(FormEntry(**entry) for entry in kept["forms"])


def _told(element: object) -> dict[str, str]:
    return {local(child): (child.text or "").strip() for child in element}  # type: ignore[attr-defined]  # an Element


def _form_entry(element: object) -> FormEntry:
    told = _told(element)
    names = ("formID", "name", "version", "hash", "downloadUrl", "manifestUrl")
    return FormEntry(*(told.get(name, "") for name in names))


def _media_file(element: object) -> MediaFile:
    told = _told(element)
    name = told.get("filename", "")
    if PurePosixPath(name.replace("\\", "/")).name != name or not _PLAIN.fullmatch(name) or not name.strip(". "):
        raise NotOurServerError(code=NO_SERVER, name=name)
    return MediaFile(name, told.get("hash", ""), told.get("downloadUrl", ""))


def multipart(boundary: str, xml: bytes, files: Sequence[File], *, more_follows: bool) -> bytes:
    """Build the body. The names of files are as in the XML; never renamed after sealing."""
    parts = [
        ("xml_submission_file", "submission.xml", "text/xml", xml),
        *((n, n, mime, data) for n, mime, data in files),
    ]
    pieces: list[bytes] = []
    for part, name, mime, data in parts:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{part}"; filename="{name}"\r\n'
        pieces += [f"{head}Content-Type: {mime}\r\n\r\n".encode(), data, b"\r\n"]
    if more_follows:
        pieces.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{INCOMPLETE}"\r\n\r\nyes\r\n'.encode())
    pieces.append(f"--{boundary}--\r\n".encode())
    return b"".join(pieces)
