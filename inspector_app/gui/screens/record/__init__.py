"""A sealed record: what it says, where it stands, and its papers."""

from inspector_app.gui.screens.record.screen import RecordScreen

__all__ = ["RecordScreen"]
