"""Computations that an inspector does on site, each with its formula shown with the numbers put in.

An aid: the judgement rests on the limit catalogue. Numbers are taken as people type them (Thai digits, commas); those
of the law come from the limit in force, with its source and certainty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checklists.errors import AnswerError, NotFoundError
from checklists.model import Words
from checklists.text import clean, to_western_digits

if TYPE_CHECKING:
    from checklists.authoring.catalogue import Catalogue, LimitEntry
    from checklists.findings.computations import Computed

Values = Mapping[str, Sequence[float]]
LimitOf = Callable[[str], "LimitEntry"]
"""Gives the limit that a computation takes its numbers from."""


class ComputationError(AnswerError):
    """These values cannot be computed with; `kind` in data: missing, number, pairs, range; `input`, `value`."""

    code = "computation"


@dataclass(frozen=True, slots=True)
class Input:
    """One input. `many` takes several numbers, `needed` says whether it may be left out."""

    name: str
    words: Words
    unit: str = ""
    many: bool = False
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Computation:
    """One computation: its words, its inputs, its formula (a number of the law: the id of the limit)."""

    computation_id: str
    words: Words
    inputs: tuple[Input, ...]
    source: str
    run: Callable[[Values, LimitOf], Computed]


def computations() -> tuple[Computation, ...]:
    """Return every computation, in the order of the domain notes."""
    return tuple(_all().values())


def ground(found: Computed, catalogue: Catalogue) -> Words:
    """Return what the numbers of the law rest on: law, date in force, source, certainty; empty where there are none."""
    from checklists.findings.computations import ground_words

    return ground_words(found.limit, catalogue.law(found.limit.law)) if found.limit else Words()


def compute(
    computation_id: str, given: Mapping[str, str | Sequence[str]], catalogue: Catalogue, *, on: str
) -> Computed:
    """Compute from texts by input name, with the limits in force on a day (ISO).

    Raises `NotFoundError(kind="computation")`, `ComputationError`; `CatalogueError` where the catalogue lacks a number.
    """
    found = _all().get(computation_id)
    if found is None:
        raise NotFoundError(kind="computation", key=computation_id)
    known = {one.name for one in found.inputs}
    for name in given:
        if name not in known:
            raise ComputationError(kind="unknown", input=name, known=", ".join(sorted(known)))
    values: dict[str, tuple[float, ...]] = {}
    for one in found.inputs:
        texts = given.get(one.name, ())
        numbers = [_number(one.name, text) for text in ([texts] if isinstance(texts, str) else texts)]
        if one.needed and not numbers:
            raise ComputationError(kind="missing", input=one.name)
        if len(numbers) > 1 and not one.many:
            raise ComputationError(kind="pairs", input=one.name)
        values[one.name] = tuple(numbers)
    try:
        return found.run(values, lambda limit_id: _in_force(catalogue, limit_id, on))
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise ComputationError(kind="range", input=computation_id) from error


def _in_force(catalogue: Catalogue, limit_id: str, on: str) -> LimitEntry:
    from checklists.authoring.errors import CatalogueError

    limit = catalogue.limit_entry(limit_id, on)
    if limit is None:
        raise CatalogueError("no limit in force", where=limit_id, key=limit_id, what="limit", suggestion="")
    return limit


def _number(name: str, text: str) -> float:
    from checklists.findings.judging import as_number

    number = as_number(to_western_digits(clean(str(text))).replace(",", "").strip())
    if number is None:
        raise ComputationError(kind="number", input=name, value=text)
    return number


def _one(values: Values, name: str) -> float:
    return values[name][0]


def _maybe(values: Values, name: str) -> float | None:
    return values[name][0] if values[name] else None


def _all() -> dict[str, Computation]:
    return {one.computation_id: one for one in (*_noise_and_heat(), *_size_of_a_factory(), *_amounts())}


def _noise_and_heat() -> tuple[Computation, ...]:
    from checklists.findings import computations as by

    levels = Input("level", Words("ระดับเสียง", "level"), "dB(A)", many=True)
    wet, globe = Words("กระเปาะเปียก", "natural wet bulb"), Words("โกลบ", "globe")
    return (
        Computation(
            "leq",
            Words("ระดับเสียงเฉลี่ย Leq", "Energy mean of levels (Leq)"),
            (levels, Input("hours", Words("เวลา", "hours"), "ชั่วโมง", many=True, needed=False)),
            "10·log10(mean(10^(L/10)))",
            lambda v, _: by.leq(v["level"], v["hours"] or None),
        ),
        Computation(
            "twa",
            Words("เสียงเฉลี่ยตลอดเวลาทำงาน 8 ชั่วโมง (TWA)", "8-hour time-weighted average (TWA)"),
            (
                levels,
                Input("hours", Words("เวลา", "hours"), "ชั่วโมง", many=True),
                Input("criterion", Words("ระดับเกณฑ์อื่น", "another criterion"), "dB(A)", needed=False),
                Input("exchange", Words("อัตราแลกเปลี่ยนอื่น", "another exchange rate"), "dB(A)", needed=False),
            ),
            "noise-workplace-moi",
            _twa,
        ),
        Computation(
            "annoyance",
            Words("ระดับเสียงรบกวน", "Annoyance level"),
            (
                Input("specific", Words("เสียงขณะมีการรบกวน", "specific noise"), "dB(A)"),
                Input("background", Words("เสียงพื้นฐาน L90", "background L90"), "dB(A)"),
            ),
            "specific − L90",
            lambda v, _: by.annoyance(_one(v, "specific"), _one(v, "background")),
        ),
        Computation(
            "wbgt",
            Words("ดัชนีความร้อน WBGT", "Heat index WBGT"),
            (
                Input("wet", wet, "°C"),
                Input("globe", globe, "°C"),
                Input("dry", Words("กระเปาะแห้ง (กลางแดด)", "dry bulb (in the sun)"), "°C", needed=False),
            ),
            "0.7 NWB + 0.3 GT; 0.7 NWB + 0.2 GT + 0.1 DB",
            lambda v, _: by.wbgt(_one(v, "wet"), _one(v, "globe"), _maybe(v, "dry")),
        ),
    )


def _size_of_a_factory() -> tuple[Computation, ...]:
    from checklists.findings import computations as by

    return (
        Computation(
            "expansion",
            Words("เส้นแบ่งการขยายโรงงาน (มาตรา 18)", "Expansion line (s. 18)"),
            (Input("present", Words("กำลังเครื่องจักรเดิม", "present power"), "แรงม้า"),),
            "expansion-line",
            lambda v, limit: by.expansion_line(_one(v, "present"), limit("expansion-line")),
        ),
        Computation(
            "toilets",
            Words("จำนวนห้องส้วม", "Toilets needed"),
            (Input("workers", Words("จำนวนคนงาน", "workers"), "คน"),),
            "toilets",
            lambda v, limit: by.by_steps(_whole(v, "workers"), limit("toilets")),
        ),
        Computation(
            "exit-width",
            Words("ความกว้างทางออก", "Exit width"),
            (Input("persons", Words("จำนวนคน", "persons"), "คน"),),
            "exit-width",
            lambda v, limit: by.by_steps(_whole(v, "persons"), limit("exit-width")),
        ),
        Computation(
            "distance",
            Words("ระยะระหว่างสองพิกัด", "Distance between two positions"),
            tuple(
                Input(name, words, "°")
                for name, words in (
                    ("lat1", Words("ละติจูดจุดแรก", "latitude 1")),
                    ("lon1", Words("ลองจิจูดจุดแรก", "longitude 1")),
                    ("lat2", Words("ละติจูดจุดที่สอง", "latitude 2")),
                    ("lon2", Words("ลองจิจูดจุดที่สอง", "longitude 2")),
                )
            ),
            "WGS 84, great circle",
            lambda v, _: by.distance(_one(v, "lat1"), _one(v, "lon1"), _one(v, "lat2"), _one(v, "lon2")),
        ),
    )


def _amounts() -> tuple[Computation, ...]:
    from checklists.findings import computations as by

    return (
        Computation(
            "difference",
            Words("ผลต่างที่รายงานกับที่ตรวจพบ", "Reported against observed"),
            (
                Input("reported", Words("ที่รายงาน", "reported")),
                Input("observed", Words("ที่ตรวจพบ", "observed")),
            ),
            "(observed − reported) ÷ reported",
            lambda v, _: _not_none(by.difference(_one(v, "reported"), _one(v, "observed"))),
        ),
        Computation(
            "carbon",
            Words("คาร์บอน", "Carbon"),
            (
                Input("activity", Words("ปริมาณกิจกรรม", "activity")),
                Input("factor", Words("ค่าแฟกเตอร์", "factor"), "kgCO₂e"),
            ),
            "activity × factor ÷ 1000",
            lambda v, _: by.carbon(_one(v, "activity"), _one(v, "factor")),
        ),
        Computation(
            "ppm",
            Words("แปลง ppm เป็น mg/m³ (25 °C, 1 atm)", "ppm to mg/m³ (25 °C, 1 atm)"),
            (
                Input("ppm", Words("ppm", "ppm"), "ppm"),
                Input("mass", Words("มวลโมเลกุล", "molar mass"), "g/mol"),
            ),
            "ppm × M ÷ 24.45",
            lambda v, _: by.ppm_to_mg(_one(v, "ppm"), _one(v, "mass")),
        ),
    )


def _twa(values: Values, limit: LimitOf) -> Computed:
    from checklists.findings import computations as by

    if len(values["level"]) != len(values["hours"]):
        raise ComputationError(kind="pairs", input="hours")
    pairs = list(zip(values["level"], values["hours"], strict=True))
    criterion, exchange = _maybe(values, "criterion"), _maybe(values, "exchange")
    return by.twa(pairs, limit("noise-workplace-moi"), criterion=criterion, exchange=exchange)


def _whole(values: Values, name: str) -> int:
    number = _one(values, name)
    if number < 0 or number != int(number):
        raise ComputationError(kind="number", input=name, value=number)
    return int(number)


def _not_none(found: Computed | None) -> Computed:
    if found is None:
        raise ComputationError(kind="range", input="reported")
    return found
