"""Whom a relay lets in: laptops whose device key the centre told it of.

No codes and no passwords: a laptop proves that it holds its device key, over the relay's own id, and gets tokens that
are good here only. The tokens of the centre never come here. A token is its own record (who, what, until when) with an
HMAC of the relay, so a kill loses none; whoever the centre shuts out is shut out here with the next list.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from sqlalchemy import Connection, select, update

from checklists.clock import Clock
from checklists.crypto import key_id_of, signature_is_good
from sync.protocol import Code, ReceiptKey, Registered, Registration, Role, RosterEntry, Tokens, registration_message
from sync.server.database import tables
from sync.server.database.storage import Storage
from sync.server.database.upsert import insert_new, put_rows
from sync.server.people.auth import ACCESS_SECONDS, REFRESH_DAYS, Caller
from sync.server.problems import ProblemError


class RelayGate:
    """Lets laptops in. Thread-safe: it holds no state but the database's."""

    def __init__(self, storage: Storage, *, clock: Clock, relay_id: str, key: ReceiptKey, secret: bytes) -> None:
        self._storage = storage
        self._clock = clock
        self._relay_id = relay_id
        self._key = key
        self._secret = secret

    # --- whom the centre knows ----------------------------------------------------------------------------------------

    def learn(self, roster: tuple[RosterEntry, ...], now: str) -> None:
        """Keep the centre's list; a device that is not on it any more is shut out too."""

        laptops = [entry for entry in roster if entry.device_id != self._relay_id]  # the centre tells of us, too

        def step(connection: Connection) -> None:
            connection.execute(update(tables.devices).values(revoked_at=now))
            devices = {entry.device_id: entry for entry in laptops}
            put_rows(connection, tables.devices, [_device(d, now) for d in devices.values()], key=("device_id",))
            names = ("key_id", "device_id", "public_key")
            keys = [{**{n: getattr(e, n) for n in names}, "registered_at": now} for e in laptops]
            insert_new(connection, tables.device_keys, keys)

        self._storage.write(step)

    def key_of(self, key_id: str) -> tuple[str, bytes] | None:
        """Return device and public key of a key that may be used here, else None."""
        device, key = tables.devices, tables.device_keys
        query = (
            select(key.c.device_id, key.c.public_key)
            .join(device, device.c.device_id == key.c.device_id)
            .where((key.c.key_id == key_id) & (device.c.revoked_at == ""))
        )
        row = self._storage.read(lambda c: c.execute(query).one_or_none())
        return (row.device_id, bytes.fromhex(row.public_key)) if row else None

    def register(self, message: Registration) -> Registered:
        """Let a laptop in that proves its key. Raises `ProblemError` 403 where the centre did not tell of it."""
        known = self.key_of(message.key_id)
        if known is None or known[0] != message.device_id:
            raise ProblemError(403, Code.UNKNOWN_KEY)
        try:
            proof = bytes.fromhex(message.proof)
        except ValueError as error:
            raise ProblemError(422, Code.INVALID, pointer="/proof") from error
        asked = registration_message(self._relay_id, message.device_id, message.key_id)
        if key_id_of(known[1]) != message.key_id or not signature_is_good(known[1], proof, asked):
            raise ProblemError(422, Code.BAD_SIGNATURE, pointer="/proof")
        caller = self._caller(message.device_id)
        return Registered(
            self._relay_id, caller.device_id, caller.role, caller.scope, self._tokens(caller.device_id), (self._key,)
        )

    # --- tokens -------------------------------------------------------------------------------------------------------

    def remembered(self, _authorization: str) -> Caller | None:
        """Return None: every call is checked."""
        return None

    def caller(self, authorization: str) -> Caller:
        """Return who calls, from an `Authorization` header. Raises `ProblemError` 401."""
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer":
            raise ProblemError(401, Code.SIGN_IN)
        return self._caller(self._opened(token, "access"))

    def renew(self, refresh: str) -> Tokens:
        """Exchange a long token for new ones. Raises `ProblemError` 401."""
        return self._tokens(self._caller(self._opened(refresh, "refresh")).device_id)

    def _caller(self, device_id: str) -> Caller:
        query = select(tables.devices).where(tables.devices.c.device_id == device_id)
        row = self._storage.read(lambda c: c.execute(query).one_or_none())
        if row is None or row.revoked_at:
            raise ProblemError(401, Code.TOKEN_REVOKED)
        return Caller(device_id, "", Role.INSPECTOR, row.scope)

    def _tokens(self, device_id: str) -> Tokens:
        now = int(self._clock.now().timestamp())
        access = self._sealed(device_id, "access", now + ACCESS_SECONDS)
        return Tokens(access, self._sealed(device_id, "refresh", now + REFRESH_DAYS * 86400), ACCESS_SECONDS)

    def _sealed(self, device_id: str, kind: str, until: int) -> str:
        told = base64.urlsafe_b64encode(json.dumps([device_id, kind, until]).encode()).decode()
        return f"{told}.{self._mac(told)}"

    def _opened(self, token: str, kind: str) -> str:
        told, _, mac = token.partition(".")
        if not mac.isascii() or not hmac.compare_digest(mac, self._mac(told)):
            raise ProblemError(401, Code.SIGN_IN)
        device_id, found, until = json.loads(base64.urlsafe_b64decode(told))
        if found != kind:
            raise ProblemError(401, Code.SIGN_IN)
        if until < self._clock.now().timestamp():
            raise ProblemError(401, Code.TOKEN_EXPIRED)
        return str(device_id)

    def _mac(self, told: str) -> str:
        return hmac.new(self._secret, told.encode(), hashlib.sha256).hexdigest()


def _device(entry: RosterEntry, now: str) -> dict[str, str]:
    return {
        "device_id": entry.device_id,
        "name": entry.name,
        "person_id": "",
        "role": Role.INSPECTOR.value,
        "scope": entry.scope,
        "registered_at": now,
        "revoked_at": now if entry.revoked else "",
    }
