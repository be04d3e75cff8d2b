"""Keeping the head of the audit chain outside the workspace, and comparing it with the chain.

A chain alone cannot tell that its end was cut or that an older copy of the workspace was put in place. So its head is
kept in this computer's key store after every seal, every sync and at closing (the centre keeps it too), signed by the
device key so that nobody replaces it by an older one unseen. `verify` compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector_app.credentials import HeadStore, SystemHeadStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from checklists.store import ChainHead, Store
    from sync.client import Client

_DOMAIN = b"inspector-head-v1\0"


def keep(store: Store, heads: HeadStore | None = None) -> bool:
    """Keep the chain's head outside (a writing step); say whether a place was found for it.

    Where the one kept before is not in the chain any more, the chain is told first: replacing it hides nothing.
    """
    heads = heads or _heads(store)
    for before in kept(store, heads):
        if not store.audit.holds(before) and before.hash not in {lost.hash for lost, _ in store.audit.lost()}:
            store.audit.note_lost(before)
    head = store.audit.head()
    return heads.put(store.keys.workspace_id, _to_text(store, head.seq, head.hash))


def kept(store: Store, heads: HeadStore | None = None) -> tuple[ChainHead, ...]:
    """Return the heads that are kept outside and bear this workspace's signature."""
    heads = heads or _heads(store)
    found = (_from_text(store, text) for text in heads.get(store.keys.workspace_id))
    return tuple(head for head in found if head is not None)


def leave(store: Store, client: Client, submit: Callable[[Callable[[Store], object]], Future[Any]] | None) -> None:
    """Leave the chain's head at the centre, also through a relay, and keep what the centre says; then keep it here too.

    The centre may keep a later one than ours: then our chain was cut, and `verify` says so. A relay may have an older
    word of it than the centre gave us by itself: that is not taken for news. Raises `SyncError`.
    """
    from sync.protocol import Anchor

    head, keys = store.audit.head(), store.keys
    if not head.seq:
        return
    newest = client.anchor(Anchor(keys.device_id, head.seq, head.hash).signed(keys.device_key))

    def step(writing: Store) -> None:
        before = dict(writing.audit.anchors()).get(newest.server_id) if newest else None
        if newest and (before is None or before.seq <= newest.seq):
            writing.audit.anchor(newest.seq, newest.head, newest.server_id)
        keep(writing)

    step(store) if submit is None else submit(step).result()


def _heads(store: Store) -> HeadStore:
    from inspector_app.actions.laptop import workspace

    return SystemHeadStore(key_store=any(p.needs_device_secret for p in workspace.people(store.workspace)))


def _message(store: Store, seq: int, name: str) -> bytes:
    return _DOMAIN + f"{store.keys.workspace_id}:{seq}:{name}".encode()


def _to_text(store: Store, seq: int, name: str) -> str:
    return f"{seq}:{name}:{store.keys.device_key.sign(_message(store, seq, name)).hex()}"


def _from_text(store: Store, text: str) -> ChainHead | None:
    from checklists.crypto import signature_is_good
    from checklists.store import KEYS, ChainHead

    try:
        seq, name, signature = text.split(":")
        good = signature_is_good(
            store.keys.device_key.public_bytes, bytes.fromhex(signature), _message(store, int(seq), name)
        )
    except ValueError:
        return None
    return ChainHead(int(seq), name, KEYS) if good else None
