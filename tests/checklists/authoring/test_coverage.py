"""The coverage report in the docs says what the data say."""

from pathlib import Path

from checklists.authoring.coverage import report

DOCS = Path(__file__).parents[3] / "docs"


def test_the_report_in_the_docs_is_the_one_the_data_give():
    assert (DOCS / "handbook-coverage.md").read_text(encoding="utf-8") == report(), (
        "run: python -m checklists.authoring.coverage"
    )
