"""What people read of a step of a visit."""

from __future__ import annotations

import pytest

from checklists.findings.steps import said


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("[appointment hours] ไปกับเจ้าหน้าที่แร่", "ไปกับเจ้าหน้าที่แร่"),
        ("แสดงบัตรแล้ว", "แสดงบัตรแล้ว"),
        ("ตัวอย่าง [ก] หนึ่งขวด", "ตัวอย่าง [ก] หนึ่งขวด"),
        ("", ""),
    ],
    ids=["ground", "plain", "own-brackets", "blank"],
)
def test_the_codes_of_a_ground_are_for_the_program_only(note: str, words: str) -> None:
    assert said(note) == words
