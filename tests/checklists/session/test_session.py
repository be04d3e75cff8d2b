"""What a filling session promises to the window, the commands and the store."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal

import pytest

from checklists.model import AnswerRow, NodeRef
from checklists.session import (
    BadValueError,
    FormSession,
    NotAChoiceError,
    ReadOnlyNodeError,
    TooManyRowsError,
    UnknownLanguageError,
    UnknownNodeError,
)

ITEM = """
| | type | name | label | relevant | required | calculation | constraint | constraint_message |
| | select_one v | v | Verdict | | yes | | | |
| | text | why | Why | ${v} = 'fail' | yes | | | |
| | decimal | db | Noise | | | | . < 140 | too loud |
| | calculate | over | | | | if(${db} > 90, 'over', '') | | |
"""
VERDICTS = """
| | list_name | name | label | outcome |
| | v | pass | Pass | conform |
| | v | fail | Fail | nonconform |
"""
REPEAT = """
| | type | name | label | calculation | default |
| | begin repeat | r | R | | |
| | text | x | X | | new |
| | end repeat | | | | |
| | calculate | all | | join(',', ${x}) | |
"""


def states(session: FormSession) -> dict[str, str]:
    return {
        view.path: view.value for view in session.every_node() if view.kind == "question" and "meta" not in view.path
    }


def test_one_answer_gives_one_change_set_with_exactly_what_a_store_must_save(fill):
    session = fill(ITEM, choices=VERDICTS)
    changes = session.set_value("/data/db", "93.50")
    assert changes.answers == (AnswerRow("/data/db", "", "93.5"), AnswerRow("/data/over", "", "over"))
    assert changes.fields_of(NodeRef("/data/db")) == {"value"}
    assert not session.set_value("/data/db", "93.5")


def test_a_hidden_question_keeps_its_answer_and_is_told_when_it_comes_and_goes(fill):
    session = fill(ITEM, choices=VERDICTS)
    assert session.set_value("/data/v", "fail").fields_of(NodeRef("/data/why")) == {"relevant"}
    session.set_value("/data/why", "no guard")
    session.set_value("/data/v", "pass")
    assert session.node("/data/why").relevant is False
    assert session.value("/data/why") == "no guard"
    assert b"no guard" not in session.to_submission_xml()


def test_a_broken_constraint_is_stored_and_flagged_with_words(fill):
    session = fill(ITEM, choices=VERDICTS)
    session.set_value("/data/db", "150")
    view = session.node("/data/db")
    assert (view.value, view.valid, view.error) == ("150", False, "too loud")
    assert session.validate().invalid == ((NodeRef("/data/db"), "too loud"),)


def test_validation_lists_what_is_missing_in_the_order_of_the_form(fill):
    session = fill(ITEM, choices=VERDICTS)
    assert session.validate().missing == (NodeRef("/data/v"),)
    session.set_value("/data/v", "fail")
    assert session.validate().missing == (NodeRef("/data/why"),)


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        ("/data/db", "loud", BadValueError),
        ("/data/v", "passs", NotAChoiceError),
        ("/data/over", "x", None),
        ("/data/nothing", "x", UnknownNodeError),
        ("/data", "x", ReadOnlyNodeError),
        ("/data/r[1]/x", "x", UnknownNodeError),
    ],
)
def test_what_cannot_be_an_answer_is_refused_and_nothing_changes(fill, path, value, error):
    session = fill(ITEM, choices=VERDICTS)
    before = states(session)
    if error is None:
        session.set_value(path, value)  # a calculation without readonly takes a value until it is computed again
        return
    with pytest.raises(error):
        session.set_value(path, value)
    assert states(session) == before


def test_answers_have_python_values_at_the_edge(fill):
    session = fill(
        """
