"""The sending screen."""

from __future__ import annotations

from inspector_app.gui.screens.sync.screen import SyncScreen

__all__ = ["SyncScreen"]
