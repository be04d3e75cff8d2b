"""One play against an OpenRosa server: a laptop with its outbox, and the stand-in that it hands over to."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

import requests

from checklists.crypto import DeviceKey
from checklists.sealing import digest
from sync.openrosa import Handed, HandOver, LoginTransport, OpenRosaClient
from sync.transport import RequestsTransport, Transport
from tests.support.openrosa_central import Central, MemoryLedger
from tests.support.sync_outbox import MemoryOutbox, sealed_record

FORM = ("f", "1")


@dataclass
class Play:
    """A laptop with its outbox, and the stand-in that it hands over to."""

    central: Central
    outbox: MemoryOutbox
    key: DeviceKey
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    pauses: list[float] = field(default_factory=list)
    login: tuple[str, str] | None = None
    url: str = ""

    def seal(self, revision_id: str, *, base: str | None = None, files: Sequence[bytes] = (), form: str = "f") -> bytes:
        """Seal a revision that names its files; returns its XML."""
        names = "".join(f"<exhibits><exhibit_file>{digest(d)[:8]}.jpg</exhibit_file></exhibits>" for d in files)
        deprecated = f"<deprecatedID>uuid:{base}</deprecatedID>" if base else ""
        meta = f"<meta><instanceID>uuid:{revision_id}</instanceID>{deprecated}</meta>"
        xml = f'<data id="{form}" version="1"><note>ตรวจแล้ว</note>{names}{meta}</data>'
        record = (base or revision_id)[:5]
        self.outbox.put(
            sealed_record(self.key, revision_id, record_id=record, base=base, files=files, submission=xml), files
        )
        return xml.encode()

    def client(self) -> OpenRosaClient:
        transport: Transport = RequestsTransport()
        if self.login:
            transport = LoginTransport(transport, self.central.url, *self.login)
        return OpenRosaClient(transport, self.url or self.central.key_url, shelf=self.ledger)

    def run(self, *, force: bool = False) -> Handed:
        client = self.client()
        with closing(client):
            return HandOver(self.outbox, client, self.ledger, pause=self.pauses.append).run(force=force)

    def told(self, *, force: bool = False) -> dict[str, str]:
        """Run; return fate and reason by revision."""
        return {i: f"{m.fate}/{m.why}" for i, m in self.run(force=force).said.items()}

    def by_hand(self, xml: bytes) -> int:
        """Post the XML as somebody else would, once."""
        with closing(self.client()) as client:
            return client.post(xml, []).status

    def raw(self, body: bytes, **headers: str) -> int:
        """Send what our client never would, to see what the server makes of it."""
        with requests.Session() as session:
            session.trust_env = False
            url = self.central.key_url + "/submission"
            return session.post(url, body, headers=headers, timeout=10).status_code
