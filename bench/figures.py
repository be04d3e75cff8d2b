"""Which figures the benchmarks print, where in their output, and the floors they are held to.

The six of the main job stand first. A floor is `<= x` or `>= x`; '' means that the figure is only reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMBER = r"(?P<ratio>\d+(?:\.\d+)?)"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: `pattern` finds the group `ratio` in the output of `bench`."""

    name: str
    bench: str
    pattern: str
    floor: str = ""

    def read(self, output: str) -> float | None:
        found = re.search(self.pattern, output)
        return float(found["ratio"]) if found else None

    def verdict(self, ratio: float | None) -> str:
        """Say whether the floor holds: ok, BELOW, `not run`, or '' where there is none."""
        if ratio is None:
            return "not run"
        if not self.floor:
            return ""
        sign, _, limit = self.floor.partition(" ")
        good = ratio <= float(limit) if sign == "<=" else ratio >= float(limit)
        return "ok" if good else "BELOW"


QUICK: dict[str, tuple[str, ...]] = {
    "window_startup": ("--rounds", "5"),
    "app_open_checklist": ("10",),
    "store_answer": ("600",),
    "report_speed": ("3",),
    "sync_throughput": ("--quick",),
    "window_fill": ("100",),
    "engine_expressions": ("--rounds", "8"),
    "engine_session": ("--rounds", "6"),
    "engine_scale": (),
    "handbook_results": (),
    "store_search": ("20000", "30"),
    "store_files": ("20", "3"),
    "store_scale": ("1000",),
    "report_memory": ("40",),
    "sync_registry": ("20000",),
    "sync_memory": ("100",),
    "sync_postgres": (),
    "sync_load": ("--devices", "60", "--photo-devices", "6"),
}
"""What each benchmark is called with unless `--full`: seconds instead of minutes. Order is the order of running."""


def _javarosa(words: str, name: str, floor: str) -> Figure:
    return Figure(f"{words} / warm JavaRosa, 500 questions", "engine_session", rf"(?m)^{name} .*ratio {NUMBER}", floor)


def _sync(words: str, floor: str) -> Figure:
    return Figure(words, "sync_throughput", rf"{re.escape(words)}\s+{NUMBER}", floor)


def _sync_of(kilobytes: str, words: str, floor: str) -> Figure:
    """Return a figure of the part about records of one size; the size is a pattern, because notes are random."""
    name = f"{words}, {kilobytes.replace(chr(92) + 'd', 'x')} KB"
    pattern = rf"(?s)records of {kilobytes}\.\d KB(?:(?!records of).)*?{re.escape(words)}\s+{NUMBER}"
    return Figure(name, "sync_throughput", pattern, floor)


TEXTS = (
    ("single PUT / PUT to an empty handler", ">= 0.35"),
    ("batch / raw SQLite insert of 100 per commit", ">= 0.2"),
    ("batch / single PUT", ">= 8"),
)


