"""XLSForms of other authors that carry inspection attributes get verdicts, findings and scores like our own."""

from datetime import UTC, datetime

import pytest

from checklists.authoring.catalogue import Catalogue
from checklists.findings import evaluate
from checklists.items import outline
from checklists.loading import load_form
from checklists.model import Attachment, AttachmentKind, ProblemKind, Severity, Site, Verdict, Visit
from checklists.session import ClientInfo, FormSession
from tests.support.clock import FrozenClock

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
SETTINGS = """
| settings |
| | form_id | version | namespaces | attribute::insp:scoring |
| | shop | 7 | insp="urn:th:moi:inspection:1" | {scoring} |
"""
ANSWERS = """
| choices |
| | list_name | name | label | outcome | score |
| | ok | good | Good | conform | 1 |
| | ok | half | Half | observe | 0.5 |
| | ok | bad | Bad | nonconform | 0 |
| | ok | none | None | na | |
"""
FIRE = """
| survey |
| | type | name | label | insp:item | insp:dim | insp:severity | insp:weight | insp:law | insp:finding | insp:action | insp:due-days | insp:evidence | insp:evidence-min | insp:role |
| | select_one ok | exits | Exits | F1 | fire | critical | 10 | mr2-2535-c5-3 | what | todo | 3 | required-on-fail | 2 | item |
| | text | what | What was seen | | | | | | | | | | | finding |
| | text | todo | What to do | | | | | | | | | | | action |
| | select_one ok | hoses | Hoses | F2 | fire | minor | 5 | | | | | | | item |
| | select_one ok | drains | Drains | E1 | water | observation | 4 | | | | | | | item |
"""  # noqa: E501 - a table, one row a line


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.bundled()


class Form:
    def __init__(self, survey, catalogue, *, scoring="weighted", choices=ANSWERS):
        definition = load_form(
            (survey.replace("| insp:", "| bind::insp:") + choices + SETTINGS.format(scoring=scoring)).strip()
        )
        self.session = FormSession(definition, clock=FrozenClock(NOW), client=ClientInfo())
        self.outline, self.catalogue = outline(definition, catalogue), catalogue

    def __setitem__(self, name, value):
        self.session.set_value(f"/data/{name}", value)

    def result(self, *attachments):
        visit = Visit("v", Site("s"), started_at="2026-11-22T09:00:00.000+07:00")
        return evaluate(
            self.session,
            self.outline,
            self.catalogue,
            visit=visit,
            attachments=attachments,
            signatures_required=False,
        )


def items(result):
    return {item.item_id: item for item in result.items}


def points(result):
    return {score.dimension: (score.got, score.possible, score.percent) for score in result.scores}


@pytest.fixture
def fire(catalogue):
    return Form(FIRE, catalogue)


def test_questions_that_describe_a_finding_are_no_items_of_their_own(fire):
    assert [item.item_id for item in fire.outline.items] == ["F1", "F2", "E1"]
    assert fire.outline.by_id["F1"].note_path == "/data/what"
    assert fire.outline.by_id["F1"].laws == ("mr2-2535-c5-3",)


def test_a_choice_that_does_not_conform_is_a_finding_with_law_words_action_and_due_day(fire):
    fire["exits"], fire["what"], fire["todo"] = "bad", "ทางออกล็อก", "เปิดทางออก"
    (finding,) = fire.result().findings
    assert (finding.item_id, finding.severity, finding.fact) == ("F1", Severity.CRITICAL, "Bad · ทางออกล็อก")
    assert finding.laws[0].law_id == "mr2-2535-c5-3"
    assert finding.proposal.th == "เปิดทางออก"
    assert (finding.due_days, finding.due_date) == (3, "2026-11-25")


def test_evidence_is_asked_for_as_often_as_the_form_says(fire):
    fire["exits"] = "bad"

    def photo(number):
        name = f"จ.{number}"
        return Attachment(name, "r", AttachmentKind.PHOTO, "00", 1, "image/jpeg", "x.jpg", item_id="F1", exhibit=name)

    def wanted(*photos):
        return [p.item_id for p in fire.result(*photos).problems if p.kind is ProblemKind.EVIDENCE]

    assert wanted(photo(1)) == ["F1"]
    assert wanted(photo(1), photo(2)) == []


def test_points_are_shares_of_the_weight_per_dimension(fire):
    fire["exits"], fire["hoses"], fire["drains"] = "good", "half", "none"
    result = fire.result()
    assert points(result) == {"fire": (12.5, 15, 83.3), "water": (0, 0, None)}
    assert result.scores[1].not_applicable == 1


def test_every_point_leads_to_its_item_weight_and_version_of_the_rules(fire):
    fire["exits"] = "good"
    score = fire.result().scores[0]
    assert [(part.item_id, part.got, part.possible) for part in score.parts] == [("F1", 10, 10), ("F2", None, 5)]
    assert (score.rule_version, score.not_checked) == ("shop 7", 1)


def test_what_is_wrong_with_an_observation_is_no_failure(fire):
    fire["drains"] = "bad"
    result = fire.result()
    assert items(result)["E1"].verdict is Verdict.OBSERVE
    assert result.findings == ()


