"""Writing checklists: YAML in, XLSForm rows out; the catalogues of law and limits; checks for authors.

Nothing here runs a form. `expand` is pure: a checklist as read by `load_yaml` gives the rows that pyxform converts.
"""

from __future__ import annotations

from checklists.authoring.expanding import expand
from checklists.authoring.reading import load_yaml, read

__all__ = ["expand", "load_yaml", "read"]