| | type | name | label |
| | integer | i | I |
| | decimal | d | D |
| | date | on | On |
| | select_multiple v | m | M |
""",
        choices=VERDICTS,
    )
    for path, text, want in [
        ("i", "๐๐๗", 7), ("d", "3.50", Decimal("3.5")), ("on", "2026-11-22", date(2026, 11, 22)),
        ("m", "fail pass", ("fail", "pass")), ("i", "", None),
    ]:  # fmt: skip
        session.set_value(f"/data/{path}", text)
        assert session.node(f"/data/{path}").typed == want


def test_choices_carry_the_further_columns_of_their_list(fill):
    session = fill(ITEM, choices=VERDICTS)
    assert [(c.value, c.label, c.attributes["outcome"]) for c in session.node("/data/v").choices] == [
        ("pass", "Pass", "conform"), ("fail", "Fail", "nonconform"),
    ]  # fmt: skip


def test_a_transaction_is_one_change_set_told_once(fill):
    session = fill(ITEM, choices=VERDICTS)
    told = []
    stop = session.subscribe(told.append)
    with session.transaction() as done:
        session.set_value("/data/v", "fail")
        session.set_value("/data/why", "x")
    assert told == [done()]
    assert {row.path for row in told[0].answers} == {"/data/v", "/data/why"}
    stop()
    session.set_value("/data/why", "y")
    assert len(told) == 1


def test_a_transaction_that_fails_leaves_everything_as_it_was(fill):
    session = fill(REPEAT)
    before = states(session)
    with pytest.raises(UnknownNodeError), session.transaction():
        session.set_value("/data/r[1]/x", "changed")
        session.add_row("/data/r")
        session.set_value("/data/nothing", "x")
    assert states(session) == before
    assert session.undo() is None


def test_rows_keep_their_ids_while_positions_shift(fill):
    session = fill(REPEAT)
    first, second = (NodeRef("/data/r", row) for row in (*session.rows("/data/r"), session.add_row("/data/r").row))
    session.set_value(NodeRef("/data/r/x", second.row), "two")
    changes = session.remove_row(first)
    assert changes.removed == (first,)
    assert changes.removed_rows == (first.row,)
    assert [(row.row, row.position) for row in changes.rows] == [(second.row, 1)]
    assert session.node(NodeRef("/data/r/x", second.row)).path == "/data/r[1]/x"
    assert session.value("/data/all") == "two"
    with pytest.raises(UnknownNodeError):
        session.node(first)


def test_a_new_row_brings_its_defaults_as_answers_to_save(fill):
    session = fill(REPEAT)
    added = []
    session.subscribe(lambda changes: added.extend(changes.answers))
    row = session.add_row("/data/r")
    assert AnswerRow("/data/r/x", row.row, "new") in added


def test_the_last_fifty_changes_can_be_undone_and_done_again(fill):
    session = fill(REPEAT)
    seen = [states(session)]
    for number in range(30):
        row = session.add_row("/data/r")
        seen.append(states(session))
        session.set_value(NodeRef("/data/r/x", row.row), str(number))
        seen.append(states(session))
    for want in reversed(seen[-51:-1]):
        assert session.undo() is not None
        assert states(session) == want
    assert session.undo() is None
    while session.redo() is not None:
        pass
    assert states(session) == seen[-1]


def test_undo_brings_back_a_removed_row_with_everything_in_it(fill):
    session = fill(REPEAT)
    session.set_value("/data/r[1]/x", "kept")
    row = session.rows("/data/r")[0]
    session.remove_row("/data/r[1]")
    changes = session.undo()
    assert changes.added == (NodeRef("/data/r", row),)
    assert AnswerRow("/data/r/x", row, "kept") in changes.answers
    assert session.value("/data/all") == "kept"


def test_a_count_beyond_all_reason_is_refused_and_turned_round(fill):
    session = fill(
        """
