"""Points, lines and areas on the earth. A point is `latitude longitude [altitude [accuracy]]`; `;` splits points."""

from __future__ import annotations

import itertools
import math
from typing import Any

from checklists.xpath.signature import Function
from checklists.xpath.values import NAN, Kind, texts_of

RADIUS = 6_378_100.0
"""Equatorial radius of the earth in metres, as the ODK tools take it."""

MAX_POINTS = 100_000
"""Most points of one line or area; what is longer counts as no geometry."""

Point = tuple[float, float]


def points_of(values: tuple[Any, ...]) -> list[Point] | None:
    """Return (latitude, longitude) in degrees of a line, of points or of nodes; None when one is not a point."""
    found: list[Point] = []
    for text in (text for value in values for text in texts_of(value)):
        for part in text.split(";"):
            if not part.strip():
                continue
            point = _point(part)
            if point is None or len(found) == MAX_POINTS:
                return None
            found.append(point)
    return found


def _point(text: str) -> Point | None:
    try:
        latitude, longitude = (float(number) for number in text.split()[:2])
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def distance(*values: Any) -> float:
    """Return the length in metres of the line through the points; NaN when there are none."""
    points = points_of(values)
    if not points:
        return NAN
    return math.fsum(_between(a, b) for a, b in itertools.pairwise(points))


def _between(a: Point, b: Point) -> float:
    north_a, north_b = math.radians(a[0]), math.radians(b[0])
    north, east = (north_b - north_a) / 2, math.radians(b[1] - a[1]) / 2
    h = math.sin(north) ** 2 + math.cos(north_a) * math.cos(north_b) * math.sin(east) ** 2
    return 2 * RADIUS * math.asin(min(1.0, math.sqrt(h)))


def area(*values: Any) -> float:
    """Return the area in square metres inside the points; NaN when there are none, 0 under three."""
    points = points_of(values)
    if not points:
        return NAN
    if len(points) < 3:
        return 0.0
    if points[0] != points[-1]:
        points.append(points[0])
    doubled = math.fsum(
        math.radians(b[1] - a[1]) * (2 + math.sin(math.radians(a[0])) + math.sin(math.radians(b[0])))
        for a, b in itertools.pairwise(points)
    )
    return abs(doubled * RADIUS * RADIUS / 2)


def geofence(point: Any, fence: Any) -> bool:
    """Say whether a point lies inside a closed line (even-odd rule on degrees)."""
    here, corners = points_of((point,)), points_of((fence,))
    if not here or not corners or len(corners) < 3:
        return False
    (y, x), inside = here[0], False
    for (y1, x1), (y2, x2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


GEO = (
    Function("distance", "g+", Kind.NUMBER, distance),
    Function("area", "g+", Kind.NUMBER, area),
    Function("enclosed-area", "g+", Kind.NUMBER, area),  # JavaRosa's second name for it
    Function("geofence", "vv", Kind.BOOLEAN, geofence),
)
