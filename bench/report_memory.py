"""Memory over many reports of one process, and the growth of time with the length of the table.

Run: `python -m bench.report_memory [reports]` (default 200). Prints resident memory after 10 % and at the end, and the
time of 10,000 rows against 1,000.
"""

from __future__ import annotations

import io
import json
import sys
import time
from pathlib import Path
from typing import Any

from inspector_app.reports import content, pdf
from tests.support import pdf_samples


def resident_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def render(record: dict[str, Any], images: Any) -> int:
    out = io.BytesIO()
    return pdf.render(content.from_envelope(record, copy="office"), images=images, out=out)


def different(record: dict[str, Any], number: int) -> dict[str, Any]:
    """Every report has words of its own, as in a real batch."""
    copy: dict[str, Any] = json.loads(json.dumps(record))
    copy["record_id"] = f"r-{number}"
    copy["findings"][0]["fact"] = f"รายงานฉบับที่ {number} โรงงานเลขที่ {number * 7919} เครื่องหมายเลข {number * 104729}"
    return copy


def long_table(rows: int) -> dict[str, Any]:
    record: dict[str, Any] = pdf_samples.envelope()
    model = record["sections"][0]["items"][3]
    items = [{**model, "item_id": f"FA-{n:05d}", "note": f"บันทึกข้อที่ {n} ตามที่ตรวจพบ"} for n in range(rows)]
    record["sections"] = [{**record["sections"][0], "items": items}]
    return record


def no_picture(sha256: str) -> bytes:
    raise KeyError(sha256)


def main(reports: int = 200) -> int:
    record = pdf_samples.envelope()
    early = 0.0
    started = time.perf_counter()
    for number in range(reports):
        render(different(record, number), pdf_samples.images)
        if number == reports // 10:
            early = resident_mb()
    spent = time.perf_counter() - started
    late = resident_mb()
    print(f"report memory: {early:.0f} MB after {reports // 10}, {late:.0f} MB after {reports} = {late / early:.2f} x")
    print(f"report memory: {spent / reports * 1000:.0f} ms a report with 12 photos")
    times = {}
    for rows in (1_000, 10_000):
        began = time.process_time()  # one thread; the load of other programs does not count
        pages = render(long_table(rows), no_picture)
        times[rows] = time.process_time() - began
        print(f"report table: {rows:6} rows, {pages} pages, {times[rows]:.1f} s")
    growth = times[10_000] / times[1_000]
    print(f"report table: 10,000 rows / 1,000 rows = {growth:.1f} (ceiling 12)  {'ok' if growth <= 12 else 'ABOVE'}")
    return 0 if growth <= 12 and late / early < 1.25 else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
