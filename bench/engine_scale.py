"""Does the engine stay linear? 500 against 2,000 questions, and the thousandth row of a repeat against the hundredth.

    python bench/engine_scale.py [--rows 1000]

Ratios in one run, processor time: 2,000 questions should cost 4 times 500, a late row as much as an early one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import engine_form
from checklists.clock import SystemClock
from checklists.loading import load_form
from checklists.session import FormSession
from checklists.xform import FormDefinition
from checklists.xpath import parse

REPEAT = """
| survey |
| | type | name | label | calculation | constraint |
| | begin repeat | r | R | | |
| | integer | n | N | | . < 1000 |
| | calculate | twice | | ${n} * 2 | |
| | calculate | place | | position(..) | |
| | text | t | T | | |
| | end repeat | | | | |
| | calculate | rows | | count(${r}) | |
| | calculate | total | | sum(${n}) | |
"""


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def form(questions: int) -> dict[str, float]:
    """Return the least seconds of loading, and of opening and filling what is loaded (the first time fills caches)."""
    xml = engine_form.xform(questions)
    answers = engine_form.answers(questions)
    found: dict[str, list[float]] = {"load": [], "session": [], "fill": []}
    for _ in range(4):
        parse.cache_clear()
        found["load"].append(seconds(lambda: FormDefinition.from_xform(xml)))
        definition = FormDefinition.from_xform(xml)
        for _ in range(3):
            opened = seconds(lambda definition=definition: FormSession(definition, clock=SystemClock()))
            found["session"].append(opened)
            session = FormSession(definition, clock=SystemClock())
            filled = seconds(lambda session=session: [session.set_value(path, value) for path, value in answers])
            found["fill"].append(filled)
    return {name: min(times) for name, times in found.items()}


def rows(count: int) -> tuple[float, float]:
    """Return the seconds of adding and answering a row among the first hundred, and among the last hundred."""
    session = FormSession(load_form(REPEAT), clock=SystemClock())
    taken = []
    for number in range(2, count + 1):

        def one(number: int = number) -> None:
            session.add_row("/data/r")
            session.set_value(f"/data/r[{number}]/n", "7")

        taken.append(seconds(one))
    return sorted(taken[:100])[50], sorted(taken[-100:])[50]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1000)
    options = parser.parse_args()
    small, large = form(500), form(2000)
    for name, value in small.items():
        print(
            f"{name:8} 500: {value * 1e3:8.1f} ms   2000: {large[name] * 1e3:8.1f} ms   {large[name] / value:.1f} times"
        )
    early, late = rows(options.rows)
    print(f"a row    early: {early * 1e6:.0f} us   of {options.rows}: {late * 1e6:.0f} us   {late / early:.2f} times")


if __name__ == "__main__":
    main()
