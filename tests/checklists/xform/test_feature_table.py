"""docs/forms.md says what works; this keeps it true."""

from __future__ import annotations

from tests.support import engine_features


def test_the_table_of_the_documentation_is_what_the_engine_does():
    assert engine_features.written_table() == engine_features.features(), "run python -m tests.support.engine_features"


def test_every_question_type_and_feature_opens():
    rows = engine_features.features().splitlines()
    assert [row for row in rows if "| no (" in row] == []
