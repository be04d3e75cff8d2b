"""Steps of the writer in a closing meeting: a signature, a refusal."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from checklists.clock import Clock, IdMaker, stamp
from checklists.model import Refusal
from inspector_app.actions.inspection import attachments
from inspector_app.gui.screens.closing.signatures import Signatures
from inspector_app.gui.widgets.sign_dialog import Refused, Signed

Step = Callable[[Any], Any]


def keep_signature(standing: Signatures, signed: Signed, *, clock: Clock, ids: IdMaker) -> Step:
    """Bind a signature to what was shown; a refusal of the same role goes."""
    opened, digest = standing.opened, standing.digest
    kept = tuple(r for r in opened.visit.refusals if r.role != signed.role)
    visit = dataclasses.replace(opened.visit, refusals=kept)

    def step(store: Any) -> Any:
        _, changes = attachments.sign(
            store,
            opened.record_id,
            role=signed.role,
            signer=signed.signer,
            png=signed.png,
            clock=clock,
            ids=ids,
            bound_to=digest,
            caption=signed.caption,
        )
        return changes | store.visits.update(visit) if kept != opened.visit.refusals else changes

    return step


def keep_refusal(standing: Signatures, refused: Refused, *, clock: Clock) -> Step:
    """Keep that somebody does not sign, with reason and witness; an earlier signature of the role goes."""
    opened = standing.opened
    now = stamp(clock.now())
    refusal = Refusal(refused.role, refused.name, refused.reason, refused.witness, now, standing.digest)
    others = tuple(r for r in opened.visit.refusals if r.role != refused.role)
    visit = dataclasses.replace(opened.visit, refusals=(*others, refusal))
    earlier = standing.signature(refused.role)

    def step(store: Any) -> Any:
        changes = store.visits.update(visit)
        return changes | store.attachments.remove(earlier.attachment_id) if earlier else changes

    return step
