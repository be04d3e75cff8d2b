"""A small workspace for tests of the window: one or more people, a registry, records in every state."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from checklists.clock import Clock, stamp
from checklists.crypto import DeviceKey, KdfCost, WorkspaceKeys, add_person
from checklists.findings.authority import Appointment
from checklists.model import Attachment, AttachmentKind, Draft, FormPin, Officer, Site, Visit, VisitKind, Words
from checklists.sealing import make_receipt
from checklists.store import SealContent, Store
from inspector_app import demo_data
from inspector_app.actions.factories import sites
from inspector_app.actions.inspection import authority
from inspector_app.actions.laptop import workspace as actions
from inspector_app.credentials import NoSecretStore
from tests.support import store_builders

PASSPHRASE = "demo-2569"
OFFICER = Officer(
    "p-wichai", "วิชัย ตัวอย่าง", position="นักวิชาการอุตสาหกรรม", office="สอจ. สมุทรปราการ", card_no="1234", lead=True
)
HELPER = Officer("p-arunee", "อรุณี ตัวอย่าง", position="วิศวกร")
PIN = FormPin("factory_act_general", "1.0", "ab" * 32, Words("โรงงานทั่วไป", "General factory"))


def make(folder: Path, clock: Clock, *, factories: int = 120, people: tuple[str, ...] = ()) -> WorkspaceKeys:
    """Make a workspace with a registry of made-up factories; `people` are further names with the same passphrase."""
    created = actions.create(
        folder,
        officer=OFFICER,
        passphrase=PASSPHRASE,
        clock=clock,
        secrets=NoSecretStore(),
        cost=KdfCost.weak_for_tests(),
    )
    for number, name in enumerate(people):
        add_person(
            folder / actions.KEY_FILE,
            created.keys,
            person_id=f"p-{number}",
            person_name=name,
            passphrase=PASSPHRASE,
            cost=KdfCost.weak_for_tests(),
        )
    with opened(folder, created.keys, clock) as store:
        sites.import_demo(store, factories)
        card, since = OFFICER.card_no, "2017-01-01"
        authority.set_appointments(store, [Appointment(one.act, card, valid_from=since) for one in authority.acts()])
    return created.keys


@contextmanager
def opened(folder: Path, keys: WorkspaceKeys, clock: Clock) -> Iterator[Store]:
    store = actions.open_store(folder, keys, clock=clock)
    try:
        yield store
    finally:
        store.close()


def some_sites(count: int) -> list[Site]:
    """Return made-up factories, the one of the demo first."""
    return [demo_data.first_factory(), *list(demo_data.factories(count + 30))[20 : 20 + count]]


def draft(
    store: Store, clock: Clock, name: str, site: Site, *, kind: VisitKind = VisitKind.PLANNED, **progress: Any
) -> str:
    """Begin a record; `progress=(answered, total, failed)`."""
    visit = Visit(f"v-{name}", site, kind=kind, started_at=stamp(clock.now()), team=(OFFICER, HELPER))
    store.visits.start(visit)
    blank = Draft(PIN.form_id, PIN.version, PIN.sha256)
    store.records.create(record_id=f"r-{name}", visit_id=visit.visit_id, form=PIN, draft=blank, author=OFFICER)
    if progress:
        store.records.save_answers(f"r-{name}", (), cursor=None, **progress)
    return f"r-{name}"


def add_photo(store: Store, record_id: str, number: int, size: int = 40_000) -> Attachment:
    staged = store.attachments.write_file(io.BytesIO(f"{record_id}{number}".encode() * (size // 8)), mime="image/jpeg")
    one = Attachment(
        f"{record_id}-a{number}",
        record_id,
        AttachmentKind.PHOTO,
        staged.sha256,
        staged.size,
        staged.mime,
        f"{staged.sha256[:8]}.jpg",
        exhibit=store.attachments.next_exhibit(record_id),
    )
    store.attachments.add(one, staged, b"small")
    return one


def seal(store: Store, record_id: str) -> None:
    store.records.finalise(record_id, SealContent(result=store_builders.result(), submission_xml="<data/>"))


def receive(store: Store, record_id: str, clock: Clock) -> None:
    """Put a receipt of a made-up centre on the record, as the sync engine would after checking it."""
    sealed = store.records.sealed(record_id)
    receipt = make_receipt(
        sealed,
        receipt_id="3f9a71c0-0000-7000-8000-000000000001",
        server_id="centre-1",
        received_at=stamp(clock.now()),
        seq=1,
        key=DeviceKey.generate(),
    )
    store.outbox.acknowledge(receipt)


def fill(folder: Path, keys: WorkspaceKeys, clock: Any) -> None:
    """Add records in every state: two of today, three drafts, three that wait, one sent."""
    places = some_sites(9)
    with opened(folder, keys, clock) as store:
        for back, states in ((5, ("sent",)), (3, ("draft", "sealed", "draft", "sealed")), (1, ("draft", "sealed"))):
            clock.advance(-86_400 * back)
            for number, state in enumerate(states):
                name = f"{back}-{number}"
                record_id = draft(store, clock, name, places.pop(), progress=(30 + number, 54, number))
                for photo in range(back + 1 if state != "draft" else 0):
                    add_photo(store, record_id, photo)
                if state != "draft":
                    seal(store, record_id)
                if state == "sent":
                    receive(store, record_id, clock)
            clock.advance(86_400 * back)
        clock.advance(-5_520)  # ninety-two minutes ago
        draft(store, clock, "today-2", places.pop(), kind=VisitKind.FOLLOW_UP, progress=(12, 54, 0))
        clock.advance(60)
        draft(store, clock, "today-1", places[0], progress=(41, 54, 4))
        clock.advance(5_460)


def copy(template: Path, folder: Path) -> Path:
    """Copy a workspace that nobody has open."""
    shutil.copytree(template, folder)
    return folder
