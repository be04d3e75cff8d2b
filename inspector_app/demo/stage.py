"""Who is on stage and where: the demo's officer, its folders, and the story that it tells of itself."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from checklists.clock import Clock, SystemClock
from checklists.errors import InspectorError
from checklists.model import Officer
from inspector_app.actions.afterwards.checkup import Check

PASSPHRASE = "ตรวจโรงงาน 2569"  # noqa: S105 - of the demo's made-up workspace; it is printed
OFFICER = Officer(
    "demo-officer",
    "นางสาวตัวอย่าง ใจดี",
    position="นักวิชาการอุตสาหกรรมชำนาญการ",
    office="สำนักงานอุตสาหกรรมจังหวัดสมุทรปราการ (ตัวอย่าง)",
    card_no="ตย. 0001/2569",
    lead=True,
)


class DemoFailedError(InspectorError):
    """A part of the demo did not do what it should; `what` says which."""

    code = "bug"


@dataclass
class Story:
    """What happened, for the summary."""

    started: float = field(default_factory=time.monotonic)
    record_id: str = ""
    acknowledged: dict[str, str] = field(default_factory=dict)
    reopened_at: str = ""
    cuts: int = 0
    troubles: list[str] = field(default_factory=list)
    keys: int = 0
    checks: list[Check] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    digest: str = ""
    receipt: str = ""
    pages: dict[str, int] = field(default_factory=dict)

    def timed(self, name: str, since: float) -> None:
        self.seconds[name] = time.monotonic() - since


@dataclass(frozen=True, slots=True)
class Stage:
    """Where everything of one run lies."""

    output: Path
    clock: Clock = SystemClock()  # noqa: RUF009 - it has no state

    @property
    def workspace(self) -> Path:
        return self.output / "work" / "workspace"

    @property
    def photos(self) -> Path:
        return self.output / "work" / "camera"

    @property
    def centre(self) -> Path:
        return self.output / "work" / "centre"
