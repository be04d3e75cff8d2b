"""Sign-in by an outside issuer (ThaID, a ministry's identity service): its signed tokens stand for people of ours.

Nothing of its login is done here. A token (JWT) is believed when it is signed with one of the issuer's keys by RS256 or
ES256 (or another asymmetric algorithm that was named), is meant for us, has a subject and has not run out; its subject
must be a person of the centre (`inspector admin user add --issuer … --subject …`), who gives role and province. How
the issuer is reached is a file beside the centre's data, `issuer.json`:

    {"issuer": "https://id.example.go.th", "audience": "inspector", "jwks": "https://id.example.go.th/jwks.json",
     "client_id": "inspector", "device_authorization_endpoint": "https://…", "token_endpoint": "https://…"}

`jwks` may also be the name of a file beside it, for a centre that cannot reach the issuer. Keys are fetched again when
a token names one that is not known, and after an hour, so that a withdrawn key stops counting.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt

from sync.protocol import Code
from sync.server.outgoing import OutgoingAddressError, check_address
from sync.server.problems import ProblemError

FILE = "issuer.json"
ALGORITHMS = ("RS256", "ES256")
ASYMMETRIC = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
"""What may be configured: with a shared secret the centre could forge its own visitors, and `none` is no signature."""
KEPT_SECONDS = 3600.0
SOONEST_SECONDS = 30.0
"""Shortest time between two fetches of keys: made-up key ids must not turn the centre against the issuer."""
MOST_TOKEN = 16 * 1024

Fetch = Callable[[str], bytes]
"""Gets the bytes at an address. Raises `OSError`."""


class IssuerConfigError(ValueError):
    """`issuer.json` does not say what is needed."""


@dataclass(frozen=True, slots=True)
class IssuerConfig:
    """Who vouches, and how its tokens are checked. The endpoints are for laptops that sign in by a code (RFC 8628)."""

    issuer: str
    audience: str
    jwks: str
    algorithms: tuple[str, ...] = ALGORITHMS
    leeway: int = 60
    client_id: str = ""
    device_authorization_endpoint: str = ""
    token_endpoint: str = ""
    scope: str = "openid"

    @classmethod
    def load(cls, data: Path) -> IssuerConfig | None:
        """Read it from the centre's data folder; None where there is none. Raises `IssuerConfigError`."""
        file = data / FILE
        if not file.exists():
            return None
        try:
            members = json.loads(file.read_text(encoding="utf-8"))
            known = {name: members[name] for name in cls.__slots__ if name in members}
            config = cls(**{**known, "algorithms": tuple(known.get("algorithms", ALGORITHMS))})
            for url in (config.device_authorization_endpoint, config.token_endpoint):
                if url:
                    check_address(url)
            if "://" in config.jwks:
                check_address(config.jwks)
        except (ValueError, TypeError, OutgoingAddressError) as error:
            raise IssuerConfigError(str(error)) from error
        if not config.algorithms or not ASYMMETRIC.issuperset(config.algorithms):
            raise IssuerConfigError("algorithms")
        if not (config.issuer and config.audience and config.jwks):
            raise IssuerConfigError("issuer, audience and jwks")
        return config

    def for_laptops(self) -> dict[str, str]:
        """Return what a laptop needs to sign in by a code; empty where the issuer has no such way."""
        if not self.device_authorization_endpoint:
            return {}
        names = ("issuer", "client_id", "device_authorization_endpoint", "token_endpoint", "scope")
        return {name: str(getattr(self, name)) for name in names}


class Issuer:
    """Checks tokens. Thread-safe."""

    def __init__(
        self, config: IssuerConfig, data: Path, fetch: Fetch, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.config = config
        self._data = data
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")

    def subject_of(self, token: str) -> str:
        """Return whom a token stands for. Raises `ProblemError` 401, or 503 where the issuer's keys cannot be had."""
        if len(token) > MOST_TOKEN:
            raise ProblemError(401, Code.SIGN_IN, "token")
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in self.config.algorithms:
                raise ProblemError(401, Code.SIGN_IN, "algorithm")
            claims = jwt.decode(
                token,
                self._key(str(header.get("kid", ""))),
                algorithms=list(self.config.algorithms),
                audience=self.config.audience,
                issuer=self.config.issuer,
                leeway=self.config.leeway,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise ProblemError(401, Code.TOKEN_EXPIRED) from error
        except jwt.PyJWTError as error:
            raise ProblemError(401, Code.SIGN_IN, "token") from error
        subject = claims["sub"]
        if not isinstance(subject, str) or not subject:
            raise ProblemError(401, Code.SIGN_IN, "subject")
        return subject

    def _key(self, key_id: str) -> jwt.PyJWK:
        with self._lock:
            age = self._monotonic() - self._fetched_at
            if age > KEPT_SECONDS or (key_id not in self._keys and age > SOONEST_SECONDS):
                self._keys = self._read_keys()
                self._fetched_at = self._monotonic()
            found = self._keys.get(key_id)
        if found is None:
            raise ProblemError(401, Code.SIGN_IN, "key")
        return found

    def _read_keys(self) -> Mapping[str, jwt.PyJWK]:
        place = self.config.jwks
        try:
            data = self._fetch(place) if "://" in place else (self._data / Path(place).name).read_bytes()
            members: dict[str, Any] = json.loads(data)
            read = jwt.PyJWKSet.from_dict(members)
        except (OSError, ValueError, AttributeError, jwt.PyJWTError) as error:
            raise ProblemError(503, Code.BUSY, "issuer", headers={"retry-after": "30"}) from error
        return {key.key_id or "": key for key in read.keys if key.public_key_use in (None, "sig")}
