"""One method per endpoint of ISF-Sync/1, with typed answers.

Every answer is checked before it is believed: one of our content types, our nonce echoed, the server's id the one this
workspace belongs to. A captive portal, a caching proxy or another server therefore can never look like success. Tokens
are renewed once on 401; the old long token stays good until the new one was used, so a lost answer logs nobody out.

`send_lines` and `send_part` may be called from several threads at once. They therefore renew nothing, because new
tokens are kept in a store that belongs to one thread: they raise `ExpiredError`, and its thread calls `renew`. So does
every call whose body is a file: whoever opened it must begin it again.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from checklists.clock import Clock
from checklists.sealing import Receipt, verify_receipt
from sync import protocol
from sync.client.answers import (
    compressed,
    feed_row,
    json_bytes,
    json_object,
    lines_of,
    members_of,
    ndjson,
    offset_ms,
    read_as,
)
from sync.client.downloads import Sink
from sync.client.origin import check_origin
from sync.client.problems import error_of, problem_code
from sync.client.session import ChangesPage, DeviceSigner, Session
from sync.errors import (
    Action,
    CutError,
    ExpiredError,
    NotOurServerError,
    RefusedError,
    SignInError,
    WrongServerError,
)
from sync.protocol import (
    DEFAULT_ENCODINGS,
    Anchor,
    Anchored,
    BundleTaken,
    Code,
    Health,
    Limits,
    LineResult,
    MissingBlob,
    ReceiptKey,
    Registered,
    Registration,
    Review,
    RosterEntry,
    SnapshotManifest,
    Tokens,
    Uploaded,
)
from sync.transport import Body, Request, Response, Transport

PROBE_SECONDS = 5.0


class Client:
    """Speaks to one centre. `save` is called with the new session whenever tokens or keys change, before it is used.

    `encodings` and `limits` are what the other side said at the last sign of life.

    `nonce` makes the random words that answers must echo, `check_signature` raises `SealError` for a forged receipt;
    the simulator hands in cheaper ones.
    """

    def __init__(
        self,
        transport: Transport,
        session: Session,
        *,
        clock: Clock,
        save: Callable[[Session], object] = lambda _session: None,
        nonce: Callable[[], str] = lambda: secrets.token_hex(8),
        check_signature: Callable[[Receipt, bytes], None] = verify_receipt,
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._save = save
        self._nonce = nonce
        self._check_signature = check_signature
        self.session = session
        self.encodings: tuple[str, ...] = DEFAULT_ENCODINGS
        self.limits = Limits()
        self.bytes_sent = 0
        self._counting = threading.Lock()

    def close(self) -> None:
        self._transport.close()

    # --- who is there -------------------------------------------------------------------------------------------------

    def health(self, *, seconds: float = PROBE_SECONDS) -> tuple[Health, int | None]:
        """Ask for a sign of life. Returns it with the server's clock minus ours in milliseconds."""
        nonce = self._nonce()
        before = self._clock.now()
        path = f"{protocol.HEALTH}?nonce={nonce}"
        response = self._call("GET", path, auth=False, connect_timeout=seconds, seconds=seconds)
        after = self._clock.now()
        health = members_of(response, Health)
        if health.nonce != nonce:
            raise NotOurServerError("nonce")
        self.encodings, self.limits = health.encodings, health.limits
        return health, offset_ms(health.time, before + (after - before) / 2)

    def about(self) -> dict[str, Any]:
        """Return versions, limits and encodings of the server."""
        return json_object(self._call("GET", "/", auth=False))

    def fetch_keys(self) -> tuple[ReceiptKey, ...]:
        """Fetch and keep the keys that receipts are checked with."""
        members = json_object(self._call("GET", protocol.KEYS, auth=False))
        keys = tuple(ReceiptKey.from_json(k) for k in members["keys"])
        self._keep(replace(self.session, receipt_keys=keys))
        return keys

    def register(self, code: str, *, device_id: str, key: DeviceSigner, name: str = "") -> Registered:
        """Exchange a one-time code for tokens and register the device's key. May be repeated with the same code.

        Whoever has a code for this address says which centre stands there. One with a new id and a receipt key that we
        know is our centre, restored from a backup: its earlier ids stay in the session's `former`.
        """
        old = self.session
        self.session = replace(old, server_id="")
        try:
            answer = self._register(code, device_id, key, name)
        finally:
            self.session = old
        known = {one.key_id for one in old.receipt_keys}
        ours = any(one.key_id in known for one in answer.receipt_keys)
        earlier = (*old.former, old.server_id) if ours else ()
        self._keep(
            replace(
                old,
                former=tuple(one for one in earlier if one != answer.server_id),
                server_id=answer.server_id,
                device_id=answer.device_id,
                role=answer.role,
                scope=answer.scope,
                tokens=answer.tokens,
                receipt_keys=answer.receipt_keys,
                bundle_key=answer.bundle_key,
            )
        )
        return answer

    def join_relay(self, centre: Session, *, device_id: str, key: DeviceSigner, name: str = "") -> None:
        """Get tokens of an office relay by the device's key alone; whom to believe stays what the centre said.

        Raises `NotOurServerError` where this is no relay, `WrongServerError` where it is another centre's, and
        `RefusedError` (`unknown-key`) where the centre has not told it of this laptop.
        """
        told = self.about().get("relay")
        if not isinstance(told, dict):
            raise NotOurServerError("no relay")
        if told.get("centre_id") != centre.server_id:
            raise WrongServerError(server_id=str(told.get("centre_id")), expected=centre.server_id)
        answer = self._register(str(told.get("relay_id")), device_id, key, name)
        self._keep(
            Session(
                self.session.url,
                answer.server_id,
                answer.device_id,
                answer.role,
                answer.scope,
                answer.tokens,
                centre.receipt_keys,
                centre_id=centre.server_id,
                relay_keys=answer.receipt_keys,
                former=centre.former,
            )
        )

    def _register(self, code: str, device_id: str, key: DeviceSigner, name: str) -> Registered:
        proof = key.sign(protocol.registration_message(code, device_id, key.key_id)).hex()
        message = Registration(code, device_id, key.key_id, key.public_bytes.hex(), proof, name)
        response = self._call("POST", protocol.DEVICES, body=json_bytes(message), auth=False)
        return members_of(response, Registered)

    # --- sending ------------------------------------------------------------------------------------------------------

    def send_lines(self, lines: Sequence[bytes]) -> tuple[LineResult, ...]:
        """Send wire lines as one batch. Returns one result per line, in order.

        Raises `ExpiredError`, and `CutError` where the batch was spoilt on the way; any thread.
        """
        body, headers = compressed(b"\n".join(lines) + b"\n", self.encodings)
        headers["content-type"] = protocol.NDJSON
        try:
            response = self._call("POST", protocol.RECORDS_BATCH, body=body, headers=headers, renews=False)
        except RefusedError as error:
            if error.code == Code.DIGEST_MISMATCH:
                raise CutError("digest") from error
            raise
        results = lines_of(response, LineResult)
        if len(results) != len(lines):
            raise NotOurServerError("results", got=len(results), sent=len(lines))
        return results

    def send_line(self, record_id: str, revision_id: str, line: bytes) -> LineResult:
        """Send one wire line by itself."""
        body, headers = compressed(line, self.encodings)
        path = f"{protocol.RECORDS}/{record_id}/revisions/{revision_id}"
        return members_of(self._call("PUT", path, body=body, headers=headers), LineResult)

    def missing_blobs(self, blobs: Sequence[tuple[str, int]]) -> tuple[MissingBlob, ...]:
        """Ask which of these (sha256, size) the centre lacks, and how far each already lies there."""
        wanted = [{"sha256": sha256, "size": size} for sha256, size in blobs]
        members = json_object(self._call("POST", protocol.BLOBS_MISSING, body=json_bytes({"blobs": wanted})))
        return tuple(MissingBlob.from_json(m) for m in members["missing"])

    def send_part(self, sha256: str, body: Body, *, offset: int, length: int) -> Uploaded:
        """Send a file from `offset` to its end. Raises `OffsetError` with the true one, `ExpiredError`; any thread."""
        headers = {
            "content-type": protocol.PART,
            protocol.OFFSET_HEADER: str(offset),
            protocol.LENGTH_HEADER: str(length),
        }
        path = f"{protocol.BLOBS}/{sha256}"
        return members_of(self._call("PATCH", path, body=body, headers=headers, renews=False), Uploaded)

    def roster(self) -> tuple[RosterEntry, ...]:
        """Fetch the devices of our scope with their keys; for relays and offices only."""
        members = json_object(self._call("GET", protocol.DEVICES))
        return tuple(read_as(entry, RosterEntry) for entry in members["devices"])

    def send_bundle(self, sha256: str, body: Body, *, offset: int, length: int) -> BundleTaken:
        """Hand over a bundle as a tar from `offset` to its end; only offices and relays may. Harmless twice.

        Nothing from the end on asks how far it is. Raises `OffsetError` with the true offset, `CutError` where the rest
        did not arrive, `ExpiredError`.
        """
        headers = {
            "content-type": protocol.PART,
            protocol.OFFSET_HEADER: str(offset),
            protocol.LENGTH_HEADER: str(length),
        }
        path = f"{protocol.BUNDLES}/{sha256}"
        response = self._call("PATCH", path, body=body, headers=headers, renews=False, seconds=600.0)
        if response.status == 202:
            raise CutError("rest")
        return members_of(response, BundleTaken)

    def anchor(self, anchor: Anchor) -> Anchored | None:
        """Leave a signed head of the audit chain at the centre. Returns the newest one that it keeps of this device.

        None is said by a relay that holds the head and has no word of the centre yet. Raises `NotOurServerError` where
        what is answered is not the centre's word about this device.
        """
        response = self._call("POST", protocol.ANCHORS, body=json_bytes(anchor))
        if response.status == 202 and self.session.through_relay:
            return None
        newest = members_of(response, Anchored)
        centre = self.session.centre_id or self.session.server_id
        if (newest.server_id, newest.device_id) != (centre, anchor.device_id):
            raise NotOurServerError("anchored", server_id=newest.server_id)
        if not newest.stands(self.session.receipt_keys) and not self.session.through_relay:
            self.fetch_keys()
        if not newest.stands(self.session.receipt_keys):
            raise NotOurServerError("anchored", key_id=newest.key_id)
        return newest

    # --- reading ------------------------------------------------------------------------------------------------------

    def records(self, *, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:
        """List what the centre holds in our scope, in its commit order."""
        members = json_object(self._call("GET", f"{protocol.RECORDS}?after={after}&limit={limit}"))
        return list(members["records"])

    def record(self, record_id: str) -> dict[str, Any]:
        """Return a record's revisions with their wire lines."""
        return json_object(self._call("GET", f"{protocol.RECORDS}/{record_id}"))

    def changes(self, since: str, collections: Sequence[str], *, limit: int = 1000) -> ChangesPage:
        """Fetch the next page of what the centre gives. Raises `CursorExpiredError` where a snapshot is needed."""
        path = f"{protocol.CHANGES}?since={since}&limit={limit}&c={','.join(collections)}"
        response = self._call("GET", path, headers={"accept-encoding": "zstd, identity"})
        cursor = response.headers.get(protocol.CURSOR_HEADER)
        if not cursor:
            raise NotOurServerError("no cursor")
        rows = () if response.status == 304 else tuple(feed_row(m) for m in ndjson(response))
        if response.headers.get(protocol.ROWS_HEADER) != str(len(rows)):
            raise CutError("rows")
        return ChangesPage(rows, cursor, response.headers.get(protocol.MORE_HEADER) == "?1")

    def snapshot(self, collection: str) -> SnapshotManifest | None:
        """Ask for the ready-made file of a collection; None where there is none."""
        try:
            return members_of(self._call("GET", f"{protocol.SNAPSHOTS}/{collection}"), SnapshotManifest)
        except RefusedError as error:
            if error.code == Code.NOT_FOUND:
                return None
            raise

    def fetch_snapshot(self, manifest: SnapshotManifest, sink: BinaryIO, *, start: int = 0) -> None:
        """Write the file's bytes from `start` on into `sink`. The caller checks the hash of the whole.

        Where somebody on the way knows no ranges and the whole file comes, `sink` begins anew.
        """
        headers = {"if-range": f'"{manifest.sha256}"'} if start else {}
        path = f"{protocol.SNAPSHOTS}/{manifest.collection}/{manifest.sha256}"
        self._call("GET", path, headers=headers, sink=Sink(sink, start))

    def send_reviews(self, reviews: Sequence[Review]) -> tuple[LineResult, ...]:
        """Send review events; one result per event, in order."""
        body = b"".join(json_bytes(review) + b"\n" for review in reviews)
        response = self._call("POST", protocol.REVIEWS_BATCH, body=body, headers={"content-type": protocol.NDJSON})
        return lines_of(response, LineResult)

    def fetch_blob(self, sha256: str, sink: BinaryIO, *, start: int = 0) -> None:
        """Write an attachment's bytes from `start` on into `sink`. The caller checks the hash of the whole."""
        self._call("GET", f"{protocol.BLOBS}/{sha256}", sink=Sink(sink, start))

    def fetch_thumbnail(self, sha256: str, sink: BinaryIO) -> None:
        """Write a small JPEG of a photo into `sink`. Raises `RefusedError` where there is none."""
        self._call("GET", f"{protocol.BLOBS}/{sha256}{protocol.THUMBNAIL}", sink=Sink(sink))

    def check_receipt(self, receipt: Receipt, digest: str, revision_id: str) -> None:
        """Believe a receipt only if it names our digest, is this centre's, and its signature holds.

        Raises `NotOurServerError`; keys are fetched once anew where the key is not known yet.
        """
        if receipt.digest != digest or receipt.revision_id != revision_id:
            raise NotOurServerError("receipt names other bytes", revision_id=revision_id)
        if receipt.server_id not in (self.session.centre_id or self.session.server_id, *self.session.former):
            raise WrongServerError(server_id=receipt.server_id)
        key = self._receipt_key(receipt.key_id)
        if key is None and not self.session.through_relay:  # a relay must not say whom to believe
            self.fetch_keys()
            key = self._receipt_key(receipt.key_id)
        if key is None:
            raise NotOurServerError("receipt key", key_id=receipt.key_id)
        self._check_signature(receipt, bytes.fromhex(key.public_key))

    def check_relayed(self, receipt: Receipt, digest: str, revision_id: str) -> None:
        """Check a relay's own receipt. Raises `NotOurServerError` where no relay was asked or it names other bytes."""
        key = next((k for k in self.session.relay_keys if k.key_id == receipt.key_id), None)
        ours = receipt.digest == digest and receipt.revision_id == revision_id
        if key is None or not ours or receipt.server_id != self.session.server_id:
            raise NotOurServerError("relayed", revision_id=revision_id)
        self._check_signature(receipt, bytes.fromhex(key.public_key))

    def _receipt_key(self, key_id: str) -> ReceiptKey | None:
        return next((k for k in self.session.receipt_keys if k.key_id == key_id), None)

    # --- one call -----------------------------------------------------------------------------------------------------

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: bytes | Body | None = None,
        headers: Mapping[str, str] | None = None,
        auth: bool = True,
        renews: bool = True,
        connect_timeout: float = 10.0,
        seconds: float = 60.0,
        sink: Sink | None = None,
    ) -> Response:
        """Make a call; renew the tokens once where the short one ran out. Raises `SyncError` for every non-success."""
        request = Request(
            method,
            self.session.url + protocol.BASE + path,
            {"content-type": protocol.JSON, **(headers or {}), **(sink.headers if sink is not None else {})},
            body,
            connect_timeout,
            seconds,
        )
        used = self._tokens() if auth else None
        response = self._exchange(request, used, sink)
        if response.status == 401 and used is not None and problem_code(response) != Code.TOKEN_REVOKED:
            if not renews:
                raise ExpiredError(used.access)
            self.renew(used.access)
            response = self._exchange(request, self._tokens(), sink)
        if response.status >= 300 and response.status != 304:
            raise error_of(response)
        return response

    def _tokens(self) -> Tokens:
        if self.session.tokens is None:
            raise SignInError(code=Code.SIGN_IN)
        return self.session.tokens

    def _exchange(self, request: Request, tokens: Tokens | None, sink: Sink | None = None) -> Response:
        nonce = self._nonce()
        headers = {**request.headers, protocol.NONCE_HEADER: nonce}
        if tokens is not None:
            headers["authorization"] = f"Bearer {tokens.access}"

        response = self._transport.send(replace(request, headers=headers, sink=self._checked(sink, nonce)))
        if request.body is not None:
            with self._counting:
                self.bytes_sent += len(request.body)
        check_origin(response, nonce, self.session.server_id)
        return response

    def _checked(self, sink: Sink | None, nonce: str) -> Callable[[Response], BinaryIO] | None:
        """Return what opens the sink once the answer's head is known to be our centre's."""
        if sink is None:
            return None

        def opened(head: Response) -> BinaryIO:
            check_origin(head, nonce, self.session.server_id)
            return sink.opened(head)

        return opened

    def renew(self, access: str) -> None:
        """Fetch new tokens with the long one, unless this short one is not the one in use any more."""
        tokens = self._tokens()
        if tokens.access != access:
            return
        request = Request(
            "POST",
            self.session.url + protocol.BASE + protocol.TOKENS,
            {"content-type": protocol.JSON},
            json_bytes({"refresh": tokens.refresh}),
        )
        renewed = self._exchange(request, None)
        if renewed.status >= 300:
            error = error_of(renewed)
            raise SignInError(error.code) if error.action is Action.FIX else error
        self._keep(replace(self.session, tokens=members_of(renewed, Tokens)))

    def _keep(self, session: Session) -> None:
        self._save(session)
        self.session = session
