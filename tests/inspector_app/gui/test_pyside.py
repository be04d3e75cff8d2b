"""The binding itself: PySide6 6.12.0 loses a reference to None per void call on Python 3.11 and then aborts."""

from __future__ import annotations

import subprocess
import sys

CALLS = 20_000
PROGRAM = f"""
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel()
for number in range({CALLS}):
    label.setText(str(number))
print(label.text())
"""


def test_twenty_thousand_void_calls_survive() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(CALLS - 1)
