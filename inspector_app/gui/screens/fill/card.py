"""One item as a card: a painted face, and below it the questions while it is the open one.

A folded card is one widget without children, so that a section of a hundred items costs next to nothing. Heights are
worked out from the painted text itself, never squeezed by a layout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from checklists.model import Attachment
from checklists.text import break_words
from inspector_app.gui import icons
from inspector_app.gui.questions.faces import CardFace, ChipFace
from inspector_app.gui.theme import Theme, Themed, current_theme
from inspector_app.gui.widgets import paint
from inspector_app.gui.widgets.labels import TONE_ICONS
from inspector_app.gui.widgets.photo_strip import draw_photo

PAD_X, PAD_Y = 14, 8
GAP = 8
NUMBER_WIDTH = 44.0
FOLDED = 32
THUMB = QSize(84, 58)
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_LINE = Qt.TextFlag.TextSingleLine | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


@dataclass(slots=True)
class _Text:
    rect: QRectF
    text: str
    role: str
    tone: str
    flags: Qt.AlignmentFlag | Qt.TextFlag | int = _WRAP


@dataclass(slots=True)
class _Layout:
    width: int
    height: float = 0.0
    texts: list[_Text] = field(default_factory=list)
    chips: list[tuple[QRectF, ChipFace]] = field(default_factory=list)
    photos: list[tuple[QRectF, Attachment]] = field(default_factory=list)
    law_icon: QRectF | None = None


class ItemCard(Themed, QWidget):
    """The card of one item. Emits `pressed` when it is clicked or touched."""

    pressed = Signal(int)
    resized = Signal(int)

    def __init__(self, index: int, thumbnail: Callable[[Attachment], QPixmap | None], parent: QWidget) -> None:
        super().__init__(parent)
        self.index = index
        self.editor: QWidget | None = None
        self._thumbnail = thumbnail
        self._face = CardFace("", "")
        self._layout: _Layout | None = None
        self._editor_heights: dict[int, int] = {}  # by width, until something in the editor changes
        self._inner = False
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def face(self) -> CardFace:
        return self._face

    def set_face(self, face: CardFace) -> None:
        if face == self._face:
            return
        self._face = face
        self.setAccessibleName(face.spoken)
        self._refit()

    def open(self, editor: QWidget) -> None:
        """Become the open card with these questions in it."""
        self.editor = editor
        self._editor_heights.clear()
        editor.setParent(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.unsetCursor()
        self._refit()
        editor.show()

    def fold(self) -> QWidget | None:
        """Close and hand the questions back."""
        editor, self.editor = self.editor, None
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._inner = False
        self._refit()
        return editor

    def refit_editor(self) -> None:
        """Something in the editor was shown or hidden: take its new height at once."""
        self._editor_heights.clear()
        self._refit()

    def set_inner_focus(self, inner: bool) -> None:
        """A field inside has the ring, so the card's own edge is thin."""
        if inner != self._inner:
            self._inner = inner
            self.update()

    def height_for(self, width: int) -> int:
        head = self._fit(width).height
        if self.editor is None:
            return round(max(head, self._least()))
        return round(head + self._editor_height(width) + PAD_Y)

    def sizeHint(self) -> QSize:
        width = self.width() or 600
        return QSize(width, self.height_for(width))

    # --- events -----------------------------------------------------------------------------------------------------

    def apply_theme(self, _: Theme) -> None:
        self._editor_heights.clear()
        self._refit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and self.editor is not None:
            self._editor_heights.clear()
            self._refit()
        return super().event(event)

    def mousePressEvent(self, _: QMouseEvent) -> None:
        self.pressed.emit(self.index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_editor()

    def paintEvent(self, _: QPaintEvent) -> None:
        theme = current_theme()
        t = theme.tokens
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        is_open = self.editor is not None
        edge, width = t.tone("line"), t.edge
        if is_open:
            edge, width = t.tone("acc"), (t.edge if self._inner else t.ring)
        unanswered = not self._face.tone and not self._face.value
        fill = t.tone("sunk" if unanswered and not is_open else "surface")
        stripe = t.tone(self._face.tone) if self._face.tone else None
        paint.draw_panel(painter, QRectF(self.rect()), fill, edge, width, radius=paint.CARD_RADIUS, stripe=stripe)
        layout = self._fit(self.width())
        for text in layout.texts:
            painter.setFont(theme.font(text.role))
            painter.setPen(t.tone(text.tone))
            painter.drawText(text.rect, int(text.flags), text.text)
        for rect, chip in layout.chips:
            draw_chip(painter, rect, chip, theme)
        for rect, photo in layout.photos:
            draw_photo(painter, rect, self._thumbnail(photo), photo.exhibit, theme)
        if layout.law_icon is not None:
            icons.draw(painter, layout.law_icon, "book-open-page-variant-outline", t.tone("muted"))

    # --- inner ------------------------------------------------------------------------------------------------------

    def _least(self) -> int:
        return round(max(FOLDED, FOLDED * current_theme().scale / 100))

    def _editor_height(self, width: int) -> int:
        if self.editor is None:
            return 0
        if width not in self._editor_heights:
            layout = self.editor.layout()
            if layout is not None and layout.hasHeightForWidth():
                self._editor_heights[width] = layout.totalHeightForWidth(width - 2 * PAD_X)
            else:
                self._editor_heights[width] = self.editor.sizeHint().height()
        return self._editor_heights[width]

    def _refit(self) -> None:
        self._layout = None
        self._place_editor()
        self.update()
        self.resized.emit(self.index)

    def _place_editor(self) -> None:
        if self.editor is not None and self.width() > 0:
            top = round(self._fit(self.width()).height)
            self.editor.setGeometry(QRect(PAD_X, top, self.width() - 2 * PAD_X, self._editor_height(self.width())))

    def _fit(self, width: int) -> _Layout:
        if self._layout is None or self._layout.width != width:
            self._layout = _lay_out(self._face, width, current_theme(), is_open=self.editor is not None)
        return self._layout


def draw_chip(painter: QPainter, rect: QRectF, chip: ChipFace, theme: Theme) -> None:
    t = theme.tokens
    colour = t.tone(chip.tone)
    width = t.edge if t.outlined else 0.0
    paint.draw_panel(painter, rect, t.soft(chip.tone), colour, width, radius=paint.CONTROL_RADIUS)
    size = theme.px(14)
    name = chip.icon or TONE_ICONS[chip.tone]
    icons.draw(painter, QRectF(rect.left() + 8, rect.center().y() - size / 2, size, size), name, colour)
    painter.setFont(theme.font("note_bold"))
    painter.setPen(colour)
    painter.drawText(rect.adjusted(8 + size + 5, 0, -4, 0), int(_LINE), chip.text)


def chip_size(chip: ChipFace, theme: Theme) -> QSize:
    font = theme.font("note_bold")
    height = max(24.0, QFontMetricsF(font).height() + 4)
    return QSize(round(paint.text_width(font, chip.text) + theme.px(14) + 24), round(height))


def _text_height(font: QFont, text: str, width: float) -> float:
    return QFontMetricsF(font).boundingRect(QRectF(0, 0, width, 100_000), int(_WRAP), text).height()


class _Pen:
    """Lays the parts of a face below one another and remembers where each goes."""

    def __init__(self, face: CardFace, width: int, theme: Theme, *, is_open: bool) -> None:
        self.face, self.theme, self.is_open = face, theme, is_open
        self.result = _Layout(width)
        self.left = PAD_X + max(NUMBER_WIDTH, paint.text_width(theme.font("name_bold"), face.number) + 10)
        self.right = float(width - PAD_X)
        self.y = 6.0 if not is_open else float(PAD_Y)

    def add(self, rect: QRectF, text: str, role: str, tone: str, flags: int = int(_WRAP)) -> None:
        self.result.texts.append(_Text(rect, text, role, tone, flags))

    def head(self) -> None:
        face, theme = self.face, self.theme
        role = "item" if self.is_open else "name"
        metrics = QFontMetricsF(theme.font(role))
        row = max(metrics.height(), 20.0)
        right = self._right_end(row)
        title = break_words(face.title)
        height = max(row, _text_height(theme.font(role), title, right - GAP - self.left))
        number_tone = "text" if self.is_open or self.face.tone else "muted"
        self.add(QRectF(PAD_X, self.y, self.left - PAD_X, row), face.number, "name_bold", number_tone, int(_LINE))
        self.add(QRectF(self.left, self.y, right - GAP - self.left, height), title, role, "text")
        self.y += height + 4

    def _right_end(self, row: float) -> float:
        """Chips, value and place stand at the right end of the first row; return where they begin."""
        x, theme, face = self.right, self.theme, self.face
        if self.is_open:
            width = paint.text_width(theme.font("note"), face.place)
            self.add(QRectF(x - width, self.y, width + 1, row), face.place, "note", "muted", int(_LINE))
            return x - width - GAP
        for chip in reversed(face.chips):
            size = chip_size(chip, theme)
            top = self.y + (row - size.height()) / 2
            self.result.chips.append((QRectF(QPointF(x - size.width(), top), size.toSizeF()), chip))
            x -= size.width() + 6
        if face.value:
            role = "value" if face.value_bad else "name_bold"
            font = theme.font(role)
            most = (x - self.left) * 0.55
            text = QFontMetricsF(font).elidedText(face.value, Qt.TextElideMode.ElideRight, most)
            width = QFontMetricsF(font).horizontalAdvance(text) + 1
            tone = "bad" if face.value_bad else "text"
            self.add(QRectF(x - width - 2, self.y, width + 2, row), text, role, tone, int(_LINE))
            x -= width + 8
        return x

    def evidence(self) -> None:
        """Photos, and the note beside them; without photos the note stands alone."""
        face = self.face
        left, top, bottom = self.left, self.y, self.y
        for photo in face.photos[:2]:
            rect = QRectF(left, top, THUMB.width(), THUMB.height())
            self.result.photos.append((rect, photo))
            left += THUMB.width() + 6
            bottom = top + THUMB.height() + 4
        if len(face.photos) > 2:
            more = f"+{len(face.photos) - 2}"
            width = paint.text_width(self.theme.font("note_bold"), more) + 4
            self.add(QRectF(left, top, width, THUMB.height()), more, "note_bold", "muted", int(_LINE))
            left += width + 4
        if face.note:
            text = break_words(face.note)
            left += 6 if face.photos else 0
            height = _text_height(self.theme.font("body"), text, self.right - left)
            self.add(QRectF(left, top, self.right - left, height), text, "body", "text")
            bottom = max(bottom, top + height + 2)
        self.y = bottom

    def small(self, text: str, *, law: bool = False) -> None:
        if not text:
            return
        font = self.theme.font("note")
        left = self.left
        if law:
            side = self.theme.px(14)
            row = QFontMetricsF(font).height()
            self.result.law_icon = QRectF(left, self.y + (row - side) / 2, side, side)
            left += side + 6
        broken = break_words(text)
        height = _text_height(font, broken, self.right - left)
        self.add(QRectF(left, self.y, self.right - left, height), broken, "note", "muted")
        self.y += height + 2


def _lay_out(face: CardFace, width: int, theme: Theme, *, is_open: bool) -> _Layout:
    pen = _Pen(face, width, theme, is_open=is_open)
    pen.head()
    if not is_open:
        if face.note or face.photos:
            pen.evidence()
        pen.small(face.muted)
        pen.small(face.law, law=True)
        pen.y += 2
    pen.result.height = pen.y
    return pen.result
