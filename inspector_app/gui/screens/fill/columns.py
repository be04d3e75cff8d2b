"""Three columns that share the window: sections, cards, context. Where space is short, the context is a drawer."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLayout, QWidget

from inspector_app.gui.theme import current_theme

SECTIONS_WIDTH, CONTEXT_WIDTH = 188, 266
NARROW = 900  # below this the context opens over the cards
LETTERS_ONLY = 640  # below this the sections keep their letters
LETTERS_WIDTH = 92


class Columns(QHBoxLayout):
    """The layout of the fill screen; `share_out` after every change of its size."""

    def __init__(self, owner: QWidget, sections: QWidget, middle: QLayout, context: QWidget) -> None:
        super().__init__(owner)
        self._owner, self._sections, self._context = owner, sections, context
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(0)
        sections.setFixedWidth(SECTIONS_WIDTH)
        context.setFixedWidth(CONTEXT_WIDTH)
        self.addWidget(sections)
        self.addLayout(middle, 1)
        self.addWidget(context)

    @property
    def drawer(self) -> bool:
        """Whether the context lies over the cards."""
        return self.indexOf(self._context) < 0

    def open_drawer(self) -> None:
        """Show the context over the cards, where it has no column of its own."""
        if self.drawer:
            self._context.setVisible(True)
            self._place_drawer()
            self._context.raise_()

    def leave_drawer(self, now: QWidget) -> None:
        """Close the drawer when the keyboard is elsewhere."""
        if self.drawer and not self._context.isAncestorOf(now):
            self._context.hide()

    def share_out(self) -> None:
        """Give the columns their widths; where space is short, the context is a drawer, then the names go."""
        scale = current_theme().scale / 100
        wide = 1 + (max(1.0, scale) - 1) / 2
        narrow = self._owner.width() < NARROW * max(1.0, scale / 1.25)
        names = self._owner.width() >= LETTERS_ONLY
        self._sections.setFixedWidth(round(SECTIONS_WIDTH * wide) if names else LETTERS_WIDTH)
        self._context.setFixedWidth(round(CONTEXT_WIDTH * wide))
        if narrow and not self.drawer:
            self.removeWidget(self._context)
            self._context.hide()
        elif not narrow and self.drawer:
            self.addWidget(self._context)
            self._context.show()
        self._place_drawer()

    def _place_drawer(self) -> None:
        if self.drawer:
            width = self._context.maximumWidth()
            self._context.setGeometry(self._owner.width() - width, 0, width, self._owner.height())
