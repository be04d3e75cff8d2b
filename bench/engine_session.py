"""Loading, opening and filling forms, against a warm JavaRosa in the same run.

    python bench/engine_session.py [--questions 500] [--rounds 15]

Processor time of the working thread in both, so other work on the machine does not count (nor does Java's compiler
thread). Ratios are ours to theirs; under 1 is faster. Without a Java development kit only our own figures are printed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import engine_form
from checklists.clock import SystemClock
from checklists.session import ClientInfo, FormSession
from checklists.xform import FormDefinition
from checklists.xpath import parse
from tests.support import engine_referee

Figures = dict[str, float]


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def best(rounds: int, work: Callable[[], object]) -> float:
    """Return the median of the quicker half: other work shares the machine."""
    taken = sorted(seconds(work) for _ in range(rounds))
    return statistics.median(taken[: max(1, rounds // 2)])


def session_of(definition: FormDefinition) -> FormSession:
    return FormSession(definition, clock=SystemClock(), client=ClientInfo("bench", "bench"))


def fresh(xml: bytes) -> FormDefinition:
    """Load as the first time: expressions parsed before are forgotten."""
    parse.cache_clear()
    return FormDefinition.from_xform(xml)


def ours(xml: bytes, answers: list[tuple[str, str]], rounds: int) -> Figures:
    definition = FormDefinition.from_xform(xml)
    filled: list[FormSession] = []

    def fill() -> float:
        session = session_of(definition)
        start = time.process_time()
        for path, value in answers:
            session.set_value(path, value)
        filled[:] = [session]
        return time.process_time() - start

    fills = sorted(fill() for _ in range(rounds))
    session = filled[0]
    first = answers[0][0]
    changes = []
    for number in range(400):
        value = "pass" if number % 2 else "fail"
        changes.append(seconds(lambda value=value: session.set_value(first, value)))
    changes.sort()
    return {
        "load": best(rounds, lambda: fresh(xml)),
        "session": best(rounds, lambda: session_of(definition)),
        "fill": statistics.median(fills[: max(1, rounds // 2)]),
        "change": statistics.median(changes),
        "change p99": changes[int(len(changes) * 0.99)],
        "submission": best(rounds, session.to_submission_xml),
    }


def theirs(xml: bytes, answers: list[tuple[str, str]], rounds: int) -> Figures:
    flat = [part for answer in answers for part in answer]
    first = answers[0][0]
    with tempfile.TemporaryDirectory() as folder, engine_referee.Referee() as referee:
        path = Path(folder) / "form.xml"
        path.write_bytes(xml)
        referee.open(path)

        def middle(times: list[float]) -> float:
            quick = sorted(times)
            return statistics.median(quick[: max(1, len(quick) // 2)])

        referee.times("load", 3 * rounds)  # warm
        figures = {"load": middle(referee.times("load", rounds))}
        referee.times("session", rounds)
        figures["session"] = middle(referee.times("session", rounds))
        referee.times("fill", rounds, *flat)
        figures["fill"] = middle(referee.times("fill", rounds, *flat))
        referee.times("change", 2000, first, "fail", first, "pass")
        changes = sorted(referee.times("change", 400, first, "fail", first, "pass"))
        figures["change"] = statistics.median(changes)
        figures["change p99"] = changes[int(len(changes) * 0.99)]
    return figures


def memory(xml: bytes, answers: list[tuple[str, str]]) -> float:
    """Return the megabytes of one filled session."""
    definition = FormDefinition.from_xform(xml)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    session = session_of(definition)
    for path, value in answers:
        session.set_value(path, value)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    xml = engine_form.xform(options.questions).encode()
    answers = engine_form.answers(options.questions)
    definition = FormDefinition.from_xform(xml)
    print(f"{options.questions} questions, {len(definition.parts.rules)} rules, {len(xml) / 1e3:.0f} kB")
    absent = engine_referee.missing()
    mine = ours(xml, answers, options.rounds)
    other = {} if absent else theirs(xml, answers, options.rounds)
    for name, value in mine.items():
        ratio = f"{other[name] * 1e3:9.3f} ms JavaRosa   ratio {value / other[name]:.2f}" if name in other else ""
        print(f"{name:12} {value * 1e3:9.3f} ms {ratio}")
    print(f"memory of a filled session {memory(xml, answers):.2f} MB")
    if absent:
        print(f"not run: JavaRosa ({absent} is missing)")


if __name__ == "__main__":
    main()
