"""Random but valid answers on real forms, in our engine and in JavaRosa, every node compared after every step.

    python -m tests.support.engine_play_both [--steps 300] [--seed 7] [FORM.xml …]

Left out of the comparison are stamps of time, ids and what both engines are known to settle differently.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path

from checklists.clock import SystemClock
from checklists.errors import AnswerError, InspectorError
from checklists.loading import load_form
from checklists.session import ClientInfo, FormSession, NodeView
from tests.support.engine_play import FORMS, reference
from tests.support.engine_referee import Judged, Referee, RefereeError, missing

_TIME = re.compile(r"\d\d:\d\d(?::\d\d(?:\.\d{3}(?:\d{3})?)?)?(?:Z|[+-]\d\d:\d\d)?")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*|uuid:.*")
_TEXTS = ("abc", "x y", "ไทย", "12", "โรงงาน ก")


@dataclass
class Played:
    """What came of one play."""

    steps: int = 0
    states: int = 0
    differences: list[str] = field(default_factory=list)


def answer_for(view: NodeView, dice: random.Random) -> str | None:
    """Return a valid answer for a question, or None when there is none to give."""
    if view.control in {"select1", "select", "rank"}:
        values = [choice.value for choice in view.choices]
        if not values:
            return None
        if view.control == "select1":
            return dice.choice(values)
        return " ".join(v for v in values if dice.random() < 0.4) or values[0]
    by_type = {
        "int": str(dice.randint(0, 9)),
        "decimal": str(dice.randint(0, 999) / 10),
        "date": f"20{dice.randint(10, 26)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}",
        "string": dice.choice(_TEXTS),
    }
    return by_type.get(view.data_type) if view.control == "input" else None


def play(form: Path, *, steps: int, seed: int, referee: Referee) -> Played:
    """Play one form in both engines."""
    dice = random.Random(seed)
    definition = load_form(form)
    session = FormSession(definition, clock=SystemClock(), client=ClientInfo("dev:1", "u"))
    referee.open(form)
    played = Played()
    compare(session, referee, played, "start")
    while played.steps < steps:
        step = _step(session, referee, dice)
        if step is None:
            break
        played.steps += 1
        compare(session, referee, played, step)
    return played


def _step(session: FormSession, referee: Referee, dice: random.Random) -> str | None:
    """Play one step in both; one that JavaRosa does not take is not played."""
    for _ in range(50):
        asked = [v for v in session.outline() if v.kind == "question" and not v.readonly]
        rows = [v for v in session.outline() if v.kind == "repeat"]
        if rows and dice.random() < 0.15 and _row_step(session, referee, dice.choice(rows), dice):
            return "rows"
        if not asked:
            continue
        view = dice.choice(asked)
        value = "" if dice.random() < 0.1 else answer_for(view, dice)
        if value is None or value == view.value:
            continue  # the same answer again changes nothing here; JavaRosa computes anew
        try:
            referee.ask("set", view.path, value)
        except RefereeError as error:
            if "not presented" in str(error):
                continue
            return None  # JavaRosa broke off half-way: its state is no longer one to compare with
        session.set_value(view.ref, value)
        return f"{view.path} = {value!r}"
    return None


def _row_step(session: FormSession, referee: Referee, repeat: NodeView, dice: random.Random) -> bool:
    rows = session.rows(repeat.ref.path, repeat.ref.row)
    try:
        if len(rows) > 2 and dice.random() < 0.5:
            number = dice.randrange(len(rows))
            session.remove_row(f"{repeat.path}[{number + 1}]")
            referee.ask("remove", f"{repeat.path}[{number + 1}]")
        else:
            referee.ask("add", repeat.path)
            session.add_row(repeat.ref)
    except (AnswerError, RefereeError):
        return False  # counted by the form, or not offered
    return True


def compare(session: FormSession, referee: Referee, played: Played, step: str) -> None:
    theirs = referee.snapshot()
    for view in session.every_node():
        if view.kind == "repeat" or _STAMP.fullmatch(view.value):
            continue
        want = theirs.get(view.path)
        if want is None and not view.relevant:
            continue  # JavaRosa makes counted rows only when they are visited, which hidden ones never are
        played.states += 1
        if want is None or not same(view, want):
            played.differences.append(f"after {step}: {view.path} {_told(view)}, JavaRosa {want}")


def same(view: NodeView, want: Judged) -> bool:
    if view.relevant is not want.relevant:
        return False
    if view.kind != "question" or not view.relevant:
        return True
    return same_value(view.value, want.value or "") and (view.value == "" or view.valid is want.valid)


def same_value(ours: str, theirs: str) -> bool:
    """Compare texts; JavaRosa stores booleans as 1 and 0, times with zone and fraction, positions with `.0`."""
    if ours == theirs or {ours, theirs} in ({"true", "1"}, {"false", "0"}):
        return True
    if _TIME.fullmatch(ours) and _TIME.fullmatch(theirs):
        return _seconds(ours) == _seconds(theirs)
    mine, other = ours.replace(";", " ; ").split(), theirs.replace(";", " ; ").split()
    return len(mine) == len(other) > 0 and all(map(_same_number, mine, other))


def _same_number(ours: str, theirs: str) -> bool:
    try:
        return ours == theirs or math.isclose(float(ours), float(theirs), rel_tol=1e-9, abs_tol=1e-9)
    except ValueError:
        return False


def _seconds(text: str) -> float:
    """Return the second of the day in Thailand's zone, where none is named."""
    at = time.fromisoformat(text)
    offset = at.utcoffset()
    east = 7 * 3600.0 if offset is None else offset.total_seconds()
    return (at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6 - east) % 86400


def _told(view: NodeView) -> str:
    return f"relevant={view.relevant} value={view.value!r} valid={view.valid}"


def forms(paths: Iterable[str]) -> list[Path]:
    chosen = [Path(path) for path in paths]
    return chosen or [path for name in FORMS.values() if (path := reference("data", "forms", name)).exists()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("forms", nargs="*")
    options = parser.parse_args()
    if missing():
        print(f"not run: {missing()} is missing")
        return 0
    failed = 0
    with Referee() as referee:
        for path in forms(options.forms):
            try:
                played = play(path, steps=options.steps, seed=options.seed, referee=referee)
            except (InspectorError, RefereeError) as error:
                print(
                    f"{path.name}: not opened by {'JavaRosa' if isinstance(error, RefereeError) else 'us'}: {error}"[
                        :200
                    ]
                )
                continue
            failed += len(played.differences)
            print(f"{path.name}: {played.steps} steps, {played.states} states, {len(played.differences)} differ")
            for difference in played.differences[:10]:
                print("   ", difference[:300])
    return min(failed, 100)


if __name__ == "__main__":
    sys.exit(main())
