"""How bytes travel: the `Transport` interface and its implementation by requests, the only place with HTTP.

Rules kept here, each for a trap that was measured: `trust_env=False` and an explicit `verify` (an environment variable
beats `session.verify`, and an `ssl_context` alone does not pin), no redirects, no retries by urllib3 (the outbox is the
retry), bodies are bytes or seekable files with a known length and never generators, answers have a size cap.
What an answer means is not decided here.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import ipaddress
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from urllib.parse import urlsplit

import requests
import truststore
from requests.adapters import HTTPAdapter
from requests.utils import get_auth_from_url
from urllib3 import Retry
from urllib3.exceptions import HTTPError

from sync.errors import (
    BadAddressError,
    CertificateError,
    ClockError,
    CutError,
    InsecureAddressError,
    NotOurServerError,
    OfflineError,
    ProxyLoginError,
    SyncError,
)

MAX_ANSWER = 64 * 1024 * 1024
CHUNK = 256 * 1024
"""Bytes that are read or sent at once; urllib3's own 16 KB make 64 small writes of a photo."""
DOWNLOADED = (200, 206)
"""Statuses whose body goes to the sink of a call."""


class Body(Protocol):
    """A request body that is read in pieces and whose length is known before."""

    def read(self, size: int = -1, /) -> bytes: ...
    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Request:
    """One call. Timeouts in seconds.

    `sink` says where the body of a successful download goes as it comes. It is asked with the answer's head, and raises
    where that is not to be believed: not a byte of a portal's page may reach a file that grows.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Body | None = None
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    sink: Callable[[Response], BinaryIO] | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """One answer; header names in lower case. `body` is empty where it went to the sink."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class Transport(Protocol):
    """Sends one request and returns its answer, whatever the status. Raises `SyncError` where no answer came."""

    def send(self, request: Request) -> Response: ...

    def close(self) -> None: ...


def check_address(url: str, *, allow_plain: bool = False) -> str:
    """Return the address without a trailing slash. Plain HTTP is for this machine only, unless allowed."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadAddressError(url=url)
    try:
        _ = parts.port
    except ValueError as error:
        raise BadAddressError(url=url) from error
    if parts.scheme == "http" and not allow_plain and not is_loopback(parts.hostname):
        raise InsecureAddressError(url=url)
    return url.strip().rstrip("/")


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom to believe: `ca_file` is the ministry's own authority (PEM); without it the operating system's store.

    `fingerprint` (SHA-256 of the certificate, hex) is an office relay's: exactly this certificate and no other.
    """

    ca_file: Path | None = None
    fingerprint: str = ""


class _Adapter(HTTPAdapter):
    """requests' own, sending bodies in large pieces."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, blocksize=CHUNK, **kwargs)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, blocksize=CHUNK, **kwargs)

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        """Return name and password in UTF-8 (RFC 7617): requests writes Latin-1 and fails at Thai ones."""
        user, password = get_auth_from_url(proxy)
        login = base64.b64encode(f"{user}:{password}".encode()).decode()
        return {"Proxy-Authorization": f"Basic {login}"} if user else {}


class OsStoreAdapter(_Adapter):
    """Checks certificates with the operating system's store alone.

    requests would load certifi's authorities into any `ssl_context` while `verify` is true, which defeats it; so the
    two places that hand `ca_certs` to urllib3 are overridden.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        kwargs["ssl_context"] = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        super().init_poolmanager(*args, **kwargs)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        kwargs["ssl_context"] = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return super().proxy_manager_for(proxy, **kwargs)

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, keys = super().build_connection_pool_key_attributes(request, verify, cert)
        keys.pop("ca_certs", None)
        keys.pop("ca_cert_dir", None)
        keys["cert_reqs"] = "CERT_REQUIRED"
        return host, keys

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:  # noqa: ARG002 - requests' signature
        if str(url).lower().startswith("https"):
            conn.cert_reqs = "CERT_REQUIRED"
            conn.ca_certs = None
            conn.ca_cert_dir = None


class PinnedAdapter(_Adapter):
    """Believes one certificate by its hash; names and authorities do not matter."""

    def __init__(self, fingerprint: str, **more: Any) -> None:
        self._fingerprint = fingerprint
        super().__init__(**more)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, assert_fingerprint=self._fingerprint, assert_hostname=False)

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, keys = super().build_connection_pool_key_attributes(request, verify, cert)
        keys.pop("ca_certs", None)
        keys.pop("ca_cert_dir", None)
        keys["cert_reqs"] = "CERT_NONE"  # urllib3 then compares the fingerprint, which is stricter
        return host, keys

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:  # noqa: ARG002 - requests' signature
        conn.cert_reqs = "CERT_NONE"
        conn.ca_certs = None
        conn.ca_cert_dir = None


PAIRING_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of words that people read aloud: no 0/O, 1/I."""


def pairing_word(fingerprint: str) -> str:
    """Return the first 80 bits of a certificate's SHA-256 as a word of four groups."""
    number = int(fingerprint[:20], 16)
    letters = [PAIRING_ALPHABET[number >> shift & 31] for shift in range(75, -1, -5)]
    return "-".join("".join(letters[i : i + 4]) for i in range(0, 16, 4))


