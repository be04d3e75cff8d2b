"""Model values travel as plain JSON and come back equal."""

from __future__ import annotations

import json

import pytest

from checklists.model import (
    Certainty,
    Changes,
    Finding,
    InspectionResult,
    ItemResult,
    LawRef,
    LimitCopy,
    Measurement,
    Officer,
    SectionResult,
    Severity,
    Site,
    Verdict,
    Visit,
    Words,
)

LAW = LawRef("mr2-5-3", Words("กฎกระทรวง ฉบับที่ 2", "MR No. 2"), "5(3)", Certainty.B)
LIMIT = LimitCopy("exit-width", "exit_width", minimum=110.0, unit="cm", law=LAW)
MEASURED = Measurement("FA-B05", "exit_width", "95", "cm", limit=LIMIT, verdict=Verdict.FAIL)
ITEM = ItemResult(
    "FA-B05", "B05", "/data/sec_b/fa_b05", "number", Words("ก", "a"), Severity.MAJOR, Verdict.FAIL, limit=LIMIT
)
RESULT = InspectionResult(
    sections=(SectionResult("B", Words("อาคาร", "Building"), (ITEM,)),),
    findings=(Finding("f1", "FA-B05", Words("แคบ", "narrow"), "95 ซม.", Severity.MAJOR, (LAW,), MEASURED, ("จ.1",)),),
    measurements=(MEASURED,),
)
VISIT = Visit("v1", Site("10120000325542", lat=13.5), team=(Officer("p1", "วิชัย ตัวอย่าง", lead=True),))


@pytest.mark.parametrize("value", [RESULT, VISIT], ids=["result", "visit"])
def test_values_survive_the_way_through_json(value: InspectionResult | Visit) -> None:
    assert type(value).from_json(json.loads(json.dumps(value.to_json()))) == value


def test_unknown_members_of_a_newer_version_are_ignored() -> None:
    assert Words.from_json({"th": "ก", "en": "a", "la": "x"}) == Words("ก", "a")


def test_a_word_that_is_no_verdict_is_refused() -> None:
    with pytest.raises(ValueError, match="maybe"):
        ItemResult.from_json({**ITEM.to_json(), "verdict": "maybe"})


def test_words_fall_back_to_the_other_language() -> None:
    assert Words("ก", "").in_language("en") == "ก"
    assert Words("", "a").in_language("th") == "a"


def test_results_count_their_verdicts() -> None:
    assert (RESULT.count(Verdict.FAIL), RESULT.count(Verdict.PASS)) == (1, 0)


def test_changes_add_up_and_tell_what_they_touch() -> None:
    both = Changes.of("record", "r1", cause="window") | Changes.of("site", "s1")
    assert both.touches("site")
    assert not both.touches("visit")
    assert both.cause == "window"
