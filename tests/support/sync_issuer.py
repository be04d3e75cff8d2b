"""A small outside issuer as a process of its own: keys, device sign-in (RFC 8628), rotation, and tokens on demand.

`python -m tests.support.sync_issuer` prints one JSON line with its port. What a person does on their phone is
`POST /approve`; what tests may ask beside is `POST /mint` (any claims, any algorithm) and `POST /rotate`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

REPO = Path(__file__).resolve().parents[2]
AUDIENCE = "inspector"


class Issuer(HTTPServer):
    """State of the issuer; one request at a time."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.keys: dict[str, tuple[str, Any]] = {}
        self.pending: dict[str, dict[str, str]] = {}
        self.key_fetches = 0
        self.rotate("ES256")

    @property
    def name(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def rotate(self, algorithm: str) -> None:
        """Make a fresh key and forget the old one."""
        made = (
            ec.generate_private_key(ec.SECP256R1())
            if algorithm == "ES256"
            else rsa.generate_private_key(public_exponent=65537, key_size=2048)
        )
        self.keys = {secrets.token_hex(4): (algorithm, made)}

    def jwks(self) -> dict[str, object]:
        self.key_fetches += 1
        found = []
        for key_id, (algorithm, key) in self.keys.items():
            kind = jwt.algorithms.ECAlgorithm if algorithm == "ES256" else jwt.algorithms.RSAAlgorithm
            members = kind.to_jwk(key.public_key(), as_dict=True)
            found.append({**members, "kid": key_id, "alg": algorithm, "use": "sig"})
        return {"keys": found}

    def mint(self, asked: dict[str, Any]) -> str:
        """Return a token; `claims` replace the usual ones (null leaves one out), `alg` none and HS256 are forgeries."""
        now = int(time.time())
        usual = {"iss": self.name, "aud": AUDIENCE, "iat": now, "exp": now + 300, "sub": asked.get("sub", "s-1")}
        claims = {k: v for k, v in {**usual, **asked.get("claims", {})}.items() if v is not None}
        (key_id, (algorithm, key)), *_ = self.keys.items()
        headers = {"kid": asked.get("kid", key_id)}
        match asked.get("alg"):
            case "none":
                return jwt.encode(claims, None, "none", headers)  # type: ignore[arg-type]  # PyJWT takes None here
            case "HS256":  # the public key as a shared secret
                pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
                return _hs256(claims, headers, pem)
            case "stranger":
                return jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), "ES256", headers)
            case _:
                return jwt.encode(claims, key, algorithm, headers)

    def device(self) -> dict[str, object]:
        code, device_code = secrets.token_hex(3).upper(), secrets.token_hex(16)
        self.pending[device_code] = {"user_code": code, "state": "authorization_pending", "sub": ""}
        told = {"device_code": device_code, "user_code": code, "verification_uri": f"{self.name}/activate"}
        return {**told, "expires_in": 60, "interval": 1}

    def token(self, device_code: str) -> tuple[int, dict[str, object]]:
        asked = self.pending.get(device_code)
        if asked is None:
            return 400, {"error": "expired_token"}
        if asked["state"] != "approved":
            return 400, {"error": asked["state"]}
        return 200, {"id_token": self.mint({"sub": asked["sub"]}), "token_type": "Bearer"}

    def approve(self, user_code: str, subject: str) -> None:
        for asked in self.pending.values():
            if asked["user_code"] == user_code:
                asked.update(state="approved" if subject else "access_denied", sub=subject)


def _hs256(claims: dict[str, Any], headers: dict[str, str], secret: bytes) -> str:
    """Sign with the public key's text as a shared secret; PyJWT itself refuses to."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    head = part(json.dumps({"alg": "HS256", "typ": "JWT", **headers}).encode())
    body = f"{head}.{part(json.dumps(claims).encode())}"
    return f"{body}.{part(hmac.new(secret, body.encode(), hashlib.sha256).digest())}"


class _Handler(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        self._answer(200, self.server.jwks() if self.path == "/jwks" else {"fetches": self.server.key_fetches})

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(text).items()} if not text.startswith("{") else {}
        match self.path:
            case "/device":
                self._answer(200, self.server.device())
            case "/token":
                self._answer(*self.server.token(form.get("device_code", "")))
            case "/approve":
                self.server.approve(form["user_code"], form.get("sub", ""))
                self._answer(200, {})
            case "/rotate":
                self.server.rotate(form["alg"])
                self._answer(200, {})
            case _:
                self._answer(200, {"token": self.server.mint(json.loads(text))})

    def _answer(self, status: int, members: dict[str, object]) -> None:
        body = json.dumps(members).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


class IssuerProcess:
    """The issuer as a child process."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.support.sync_issuer"]
        self._process = subprocess.Popen(command, cwd=REPO, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{json.loads(self._process.stdout.readline())['port']}"
        self._session = requests.Session()
        self._session.trust_env = False
        return self

    def __exit__(self, *_args: object) -> None:
        self._session.close()
        self._process.terminate()
        self._process.communicate(timeout=30)

    def settings(self, **changes: object) -> str:
        """Return an `issuer.json` for it."""
        told: dict[str, object] = {"issuer": self.url, "audience": AUDIENCE, "jwks": f"{self.url}/jwks"}
        ends = {"device_authorization_endpoint": f"{self.url}/device", "token_endpoint": f"{self.url}/token"}
        return json.dumps({**told, "client_id": "inspector", **ends, **changes})

    def mint(self, **asked: object) -> str:
        return str(self._session.post(f"{self.url}/mint", json=asked, timeout=10).json()["token"])

    def approve(self, user_code: str, subject: str) -> None:
        """Do what the person does on their phone; an empty subject says no."""
        self._session.post(f"{self.url}/approve", {"user_code": user_code, "sub": subject}, timeout=10)

    def rotate(self, algorithm: str) -> None:
        self._session.post(f"{self.url}/rotate", {"alg": algorithm}, timeout=10)

    def key_fetches(self) -> int:
        return int(self._session.get(f"{self.url}/fetches", timeout=10).json()["fetches"])


def main() -> None:
    issuer = Issuer()
    sys.stdout.write(json.dumps({"port": issuer.server_port}) + "\n")
    sys.stdout.flush()
    issuer.serve_forever()


if __name__ == "__main__":
    main()
