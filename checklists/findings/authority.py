"""Whether the officer's appointment and the hours of entry of *that* Act cover a visit.

Only warnings, each with its ground: the officer may go on and writes down why. A checklist that rests on no Act
(awards, follow-up of groups) asks nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from checklists.authoring import load_yaml
from checklists.authoring.catalogue import HANDBOOK, Catalogue
from checklists.clock import BANGKOK
from checklists.findings.sun import sun_times
from checklists.model import LawRef, Words


@dataclass(frozen=True, slots=True)
class Appointment:
    """An officer's appointment under one Act: card, area (province codes, none = whole country), period (ISO days)."""

    act: str
    card_no: str = ""
    provinces: tuple[str, ...] = ()
    valid_from: str = ""
    valid_until: str = ""

    def covers(self, act: str, province: str, day: str) -> bool:
        in_area = not self.provinces or province in self.provinces
        return (
            self.act == act and in_area and self.valid_from <= day and (not self.valid_until or day <= self.valid_until)
        )


@dataclass(frozen=True, slots=True)
class Power:
    """What one Act allows on a visit."""

    act: str
    name: Words
    checklists: tuple[str, ...]
    hours: str
    law: str
    card: str
    card_law: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that the Act does not plainly cover; the officer gives the ground and goes on."""

    code: str  # appointment, hours, hours-unknown, card
    message: Words
    law: LawRef


def powers(folder: Path = HANDBOOK) -> tuple[Power, ...]:
    """Return the powers of `powers.yaml`."""
    return tuple(
        Power(
            row["id"],
            Words(row["th"], row["en"]),
            tuple(row["checklists"].split()),
            row["hours"],
            row["law"],
            row["card"],
            row["card_law"],
        )
        for row in load_yaml(folder / "powers.yaml")["powers"]
    )


def warnings(
    checklist: str,
    moment: datetime,
    *,
    catalogue: Catalogue,
    known: Sequence[Power],
    appointments: Sequence[Appointment] = (),
    province: str = "",
    position: tuple[float, float] | None = None,
    working: tuple[time, time] | None = None,
    entered: datetime | None = None,
    card_shown: bool | None = None,
) -> tuple[Warned, ...]:
    """Return what to warn of when a checklist is started or gone on with at a moment.

    `working` are the working hours of the place where known, `entered` when the visit began, `position` the site's
    latitude and longitude (without it the sun of the middle of Thailand is taken).
    """
    power = next((one for one in known if checklist in one.checklists), None)
    if power is None:
        return ()
    found: list[Warned] = []
    local = moment.astimezone(BANGKOK)
    if not any(one.covers(power.act, province, local.date().isoformat()) for one in appointments):
        found.append(
            Warned(
                "appointment",
                Words(
                    f"ไม่พบการแต่งตั้งเป็นพนักงานเจ้าหน้าที่ตาม{power.name.th} ที่ครอบคลุมพื้นที่และวันนี้",
                    f"No appointment under the {power.name.en} that covers this area and day",
                ),
                catalogue.law(power.law),
            )
        )
    found += _hours(power, local, catalogue, position=position, working=working, entered=entered)
    if power.card == "always" and card_shown is False:
        message = Words(
            f"{power.name.th} ต้องแสดงบัตรประจำตัวทุกครั้ง", f"The {power.name.en} demands that the card is shown"
        )
        found.append(Warned("card", message, catalogue.law(power.card_law)))
    return tuple(found)


MIDDLE_OF_THAILAND = (13.75, 100.5)
"""Bangkok, where the position of a site is not known."""


def _hours(
    power: Power,
    local: datetime,
    catalogue: Catalogue,
    *,
    position: tuple[float, float] | None,
    working: tuple[time, time] | None,
    entered: datetime | None,
) -> list[Warned]:
    law = catalogue.law(power.law)
    if power.hours == "unknown":
        message = Words("เวลาเข้าตรวจตามพระราชบัญญัตินี้รอหน่วยงานยืนยัน", "The hours of entry of this Act are to be confirmed")
        return [Warned("hours-unknown", message, law)]
    if _allowed(power, local, position or MIDDLE_OF_THAILAND, working, entered):
        return []
    rise, fall = sun_times(local.date(), *(position or MIDDLE_OF_THAILAND))
    span = f"{rise:%H:%M}–{fall:%H:%M}"
    also = "" if power.hours == "daylight" else " หรือเวลาทำการของสถานที่"
    also_en = "" if power.hours == "daylight" else " or the working hours of the place"
    message = Words(
        f"อยู่นอกเวลาที่เข้าตรวจได้ (พระอาทิตย์ขึ้นถึงตก {span} น.{also}) กรุณาบันทึกเหตุ",
        f"Outside the hours of entry (sunrise to sunset {span}{also_en}); please give the ground",
    )
    return [Warned("hours", message, law)]


def _allowed(
    power: Power,
    local: datetime,
    position: tuple[float, float],
    working: tuple[time, time] | None,
    entered: datetime | None,
) -> bool:
    rise, fall = sun_times(local.date(), *position)
    if rise <= local <= fall:
        return True
    if power.hours == "daylight":
        return False
    if working and working[0] <= local.time() <= working[1]:
        return True
    begun = entered.astimezone(BANGKOK) if entered else None
    return power.hours.endswith("continue") and begun is not None and rise <= begun <= fall