def test_deduct_takes_the_weight_away_only_where_an_item_fails(catalogue):
    form = Form(FIRE, catalogue, scoring="deduct")
    form["exits"], form["hoses"] = "bad", "half"
    assert points(form.result())["fire"] == (5, 15, 33.3)


MEASURED = """
| survey |
| | type | name | label | insp:item | insp:severity | insp:fail-when | insp:limit-min | insp:limit-max | insp:unit | insp:limit-law | insp:weight | insp:parameter |
| | integer | people | People | | | | | | | | | |
| | integer | doors | Doors | D1 | major | . < 2 and ${people} > 10 | | | | | ${people} * 2 | |
| | decimal | width | Width | D2 | major | | 110 + ${people} | | cm | mr2-2535-c5-3 | | width |
"""  # noqa: E501 - a table, one row a line


@pytest.fixture
def measured(catalogue):
    return Form(MEASURED, catalogue)


def test_a_question_without_a_clause_stays_a_plain_fact(measured):
    measured["people"] = "20"
    fact = items(measured.result())["people"]
    assert (fact.verdict, fact.answered) == (None, True)


@pytest.mark.parametrize(
    "people, doors, verdict", [("20", "1", Verdict.FAIL), ("20", "2", Verdict.PASS), ("5", "1", Verdict.PASS)]
)
def test_fail_when_may_look_at_other_answers(measured, people, doors, verdict):
    measured["people"], measured["doors"] = people, doors
    assert items(measured.result())["D1"].verdict is verdict


def test_fail_when_says_nothing_before_there_is_an_answer(measured):
    measured["people"] = "20"
    assert items(measured.result())["D1"].verdict is None


def test_a_weight_may_be_an_expression(measured):
    measured["people"], measured["doors"] = "20", "3"
    assert points(measured.result())["#1"] == (40, 40, 100)


@pytest.mark.parametrize("width, verdict", [("130", Verdict.PASS), ("129.9", Verdict.FAIL)])
def test_a_bound_that_the_form_computes_judges_the_value_and_is_copied_into_the_record(measured, width, verdict):
    measured["people"], measured["width"] = "20", width
    result = measured.result()
    assert items(result)["D2"].verdict is verdict
    row = next(row for row in result.measurements if row.parameter == "width")
    assert (row.value, row.unit, row.limit.minimum, row.limit.law.law_id) == (width, "cm", 130, "mr2-2535-c5-3")


def test_a_value_over_such_a_bound_is_stored_and_never_refused(measured):
    measured["people"], measured["width"] = "20", "90"
    assert measured.session.node("/data/width").valid
    assert measured.result().findings[0].fact == "Width 90 ซม. ต่ำกว่าเกณฑ์ไม่น้อยกว่า 130 ซม."


GROUPED = """
| survey |
| | type | name | label | insp:item | insp:severity | insp:role | insp:na |
| | begin_group | g | Guards | G1 | major | | justified |
| | select_one ok | seen | Are guards there? | | | item | |
| | text | words | What is missing | | | finding | |
| | text | why | Why it does not apply | | | reason | |
| | end_group | | | | | | |
"""


def test_a_group_is_one_item_whose_questions_say_their_part(catalogue):
    form = Form(GROUPED, catalogue, scoring="pass-fail")
    (item,) = form.outline.items
    assert (item.item_id, item.title.th, item.value_path) == ("G1", "Guards", "/data/g/seen")
    form["g/seen"], form["g/words"] = "bad", "ไม่มีการ์ด"
    assert form.result().findings[0].fact == "Bad · ไม่มีการ์ด"
    assert points(form.result()) == {"#1": (0, 1, 0)}


SCORED = """
| survey |
| | type | name | label | insp:item | insp:role | insp:weight |
| | integer | mark | Marks | S1 | score | 20 |
"""


def test_a_question_may_be_the_points_themselves(catalogue):
    form = Form(SCORED, catalogue, choices="")
    form["mark"] = "15"
    assert points(form.result()) == {"#1": (15, 20, 75)}


NOT_APPLICABLE = """
| survey |
| | type | name | label | insp:item | insp:role | insp:na |
| | begin_group | g | G | G1 | | {rule} |
| | select_one ok | seen | Seen | | item | |
| | text | why | Why | | reason | |
| | end_group | | | | | |
"""


@pytest.mark.parametrize(
    ("rule", "reason", "wanted"),
    [
        ("allowed", "", []),
        ("justified", "", [(ProblemKind.REASON, "/data/g/why")]),
        ("justified", "ไม่มีเครื่องจักร", []),
        ("forbidden", "ไม่มีเครื่องจักร", [(ProblemKind.INVALID, "/data/g/seen")]),
    ],
    ids=["allowed", "without-reason", "with-reason", "forbidden"],
)
def test_not_applicable_is_judged_as_the_form_says(catalogue, rule, reason, wanted):
    form = Form(NOT_APPLICABLE.format(rule=rule), catalogue)
    form["g/seen"], form["g/why"] = "none", reason
    assert items(form.result())["G1"].verdict is Verdict.NA
    assert [(p.kind, p.path) for p in form.result().problems if p.blocking] == wanted
    form["g/seen"], form["g/why"] = "good", ""
    assert [p for p in form.result().problems if p.blocking] == []
