"""Everything a running centre consists of, made once from its configuration."""

from __future__ import annotations

from dataclasses import dataclass, field

from checklists.crypto import DeviceKey
from sync.protocol import Role
from sync.server import outgoing
from sync.server.config import ServerConfig
from sync.server.database.storage import Storage, closed_on_error
from sync.server.files.blobs import BlobFolder
from sync.server.files.bucket import BlobBucket, store_at
from sync.server.identity import ensure_identity, load_key
from sync.server.intake.anchors import Anchors
from sync.server.intake.records import Records
from sync.server.intake.reviews import Reviews
from sync.server.openrosa.forms import Forms
from sync.server.openrosa.intake import Intake
from sync.server.people.auth import CACHE_SECONDS, Gate
from sync.server.people.bell import Bell
from sync.server.people.issuer import Issuer, IssuerConfig
from sync.server.people.users import Users
from sync.server.wire.limiting import Buckets
from sync.server.wire.metrics import Metrics


@dataclass
class Centre:
    """The parts that the routes work with."""

    config: ServerConfig
    storage: Storage
    key: DeviceKey
    server_id: str
    gate: Gate
    users: Users
    records: Records
    anchors: Anchors
    blobs: BlobFolder
    reviews: Reviews
    phones: Intake
    calls: Buckets
    registrations: Buckets
    metrics: Metrics = field(default_factory=Metrics)
    uploads: dict[tuple[str, str], object] = field(default_factory=dict)

    @classmethod
    def open(cls, config: ServerConfig) -> Centre:
        """Open or make the data folder, the database and the receipt key. Nothing stays open where it raises."""
        config.data.mkdir(parents=True, exist_ok=True)
        storage = Storage.open(config.data, config.database)
        with closed_on_error(storage):
            return cls._on(storage, config)

    @classmethod
    def _on(cls, storage: Storage, config: ServerConfig) -> Centre:
        key = load_key(config.data)
        server_id = ensure_identity(storage, key)
        blobs = BlobBucket(config.data, store_at(config.bucket)) if config.bucket else BlobFolder(config.data)
        bell = Bell(config.data)
        records = Records(
            storage,
            clock=config.clock,
            key=key,
            server_id=server_id,
            readers=config.readers,
            heard=object if config.database else bell.state,  # centres that share a database hear no bell
        )
        return cls(
            config=config,
            storage=storage,
            key=key,
            server_id=server_id,
            gate=Gate(
                storage,
                clock=config.clock,
                server_id=server_id,
                bell=bell,
                issuer=_issuer(config),
                cache_seconds=0.0 if config.database else CACHE_SECONDS,
            ),
            users=Users(storage, clock=config.clock, bell=bell),
            records=records,
            anchors=Anchors(storage, clock=config.clock, key=key, server_id=server_id),
            blobs=blobs,
            reviews=Reviews(storage, clock=config.clock),
            phones=Intake(storage, blobs, records, Forms(storage, blobs, clock=config.clock), key, config.clock),
            calls=Buckets(config.calls),
            registrations=Buckets(config.registrations),
        )

    def make_code(self, *, role: Role = Role.INSPECTOR, scope: str, person_id: str = "", minutes: int = 24 * 60) -> str:
        return self.gate.make_code(role=role, scope=scope, person_id=person_id, minutes=minutes)

    def close(self) -> None:
        self.records.close()
        self.storage.close()


def _issuer(config: ServerConfig) -> Issuer | None:
    """Return the outside issuer that is set up beside the data. Raises `IssuerConfigError`."""
    found = IssuerConfig.load(config.data)

    def fetch(url: str) -> bytes:
        status, body = outgoing.call(url, {"accept": "application/json"})
        if status != 200:
            raise OSError(f"{status} from the issuer's keys")
        return body

    return None if found is None else Issuer(found, config.data, fetch)
