"""The fill screen: answering a checklist by keys, one card an item."""

from inspector_app.gui.screens.fill.screen import FillScreen

__all__ = ["FillScreen"]