FIGURES: tuple[Figure, ...] = (
    Figure(
        "first painted sign-in window / empty window", "window_startup", rf"sign-in painted.* ms\s+{NUMBER}", "<= 1.6"
    ),
    Figure("passphrase to usable home / empty window", "window_startup", rf"right pass.* ms\s+{NUMBER}", "<= 3"),
    Figure("100-item checklist opened, warm / lxml parse", "app_open_checklist", rf"opened, warm.* ms\s+{NUMBER} x"),
    Figure("100-item checklist opened, cold / lxml parse", "app_open_checklist", rf"opened, cold.* ms\s+{NUMBER} x"),
    Figure(
        "one answer durable p50 / plain sqlite3 FULL", "store_answer", rf"store, encrypted\s+p50.*?\({NUMBER}x", "<= 2"
    ),
    Figure(
        "one answer durable p99 / plain sqlite3 FULL", "store_answer", rf"store, encrypted.*p99.*?\({NUMBER}x", "<= 2"
    ),
    Figure("report: stock shaped Paragraphs / ours", "report_speed", rf"stock shaped / ours = {NUMBER}", ">= 3"),
    _sync("sync of 100 records / 100 PUTs to an empty handler", ""),
    Figure("key to painted answer p95, ms", "window_fill", rf"fill window +p50.*p95\s+{NUMBER} ms", "<= 16"),
    Figure("key to painted answer p50 / plain QLineEdit", "window_fill", rf"thread: fill .*?p50\s+{NUMBER} x"),
    Figure("lxml with extensions / our expression", "engine_expressions", rf"lxml .* us, {NUMBER} times", ">= 3"),
    Figure("elementpath / our expression", "engine_expressions", rf"elementpath .*, {NUMBER} times", ">= 20"),
    _javarosa("form loaded", "load", "<= 1.3"),
    _javarosa("new session", "session", "<= 1"),
    _javarosa("all filled", "fill", "<= 0.5"),
    _javarosa("one answer", "change", "<= 1"),
    Figure("session of 500 questions, MB", "engine_session", rf"memory of a filled session {NUMBER}", "<= 1"),
    Figure("late repeat row / early one", "engine_scale", rf"us\s+{NUMBER} times", "<= 1.5"),
    Figure("result of 100 items / its validation", "handbook_results", rf"validation\s+{NUMBER} x"),
    Figure("photos in / plain durable copy", "store_files", rf"MB in: {NUMBER}x"),
    Figure("photos out / plain reading", "store_files", rf"MB out: {NUMBER}x"),
    Figure("backup of the whole / plain copy", "store_files", rf"another folder: {NUMBER}x"),
    Figure("deep check / plain reading", "store_files", rf"deep check of .*: {NUMBER}x"),
    Figure("workspace opened / empty one opened", "store_scale", rf"open this workspace .*\({NUMBER}x"),
    Figure("list: last page / first page", "store_scale", rf"(?m)^last page of 50 .*\({NUMBER}x", "<= 1.5"),
    Figure("list: last page of what was sent / first", "store_scale", rf"(?m)^last page, sent .*\({NUMBER}x", "<= 3"),
    Figure("search that all records match, ms", "store_scale", rf"search that all match\s+{NUMBER} ms", "<= 30"),
    Figure("search p95 / LIKE scan", "store_search", rf"ladder per key.*p95\s+[\d.]+ \({NUMBER}x", "<= 1"),
    Figure("search p95, ms", "store_search", rf"ladder per key.*p95\s+{NUMBER}", "<= 5"),
    Figure("10,000-row report / 1,000-row report", "report_memory", rf"1,000 rows = {NUMBER}", "<= 12"),
    Figure("memory after many reports / after few", "report_memory", rf"MB after \d+ = {NUMBER} x", "<= 1.25"),
    *(_sync_of(size, words, floor) for size in ("3", r"19", r"9\d") for words, floor in TEXTS),
    _sync("photos of 1 MB / loopback + write + fsync", ">= 0.45"),
    _sync("100 records at 200 ms round trip / one by one", ">= 50"),
    Figure("registry rows in use / executemany with index", "sync_registry", rf"with its index\s+{NUMBER}", "<= 0.5"),
    Figure("registry: delta of 1 %, MB", "sync_registry", rf"rows, MB\s+{NUMBER}", "<= 0.1"),
    Figure("laptop's memory after many photos / after few", "sync_memory", rf"laptop, .*?  {NUMBER}", "<= 1.1"),
    Figure("centre's memory after many photos / after few", "sync_memory", rf"centre, .*?  {NUMBER}", "<= 1.1"),
    Figure("PostgreSQL batch / SQLite batch", "sync_postgres", rf"SQLite batch\s+{NUMBER}", ">= 0.5"),
    Figure("devices at once: records not sent", "sync_load", rf"0 photos each: {NUMBER} not sent", "<= 0"),
)


def table(outputs: dict[str, str]) -> list[str]:
    """Return the lines of the table of every figure whose benchmark was asked for."""
    lines = [f"{'figure':<60}{'ratio':>9}  {'floor':<8}"]
    for figure in FIGURES:
        if figure.bench in outputs:
            ratio = figure.read(outputs[figure.bench])
            shown = "-" if ratio is None else f"{ratio:.2f}"
            lines.append(f"{figure.name:<60}{shown:>9}  {figure.floor:<8}{figure.verdict(ratio)}".rstrip())
    return lines


def could_not_run(outputs: dict[str, str]) -> list[str]:
    """Return what the benchmarks themselves say that they could not run."""
    return [
        f"{name}: {line.partition('not run:')[2].strip()}"
        for name, output in outputs.items()
        for line in output.splitlines()
        if line.startswith("not run:")
    ]
