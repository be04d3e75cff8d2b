"""Photos of an item: chosen, dropped, captioned, taken out, and told where they are broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from tests.support import photos
from tests.support.fill_story import Story
from tests.support.fill_window import wait_for


def test_a_broken_photo_is_told_and_loses_nothing(begin: Callable[..., Story], tmp_path: Path) -> None:
    story = begin()
    file = tmp_path / "เสีย.jpg"
    file.write_bytes(b"\xff\xd8\xff this is no picture")
    story.fill.choose_files = lambda: [str(file)]
    story.press("P")
    view, model = story.fill.view, story.fill.model
    assert view is not None
    assert model is not None
    wait_for(lambda: not view.notice.isHidden())
    assert "เสีย.jpg" in view.notice.text()
    assert model.attachments == ()
    assert story.fill.photos.waiting == 0


def test_files_dropped_on_a_card_become_its_photos_and_the_bad_ones_are_told(
    begin: Callable[..., Story], tmp_path: Path
) -> None:
    story = begin()
    view, model = story.fill.view, story.fill.model
    assert view is not None
    assert model is not None
    card = view.card
    assert card is not None
    item = model.items[card.index].item_id
    contents = {
        "1.jpg": photos.photo(),
        "2 เสีย.jpg": b"\xff\xd8\xff broken",
        "3.txt": b"words",
        "4.jpg": photos.photo(),
    }
    data = QMimeData()
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in contents])
    told: list[str] = []
    story.fill.photos.refused.connect(told.append)
    place = QPointF(card.mapTo(view, card.rect().center()))
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(place.toPoint(), *how)
    QApplication.sendEvent(view, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(view, QDropEvent(place, *how))
    wait_for(lambda: story.fill.photos.waiting == 0)
    assert [a.exhibit for a in model.photos(item)] == ["จ.1", "จ.2"]
    assert len(told) == 2
    assert ["2 เสีย.jpg" in told[0], "3.txt" in told[1]] == [True, True]


def test_a_caption_is_kept_and_a_photo_can_be_taken_out(begin: Callable[..., Story], tmp_path: Path) -> None:
    story = begin()
    file = tmp_path / "a.jpg"
    file.write_bytes(photos.photo())
    story.fill.choose_files = lambda: [str(file), str(file)]
    story.press("P")
    model = story.fill.model
    assert model is not None
    item = model.items[model.cursor].item_id
    wait_for(lambda: len(model.photos(item)) == 2)
    story.press("Shift+P")
    story.type("ป้ายหน้าโรงงาน")
    story.press("Enter", "Shift+P")  # the next one without a caption
    story.press("F4")
    assert [p.caption for p in model.photos(item)] == ["ป้ายหน้าโรงงาน"]
    story.window.context.saver.drain()
    kept = story.window.context.store.attachments.list(story.record_id)
    assert [a.caption for a in kept] == ["ป้ายหน้าโรงงาน"]