| | type | name | label | repeat_count |
| | integer | n | N | |
| | begin repeat | r | R | ${n} |
| | text | x | X | |
| | end repeat | | | |
"""
    )
    session.set_value("/data/n", "2")
    with pytest.raises(TooManyRowsError):
        session.set_value("/data/n", "1000000")
    assert session.value("/data/n") == "2"
    assert len(session.rows("/data/r")) == 2
    with pytest.raises(ReadOnlyNodeError):
        session.add_row("/data/r")


def test_a_draft_goes_on_exactly_where_it_stood(fill, clock):
    session = fill(REPEAT)
    session.set_value("/data/r[1]/x", "one")
    session.add_row("/data/r")
    session.set_value("/data/r[2]/x", "")
    cursor = NodeRef("/data/r/x", session.rows("/data/r")[1])
    draft = session.to_draft(cursor)
    again = FormSession(session.definition, clock=clock, draft=draft)
    assert states(again) == states(session)
    assert again.to_draft(cursor) == draft
    assert again.to_submission_xml() == session.to_submission_xml()


def test_a_session_belongs_to_its_thread(fill):
    session = fill(REPEAT)
    errors = []

    def elsewhere():
        try:
            session.set_value("/data/r[1]/x", "x")
        except RuntimeError as error:
            errors.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert len(errors) == 1


def test_languages_are_named_in_full_or_by_code(fill):
    session = fill(
        """
| | type | name | label::Thai (th) | label::English (en) |
| | text | a | ก | A |
| | text | b | ถาม ${a} | About ${a} |
""",
        settings="| | default_language |\n| | Thai (th) |",
    )
    session.set_value("/data/a", "x")
    assert (session.language, session.node("/data/b").label) == ("Thai (th)", "ถาม x")
    assert session.set_language("en").fields_of(NodeRef("/data/b")) == {"label"}
    assert session.node("/data/b").label == "About x"
    assert session.set_value("/data/a", "y").fields_of(NodeRef("/data/b")) == {"label"}
    with pytest.raises(UnknownLanguageError):
        session.set_language("Klingon")


def test_inspection_attributes_are_evaluated_in_the_same_graph(fill):
    session = fill(
        """
| | type | name | label | bind::insp:item | bind::insp:limit-max | bind::insp:weight |
| | integer | hours | H | | | |
| | decimal | db | Noise | N1 | if(${hours} > 8, 85, 90) | 3 |
""",
        settings='| | namespaces |\n| | insp="urn:th:moi:inspection:1" |',
    )
    assert session.node("/data/db").insp == {"item": "N1", "limit-max": "90", "weight": "3"}
    changes = session.set_value("/data/hours", "12")
    assert changes.fields_of(NodeRef("/data/db")) == {"insp"}
    assert session.node("/data/db").insp["limit-max"] == "85"


def test_a_preset_fills_read_only_context_before_the_form_starts(fill):
    session = fill(
        """
| | type | name | label | readonly | relevant |
| | text | kind | Kind | true() | |
| | text | extra | Extra | | ${kind} = 'complaint' |
""",
        preset={"/data/kind": "complaint"},
    )
    assert session.node("/data/extra").relevant
    with pytest.raises(ReadOnlyNodeError):
        session.set_value("/data/kind", "x")


def test_finalising_stamps_the_end_and_takes_the_given_instance_id(fill, clock):
    session = fill("| | type | name | label |\n| | end | end | |\n| | text | a | A |")
    assert b"<end/>" in session.to_submission_xml()
    xml = session.to_submission_xml(instance_id="0199", finalise=True).decode()
    assert "<end>2026-11-22T10:42:00.000+07:00</end>" in xml
    assert "<instanceID>uuid:0199</instanceID>" in xml
    assert session.to_submission_xml() == session.to_submission_xml()


def test_answers_as_plain_values_leave_out_what_is_hidden(fill):
    session = fill(ITEM, choices=VERDICTS)
    session.set_value("/data/v", "pass")
    found = session.to_json()["answers"]
    assert found["v"] == "pass"
    assert "why" not in found
