"""A batch of reports does not grow the process."""

from __future__ import annotations

import gc
import io
import tracemalloc

import pytest

from bench import report_memory
from inspector_app.reports import content, pdf
from tests.support import pdf_samples


def no_picture(sha256: str) -> bytes:
    raise KeyError(sha256)


def test_nothing_of_a_report_stays_behind_when_it_is_written() -> None:
    record = content.from_envelope(pdf_samples.envelope(), copy="office")
    for _ in range(2):
        pdf.render(record, images=pdf_samples.images, out=io.BytesIO())
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(4):
            pdf.render(record, images=pdf_samples.images, out=io.BytesIO())
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 300_000, f"{grown} bytes over four reports of 2.5 MB"


@pytest.mark.long
def test_two_hundred_reports_are_flat_and_ten_thousand_rows_linear() -> None:
    assert report_memory.main(200) == 0
