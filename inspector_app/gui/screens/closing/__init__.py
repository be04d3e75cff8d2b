"""The closing meeting: what was found is shown to the factory's representative, then signed or refused."""

from inspector_app.gui.screens.closing.screen import ClosingScreen

__all__ = ["ClosingScreen"]
