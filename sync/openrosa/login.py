"""Name and password for an OpenRosa server (KoboToolbox: Digest; others: Basic), around any transport.

Nothing is sent before the server asks, and only to the origin that the name is for: an address of a form or photo that
the server names elsewhere never gets them. An app user of ODK Central needs none of this: its key is in the address.
Source: RFC 7616 (Digest, MD5 and SHA-256, qop=auth), RFC 7617 (Basic, UTF-8).
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sync.transport import Request, Response, Transport

_PAIR = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_HASHES: Mapping[str, Callable[[bytes], str]] = {
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
}


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server asks with: `basic`, or the members of its Digest challenge."""

    realm: str = ""
    nonce: str = ""
    opaque: str = ""
    algorithm: str = "MD5"
    qop: bool = False
    basic: bool = False


def challenge_of(header: str) -> Challenge:
    """Read `WWW-Authenticate`: Digest where one that we can is offered, else Basic."""
    for part in re.split(r"\bDigest\s+", header, flags=re.IGNORECASE)[1:]:
        told = {name.lower(): quoted or plain for name, quoted, plain in _PAIR.findall(part)}
        algorithm = told.get("algorithm", "MD5").upper()
        qops = [q.strip() for q in told.get("qop", "").split(",") if q.strip()]
        if algorithm in _HASHES and (not qops or "auth" in qops):
            realm, nonce, opaque = (told.get(name, "") for name in ("realm", "nonce", "opaque"))
            return Challenge(realm, nonce, opaque, algorithm, bool(qops))
    return Challenge(basic=True)


class LoginTransport:
    """Answers a server's 401 once with name and password, and goes on with its challenge from then on."""

    def __init__(self, inner: Transport, url: str, user: str, password: str) -> None:
        self._inner = inner
        self._origin = _origin(url)
        self._user = user
        self._password = password
        self._challenge: Challenge | None = None
        self._count = 0

    def send(self, request: Request) -> Response:
        """Send; a refused answer with a fresh challenge is asked again once with the same body."""
        if _origin(request.url) != self._origin:
            return self._inner.send(request)
        answer = self._inner.send(self._signed(request))
        if answer.status != 401:
            return answer
        challenge = challenge_of(answer.headers.get("www-authenticate", ""))
        if challenge == self._challenge:
            return answer  # the same question again: it is the name or the password that is wrong
        self._challenge, self._count = challenge, 0
        return self._inner.send(self._signed(request))

    def close(self) -> None:
        self._inner.close()

    def _signed(self, request: Request) -> Request:
        if self._challenge is None:
            return request
        said = self._basic() if self._challenge.basic else self._digest(self._challenge, request)
        return dataclasses.replace(request, headers={**request.headers, "authorization": said})

    def _basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self._user}:{self._password}".encode()).decode()

    def _digest(self, asked: Challenge, request: Request) -> str:
        hashed = _HASHES[asked.algorithm]
        parts = urlsplit(request.url)
        uri = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._count += 1
        count, ours = f"{self._count:08x}", secrets.token_hex(8)
        who = hashed(f"{self._user}:{asked.realm}:{self._password}".encode())
        what = hashed(f"{request.method}:{uri}".encode())
        middle = f"{asked.nonce}:{count}:{ours}:auth" if asked.qop else asked.nonce
        members = {
            "username": self._user,
            "realm": asked.realm,
            "nonce": asked.nonce,
            "uri": uri,
            "response": hashed(f"{who}:{middle}:{what}".encode()),
        }
        if asked.opaque:
            members["opaque"] = asked.opaque
        said = ", ".join(f'{name}="{_escaped(value)}"' for name, value in members.items())
        said += f", algorithm={asked.algorithm}"
        if asked.qop:
            said += f', qop=auth, nc={count}, cnonce="{ours}"'
        return "Digest " + said


def _escaped(value: str) -> str:
    """Quote a member; Thai names travel as UTF-8, which HTTP's headers carry as Latin-1."""
    return value.replace("\\", "\\\\").replace('"', '\\"').encode().decode("latin-1")


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port
