"""Sunrise and sunset computed offline, for the hours in which the Acts allow entry.

Method: NOAA's solar equations with the usual 90.833° zenith; within two minutes at Thailand's latitudes.
"""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta

from checklists.clock import BANGKOK

ZENITH = math.radians(90.833)


def sun_times(day: date, lat: float, lon: float) -> tuple[datetime, datetime]:
    """Return sunrise and sunset of a day at a place, in Thai time."""
    turn = 2 * math.pi / 365 * (day.timetuple().tm_yday - 1)
    equation = 229.18 * (
        0.000075 + 0.001868 * math.cos(turn) - 0.032077 * math.sin(turn)
        - 0.014615 * math.cos(2 * turn) - 0.040849 * math.sin(2 * turn)
    )  # fmt: skip
    declination = (
        0.006918 - 0.399912 * math.cos(turn) + 0.070257 * math.sin(turn) - 0.006758 * math.cos(2 * turn)
        + 0.000907 * math.sin(2 * turn) - 0.002697 * math.cos(3 * turn) + 0.00148 * math.sin(3 * turn)
    )  # fmt: skip
    phi = math.radians(lat)
    cosine = math.cos(ZENITH) / (math.cos(phi) * math.cos(declination)) - math.tan(phi) * math.tan(declination)
    half = math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
    noon = datetime.combine(day, time(), BANGKOK) + timedelta(minutes=720 - 4 * lon - equation + 420)
    return noon - timedelta(minutes=4 * half), noon + timedelta(minutes=4 * half)


def in_daylight(moment: datetime, lat: float, lon: float) -> bool:
    """Tell whether a moment lies between sunrise and sunset of its day."""
    local = moment.astimezone(BANGKOK)
    rise, fall = sun_times(local.date(), lat, lon)
    return rise <= local <= fall
