"""The local store: everything of a workspace, encrypted, behind one facade (`Store`). All client SQL lives here."""

from checklists.store.audit import AuditEntry, ChainHead, ChainReport
from checklists.store.errors import (
    BackupError,
    BusyStoreError,
    ForeignFileError,
    RegistryFileError,
    RestrictedError,
    StaleContentError,
)
from checklists.store.files import StagedFile
from checklists.store.outbox import BlobRef, OutboxRow
from checklists.store.records import DraftInfo, SealContent
from checklists.store.registry import SiteHit
from checklists.store.registry_file import RegistryManifest
from checklists.store.registry_file import build as build_registry
from checklists.store.revisions import RevisionSummary
from checklists.store.store import Store
from checklists.store.writer import StoreWriter

__all__ = [
    "AuditEntry",
    "BackupError",
    "BlobRef",
    "BusyStoreError",
    "ChainHead",
    "ChainReport",
    "DraftInfo",
    "ForeignFileError",
    "OutboxRow",
    "RegistryFileError",
    "RegistryManifest",
    "RestrictedError",
    "RevisionSummary",
    "SealContent",
    "SiteHit",
    "StagedFile",
    "StaleContentError",
    "Store",
    "StoreWriter",
    "build_registry",
]
