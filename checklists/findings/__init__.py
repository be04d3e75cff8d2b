"""From answers to what they amount to: verdicts, measurements, findings, scores, problems, proposals."""

from __future__ import annotations

from checklists.findings.digests import content_digest, recorded_digest
from checklists.findings.editing import EditKind, FindingEdit, FindingState, Shown, shown
from checklists.findings.evaluating import evaluate
from checklists.findings.judging import Judgement, judge
from checklists.findings.twice import lint_scores

__all__ = [
    "EditKind",
    "FindingEdit",
    "FindingState",
    "Judgement",
    "Shown",
    "content_digest",
    "evaluate",
    "judge",
    "lint_scores",
    "recorded_digest",
    "shown",
]
