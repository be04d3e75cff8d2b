"""Makes the frozen workspace of the present schema; run once at a release, never again for that version.

python -m tests.support.store_freeze tests/data/store/v1
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from checklists.clock import BANGKOK
from checklists.crypto import DeviceKey
from checklists.model import AnswerRow, NodeRef, RepeatRow, Site
from checklists.sealing import make_receipt
from checklists.store import Handover, Instrument, OrderStep, OrderStepKind, PulledRow, Sample, VisitStep, WorkOrder
from tests.support import store_builders as make
from tests.support.clock import FrozenClock
from tests.support.store_workspace import begin, new_store, photo, whole_inspection

CENTRE = DeviceKey.from_seed(b"\x09" * 32)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=BANGKOK)


def freeze(folder: Path) -> None:
    """Tell a story that leaves a row in every table."""
    clock = FrozenClock(NOON)
    with new_store(folder, clock) as store:
        store.registry.import_rows([make.SITE, Site("2", name_th="โรงน้ำแข็งใสสะอาด", province_code="22")], "frozen")
        store.sites.add_provisional(Site("p-1", name_th="โรงงานไม่มีป้าย", provisional=True))
        sealed = whole_inspection(store, "r-sent", "v-sent")
        store.outbox.acknowledge(
            make_receipt(sealed, receipt_id="q-1", server_id="s-1", received_at="2026-11-22", seq=1, key=CENTRE)
        )
        clock.advance(60)
        whole_inspection(store, "r-waiting", "v-waiting")
        clock.advance(60)
        begin(store, "r-draft", "v-draft")
        store.records.save_answers(
            "r-draft",
            [AnswerRow("/data/a", "", "ผ่าน"), AnswerRow("/data/r/x", "row-1", "๑๒")],
            rows=[RepeatRow("row-1", "/data/r", "", 1)],
            cursor=NodeRef("/data/r/x", "row-1"),
            progress=(2, 54, 1),
        )
        photo(store, "a-draft", b"photo of a draft", "r-draft")
        store.evidence.take_sample(
            Sample("s-1", "v-draft", "น้ำ-1", "น้ำทิ้ง", "10:00", "สมศรี"), Handover("10:00", "ก", "ข")
        )
        store.evidence.put_instrument(Instrument("i-1", "เครื่องวัดเสียง", calibration_due="2027-01-01"))
        store.evidence.use_instrument("v-draft", "i-1")
        store.evidence.add_step("v-draft", VisitStep("card-shown", "10:00", "สมศรี"))
        revision = store.records.revisions("r-sent")[0].revision_id
        store.orders.draft(WorkOrder("o-1", "r-sent", revision, "2", ("f-1",), "ให้ซ่อม", "2026-12-22"), "สมศรี")
        store.orders.step("o-1", OrderStep(OrderStepKind.APPROVED, "2026-11-23", "หัวหน้า"))
        store.pulled.apply_page([PulledRow("reviews", "1", 1, "r-sent", {"text": "ดี"})], "c-1")
        store.restricted.put("p-1", "v-draft", {"name": "ผู้ร้อง"})
        store.settings.set("language", "th")


if __name__ == "__main__":
    freeze(Path(sys.argv[1]))
