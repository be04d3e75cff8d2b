"""A laptop whose tokens ran out at its relay gets new ones by its key, and needs no code and no word for that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checklists.store import Store
from inspector_app.actions.sending import near_relay
from sync.client import Session
from sync.errors import RefusedError, SignInError, WrongServerError
from sync.protocol import Code

CENTRE = Session(server_id="centre")
JOINED = Session(server_id="relay", centre_id="centre")


class Relay:
    """A relay's client that answers as it is told."""

    def __init__(self, session: Session, *, lets_in: bool = True, joins: Exception | None = None) -> None:
        self.session = session
        self.lets_in = lets_in
        self.joins = joins
        self.joined = 0

    def missing_blobs(self, _blobs: object) -> tuple[()]:
        if not self.lets_in:
            raise SignInError(code=Code.TOKEN_EXPIRED)
        return ()

    def join_relay(self, _centre: Session, **_more: object) -> None:
        if self.joins is not None:
            raise self.joins
        self.joined += 1


def test_tokens_that_still_count_are_used_on(store: Store) -> None:
    relay = Relay(JOINED)
    near_relay.join_again(store, relay, CENTRE)  # type: ignore[arg-type]  # the two calls that it makes
    assert relay.joined == 0


def test_tokens_that_ran_out_are_got_anew_by_the_key(store: Store) -> None:
    relay = Relay(JOINED, lets_in=False)
    near_relay.join_again(store, relay, CENTRE)  # type: ignore[arg-type]  # the calls of joining only
    assert relay.joined == 1


def test_a_relay_of_the_restored_centre_is_joined_anew(store: Store) -> None:
    relay = Relay(replace(JOINED, centre_id="before"))
    near_relay.join_again(store, relay, CENTRE)  # type: ignore[arg-type]  # the calls of joining only
    assert relay.joined == 1


@pytest.mark.parametrize("error", [RefusedError(code=Code.UNKNOWN_KEY), WrongServerError()], ids=["shut out", "before"])
def test_one_that_is_shut_out_or_a_relay_that_did_not_follow_is_no_way(store: Store, error: Exception) -> None:
    with pytest.raises(type(error)):
        near_relay.join_again(store, Relay(JOINED, lets_in=False, joins=error), CENTRE)  # type: ignore[arg-type]  # the calls of joining only
