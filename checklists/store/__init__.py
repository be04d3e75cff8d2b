"""The local store: everything of a workspace, encrypted, behind one facade (`Store`). All client SQL lives here."""

from checklists.store.audit import KEYS, AuditEntry, ChainHead, ChainReport
from checklists.store.care import Backup, Fault, Room, backups, cloud_folder, room
from checklists.store.compare import Difference
from checklists.store.drafts import DraftInfo
from checklists.store.errors import (
    BackupError,
    BusyStoreError,
    ForeignFileError,
    RegistryFileError,
    RestrictedError,
    StaleContentError,
)
from checklists.store.evidence import Handover, Instrument, Sample, VisitStep
from checklists.store.files import StagedFile
from checklists.store.orders import OrderStep, OrderStepError, OrderStepKind, WorkOrder, next_steps
from checklists.store.outbox import BlobRef, OutboxRow
from checklists.store.plain_text import PlainText
from checklists.store.proof import Proof, VerifyReport, verify_export, verify_record
from checklists.store.proof import Verdict as ProofVerdict
from checklists.store.pulled import PulledRow
from checklists.store.records import SealContent
from checklists.store.registry import SiteHit
from checklists.store.registry_file import RegistryManifest
from checklists.store.registry_file import build as build_registry
from checklists.store.registry_file import sites_in as registry_sites
from checklists.store.restoring import quarantine, restore
from checklists.store.revisions import RevisionSummary
from checklists.store.salvage import Salvaged, salvage
from checklists.store.store import Store
from checklists.store.writer import StoreWriter


def verify_workspace(store: Store) -> VerifyReport:
    """Say what of an open workspace is proven, broken and unproven (`Store.verify` takes keys and anchors)."""
    return store.verify()


__all__ = [
    "KEYS",
    "AuditEntry",
    "Backup",
    "BackupError",
    "BlobRef",
    "BusyStoreError",
    "ChainHead",
    "ChainReport",
    "Difference",
    "DraftInfo",
    "Fault",
    "ForeignFileError",
    "Handover",
    "Instrument",
    "OrderStep",
    "OrderStepError",
    "OrderStepKind",
    "OutboxRow",
    "PlainText",
    "Proof",
    "ProofVerdict",
    "PulledRow",
    "RegistryFileError",
    "RegistryManifest",
    "RestrictedError",
    "RevisionSummary",
    "Room",
    "Salvaged",
    "Sample",
    "SealContent",
    "SiteHit",
    "StagedFile",
    "StaleContentError",
    "Store",
    "StoreWriter",
    "VerifyReport",
    "VisitStep",
    "WorkOrder",
    "backups",
    "build_registry",
    "cloud_folder",
    "next_steps",
    "quarantine",
    "registry_sites",
    "restore",
    "room",
    "salvage",
    "verify_export",
    "verify_record",
    "verify_workspace",
]
