"""How long the handbook takes: reading the catalogue, outlining a checklist, and the result after every answer.

Ratios in one run: a result against the engine's own validation of the same session (both walk every node once).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from checklists.authoring.catalogue import Catalogue
from checklists.clock import SystemClock
from checklists.findings import evaluate
from checklists.items import outline, visit_preset
from checklists.loading import bundled
from checklists.model import Site, Visit
from checklists.session import ClientInfo, FormSession


def timed(step: Callable[[], object], times: int) -> float:
    """Return the median of several runs in milliseconds."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        step()
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


def main() -> None:
    catalogue = Catalogue.bundled()
    definition = bundled("factory_act_general")
    asked = outline(definition, catalogue)
    visit = Visit(
        "v", Site("s", group="3", horsepower=60.0, type_code="22"), started_at="2026-11-22T09:00:00.000+07:00"
    )
    session = FormSession(definition, clock=SystemClock(), client=ClientInfo(), preset=visit_preset(visit))
    session.set_value(asked.by_id["FA-A00"].value_path, "full")
    for item in asked.items:
        if item.verdict_path:
            session.set_value(item.verdict_path, "pass")
    whole = timed(lambda: evaluate(session, asked, catalogue, visit=visit), 50)
    walk = timed(session.validate, 50)
    items = len(evaluate(session, asked, catalogue, visit=visit).items)
    entries = f"{len(catalogue.laws)} laws, {len(catalogue.limits)} limits"
    print(f"catalogue read          {timed(Catalogue.bundled, 5):8.1f} ms  ({entries})")
    print(f"outline of {len(asked.items)} items   {timed(lambda: outline(definition, catalogue), 10):8.1f} ms")
    print(f"result over {items} items  {whole:8.1f} ms")
    print(f"result ÷ validation     {whole / walk:8.1f} x")


if __name__ == "__main__":
    main()
