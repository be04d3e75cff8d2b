"""Metadata, ranks and entities: what a form may ask of the client, small and one at a time."""

from __future__ import annotations

import pytest

from checklists.session import BadValueError, NotAChoiceError

CHOICES = "| | list_name | name | label |\n| | c | a | A |\n| | c | b | B |\n| | c | c | C |"


@pytest.mark.parametrize(
    ("kind", "value"),
    [("today", "{today}"), ("deviceid", "dev:1"), ("username", "somchai")],
)
def test_metadata_comes_from_clock_and_device(fill, clock, kind, value):
    value = value.format(today=clock.now().date().isoformat())
    assert fill(f"| | type | name | label |\n| | {kind} | m | |\n| | text | t | T |").value("/data/m") == value


def test_a_rank_takes_an_order_of_its_choices_each_once(fill):
    session = fill("| | type | name | label |\n| | rank c | r | R |", choices=CHOICES)
    session.set_value("/data/r", "c a b")
    assert session.node("/data/r").typed == ("c", "a", "b")
    with pytest.raises(NotAChoiceError):
        session.set_value("/data/r", "c x")


def test_a_range_hands_on_its_bounds_and_takes_numbers_only(fill):
    session = fill("| | type | name | label | parameters |\n| | range | n | N | start=1 end=9 step=2 |")
    (question,) = session.definition.questions
    assert {key: question.body_attributes[key] for key in ("start", "end", "step")} == {
        "start": "1", "end": "9", "step": "2",
    }  # fmt: skip
    with pytest.raises(BadValueError):
        session.set_value("/data/n", "many")


def test_choices_are_shuffled_by_seed_as_in_odk(fill):
    session = fill(
        "| | type | name | label | parameters |\n| | select_one c | s | S | randomize=true, seed=42 |",
        choices="| | list_name | name | label |\n" + "\n".join(f"| | c | {name} | {name} |" for name in "abcdef"),
    )
    assert [choice.value for choice in session.node("/data/s").choices] == list("afcbde")


def test_an_entity_gets_an_id_and_a_label_in_the_submission(fill):
    session = fill(
        "| | type | name | label | save_to |\n| | text | factory | Factory | owner |",
        entities="| | list_name | label |\n| | factories | ${factory} |",
    )
    session.set_value("/data/factory", "โรงงาน ก")
    xml = session.to_submission_xml().decode()
    assert 'dataset="factories"' in xml
    assert "<label>โรงงาน ก</label>" in xml
    assert session.definition.bind_attributes("/data/factory") == {
        "{http://www.opendatakit.org/xforms/entities}saveto": "owner"
    }


def test_the_same_answers_give_the_same_bytes(fill):
    def submitted(order):
        session = fill("| | type | name | label |\n| | text | a | A |\n| | integer | b | B |")
        for path, value in order:
            session.set_value(path, value)
        return session.to_submission_xml(instance_id="1")

    answers = [("/data/a", "x"), ("/data/b", "7")]
    assert submitted(answers) == submitted([("/data/a", "y"), *reversed(answers)])
