"""Review events of an office: append-only, idempotent by their id, shown to the laptops of the record's scope.

That is why no comment may be pinned to a restricted item: what was said in confidence is talked about elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, select

from checklists.clock import Clock, stamp
from sync.protocol import Code, Collection, FeedRow, LineResult, Review, ReviewKind
from sync.server import feed, tables, trail
from sync.server.audience import restricted_items
from sync.server.auth import Caller
from sync.server.rows import sealed_of
from sync.server.storage import Storage
from sync.server.upsert import insert_new


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
        restricted = restricted_items(json.loads(sealed_of(revision).envelope))
        for number, comment in enumerate(review.comments):
            if comment.item_id in restricted:  # every laptop of the province reads what is said here
                pointer = f"/comments/{number}/item_id"
                return LineResult(review.review_id, 422, Code.INVALID, "restricted item", pointer=pointer)
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
        news = FeedRow(Collection.REVIEWS, review.review_id, 0, review.record_id, json.loads(body))
        feed.publish(connection, revision.scope, [news], now)
        trail.note(connection, now, caller.device_id, "review", review_id=review.review_id, kind=review.kind.value)
        return LineResult(review.review_id, 201, Code.CREATED)
