"""Texts for people: every one in both languages, every key that the code uses exists, places agree."""

from __future__ import annotations

import ast
import json
import re
import string
from pathlib import Path

import pytest

import resources
from inspector_app.i18n import MissingTextError, Translator, catalogue

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(resources.path("i18n").glob("*.json"))
TRANSLATING_CALLS = {"t", "words", "tr", "has"}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def entries() -> list[tuple[str, str, dict[str, str]]]:
    return [(f.name, k, v) for f in FILES for k, v in json.loads(f.read_text(encoding="utf-8")).items()]


def test_every_text_is_there_in_thai_and_english() -> None:
    assert [f"{file}:{key}" for file, key, text in entries() if bool(text.get("th")) is not bool(text.get("en"))] == []


def test_every_text_lies_in_the_file_of_its_area() -> None:
    wrong = [f"{f}:{k}" for f, k, _ in entries() if k.partition(".")[0] != re.sub(r"(-.*)?\.json$", "", f)]
    assert wrong == []


def test_no_key_stands_twice() -> None:
    keys = [key for _, key, _ in entries()]
    assert sorted({k for k in keys if keys.count(k) > 1}) == []


def test_the_places_of_both_languages_agree() -> None:
    assert [
        f"{f}:{k}"
        for f, k, text in entries()
        if {p.removesuffix("_en") for p in places(text["en"])} != places(text["th"])
    ] == []


def test_thai_texts_are_polite_and_without_forbidden_words() -> None:
    forbidden = ("คุณ", "ซิงก์", "เซิร์ฟเวอร์", "เออเร่อ", "!")
    found = [
        f"{f}:{k}: {word}"
        for f, k, text in entries()
        for word in forbidden
        if word in re.sub("คุณภาพ|คุณสมบัติ|คุณลักษณะ", "", text["th"])
    ]
    assert found == []


def keys_in_code() -> set[tuple[str, str]]:
    """Return (file, key) of every literal key given to a translating call."""
    areas = {re.sub(r"(-.*)?\.json$", "", f.name) for f in FILES}
    found = set()
    for file in (ROOT / "inspector_app").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            first = node.args[0]
            if node.func.attr in TRANSLATING_CALLS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                key = first.value if file.parent.name != "reports" else f"report.{first.value.removeprefix('report.')}"
                if "." in key and (key.partition(".")[0] in areas or node.func.attr == "t"):
                    found.add((str(file.relative_to(ROOT)), key))
    return found


def test_every_key_used_in_the_code_exists() -> None:
    texts = Translator()
    assert sorted(f"{file}: {key}" for file, key in keys_in_code() if not texts.has(key)) == []


def test_a_missing_text_is_an_error_in_tests_and_shows_its_key_in_use() -> None:
    with pytest.raises(MissingTextError):
        Translator("th", strict=True).t("cli.there-is-no-such-text")
    assert Translator("th", strict=False).t("cli.there-is-no-such-text") == "cli.there-is-no-such-text"


def test_the_language_can_be_switched_and_an_unknown_one_is_thai(tmp_path: Path) -> None:
    (tmp_path / "area.json").write_text('{"area.x": {"th": "ไทย {n}", "en": "English {n}"}}', encoding="utf-8")
    texts = Translator("xx", folder=tmp_path)
    assert texts.t("area.x", n=3) == "ไทย 3"
    texts.language = "en"
    assert texts.t("area.x", n=3) == "English 3"


def test_an_area_may_be_spread_over_files_and_an_unknown_value_leaves_its_place_empty(tmp_path: Path) -> None:
    (tmp_path / "area.json").write_text('{"area.x": {"th": "ก{n}", "en": ""}}', encoding="utf-8")
    (tmp_path / "area-more.json").write_text('{"area.y": {"th": "ข", "en": "b"}}', encoding="utf-8")
    assert set(catalogue("area", tmp_path)) == {"area.x", "area.y"}
    assert Translator("en", folder=tmp_path).t("area.x") == "ก"
