"""Records of the general inspection in a small workspace: begun, answered, sealed as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from checklists.clock import IdMaker
from checklists.model import Officer, Site
from checklists.store import SealContent, Store
from inspector_app.actions.inspection import records
from inspector_app.actions.inspection.opened import OpenRecord
from inspector_app.actions.laptop import workspace
from tests.support import store_workspace
from tests.support.clock import FrozenClock
from tests.support.command_line import PASSPHRASE, CommandLine

OFFICER = Officer("p1", "นางสาวตัวอย่าง ใจดี", lead=True)
SITE = Site("20119000125553", name_th="โรงงานตัวอย่าง", registry_no="20119000125553", group="3", province_code="11")


@dataclass
class Desk:
    """A store with a clock, and an officer who works with both."""

    store: Store
    clock: FrozenClock
    ids: IdMaker

    def begin(self, form_id: str = "factory_act_general", **answers: str) -> str:
        begun = records.start(self.store, site=SITE, form_id=form_id, team=(OFFICER,), clock=self.clock, ids=self.ids)
        self.answer(begun.record_id, **answers)
        return begun.record_id

    def answer(self, record_id: str, **answers: str) -> None:
        """Answer items: `FA_B06="fail"`, `FA_B06_note="ล็อก"`."""
        opened = self.open(record_id)
        named = {_item(name): value for name, value in answers.items()}
        records.answer(self.store, opened, named, clock=self.clock)

    def open(self, record_id: str) -> OpenRecord:
        return records.load(self.store, record_id, clock=self.clock)

    def seal(self, record_id: str) -> None:
        """Seal a record as it stands; what is missing is another part's business."""
        opened = self.open(record_id)
        result = opened.evaluate(signatures_required=False)
        xml = opened.session.to_submission_xml(instance_id="uuid:1").decode("utf-8")
        self.store.records.finalise(record_id, SealContent(result, xml, "th"))


def _item(name: str) -> str:
    head, number, *part = name.split("_")
    return ".".join((f"{head}-{number}", *part))


def desk(folder: Path, clock: FrozenClock) -> Desk:
    return Desk(store_workspace.new_store(folder, clock), clock, IdMaker(clock))


def seal_as_it_stands(inspector: CommandLine, record_id: str) -> None:
    """Seal a draft of a command-line workspace although things are missing, which is another part's business."""
    keys = workspace.sign_in(inspector.folder, passphrase=PASSPHRASE, clock=inspector.clock)
    with workspace.open_store(inspector.folder, keys, clock=inspector.clock) as store:
        opened = records.load(store, record_id, clock=inspector.clock)
        result = opened.evaluate(signatures_required=False)
        xml = opened.session.to_submission_xml(instance_id="uuid:1").decode("utf-8")
        store.records.finalise(record_id, SealContent(result, xml, "th"))
