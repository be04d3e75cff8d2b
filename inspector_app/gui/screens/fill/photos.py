"""Photos on their way into a record: read and looked at in the pool, encrypted there, named by the writer.

Several at once keep the order in which they were given, so that exhibit numbers follow it.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QObject, QUrl, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QWidget

from checklists.model import Attachment, Changes
from inspector_app.actions.inspection import attachments
from inspector_app.actions.inspection.attachments import Prepared
from inspector_app.actions.inspection.images import BrokenImageError
from inspector_app.gui.context import AppContext
from inspector_app.gui.questions.model import FillModel
from inspector_app.gui.widgets.photo_dialog import PhotoDialog, decode
from inspector_app.messages import explain

Source = Path | QUrl | QImage | QPixmap | bytes


@dataclasses.dataclass(frozen=True, slots=True)
class _Job:
    record_id: str
    item_id: str
    source: Source


class PhotoIntake(QObject):
    """Takes photos one after the other. `added` comes when the photo is durable, `refused` brings the words why not."""

    added = Signal(object, object)  # Attachment, thumbnail bytes or None
    refused = Signal(str)
    progress = Signal(int)  # how many are still on their way

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._jobs: deque[_Job] = deque()
        self._busy = False

    @property
    def waiting(self) -> int:
        return len(self._jobs) + self._busy

    def take(self, record_id: str, item_id: str, sources: Iterable[Any]) -> None:
        self._jobs.extend(_Job(record_id, item_id, source) for source in sources)
        self._next()

    def open(self, over: QWidget, model: FillModel, attachment_id: str) -> None:
        """Show a photo large, with its caption; what comes out of the pool later than the closing finds no dialog."""
        attachment = next((a for a in model.attachments if a.attachment_id == attachment_id), None)
        if attachment is None:
            return
        context = self._context
        dialog = PhotoDialog(over, attachment, context.t)
        dialog.captioned.connect(lambda key, text: self._caption(model, key, text))
        dialog.removed.connect(lambda key: self._remove(model, key))
        dialog.open(dialog.caption.edit)
        open_store = context.workplace.open_store

        def work() -> Any:
            store = open_store()
            try:
                with store.attachments.open(attachment.sha256) as file:
                    return decode(file.read())
            finally:
                store.close()

        if attachment.mime.startswith("image/"):
            task = context.tasks.run(
                work, dialog.view.show_picture, lambda error: self.refused.emit(self._words(error))
            )
            dialog.closed.connect(lambda _: task.cancel())

    def _caption(self, model: FillModel, attachment_id: str, text: str) -> None:
        old = next(a for a in model.attachments if a.attachment_id == attachment_id)
        self._context.saver.submit(lambda store: store.attachments.update(attachment_id, caption=text))
        model.update_attachment(dataclasses.replace(old, caption=text))

    def _remove(self, model: FillModel, attachment_id: str) -> None:
        self._context.saver.submit(lambda store: store.attachments.remove(attachment_id))
        model.remove_attachment(attachment_id)

    def _words(self, error: BaseException) -> str:
        return explain(error, self._context.translator).text(self._context.language)

    def _next(self) -> None:
        self.progress.emit(self.waiting)
        if self._busy or not self._jobs:
            return
        self._busy = True
        job, store = self._jobs.popleft(), self._context.store
        name = _name(job.source)

        def work() -> Prepared:
            return attachments.stage(store, _bytes(job.source), file=name)

        self._context.tasks.run(work, lambda prepared: self._staged(job, prepared), self._failed)

    def _staged(self, job: _Job, prepared: Prepared) -> None:
        clock, ids = self._context.clock, self._context.ids

        def step(store: Any) -> tuple[Attachment, Changes]:
            return attachments.add(store, job.record_id, prepared, item_id=job.item_id, clock=clock, ids=ids)

        self._context.saver.submit(step, lambda done: self._done(done[0], prepared), self._failed)

    def _done(self, attachment: Attachment, prepared: Prepared) -> None:
        self.added.emit(attachment, prepared.examined.thumbnail)
        self._finish()

    def _failed(self, error: BaseException) -> None:
        self.refused.emit(self._words(error))
        self._finish()

    def _finish(self) -> None:
        self._busy = False
        self._next()


def sources_in(data: QMimeData | None) -> list[Any]:
    """Return the files, else the picture, in what was pasted or dropped."""
    if data is None:
        return []
    files: list[Any] = [url for url in data.urls() if url.isLocalFile()]
    return files or ([data.imageData()] if data.hasImage() else [])


def _name(source: Source) -> str:
    if isinstance(source, QUrl):
        return Path(source.toLocalFile()).name
    return source.name if isinstance(source, Path) else ""


def _bytes(source: Source) -> bytes:
    """Return the file's own bytes, or a picture from the clipboard as PNG, which loses nothing."""
    if isinstance(source, bytes):
        return source
    if isinstance(source, Path):
        return attachments.read(source)
    if isinstance(source, QUrl):
        return attachments.read(Path(source.toLocalFile()))
    image = source.toImage() if isinstance(source, QPixmap) else source
    if image.isNull():
        raise BrokenImageError
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know the file name form only
    return bytes(buffer.data().data())