def fingerprint_at(url: str, word: str, *, seconds: float = 5.0) -> str:
    """Return the SHA-256 of the certificate at an address if it is the one of this word.

    Raises `CertificateError` where it is another, `OfflineError` where nobody answers.
    """
    parts = urlsplit(url)
    try:
        pem = ssl.get_server_certificate((parts.hostname or "", parts.port or 443), timeout=seconds)
    except OSError as error:
        raise OfflineError(type(error).__name__, url=url) from error
    found = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    if pairing_word(found).replace("-", "") != "".join(c for c in word.upper() if c.isalnum()):
        raise CertificateError("pairing word", code="pairing-word", url=url)
    return found


def make_session(trust: Trust, proxies: Mapping[str, str] | None = None) -> requests.Session:
    """Return the only kind of session that this program uses."""
    session = requests.Session()
    session.trust_env = False
    session.proxies = dict(proxies or {})
    session.headers["User-Agent"] = "inspector-sync/1"
    session.headers["Accept-Encoding"] = "identity"
    session.verify = str(trust.ca_file) if trust.ca_file else True
    session.mount("https://", _https_adapter(trust))
    session.mount("http://", _Adapter(max_retries=Retry(0, read=False), pool_maxsize=2))
    return session


def _https_adapter(trust: Trust) -> HTTPAdapter:
    how: dict[str, Any] = {"max_retries": Retry(0, read=False), "pool_maxsize": 2}
    if trust.fingerprint:
        return PinnedAdapter(trust.fingerprint, **how)
    return _Adapter(**how) if trust.ca_file else OsStoreAdapter(**how)


class RequestsTransport:
    """HTTP/1.1 with at most two kept connections: two calls may be made at once, from two threads.

    They share requests' session, which nobody changes once it is made (the cookie jar has a lock, and no cookie comes).
    """

    def __init__(self, *, trust: Trust | None = None, proxies: Mapping[str, str] | None = None) -> None:
        self._session = make_session(trust or Trust(), proxies)

    def send(self, request: Request) -> Response:
        with _translated(request.url):
            answer = self._session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.body,
                timeout=(request.connect_timeout, request.read_timeout),
                allow_redirects=False,
                stream=True,
            )
            with contextlib.closing(answer):
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return _read(answer, Response(answer.status_code, headers), request.sink)

    def close(self) -> None:
        self._session.close()


def _read(answer: requests.Response, head: Response, sink: Callable[[Response], BinaryIO] | None) -> Response:
    """Read the whole body up to the cap; a body that is shorter than announced is a cut line, never an answer."""
    if sink is not None and head.status in DOWNLOADED:
        file = sink(head)
        for piece in answer.raw.stream(CHUNK, decode_content=False):
            file.write(piece)
        return head
    pieces, size = [], 0
    for piece in answer.raw.stream(CHUNK, decode_content=False):  # who asks for an encoding undoes it, with its own cap
        size += len(piece)
        if size > MAX_ANSWER:
            raise NotOurServerError("answer too large", size=size)
        pieces.append(piece)
    return replace(head, body=b"".join(pieces))


@contextlib.contextmanager
def _translated(url: str) -> Iterator[None]:
    """Turn what requests raises into our classes."""
    try:
        yield
    except SyncError:
        raise
    except requests.exceptions.SSLError as error:
        raise _certificate_error(error) from error
    except requests.exceptions.ProxyError as error:
        if " 407" in str(error):  # urllib3 carries the proxy's status in text only
            raise ProxyLoginError(url=url) from error
        raise OfflineError("proxy", url=url) from error
    except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema) as error:
        raise BadAddressError(url=url) from error
    except (requests.exceptions.ConnectTimeout, requests.exceptions.ReadTimeout) as error:
        raise OfflineError("timeout", url=url) from error
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
        raise CutError(url=url) from error
    except requests.exceptions.ConnectionError as error:
        raise (CutError if _was_connected(error) else OfflineError)(url=url) from error
    except HTTPError as error:  # urllib3's, while the body is read
        raise CutError(url=url) from error
    except requests.exceptions.RequestException as error:
        raise OfflineError(type(error).__name__, url=url) from error


def _certificate_error(error: Exception) -> CertificateError:
    """Tell a wrong clock from a wrong authority: OpenSSL has a code for each."""
    found = _find(error, ssl.SSLCertVerificationError)
    code = getattr(found, "verify_code", 0)
    return ClockError(verify_code=code) if code in (9, 10) else CertificateError(verify_code=code)


def _was_connected(error: Exception) -> bool:
    return _find(error, ConnectionResetError, BrokenPipeError, ConnectionAbortedError) is not None or (
        "Connection aborted" in str(error)
    )


def _find(error: BaseException | None, *kinds: type[BaseException]) -> BaseException | None:
    """Look for a kind of error among the causes and arguments that requests and urllib3 wrap."""
    seen: set[int] = set()
    queue = [error]
    while queue:
        current = queue.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        if isinstance(current, kinds):
            return current
        queue += [current.__cause__, current.__context__, getattr(current, "reason", None)]
        queue += [argument for argument in current.args if isinstance(argument, BaseException)]
    return None
