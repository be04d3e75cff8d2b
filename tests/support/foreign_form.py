"""A form of another author in the real window: a time, a moment, a position, a question with many choices."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from inspector_app.actions.reference import checklists
from inspector_app.gui.main_window import MainWindow
from tests.support.fill_window import start_record

FORM = "pond"
KINDS = ("น้ำทิ้ง", "กากตะกอน", "ฝุ่น", "กลิ่น", "เสียง", "ความร้อน", "แสง", "สารเคมี", "น้ำมัน", "เศษโลหะ", "เศษไม้", "อื่น ๆ")
SURVEY = """
| survey |
| | type | name | label::Thai (th) | label::English (en) |
| | time | at | เวลาที่เก็บตัวอย่าง | Time of sampling |
| | dateTime | seen | วันและเวลาที่พบเหตุ | When it was seen |
| | geopoint | where | ตำแหน่งจุดปล่อย | Position of the outlet |
| | select_one kinds | kind | ประเภทของมลพิษ | Kind of pollution |
| choices |
| | list_name | name | label::Thai (th) | label::English (en) |
{choices}
| settings |
| | form_id | version | form_title | default_language |
| | pond | 1 | แบบตรวจบ่อบำบัด | Thai (th) |
"""


def start_foreign(window: MainWindow) -> str:
    """Take the form into use and begin a record with it."""
    rows = "\n".join(f"| | kinds | k{n} | {word} | Kind {n} |" for n, word in enumerate(KINDS, start=1))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pond.md"
        file.write_text(SURVEY.format(choices=rows).strip(), encoding="utf-8")

        def step(store: Any) -> Any:
            return checklists.import_file(store, file)

        window.context.workplace.writer.submit(step).result(30)
    return start_record(window, FORM)
