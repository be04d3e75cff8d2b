"""What an author of a checklist or catalogue can do wrong, with the place."""

from __future__ import annotations

from checklists.errors import AuthorError


class ChecklistError(AuthorError):
    """A checklist file cannot be understood; `file`, `line`, `where` and `suggestion` in data."""

    code = "checklist"


class CatalogueError(AuthorError):
    """The catalogue of laws, limits or phrases is wrong; `file`, `line`, `where` and `suggestion` in data."""

    code = "catalogue"
