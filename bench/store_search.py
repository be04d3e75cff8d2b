"""Searching 100,000 factories: recall@10 by kind of query, latency against a LIKE scan. Floor: p95 at most 5 ms.

    python -m bench.store_search [FACTORIES] [TARGETS]

Latency is measured as people type: every prefix of the folded names of 120 factories, first page of 20; in time of
this process, because the machine may be busy with other things.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from checklists.clock import SystemClock
from checklists.model import Site
from checklists.store import Store
from checklists.text import fold
from tests.support.store_names import recall, sites
from tests.support.store_workspace import new_store


def main(count: int, targets: int) -> None:
    everything = list(sites(count))
    with tempfile.TemporaryDirectory() as folder, new_store(Path(folder) / "w", SystemClock()) as store:
        began = time.perf_counter()
        store.registry.import_rows(everything, "bench")
        print(f"{count} factories imported with index in {time.perf_counter() - began:.1f} s")
        latencies(store, everything)
        found = recall(lambda text: [hit.site for hit in store.registry.search(text)], everything, targets)
        print("recall@10: " + ", ".join(f"{kind} {share}" for kind, share in found.items()))


def latencies(store: Store, everything: list[Site]) -> None:
    chance = random.Random(3)
    names = [fold(site.name_th) for site in chance.sample(everything, 120)]
    prefixes = [name[:n] for name in names for n in range(2, len(name) + 1)]
    file = store.registry._file()
    if file is None:
        raise RuntimeError("no registry")
    ours = [timed(lambda q=q: store.registry.search(q, near=False)) for q in prefixes]
    like = [
        timed(lambda q=q: file.rows("SELECT body FROM site WHERE names LIKE ? LIMIT 20", (f"%{q}%",)))
        for q in chance.sample(prefixes, 60)
    ]
    near = [timed(lambda q=q: store.registry.search(q)) for q in typos(names, chance)]
    base = cuts(like)
    for name, times in (("ladder per key", ours), ("LIKE scan", like), ("one typo (after a pause)", near)):
        p50, p95, p99 = cuts(times)
        print(
            f"{name:26} p50 {p50:7.2f} ms ({p50 / base[0]:.3f}x)  p95 {p95:7.2f} ({p95 / base[1]:.3f}x)  p99 {p99:7.2f}"
        )


def typos(names: list[str], chance: random.Random) -> list[str]:
    return [name[: (p := chance.randrange(1, len(name) - 1))] + name[p + 1 :] for name in names]


def timed(call: object) -> float:
    began = time.process_time()
    call()  # type: ignore[operator]  # a function without arguments
    return (time.process_time() - began) * 1000


def cuts(times: list[float]) -> tuple[float, float, float]:
    quantiles = statistics.quantiles(times, n=100)
    return quantiles[49], quantiles[94], quantiles[98]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, int(sys.argv[2]) if len(sys.argv) > 2 else 100)
