"""Everything that is opened after the passphrase was right. Imported only then, because it pulls store and ciphers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import SystemRandom

from PySide6.QtGui import QGuiApplication

from checklists.clock import Clock
from checklists.crypto import WorkspaceKeys
from checklists.store import RegistryFileError, Store, StoreWriter
from inspector_app.actions.laptop import workspace as actions
from inspector_app.actions.sending import registry, syncing
from inspector_app.gui.context import AppContext
from inspector_app.gui.inside import Workplace
from inspector_app.gui.saving import Saver
from inspector_app.gui.sync_schedule import SyncSchedule
from inspector_app.gui.sync_worker import Fetched, Job, News, RegistryFetched, RegistryProgress, Runner, SyncWorker
from sync.errors import Action, StoppedError, SyncError
from sync.events import Trouble


def open_writer(workspace: Path, keys: WorkspaceKeys, clock: Clock) -> StoreWriter:
    """Return the writer with its store open; raises what opening raised (locked, newer, damaged). It waits."""
    return StoreWriter(lambda: actions.open_store(workspace, keys, clock=clock))


def make_workplace(context: AppContext, keys: WorkspaceKeys, writer: StoreWriter) -> Workplace:
    """Return the reading store of the main thread and what works around it."""
    open_store = partial(actions.open_store, context.workspace, keys, clock=context.clock, readonly=True)
    store = open_store()
    saver = Saver(writer, context.clock, context.refresh, parent=context)
    runner = _runner(context.clock, writer)
    sync = SyncWorker(open_store, runner, clock=context.clock, refresh=context.refresh, parent=context)
    if QGuiApplication.platformName() != "offscreen":  # without a desktop there is nobody to tell
        sync.line.listen()
        SyncSchedule(sync, store, clock=context.clock, random=SystemRandom(), refresh=context.refresh)
    return Workplace(
        store=store,
        writer=writer,
        saver=saver,
        sync=sync,
        officer=actions.officer(store),
        keys=keys,
        open_store=open_store,
    )


def _runner(clock: Clock, writer: StoreWriter) -> Runner:
    """Return one run of the sync engine; what it keeps goes through the writer and is on disk before it counts."""

    def run(store: Store, emit: Callable[[News], None], should_stop: Callable[[], bool], job: Job) -> object:
        if job is Job.REGISTRY:
            _fetch_registry(store, clock, writer, emit, should_stop)
            return None
        report = syncing.sync_now(
            store,
            clock=clock,
            emit=emit,
            should_stop=should_stop,
            submit=writer.submit,
            force=not job.by_itself,
            hold_files=job.text_only,
            on_pulled=lambda pulled: emit(Fetched(pulled.rows, pulled.forms, pulled.changes)),
        )
        if not (report.trouble or report.stopped or job.text_only):
            _fetch_registry(store, clock, writer, emit, should_stop, asked=False)
        return report

    return run


def _fetch_registry(
    store: Store,
    clock: Clock,
    writer: StoreWriter,
    emit: Callable[[News], None],
    should_stop: Callable[[], bool],
    *,
    asked: bool = True,
) -> None:
    """Fetch the registry with its progress; stopped by a person, it goes on from there the next time.

    That nothing is new is told only where somebody `asked`.
    """
    try:
        changes = registry.fetch(
            store,
            clock=clock,
            progress=lambda done, size: emit(RegistryProgress(done, size)),
            should_stop=should_stop,
            submit=writer.submit,
        )
    except StoppedError:
        return
    except SyncError as error:
        emit(Trouble(error.code, "", error.detail, "", error.action.value))
        return
    except RegistryFileError as error:
        emit(Trouble(error.code, "", error.detail, "", Action.FIX))
        return
    if asked or changes.items:
        emit(RegistryFetched(bool(changes.items), store.registry.count(), changes))
