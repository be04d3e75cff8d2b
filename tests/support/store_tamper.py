"""One bit changed at a random place of a sealed record, an attachment or the audit chain: is it found and named?

The attacker has the database open (triggers off) or the files; the judge is `Store.verify` or `deep_check`.

    python -m tests.support.store_tamper FOLDER TRIES [--seed=N]
"""

from __future__ import annotations

import json
import random
import sys
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from checklists.clock import BANGKOK
from checklists.errors import InspectorError
from checklists.store import Store
from tests.support.clock import FrozenClock
from tests.support.store_workspace import new_store, whole_inspection

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=BANGKOK)


def _flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _envelope(store: Store, chance: random.Random) -> Callable[[], None]:
    db = store._core.db
    revision, body = chance.choice(db.rows("SELECT revision_id, body_z FROM revision"))
    changed = zlib.compress(_flip(zlib.decompress(body), chance))
    db.run("UPDATE revision SET body_z = ? WHERE revision_id = ?", (changed, revision))
    return lambda: db.run("UPDATE revision SET body_z = ? WHERE revision_id = ?", (body, revision)) and None


def _cell(table: str, column: str) -> Callable[[Store, random.Random], Callable[[], None]]:
    """Change one bit of a text or blob cell; bits that make no other text are tried again."""

    def attack(store: Store, chance: random.Random) -> Callable[[], None]:
        db = store._core.db
        row, value = chance.choice(db.rows(f"SELECT rowid, {column} FROM {table}"))
        while True:
            flipped = _flip(value.encode() if isinstance(value, str) else value, chance)
            try:
                new: str | bytes = flipped.decode() if isinstance(value, str) else flipped
                if isinstance(new, str) and column == "body":
                    json.loads(new)
                db.run(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, row))
            except (ValueError, InspectorError):
                continue
            return lambda: db.run(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, row)) and None

    return attack


def _file(store: Store, chance: random.Random) -> Callable[[], None]:
    path = chance.choice(sorted((store.workspace / "files").glob("??/*")))
    whole = path.read_bytes()
    path.write_bytes(_flip(whole, chance))
    return lambda: path.write_bytes(whole) and None


ATTACKS: dict[str, Callable[[Store, random.Random], Callable[[], None]]] = {
    "envelope": _envelope,
    "signature": _cell("revision", "signature"),
    "digest": _cell("revision", "digest"),
    "audit body": _cell("audit", "body"),
    "audit time": _cell("audit", "at"),
    "audit hash": _cell("audit", "hash"),
    "audit actor": _cell("audit", "actor"),
    "attachment": _file,
}


def tamper(folder: Path, tries: int, *, seed: int = 1) -> dict[str, Any]:
    """Try so many changes, one at a time; return which were not noticed."""
    chance, unnoticed = random.Random(seed), []
    named: dict[str, int] = {}
    with new_store(folder, FrozenClock(NOON)) as store:
        for number in range(3):
            whole_inspection(store, f"r-{number}", f"v-{number}")
        for (name,) in store._core.db.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            store._core.db.run(f"DROP TRIGGER {name}")
        if not store.verify().good:
            return {"tried": 0, "unnoticed": ["not good before"]}
        for number in range(tries):
            kind = list(ATTACKS)[number % len(ATTACKS)]
            undo = ATTACKS[kind](store, chance)
            report = store.verify(files=kind == "attachment")
            if report.good and not any(p.code == "signer-unknown" for p in report.unproven):
                unnoticed.append(kind)
            for proof in report.broken:
                named[proof.code] = named.get(proof.code, 0) + 1
            undo()
        good_after = store.verify().good
    return {"tried": tries, "unnoticed": unnoticed, "named": named, "good_after": good_after}


if __name__ == "__main__":
    options = dict(word[2:].split("=") for word in sys.argv[3:] if "=" in word)
    print(json.dumps(tamper(Path(sys.argv[1]), int(sys.argv[2]), seed=int(options.get("seed", "1")))))
