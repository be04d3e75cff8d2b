"""Errors in words: what happened, where, and what to do, in Thai and English.

The only place where an error becomes sentences. Words are chosen by `error.code` and, where one code has several
cases, by its `what` or `kind` (`errors.seal.signature.what`). Keys: `errors.<code>.what` and `errors.<code>.todo`; the
place comes from the error's data. Nothing here parses the text of an exception.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass

from checklists.errors import InspectorError
from checklists.model import Words
from inspector_app.i18n import Translator

PLACES = ("file", "folder", "sheet", "row", "column", "record", "item", "path", "url", "server", "line", "key")
"""Members of an error's data that tell where, in the order in which they are said."""
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


@dataclass(frozen=True, slots=True)
class Message:
    """One error for people. `what` says what happened and what is safe, `todo` the next step."""

    code: str
    what: Words
    where: Words
    todo: Words

    def text(self, language: str) -> str:
        """Return the message as one paragraph."""
        place = self.where.in_language(language)
        what = self.what.in_language(language) + (f" ({place})" if place else "")
        return f"{what} {self.todo.in_language(language)}".strip()

    def lines(self, language: str) -> tuple[str, str, str]:
        return (self.what.in_language(language), self.where.in_language(language), self.todo.in_language(language))


def code_of(error: BaseException) -> str:
    """Return the stable code of any error: our own, a full or read-only disk, or `bug`."""
    if isinstance(error, InspectorError):
        return error.code
    if isinstance(error, OSError):
        if error.errno in _DISK_FULL:
            return "disk-full"
        if error.errno in _READ_ONLY:
            return "read-only"
        return "file-missing" if isinstance(error, FileNotFoundError) else "file"
    return "bug"


def explain(error: BaseException, translator: Translator | None = None) -> Message:
    """Return the words for any error; an unknown code gets the words for a bug, with the code to report."""
    texts = translator or Translator()
    code, data = code_of(error), _data_of(error)
    base = _base_key(texts, code, data)
    values = {"code": code, "error_type": type(error).__name__, **data}
    return Message(
        code, texts.words(f"{base}.what", **values), place_words(texts, data), texts.words(f"{base}.todo", **values)
    )


def explain_code(code: str, translator: Translator | None = None, **data: object) -> Message:
    """Return the words for a code that came without an exception, e.g. from a sync report."""
    error = InspectorError(**data)
    error.code = code
    return explain(error, translator)


def _data_of(error: BaseException) -> Mapping[str, object]:
    if isinstance(error, InspectorError):
        return error.data
    if isinstance(error, OSError) and error.filename:
        return {"file": error.filename}
    return {}


def _base_key(texts: Translator, code: str, data: Mapping[str, object]) -> str:
    for name in ("what", "kind"):
        case = f"errors.{code}.{data.get(name, '')}"
        if data.get(name) and texts.has(f"{case}.what"):
            return case
    return f"errors.{code}" if texts.has(f"errors.{code}.what") else "errors.bug"


def place_words(texts: Translator, data: Mapping[str, object]) -> Words:
    """Return where something is, from its data: file, sheet, row and the like."""
    said = [
        texts.words(f"errors.place.{name}", value=data[name]) for name in PLACES if data.get(name) not in (None, "")
    ]
    return Words(" · ".join(w.th for w in said), " · ".join(w.en for w in said))
