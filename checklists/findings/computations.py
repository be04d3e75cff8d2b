"""Values that follow from other values, each with its formula shown with the numbers put in.

Numbers of the law (steps of s. 18, toilets, exits, criterion of the working day's noise) come from the limit catalogue,
and the result names the limit. What stands here is arithmetic and definition of the quantity (Leq and TWA: domain notes
2.5, WBGT: ISO 7243, carbon: 4.5). These are aids; the judgement rests on the limit catalogue.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from checklists.authoring.catalogue import FIRM, UNCONFIRMED, LimitEntry
from checklists.authoring.errors import CatalogueError
from checklists.authoring.step_tables import StepTable
from checklists.findings.judging import as_date, number_text
from checklists.model import LawRef, Words
from checklists.text import english_date, thai_date


@dataclass(frozen=True, slots=True)
class Computed:
    """A value in its unit, how it came about, and the limit whose numbers it rests on where the law gives any."""

    value: float
    unit: str
    formula: str
    limit: LimitEntry | None = None


def ground_words(limit: LimitEntry, law: LawRef) -> Words:
    """Return what a number of the law rests on: law, since when, source, certainty, and that it is a draft if so."""
    start = _day(limit.in_force_from)
    thai = [law.title.th, f"ใช้บังคับ {start.th}", f"แหล่งที่มา {limit.source}", f"ความแน่ชัด {limit.certainty.value}"]
    english = [law.title.en, f"in force {start.en}", f"source {limit.source}", f"certainty {limit.certainty.value}"]
    if limit.in_force_until:
        end = _day(limit.in_force_until)
        thai[1], english[1] = f"{thai[1]} ถึง {end.th}", f"{english[1]} to {end.en}"
    if limit.certainty not in FIRM:
        thai.append(UNCONFIRMED.th)
        english.append(UNCONFIRMED.en)
    return Words(" · ".join(thai), " · ".join(english))


def _day(iso: str) -> Words:
    """Return a day, or a bare year, in the era of each language; a dash where it is not known."""
    if iso.isdigit():
        return Words(f"พ.ศ. {int(iso) + 543}", iso)
    day = as_date(iso) if iso else None
    return Words(thai_date(day), english_date(day)) if day else Words("ไม่ทราบวัน", "on an unknown day")


# --- noise, heat ----------------------------------------------------------------------------------------------------


def leq(levels: Sequence[float], hours: Sequence[float] | None = None) -> Computed:
    """Return the energy mean of levels in dB(A), weighted by time where times are given."""
    times = list(hours) if hours is not None else [1.0] * len(levels)
    total = sum(times)
    mean = sum(t * 10 ** (level / 10) for level, t in zip(levels, times, strict=True)) / total
    value = round(10 * math.log10(mean), 1)
    parts = " + ".join(f"{number_text(t)}×10^({number_text(level)}/10)" for level, t in zip(levels, times, strict=True))
    return Computed(value, "dB(A)", f"10·log10(({parts}) ÷ {number_text(total)}) = {number_text(value)}")


def allowed_hours(level: float, *, criterion: float, exchange: float) -> float:
    """Return how long a level may be borne a day: T = 8 ÷ 2^((L − criterion) ÷ exchange)."""
    return 8 / 2 ** ((level - criterion) / exchange)


def twa(
    exposures: Sequence[tuple[float, float]],
    limit: LimitEntry,
    *,
    criterion: float | None = None,
    exchange: float | None = None,
) -> Computed:
    """Return the 8-hour time-weighted average of (level, hours) pairs by dose.

    Criterion (dB(A) over 8 hours) and exchange rate are those of the limit unless given. Raises `CatalogueError` where
    the limit has none.
    """
    if limit.maximum is None or not limit.exchange:
        raise _without(limit, "max / exchange")
    base, step = criterion or limit.maximum, exchange or limit.exchange
    allowed = [allowed_hours(level, criterion=base, exchange=step) for level, _ in exposures]
    dose = sum(hours / most for (_, hours), most in zip(exposures, allowed, strict=True))
    value = round(base + step / math.log10(2) * math.log10(dose), 1)
    parts = " + ".join(
        f"{number_text(hours)}/{number_text(round(most, 2))}"
        for (_, hours), most in zip(exposures, allowed, strict=True)
    )
    formula = f"D = {parts} = {number_text(round(dose, 3))}; TWA = {number_text(value)}"
    own = (base, step) == (limit.maximum, limit.exchange)
    return Computed(value, "dB(A)", formula, limit if own else None)


def annoyance(specific: float, background: float) -> Computed:
    """Return the annoyance level: specific noise − background L90."""
    value = round(specific - background, 1)
    return Computed(value, "dB(A)", f"{number_text(specific)} − {number_text(background)} = {number_text(value)}")


def wbgt(wet: float, globe: float, dry: float | None = None) -> Computed:
    """Return the WBGT: inside 0.7 NWB + 0.3 GT; with the dry bulb given, in the sun 0.7 NWB + 0.2 GT + 0.1 DB."""
    if dry is None:
        value = round(0.7 * wet + 0.3 * globe, 1)
        return Computed(value, "°C", f"0.7×{number_text(wet)} + 0.3×{number_text(globe)} = {number_text(value)}")
    value = round(0.7 * wet + 0.2 * globe + 0.1 * dry, 1)
    shown = f"0.7×{number_text(wet)} + 0.2×{number_text(globe)} + 0.1×{number_text(dry)} = {number_text(value)}"
    return Computed(value, "°C", shown)


def ppm_to_mg(ppm: float, molar_mass: float) -> Computed:
    """Return mg/m³ at 25 °C and 1 atm (24.45 L/mol) of a gas with a molar mass in g/mol."""
    value = round(ppm * molar_mass / 24.45, 2)
    return Computed(value, "mg/m³", f"{number_text(ppm)} × {number_text(molar_mass)} ÷ 24.45 = {number_text(value)}")


# --- building, power ------------------------------------------------------------------------------------------------


def expansion_line(present: float, limit: LimitEntry) -> Computed:
    """Return the total power from which on an addition is an expansion: present power and its step (s. 18)."""
    step = _stepped(present, limit)
    value = present + step
    formula = f"{number_text(present)} + {number_text(step)} = {number_text(value)}"
    return Computed(value, limit.unit, formula, limit)


def by_steps(given: float, limit: LimitEntry) -> Computed:
    """Return what the law asks for by the limit's steps: toilets for workers, exit width for persons.

    Raises `ValueError` where it asks for nothing at this input, `CatalogueError` where the limit has no steps.
    """
    table, value = _table(limit), _stepped(given, limit)
    shown, result = number_text(given), number_text(value)
    step = next((most for most, _ in table.rows if given <= most), None)
    if step is not None:
        return Computed(value, limit.unit, f"{shown} ≤ {number_text(step)} → {result}", limit)
    most, last = table.last
    if table.beyond is not None:
        return Computed(value, limit.unit, f"{shown} > {number_text(most)} → {result}", limit)
    over = f"({shown} − {number_text(most)})"
    begun = over if table.every == 1 else f"⌈{over} ÷ {number_text(table.every)}⌉"
    times = begun if table.more == 1 else f"{number_text(table.more)} × {begun}"
    return Computed(value, limit.unit, f"{number_text(last)} + {times} = {result}", limit)


def _stepped(given: float, limit: LimitEntry) -> float:
    value = _table(limit).value(given)
    if value is None:
        raise ValueError(given)
    return value


def _table(limit: LimitEntry) -> StepTable:
    if limit.table is None:
        raise _without(limit, "steps")
    return limit.table


def _without(limit: LimitEntry, key: str) -> CatalogueError:
    return CatalogueError("no steps", where=limit.limit_id, key=key, value="", what="steps", suggestion="")


# --- places, shares, carbon -----------------------------------------------------------------------------------------

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius (IUGG); the error of the sphere is below 0.5 % at these latitudes."""


def distance(lat1: float, lon1: float, lat2: float, lon2: float) -> Computed:
    """Return the great-circle distance in metres between two WGS 84 positions."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2) ** 2
    half += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    value = round(2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half))), 1)
    return Computed(value, "m", f"({lat1:.6f}, {lon1:.6f}) – ({lat2:.6f}, {lon2:.6f})")


def difference(reported: float, observed: float) -> Computed | None:
    """Return (observed − reported) ÷ reported in per cent; None where nothing was reported."""
    if reported == 0:
        return None
    value = round((observed - reported) / reported * 100, 1)
    shown = (
        f"({number_text(observed)} − {number_text(reported)}) ÷ {number_text(reported)} × 100 = {number_text(value)}"
    )
    return Computed(value, "%", shown)


def carbon(activity: float, factor: float) -> Computed:
    """Return tCO₂e = activity × factor (kgCO₂e per unit) ÷ 1000."""
    value = round(activity * factor / 1000, 3)
    return Computed(value, "tCO₂e", f"{number_text(activity)} × {number_text(factor)} ÷ 1000 = {number_text(value)}")
