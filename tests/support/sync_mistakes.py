"""Planted protocol mistakes of the client: each is a small wrong turn that a tired programmer could take.

Together with those of the centre (`sync_simulator.SimCentre`) they measure the simulator: one that it does not catch
means that it is too weak, not that the mistake is harmless.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from checklists.sealing import Receipt, Sealed
from sync.client import Client
from sync.engine import SyncEngine
from sync.errors import Action, NotOurServerError, SyncError
from sync.protocol import LineResult, MissingBlob, OutboxRow
from sync.push import Batch, Flight, Lacking, Push
from sync.transport import Response
from tests.support.sync_outbox import MemoryOutbox, sealed_record
from tests.support.sync_sim_centre import SERVER_ID, fake_signature
from tests.support.sync_simulator import KEYS, Laptop, real_client


def made_up(row: OutboxRow) -> Receipt:
    blank = Receipt("made-up", row.digest, row.record_id, row.revision_id, SERVER_ID, "now", 1, "k", "")
    return replace(blank, signature=fake_signature(blank))


def engine_with(laptop: Laptop, *, push: type[Push] = Push, client: type[Client] = Client) -> SyncEngine:
    engine = SyncEngine(laptop.outbox, real_client(laptop, client), clock=laptop.clock, random=laptop.rng)
    engine._push.__class__ = push
    return engine


# --- taking something for a receipt ---------------------------------------------------------------------------------


class AckBeforeSend(Push):
    def _call(self, batch: Batch) -> Callable[[], tuple[LineResult, ...]]:
        for row, _ in batch:
            self._outbox.acknowledge(made_up(row))
        return super()._call(batch)


class PendingIsSent(Push):
    def settle(self, row: OutboxRow, result: LineResult) -> tuple[MissingBlob, ...] | None:
        if result.status == 202:
            self._outbox.acknowledge(made_up(row))
        return super().settle(row, result)


class PortalIsSuccess(Push):
    def _land(self, flight: Flight) -> Lacking:
        try:
            return super()._land(flight)
        except NotOurServerError:
            for row, _ in flight.batch:
                self._outbox.acknowledge(made_up(row))
            return {}


class TrustsAnyReceipt(Push):
    def settle(self, row: OutboxRow, result: LineResult) -> tuple[MissingBlob, ...] | None:
        if result.receipt is not None and result.status in (200, 201):
            self._outbox.acknowledge(made_up(row))
            return None
        return super().settle(row, replace(result, revision_id=row.revision_id))


class TrustsAnyAnswer(Client):
    def _check_origin(self, response: Response, nonce: str) -> None:
        return


# --- doing the wrong thing about trouble ----------------------------------------------------------------------------


class ParksWhenBusy(Push):
    def set_back(self, row: OutboxRow, error: SyncError) -> None:
        self._outbox.failed(row.revision_id, error.code, "", "", parked=True)


class PoisonStopsAll(Push):
    def set_back(self, row: OutboxRow, error: SyncError) -> None:
        if error.action is Action.FIX:
            raise SyncError("poison")
        super().set_back(row, error)


class ConflictGoesOn(Push):
    def settle(self, row: OutboxRow, result: LineResult) -> tuple[MissingBlob, ...] | None:
        if result.code == "conflict":
            self._outbox.acknowledge(made_up(row))
            return None
        return super().settle(row, result)


# --- changing what was sealed ---------------------------------------------------------------------------------------


class Resealing:
    """An outbox that makes the bytes anew for every attempt, as one that stores fields instead of bytes would."""

    def __init__(self, outbox: MemoryOutbox) -> None:
        self._outbox = outbox
        self._count = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._outbox, name)

    def pending(self) -> Any:
        return tuple(replace(row, digest=self.sealed(row.revision_id).digest) for row in self._outbox.pending())

    def sealed(self, revision_id: str) -> Sealed:
        row = self._outbox.rows[revision_id]
        return sealed_record(
            KEYS[0], revision_id, record_id=row.record_id, base=row.base_revision_id, reason=str(row.attempts % 3)
        )


def reseals(laptop: Laptop) -> SyncEngine:
    return SyncEngine(Resealing(laptop.outbox), real_client(laptop, Client), clock=laptop.clock, random=laptop.rng)


def trusts_any_answer(laptop: Laptop) -> SyncEngine:
    return engine_with(laptop, push=TrustsAnyReceipt, client=TrustsAnyAnswer)


CLIENT_MISTAKES: dict[str, Callable[[Laptop], SyncEngine]] = {
    "ack-before-send": lambda laptop: engine_with(laptop, push=AckBeforeSend),
    "pending-is-sent": lambda laptop: engine_with(laptop, push=PendingIsSent),
    "portal-is-success": lambda laptop: engine_with(laptop, push=PortalIsSuccess),
    "trusts-any-answer": trusts_any_answer,
    "parks-when-busy": lambda laptop: engine_with(laptop, push=ParksWhenBusy),
    "poison-stops-all": lambda laptop: engine_with(laptop, push=PoisonStopsAll),
    "conflict-goes-on": lambda laptop: engine_with(laptop, push=ConflictGoesOn),
    "reseals": reseals,
}

CENTRE_MISTAKES = (
    "no-idempotency",
    "conflict-not-sticky",
    "receipt-without-files",
    "unknown-base-as-conflict",
    "last-writer-wins",
    "conflict-dropped",
    "new-receipt-for-duplicates",
    "append-anywhere",
)
