"""A stand-in for ODK Central over real HTTP that answers as Central 2026.2 was measured to, the ugly answers too.

It keeps submissions by instanceID with their exact XML, versions and attachments. What Central does wrong is kept: a
file that the XML does not name is dropped with 201, another file of the same name replaces the first, no instanceID
gets one of the server's own. `answers` come first, whatever was asked; `cut` breaks the line. `kobo` answers like
KoboToolbox, which asks for a Digest login where `login` is set.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree as ET

from sync.openrosa import Meaning

KEY = "K" * 64
_PART = re.compile(rb'name="([^"]*)"(?:; filename="([^"]*)")?')

Parts = list[tuple[str, str, bytes]]
"""Field, file name and bytes of each part of a POST."""


class NoMultipartError(ValueError):
    """The body is cut or compressed."""


class MemoryLedger:
    """What the store's settings keep, in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Meaning]] = {}
        self.lists: dict[str, str] = {}

    def said(self, server: str) -> Mapping[str, Meaning]:
        return dict(self.kept.get(server, {}))

    def note(self, server: str, revision_id: str, meaning: Meaning) -> None:
        self.kept.setdefault(server, {})[revision_id] = meaning

    def list_of(self, server: str) -> str:
        return self.lists.get(server, "")

    def keep_list(self, server: str, text: str) -> None:
        self.lists[server] = text


@dataclass
class Kept:
    """One submission as the server has it; `versions` are its XML by instanceID, the last is the current one."""

    versions: dict[str, bytes]
    files: dict[str, bytes] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    deleted: bool = False


