"""Review events of an office: append-only, idempotent by their id, shown to the laptops of the record's scope.

A comment is read by whom the item that it is pinned to is read: by the record's own device, and by roles whose audience
includes it. Others get the event without it. The row in the feed carries what is needed to tell (`GUARD`), which leaves
the centre only for relays, whose laptops read by the same rule.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from checklists.clock import Clock, stamp
from checklists.model import Audience
from sync.protocol import Code, Collection, FeedRow, LineResult, Review, ReviewKind
from sync.server import feed
from sync.server.database import tables, trail
from sync.server.database.storage import Storage
from sync.server.database.upsert import insert_new
from sync.server.intake.rows import sealed_of
from sync.server.people.audience import audiences_of_items
from sync.server.people.auth import Caller

GUARD = "guard"
"""In a review's feed row: whose record it is, and the audience of each comment in its order."""


def _guard(review: Review, device_id: str, envelope: bytes) -> dict[str, Any]:
    items = audiences_of_items(json.loads(envelope))
    found = (items.get(c.item_id, Audience.RESTRICTED) if c.item_id else Audience.PUBLIC for c in review.comments)
    return {"device_id": device_id, "audiences": [audience.value for audience in found]}


def seen_by(row: FeedRow, device_id: str, audiences: frozenset[Audience]) -> FeedRow:
    """Return a feed row as a reader may see it: a review without the comments that are not for them."""
    if row.collection != Collection.REVIEWS or row.body is None or GUARD not in row.body:
        return row
    body = dict(row.body)
    guard = body.pop(GUARD)
    if guard["device_id"] != device_id:
        pairs = zip(body["comments"], guard["audiences"], strict=True)
        body["comments"] = [comment for comment, audience in pairs if audience in audiences]
    return replace(row, body=body)


class Reviews:
    """The review side of the centre."""

    def __init__(self, storage: Storage, *, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    def add(self, caller: Caller, reviews: Sequence[Review], scope_of_all: bool) -> tuple[LineResult, ...]:
        """Add events in one transaction; one result per event (its `revision_id` is the review's id)."""

        def step(connection: Connection) -> tuple[LineResult, ...]:
            return tuple(self._add(connection, caller, review, scope_of_all) for review in reviews)

        return self._storage.write(step)

    def _add(self, connection: Connection, caller: Caller, review: Review, scope_of_all: bool) -> LineResult:
        if review.kind is ReviewKind.RETURN and not any(c.text.strip() for c in review.comments):
            return LineResult(review.review_id, 422, Code.INVALID, "a return says why", pointer="/comments")
        body = json.dumps(review.to_json(), ensure_ascii=False, sort_keys=True)
        known = connection.execute(
            select(tables.reviews.c.body).where(tables.reviews.c.review_id == review.review_id)
        ).scalar()
        if known is not None:
            same = known == body
            return LineResult(review.review_id, 200 if same else 409, Code.HAVE if same else Code.REVISION_REUSED)
        revision = connection.execute(
            select(tables.revisions).where(
                (tables.revisions.c.record_id == review.record_id)
                & (tables.revisions.c.revision_id == review.revision_id)
            )
        ).one_or_none()
        if revision is None or revision.seq is None or (revision.scope != caller.scope and not scope_of_all):
            return LineResult(review.review_id, 424, Code.UNKNOWN_BASE)
        now = stamp(self._clock.now())
        row = {
            "review_id": review.review_id,
            "record_id": review.record_id,
            "revision_id": review.revision_id,
            "device_id": caller.device_id,
            "body": body,
            "received_at": now,
        }
        insert_new(connection, tables.reviews, row)
        told = {**json.loads(body), GUARD: _guard(review, revision.device_id, sealed_of(revision).envelope)}
        news = FeedRow(Collection.REVIEWS, review.review_id, 0, review.record_id, told)
        feed.publish(connection, revision.scope, [news], now)
        trail.note(connection, now, caller.device_id, "review", review_id=review.review_id, kind=review.kind.value)
        return LineResult(review.review_id, 201, Code.CREATED)
