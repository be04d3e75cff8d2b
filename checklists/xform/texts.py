"""Labels, hints and messages: text in any number of languages, with values of answers in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lxml import etree

from checklists.xform.nodes import Run
from checklists.xform.xml import local

Part: TypeAlias = str | Run
Parts: TypeAlias = tuple[Part, ...]
RawParts: TypeAlias = tuple[str | tuple[str], ...]
"""Text, and one-tuples of expressions that are not compiled yet."""

_BLANKS = re.compile(r"[ \t]*\n[ \t]*|[ \t]{2,}")
_ITEXT_CALL = re.compile(r"\s*jr:itext\(\s*(['\"])(.*)\1\s*\)\s*", re.DOTALL).fullmatch
_PLAIN_FORMS = frozenset({"", "long"})


@dataclass(frozen=True, slots=True)
class TextDef:
    """One text: per language its parts; '' is every language. `media` holds other forms (image, audio, short …)."""

    parts: Mapping[str, Parts] = field(default_factory=dict)
    media: Mapping[str, Mapping[str, Parts]] = field(default_factory=dict)
    run: Run | None = None  # jr:itext(expression): the id is known only when it runs

    @property
    def constant(self) -> bool:
        """Whether the text quotes no answer."""
        return self.run is None and all(isinstance(p, str) for parts in self.parts.values() for p in parts)

    def in_language(self, language: str, *, row: Any = None) -> str:
        """Return the text; without a row, quoted answers are an ellipsis."""
        if self.run is not None:
            return "" if row is None else row.env.itext(self.run(row))
        return shown(self.parts.get(language) or self.parts.get("") or (), row)

    def media_in(self, language: str, *, row: Any = None) -> dict[str, str]:
        return {
            form: text
            for form, by_language in self.media.items()
            if (text := shown(by_language.get(language) or by_language.get("") or (), row))
        }


NO_TEXT = TextDef()


def shown(parts: Parts, row: Any) -> str:
    """Put a text together, blanks collapsed as a browser would, line breaks kept."""
    if len(parts) == 1 and isinstance(parts[0], str):
        return parts[0]
    text = "".join(part if isinstance(part, str) else "…" if row is None else part(row) for part in parts)
    return collapsed(text)


def collapsed(text: str) -> str:
    return _BLANKS.sub(lambda found: "\n" if "\n" in found[0] else " ", text).strip()


def raw_parts(element: etree._Element) -> RawParts:
    """Return the mixed content of a label: text, and the expressions of its outputs."""
    parts: list[str | tuple[str]] = [element.text or ""]
    for found in element:
        if local(found) == "output":
            parts.append((found.get("value") or found.get("ref") or "''",))
        else:
            parts.append("".join(str(text) for text in found.itertext()))
        parts.append(found.tail or "")
    if all(isinstance(part, str) for part in parts):
        return (collapsed("".join(str(part) for part in parts)),)
    return tuple(part for part in parts if part != "")


def itext_id(expression: str) -> str | None:
    """Return the id in `jr:itext('id')`, or None when it is not a quoted one."""
    found = _ITEXT_CALL(expression)
    return found[2] if found else None


class Itext:
    """The translations of a form, as written."""

    def __init__(self, element: etree._Element | None) -> None:
        self.languages: tuple[str, ...] = ()
        self.default = ""
        self._texts: dict[str, dict[str, dict[str, RawParts]]] = {}  # id -> form -> language -> parts
        for translation in element if element is not None else ():
            if local(translation) == "translation":
                self._read(translation)
        self.default = self.default or (self.languages[0] if self.languages else "")
        self.has_outputs: bool = any(
            isinstance(part, tuple) for text in self._texts.values() for forms in text.values()
            for parts in forms.values() for part in parts
        )  # fmt: skip

    def _read(self, translation: etree._Element) -> None:
        language = translation.get("lang") or ""
        self.languages += (language,)
        if (translation.get("default") or "").strip().lower() in {"true()", "true", "1", ""} and (
            translation.get("default") is not None
        ):
            self.default = self.default or language
        for text in translation:
            forms = self._texts.setdefault(text.get("id") or "", {})
            for value in text:
                form = value.get("form") or ""
                forms.setdefault("" if form in _PLAIN_FORMS else form, {}).setdefault(language, raw_parts(value))

    def __contains__(self, text_id: str) -> bool:
        return text_id in self._texts

    def ids(self) -> tuple[str, ...]:
        return tuple(self._texts)

    def text(self, text_id: str, compile_part: Callable[[str], Run]) -> TextDef:
        """Return one text with its outputs compiled where it is used."""
        forms = self._texts.get(text_id, {})
        compiled = {
            form: {language: compile_parts(parts, compile_part) for language, parts in by_language.items()}
            for form, by_language in forms.items()
        }
        return TextDef(compiled.pop("", {}), compiled)


def compile_parts(parts: RawParts, compile_part: Callable[[str], Run]) -> Parts:
    return tuple(part if isinstance(part, str) else compile_part(part[0]) for part in parts)


def match_language(wanted: str, languages: tuple[str, ...]) -> str | None:
    """Return the form's name of a language: the same name, or one whose code is `wanted` (`th` for `Thai (th)`)."""
    if wanted in languages:
        return wanted
    code = wanted.lower()
    names = {"th": ("thai", "ไทย", "ภาษาไทย"), "en": ("english",)}.get(code, ())
    for language in languages:
        lower = language.lower()
        if lower.endswith(f"({code})") or lower == code or lower in names or lower.split("-")[0] == code:
            return language
    return None
