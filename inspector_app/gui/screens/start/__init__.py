"""Start an inspection: the site, the kind of visit, the checklist, the team."""

from inspector_app.gui.screens.start.screen import StartScreen

__all__ = ["StartScreen"]
