"""The table of `make bench`: figures are read from what benchmarks print, floors are judged, gaps are named."""

from __future__ import annotations

import pytest

from bench import figures, run

PRINTED = {
    "store_answer": "plain sqlite3 FULL     p50   1.00 ms (1.00x)  p99   2.00 ms (1.00x)\n"
    "store, encrypted       p50   1.50 ms (1.50x)  p99   5.00 ms (2.50x)\n",
    "engine_session": "load           1.000 ms     2.000 ms JavaRosa   ratio 0.50\n",
    "engine_expressions": "lxml  1.00 us, 9.0 times ours (floor 3)\nnot run: elementpath is not installed\n",
}


def row(name: str, outputs: dict[str, str]) -> list[str]:
    line = next(line for line in figures.table(outputs) if line.startswith(name))
    return line.removeprefix(name).split()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("one answer durable p50 / plain sqlite3 FULL", ["1.50", "<=", "2", "ok"]),
        ("one answer durable p99 / plain sqlite3 FULL", ["2.50", "<=", "2", "BELOW"]),
        ("form loaded / warm JavaRosa, 500 questions", ["0.50", "<=", "1.3", "ok"]),
        ("lxml with extensions / our expression", ["9.00", ">=", "3", "ok"]),
        ("elementpath / our expression", ["-", ">=", "20", "not", "run"]),
    ],
)
def test_a_figure_is_read_and_held_to_its_floor(name: str, told: list[str]) -> None:
    assert row(name, PRINTED) == told


def test_the_six_figures_of_the_main_job_stand_first() -> None:
    benches = list(dict.fromkeys(figure.bench for figure in figures.FIGURES))
    assert benches[:5] == ["window_startup", "app_open_checklist", "store_answer", "report_speed", "sync_throughput"]


def test_what_could_not_run_is_named() -> None:
    assert figures.could_not_run(PRINTED) == ["engine_expressions: elementpath is not installed"]


def test_every_figure_belongs_to_a_benchmark_with_quick_settings() -> None:
    assert {figure.bench for figure in figures.FIGURES} <= set(figures.QUICK)
    assert set(figures.QUICK) <= set(run.benchmarks())


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["no_such"]) == 2
    assert "store_answer" in capsys.readouterr().out
