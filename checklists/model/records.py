"""Records and what hangs on them: attachments, the pinned checklist, rows of the lists, news of a change."""

from __future__ import annotations

from dataclasses import dataclass, field

from checklists.model.plain import Jsonable
from checklists.model.visits import Site
from checklists.model.words import NO_WORDS, AttachmentKind, Audience, RecordState, VisitKind, Words


@dataclass(frozen=True, slots=True)
class Attachment(Jsonable):
    """A photo, signature or file of a record. `sha256` and `size` are of the plain bytes.

    `exhibit` is the number on paper (จ.1); `role` says whose signature it is (officer, guide, witness).
    """

    attachment_id: str
    record_id: str
    kind: AttachmentKind
    sha256: str
    size: int
    mime: str
    name: str  # <sha8>.<ext>, ASCII, as in the submission XML
    item_id: str = ""
    exhibit: str = ""
    caption: str = ""
    role: str = ""
    signer: str = ""
    taken_at: str = ""
    added_at: str = ""
    lat: float | None = None
    lon: float | None = None
    bound_to: str = ""  # signatures: digest of the content that was shown when it was signed
    audience: Audience = Audience.FACTORY


@dataclass(frozen=True, slots=True)
class FormPin(Jsonable):
    """The exact checklist version a record was made on."""

    form_id: str
    version: str
    sha256: str
    title: Words = NO_WORDS
    confirmed: bool = False  # False: ร่าง – รอหน่วยงานยืนยัน


@dataclass(frozen=True, slots=True)
class RecordSummary(Jsonable):
    """A row of the record lists."""

    record_id: str
    visit_id: str
    form: FormPin
    site: Site
    visit_kind: VisitKind
    state: RecordState
    author: str
    created_at: str
    updated_at: str
    sealed_at: str = ""
    revision_id: str = ""
    digest: str = ""
    answered: int = 0
    total: int = 0
    failed: int = 0
    photos: int = 0
    receipt_id: str = ""
    received_at: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a step of the store changed, for whoever shows it: (kind, id) pairs and who caused it."""

    items: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    cause: str = ""

    @classmethod
    def of(cls, kind: str, *ids: str, cause: str = "") -> Changes:
        return cls(frozenset((kind, i) for i in ids), cause)

    def __or__(self, other: Changes) -> Changes:
        return Changes(self.items | other.items, self.cause or other.cause)

    def touches(self, *kinds: str) -> bool:
        return any(kind in kinds for kind, _ in self.items)
