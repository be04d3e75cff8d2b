"""Editions that the centre gives out: taken into use by this laptop, or refused with the reason.

Rows of the centre are kept as they came. What is not yet in force, or was refused, is looked at again after each pull;
a recall is kept for ever. Keys of authors and approvers are believed where the centre vouches for them with the key
that this laptop checks its receipts with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from checklists.clock import Clock
from checklists.errors import AuthorError, NotFoundError
from checklists.model import Changes
from inspector_app.actions.reference import handbook

if TYPE_CHECKING:
    from checklists.store import Store
    from sync.protocol import ReceiptKey

FORMS = "forms"
LATER = frozenset({"not-yet", "outside-pilot", "recalled"})
"""Refusals that need nobody's hand: the day or the province may come, and a recall is an answer of its own."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the editions here: ids taken into use, refused ones with the kind of `EditionError`, recalled."""

    taken: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    recalled: tuple[str, ...] = ()
    changes: Changes = Changes()  # noqa: RUF009 - a frozen value


def settle(store: Store, keys: Iterable[ReceiptKey], *, province: str, clock: Clock) -> Settled:
    """Look at every edition and recall that the centre has given, and take what may be used."""
    from checklists.authoring.publishing import Edition, Recall

    known = tuple(keys)
    taken, recalled, refused, changes = [], [], {}, Changes()
    for row in store.pulled.list(FORMS):
        body = row.body or {}
        changes |= _believe(store, body.get("signers", ()), known)
        if body.get("recall"):
            changes |= _recall(store, Recall.from_json(body["recall"]))
            recalled.append(row.id)
        if not body.get("edition") or handbook.has_edition(store, str(body["sha256"])):
            continue
        try:
            _, content = store.checklists.get(str(body["sha256"]))
            _, done = handbook.take_edition(
                store, Edition.from_json(body["edition"]), content, clock=clock, province=province
            )
        except (AuthorError, NotFoundError) as error:
            refused[row.id] = str(error.data.get("kind", error.code))
            continue
        changes |= done
        taken.append(row.id)
    return Settled(tuple(taken), refused, tuple(recalled), changes)


def _believe(store: Store, vouchers: Iterable[Mapping[str, Any]], keys: tuple[ReceiptKey, ...]) -> Changes:
    from sync.protocol import Voucher

    changes = Changes()
    for voucher in (Voucher.from_json(members) for members in vouchers):
        if voucher.stands(keys) and not handbook.trusts(store, voucher.key_id):
            changes |= handbook.trust(store, voucher.key_id, bytes.fromhex(voucher.public_key))
    return changes


def _recall(store: Store, told: Any) -> Changes:
    return Changes() if told in handbook.recalls(store) else handbook.take_recall(store, told)
