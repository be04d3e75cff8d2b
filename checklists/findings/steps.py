"""Kinds of steps of a visit that an Act asks for, or gives the power to, from `handbook/steps.yaml`."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from checklists.authoring import load_yaml
from checklists.authoring.catalogue import HANDBOOK, Catalogue
from checklists.model import LawRef, Words


@dataclass(frozen=True, slots=True)
class StepKind:
    """One kind of step: its words, its ground, and what to write down."""

    kind_id: str
    name: Words
    law: LawRef
    ask: Words


def said(note: str) -> str:
    """Return what people read of a step's note: without the codes in front, `[…]`, that say what a ground covers."""
    codes, end, words = note.partition("] ")
    return words if end and codes.startswith("[") else note


@functools.cache
def step_kinds() -> dict[str, StepKind]:
    """Return the kinds by id."""
    catalogue = Catalogue.bundled()
    return {
        row["id"]: StepKind(
            row["id"], Words(row["th"], row["en"]), catalogue.law(row["law"]), Words(row["ask_th"], row["ask_en"])
        )
        for row in load_yaml(HANDBOOK / "steps.yaml")["steps"]
    }