@dataclass
class Central:
    """`forms` says (id, version) → open, closing or closed; `posts` is what came, `headers` with what."""

    url: str = ""
    limit: int = 1_000_000
    forms: dict[tuple[str, str], str] | None = None
    login: tuple[str, str] | None = None
    basic: bool = False
    kobo: bool = False
    answers: list[int | tuple[int, str]] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    posts: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    lists: list[int] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    @property
    def submissions(self) -> list[bytes]:
        """Return the XML part of each post."""
        return [post.split(b"\r\n\r\n", 1)[1].split(b"\r\n--", 1)[0] for post in self.posts]

    @property
    def key_url(self) -> str:
        """Return the address with the app user's key."""
        return f"{self.url}/v1/key/{KEY}/projects/1"

    def find(self, instance_id: str) -> Kept | None:
        return next((kept for kept in self.kept if instance_id in kept.versions), None)

    def receive(self, parts: Parts) -> tuple[int, str]:
        """Answer a whole multipart POST as Central (or Kobo) does."""
        xml = next((data for name, _, data in parts if name == "xml_submission_file"), None)
        if xml is None:
            return 400, "Required multipart POST field xml_submission_file missing."
        root = ET.fromstring(xml)
        ids = {e.tag.rpartition("}")[2]: (e.text or "").strip() for e in root.iter()}
        form, named = (root.get("id", ""), root.get("version", "")), {(e.text or "").strip() for e in root.iter()}
        if self.forms is not None and form not in self.forms:
            return 404, "Could not find the resource you were looking for."
        if self.forms is not None and self.forms[form] == "closed":
            return 409, "This form is not currently accepting submissions. Please talk to the person who asked."
        instance = ids.get("instanceID", "")
        if not instance:
            if self.kobo:
                return 400, "Instance ID is required"
            instance = f"uuid:{uuid.uuid4()}"
        return self._keep(instance, ids.get("deprecatedID", ""), xml, named, self._files(parts))

    @staticmethod
    def _files(parts: Parts) -> dict[str, bytes]:
        return {filename: data for name, filename, data in parts if filename and name != "xml_submission_file"}

    def _keep(self, instance: str, base: str, xml: bytes, named: set[str], files: dict[str, bytes]) -> tuple[int, str]:
        found = self.find(instance)
        if found is not None:
            if found.deleted:
                return 409, "A submission with this ID has been deleted."
            if found.versions[instance] != xml:
                return 409, "A submission already exists with this ID, but with different XML."
            if list(found.versions)[-1] != instance:
                return 409, "The submission you are trying to edit (undefined) is now out of date."
        elif base:
            found = self.find(base)
            if found is None:
                return 404, "Could not find the resource you were looking for."
            if list(found.versions)[-1] != base:
                return 409, "The submission you are trying to edit is now out of date. Somebody else edited it."
            found.versions[instance], found.named = xml, named
        else:
            found = Kept({instance: xml}, named=named)
            self.kept.append(found)
            return self._filed(found, files, new=True)
        return self._filed(found, files, new=bool(base))

    def _filed(self, found: Kept, files: dict[str, bytes], *, new: bool) -> tuple[int, str]:
        fresh = {name: data for name, data in files.items() if name in found.named}
        if self.kobo:
            if any(name in found.files and found.files[name] != data for name, data in fresh.items()):
                return 409, "An attachment with this name exists already."
            if not new and not set(fresh) - set(found.files):
                return 202, "Duplicate submission"
        found.files.update(fresh)
        return 201, "full submission upload was successful!"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    central: Central

    def do_HEAD(self) -> None:
        if self._let_in():
            limit = {"x-openrosa-accept-content-length": str(self.central.limit)}
            self._answer(204, b"", limit)

    def do_GET(self) -> None:
        self.central.read.append(self.path)
        if not self._let_in():
            return
        if self.path.endswith("/formList"):
            self._form_list()
        elif self.path.endswith("/manifest"):
            entries = "".join(
                f"<mediaFile><filename>{name}</filename><hash>md5:{_md5(data)}</hash>"
                f"<downloadUrl>{self.central.url}/media/{number}</downloadUrl></mediaFile>"
                for number, (name, data) in enumerate(self.central.media.items())
            )
            body = f'<manifest xmlns="http://openrosa.org/xforms/xformsManifest">{entries}</manifest>'
            self._answer(200, body.encode(), {})
        elif "/media/" in self.path:
            self._answer(200, list(self.central.media.values())[int(self.path.rpartition("/")[2])], {})
        else:
            self._answer(200, b"<h:html/>", {})

    def _form_list(self) -> None:
        open_ones = [form for form, state in (self.central.forms or {}).items() if state == "open"]
        root = self.path.rpartition("/")[0]
        entries = "".join(
            f"<xform><formID>{form}</formID><name>{form}</name><version>{version}</version><hash>md5:ab</hash>"
            f"<downloadUrl>{self.central.url}{root}/forms/{form}.xml</downloadUrl>"
            f"<manifestUrl>{self.central.url}{root}/forms/{form}/manifest</manifestUrl></xform>"
            for form, version in open_ones
        )
        body = f'<xforms xmlns="http://openrosa.org/xforms/xformsList">{entries}</xforms>'.encode()
        etag = f'W/"{_md5(body)}"'
        same = self.headers.get("if-none-match") == etag
        self.central.lists.append(304 if same else 200)
        self._answer(304 if same else 200, b"" if same else body, {"etag": etag})

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        central = self.central
        if central.cut and central.cut[0] == "body":
            central.cut.pop(0)
            self.rfile.read(min(length, 200))
            self._break()
            return
        body = self.rfile.read(length)
        if not self._let_in():
            return
        central.posts.append(body)
        try:
            status, words = self._received(body)
        except NoMultipartError as error:
            central.statuses.append(400)
            self._answer(400, json.dumps({"message": str(error)}).encode(), {"content-type": "application/json"})
            return
        central.statuses.append(status)
        if central.cut and central.cut[0] == "answer":
            central.cut.pop(0)
            self._break()
            return
        self._told(status, words)

    def _received(self, body: bytes) -> tuple[int, str]:
        central = self.central
        if central.answers:
            given = central.answers.pop(0)
            return given if isinstance(given, tuple) else (given, "told")
        return central.receive(_parts(body, self.headers))

    def _let_in(self) -> bool:
        """Ask for the version header, the key and the login as Central does; answer and say no where one lacks."""
        self.central.headers.append({name.lower(): value for name, value in self.headers.items()})
        if self.headers.get("x-openrosa-version") != "1.0":
            self._told(400, "Expected an OpenRosa header set, but got none.")
            return False
        if "/key/" in self.path:
            key = self.path.split("/key/")[1].split("/")[0]
            if key != KEY:
                self._told(403 if len(key) == 64 else 401, "The authentication you provided was not valid.")
                return False
            return True
        if self.central.login is None:
            return True
        said = self.headers.get("authorization", "")
        if self._is_right(said):
            return True
        asked = "Basic realm=x" if self.central.basic else 'Digest realm="kobo", nonce="n1", qop="auth", opaque="o"'
        self._answer(401, b"", {"www-authenticate": asked})
        return False

    def _is_right(self, said: str) -> bool:
        assert self.central.login is not None
        user, password = self.central.login
        if self.central.basic:
            return said == "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        told = dict(re.findall(r'(\w+)="?([^",]*)"?', said))
        if told.get("nonce") != "n1" or told.get("uri") != self.path:
            return False
        who, what = _md5(f"{user}:kobo:{password}".encode()), _md5(f"{self.command}:{self.path}".encode())
        return bool(told["response"] == _md5(f"{who}:n1:{told['nc']}:{told['cnonce']}:auth:{what}".encode()))

    def _told(self, status: int, words: str) -> None:
        nature = "" if status < 300 else ' nature="error"'
        body = (
            f'<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message{nature}>{words}</message>'
            "</OpenRosaResponse>"
        )
        self._answer(status, body.encode(), {"content-type": "text/xml"})

    def _answer(self, status: int, body: bytes, more: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        if status != 304 and self.command != "HEAD":
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _break(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_message(self, *_: object) -> None:
        pass


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _parts(body: bytes, headers: object) -> Parts:
    """Cut a body into its parts; raises `NoMultipartError` where the end is missing."""
    kind = str(headers.get("content-type", ""))  # type: ignore[attr-defined]  # an HTTPMessage
    boundary = kind.partition("boundary=")[2].encode()
    if not boundary or not body.rstrip().endswith(b"--" + boundary + b"--"):
        raise NoMultipartError("Unexpected end of form")
    found: Parts = []
    for piece in body.split(b"--" + boundary)[1:-1]:
        head, _, data = piece.partition(b"\r\n\r\n")
        named = _PART.search(head)
        assert named is not None
        found.append((named[1].decode(), (named[2] or b"").decode(), data[: -len(b"\r\n")]))
    return found


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
