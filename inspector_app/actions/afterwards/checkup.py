"""Is the laptop and its data in order (`doctor`), and are the sealed records as they were sealed (`verify`)."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checklists.store import Store
    from inspector_app.credentials import HeadStore


class Outcome(StrEnum):
    """What a check came to. `open` is neither good nor bad: it cannot be proven from here."""

    GOOD = "good"
    BAD = "bad"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `key` and `values` select its words."""

    name: str
    outcome: Outcome
    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        return self.outcome is not Outcome.BAD


def looked_at(name: str, *, good: bool, **values: object) -> Check:
    """Return a check with words of its own, `cli.check.<name>` and `cli.check.<name>.bad`."""
    outcome = Outcome.GOOD if good else Outcome.BAD
    return Check(name, outcome, f"cli.check.{name}" if good else f"cli.check.{name}.bad", values)


def verify(store: Store, *, files: bool = True, heads: HeadStore | None = None) -> tuple[Check, ...]:
    """Prove every sealed revision, its attachments and receipts, and the audit chain; say what cannot be proven.

    The chain is compared with its heads kept outside the workspace: in this computer's key store and at the centre.
    """
    from inspector_app.actions.laptop import anchoring
    from inspector_app.actions.sending import syncing

    keys = {key.key_id: bytes.fromhex(key.public_key) for key in syncing.session_of(store).receipt_keys}
    report = store.verify(receipt_keys=keys, files=files, anchors=anchoring.kept(store, heads))
    words = {"proven": Outcome.GOOD, "broken": Outcome.BAD, "unproven": Outcome.OPEN}
    return tuple(
        Check(
            proof.code,
            words[proof.verdict.value],
            f"verify.{proof.code}" + (".broken" if proof.verdict.value == "broken" else ""),
            {**proof.data, "subject": proof.subject},
        )
        for proof in report.proofs
    )


def doctor(folder: Path, store: Store) -> tuple[Check, ...]:
    """Look at the computer and the workspace; changes nothing."""
    looks: tuple[Callable[[], Check], ...] = (
        lambda: _room(store),
        lambda: _place(folder),
        _words,
        _fonts,
        _checklists,
        lambda: _plain_text(store),
        lambda: _waiting(store),
    )
    return (*(look() for look in looks), *_integrity(store), _sealed(store))


def _room(store: Store) -> Check:
    room = store.room()
    return looked_at("room", good=room.level == "plenty", free=room.free // 1_000_000, photos=room.photos_left)


def _place(folder: Path) -> Check:
    """A service that copies files in the background tears a database apart."""
    from checklists.store import cloud_folder

    service = cloud_folder(folder)
    return looked_at("place", good=not service, service=service)


def _words() -> Check:
    from checklists.text import breaker_works

    return looked_at("words", good=breaker_works())


def _fonts() -> Check:
    import resources

    found = False
    with contextlib.suppress(KeyError, FileNotFoundError):
        found = resources.font_path("Sarabun").is_file() and resources.font_path("Noto Sans Thai").is_file()
    return looked_at("fonts", good=found)


def _checklists() -> Check:
    from checklists import loading

    pins = loading.bundled_ids()
    return looked_at("checklists", good=bool(pins), count=len(pins), names=", ".join(pin.form_id for pin in pins))


def _plain_text(store: Store) -> Check:
    """Nothing of a record may lie readable on the disk, in the workspace or in what the program left in temp folders.

    The registry is public and left out by the store.
    """
    found = store.find_plain_text(folders_too=_temporaries(store.workspace))
    return looked_at("plain-text", good=not found, files=", ".join(sorted({str(hit) for hit in found}))[:300])


def _temporaries(workspace: Path) -> Iterator[Path]:
    """Yield what bears the program's name in the temp folder: its own files and those of the window's library."""
    with contextlib.suppress(OSError):
        for path in Path(tempfile.gettempdir()).iterdir():
            if path.name.casefold().startswith("inspector") and path not in (workspace, *workspace.parents):
                yield path


def _waiting(store: Store) -> Check:
    counts = store.outbox.counts()
    stuck = counts["parked"] + counts["conflict"]
    return looked_at("outbox", good=stuck == 0, waiting=counts["waiting"], stuck=stuck)


def _integrity(store: Store) -> tuple[Check, ...]:
    faults = store.deep_check()
    if not faults:
        return (looked_at("integrity", good=True),)
    return tuple(
        Check(f.code, Outcome.BAD, f"verify.check.{f.code}", {"subject": f.subject, "detail": f.detail}) for f in faults
    )


def _sealed(store: Store) -> Check:
    checks = verify(store)
    broken = sum(1 for check in checks if check.outcome is Outcome.BAD)
    return looked_at("sealed", good=not broken, proven=len(checks), broken=broken)
