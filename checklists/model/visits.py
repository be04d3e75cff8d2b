"""Sites, the people of a visit, and the visit itself."""

from __future__ import annotations

from dataclasses import dataclass

from checklists.model.plain import Jsonable
from checklists.model.words import SiteKind, VisitKind, VisitOutcome


@dataclass(frozen=True, slots=True)
class Site(Jsonable):
    """Snapshot of what is inspected; a record keeps it as it was, with the registry key as text.

    `site_id` is the registry key for registered sites and a provisional UUIDv7 for sites described in the field.
    Latitude and longitude are decimal degrees (WGS 84); horsepower in HP.
    """

    site_id: str
    kind: SiteKind = SiteKind.FACTORY
    name_th: str = ""
    name_en: str = ""
    registry_no: str = ""  # 14 digits, Luhn
    old_no: str = ""  # e.g. 3-34(3)-3/54นบ
    juristic_no: str = ""  # 13 digits
    operator: str = ""
    activity: str = ""
    type_code: str = ""  # 1-107
    group: str = ""  # จำพวก 1-3
    horsepower: float | None = None
    workers: int | None = None
    address: str = ""
    subdistrict: str = ""
    district: str = ""
    province_code: str = ""  # 10-96
    province: str = ""
    postcode: str = ""
    lat: float | None = None
    lon: float | None = None
    former_names: tuple[str, ...] = ()  # names it had before, the latest first
    provisional: bool = False
    example: bool = False  # made-up demo data, shown as ตัวอย่าง


@dataclass(frozen=True, slots=True)
class Officer(Jsonable):
    """A member of the inspecting team."""

    person_id: str
    name: str
    position: str = ""
    office: str = ""
    card_no: str = ""
    lead: bool = False


@dataclass(frozen=True, slots=True)
class PersonMet(Jsonable):
    """Who received the officers at the site."""

    name: str
    position: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Refusal(Jsonable):
    """A person asked to sign did not: who (role guide or witness), the reason given, and the officer's witness.

    `bound_to` names the content that was read out, as for a signature (`Attachment.bound_to`).
    """

    role: str
    name: str
    reason: str
    witness: str = ""
    at: str = ""
    bound_to: str = ""


@dataclass(frozen=True, slots=True)
class Visit(Jsonable):
    """One going to one site."""

    visit_id: str
    site: Site
    kind: VisitKind = VisitKind.PLANNED
    outcome: VisitOutcome = VisitOutcome.RUNNING
    started_at: str = ""
    ended_at: str = ""
    team: tuple[Officer, ...] = ()
    met: tuple[PersonMet, ...] = ()
    card_shown: bool | None = None  # s. 44
    refusals: tuple[Refusal, ...] = ()
    purpose: str = ""
    remarks: str = ""
