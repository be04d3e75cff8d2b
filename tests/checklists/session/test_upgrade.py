"""A draft of one version goes on in the next."""

from __future__ import annotations

from checklists.model import AnswerRow, NodeRef
from checklists.session import upgrade

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


def test_an_upgrade_keeps_renames_puts_aside_and_says_so(fill):
    old = fill(ITEM, choices=VERDICTS)
    for path, value in [("v", "fail"), ("why", "no guard"), ("db", "93.5")]:
        old.set_value(f"/data/{path}", value)
    new = fill(
        """
| | type | name | label | required | bind::insp:was |
| | select_one v | v | Verdict | yes | |
| | text | reason | Why | yes | why |
| | integer | db | Noise | | |
| | text | further | F | yes | |
""",
        choices="| | list_name | name | label |\n| | v | pass | Pass |\n| | v | bad | Bad |",
        settings='| | namespaces | version |\n| | insp="urn:th:moi:inspection:1" | 2 |',
    )
    draft, report = upgrade(old.to_draft(NodeRef("/data/why")), old.definition, new.definition)
    assert report.renamed == (("/data/why", "/data/reason"),)
    assert [row.path for row in report.choices_gone] == ["/data/v"]
    assert [row.path for row in report.retyped] == ["/data/db"]
    assert "/data/further" in report.newly_required
    assert draft.cursor == NodeRef("/data/reason")
    assert {(row.path, row.value) for row in draft.aside} == {("/data/v", "fail"), ("/data/db", "93.5")}
    assert AnswerRow("/data/reason", "", "no guard") in draft.answers
    assert draft.form_version == "2"
