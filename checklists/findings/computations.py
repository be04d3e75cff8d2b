"""Values that follow from other values, each with its formula shown with the numbers put in.

Sources: domain notes 2.5 (noise), 2.6 (heat), 1.3 (expansion table), 2.1 (toilets, exits), 4.5 (carbon). What is
unverified there is unverified here: these are aids, the judgement rests on the limit catalogue.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from checklists.findings.judging import number_text


@dataclass(frozen=True, slots=True)
class Computed:
    """A value in its unit, and how it came about."""

    value: float
    unit: str
    formula: str


# --- noise, heat ----------------------------------------------------------------------------------------------------


def leq(levels: Sequence[float], hours: Sequence[float] | None = None) -> Computed:
    """Return the energy mean of levels in dB(A), weighted by time where times are given."""
    times = list(hours) if hours is not None else [1.0] * len(levels)
    total = sum(times)
    mean = sum(t * 10 ** (level / 10) for level, t in zip(levels, times, strict=True)) / total
    value = round(10 * math.log10(mean), 1)
    parts = " + ".join(f"{number_text(t)}×10^({number_text(level)}/10)" for level, t in zip(levels, times, strict=True))
    return Computed(value, "dB(A)", f"10·log10(({parts}) ÷ {number_text(total)}) = {number_text(value)}")


def allowed_hours(level: float, *, criterion: float = 90.0, exchange: float = 5.0) -> float:
    """Return how long a level may be borne a day: T = 8 ÷ 2^((L − criterion) ÷ exchange)."""
    return 8 / 2 ** ((level - criterion) / exchange)


def twa(exposures: Sequence[tuple[float, float]], *, criterion: float = 90.0, exchange: float = 5.0) -> Computed:
    """Return the 8-hour time-weighted average of (level, hours) pairs by dose."""
    dose = sum(hours / allowed_hours(level, criterion=criterion, exchange=exchange) for level, hours in exposures)
    value = round(criterion + exchange / math.log10(2) * math.log10(dose), 1)
    parts = " + ".join(
        f"{number_text(hours)}/{number_text(round(allowed_hours(level, criterion=criterion, exchange=exchange), 2))}"
        for level, hours in exposures
    )
    return Computed(value, "dB(A)", f"D = {parts} = {number_text(round(dose, 3))}; TWA = {number_text(value)}")


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

EXPANSION_STEPS = ((100, 50), (500, 100), (1000, 200), (2000, 300), (3000, 400))
"""Present power up to … HP -> added power that makes an expansion (s. 18(1)); above 3,000 HP it is 500."""


def expansion_line(present: float) -> Computed:
    """Return the total power from which on an addition is an expansion (s. 18)."""
    step = next((step for most, step in EXPANSION_STEPS if present <= most), 500)
    value = present + step
    return Computed(value, "แรงม้า", f"{number_text(present)} + {step} = {number_text(value)}")


def toilets(workers: int) -> Computed:
    """Return the toilets needed: ≤ 15 workers 1, ≤ 40 2, ≤ 80 3, then one more for every 50 (begun)."""
    for most, seats in ((15, 1), (40, 2), (80, 3)):
        if workers <= most:
            return Computed(seats, "ที่", f"{workers} ≤ {most} → {seats}")
    seats = 3 + math.ceil((workers - 80) / 50)
    return Computed(seats, "ที่", f"3 + ⌈({workers} − 80) ÷ 50⌉ = {seats}")


def exit_width(persons: int) -> Computed:
    """Return the least exit width: 110 cm, plus 2 cm for each person above 50."""
    value = 110 + 2 * max(0, persons - 50)
    return Computed(value, "cm", f"110 + 2 × ({persons} − 50) = {value}" if persons > 50 else "110")


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
