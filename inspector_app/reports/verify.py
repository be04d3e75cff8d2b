"""Reads a report back and says what it proves: offline, from the file alone and the public keys that are at hand.

Every check has three outcomes: proven, disproved, and not checkable; the last is never shown as the first. The words
are `report.verify.<code>.good|bad|unknown`.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from checklists.errors import SealError
from checklists.sealing import (
    EXTRACT_FORMAT,
    Sealed,
    canonical,
    digest,
    parse_envelope,
    parse_receipt,
    read_json,
    verify,
    verify_receipt,
)
from inspector_app.i18n import Translator
from inspector_app.reports import content as contents
from inspector_app.reports.parts import ReportContent
from inspector_app.reports.pdf import render

_GROUPS = re.compile(r"(?:[0-9A-F]{4}\s+){15}[0-9A-F]{4}")


class NotAPdfError(SealError):
    """The file is no readable PDF."""

    code = "not-a-pdf"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `good` is None where it could not be checked. `values` fill the words' places."""

    code: str
    good: bool | None
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PdfReport:
    """What a file is and what is proven of it."""

    kind: str  # office, factory or unknown
    record_id: str
    digest: str
    checks: tuple[Check, ...]
    printed: str = ""  # the record's digest as the first page prints it

    @property
    def good(self) -> bool:
        """True where nothing was disproved and the attached data, the printed digest and the text are proven."""
        found = {check.code: check.good for check in self.checks}
        key = "extract" if self.kind == "factory" else "printed"
        return False not in found.values() and all(found.get(code) is True for code in ("attached", "whole", key))


@dataclass(frozen=True, slots=True)
class _Opened:
    """What was found in the file."""

    attached: Mapping[str, bytes]
    pictures: Mapping[str, bytes]  # first 24 hex digits of the SHA-256 in its name → bytes
    pages: tuple[str, ...]


def verify_pdf(
    data: bytes,
    *,
    device_keys: Mapping[str, bytes] | None = None,
    receipt_keys: Mapping[str, bytes] | None = None,
) -> PdfReport:
    """Check a report. Keys are public keys by key id. Raises `NotAPdfError` for anything that is no PDF."""
    opened = _open(data)
    envelope = _first(opened.attached, "-envelope.json")
    if envelope is not None:
        return _office(envelope, opened, device_keys or {}, receipt_keys or {})
    extract = _first(opened.attached, "-extract.json")
    if extract is not None:
        return _factory(extract, opened)
    return PdfReport("unknown", "", "", (Check("attached", good=False, values={}),))


def _first(attached: Mapping[str, bytes], ending: str) -> bytes | None:
    return next((data for name, data in attached.items() if name.endswith(ending)), None)


# --- reading the file -----------------------------------------------------------------------------------------------


def _open(data: bytes) -> _Opened:
    import pikepdf
    import pypdfium2

    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            attached = {name: bytes(spec.get_file().read_bytes()) for name, spec in pdf.attachments.items()}
            pictures = _pictures(pdf)
        return _Opened(attached, pictures, _texts(data))
    except (pikepdf.PdfError, pypdfium2.PdfiumError, ValueError) as error:
        raise NotAPdfError(str(error)) from error


def _pictures(pdf: Any) -> dict[str, bytes]:
    found = {}
    for page in pdf.pages:
        for name, image in page.resources.get("/XObject", {}).items():
            key = str(name).rpartition(".")[2]
            if key.startswith("P"):
                found[key[1:]] = bytes(image.read_raw_bytes())
    return found


def _texts(data: bytes) -> tuple[str, ...]:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        texts = []
        for page in document:
            text = page.get_textpage()
            texts.append(text.get_text_range())
            text.close()
            page.close()
        return tuple(texts)
    finally:
        document.close()


# --- checks ---------------------------------------------------------------------------------------------------------


def _printed_on_every_page(pages: tuple[str, ...], expected: str) -> bool:
    def says(page: str) -> bool:
        return any(re.sub(r"\s", "", found).lower() == expected for found in _GROUPS.findall(page))

    return bool(pages) and all(map(says, pages))


def _printed_digest(pages: tuple[str, ...]) -> str:
    found = _GROUPS.search(pages[0]) if pages else None
    return re.sub(r"\s", "", found[0]).lower() if found else ""


def _office(
    envelope: bytes, opened: _Opened, device_keys: Mapping[str, bytes], receipt_keys: Mapping[str, bytes]
) -> PdfReport:
    name = digest(envelope)
    checks = [Check("attached", good=True, values={})]
    try:
        members = parse_envelope(envelope)
    except SealError:
        return PdfReport("office", "", name, (*checks, Check("whole", good=False, values={})))
    checks += [
        Check("whole", good=True, values={}),
        Check("printed", good=_printed_on_every_page(opened.pages, name), values={}),
        *_photo_checks(members, opened),
        _text_check(members, opened, lambda lang, _: contents.from_envelope(members, copy="office", language=lang)),
        _signature_check(envelope, name, opened, device_keys),
        _receipt_check(name, opened, receipt_keys),
    ]
    return PdfReport("office", str(members["record_id"]), name, tuple(checks), _printed_digest(opened.pages))


def _factory(extract: bytes, opened: _Opened) -> PdfReport:
    name = digest(extract)
    checks = [Check("attached", good=True, values={})]
    try:
        members = read_json(extract)
        whole = isinstance(members, dict) and members.get("format") == EXTRACT_FORMAT and canonical(members) == extract
    except SealError:
        members, whole = {}, False
    checks.append(Check("whole", good=whole, values={}))
    if not whole:
        return PdfReport("factory", "", name, tuple(checks))
    joined = re.sub(r"\s", "", "".join(opened.pages))
    record = _printed_digest(opened.pages)
    checks += [
        Check("extract", good=name in joined, values={}),
        Check("printed", good=None, values={}),
        *_photo_checks(members, opened),
        _text_check(
            members,
            opened,
            lambda lang, signed: contents.from_extract(members, record_digest=record, language=lang, signed=signed),
            _may_be_signed(members),
        ),
    ]
    return PdfReport("factory", str(members.get("record_id", "")), name, tuple(checks), record)


def _photo_checks(members: Mapping[str, Any], opened: _Opened) -> list[Check]:
    """Compare each photo's bytes with the hash in the record; one that was remade for print cannot be compared."""
    good = bad = 0
    named = {a["sha256"][:24]: a for a in members["attachments"] if a.get("kind") == "photo"}
    remade = 0
    for key, data in opened.pictures.items():
        if key not in named:
            bad += 1
        elif hashlib.sha256(data).hexdigest() == named[key]["sha256"]:
            good += 1
        elif len(data) == named[key]["size"]:
            bad += 1
        else:
            remade += 1
    checks = [Check("photos", good=not bad, values={"count": bad or good})] if good or bad else []
    return checks + ([Check("photos", good=None, values={"count": remade})] if remade else [])


def _may_be_signed(members: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which content the signatures may be bound to: an extract does not tell which of them the record is."""
    signers = [*members["attachments"], *(members.get("visit") or {}).get("refusals", ())]
    bound = dict.fromkeys(str(one["bound_to"]) for one in signers if one.get("bound_to"))
    return ("", *(bound if len(bound) > 1 else ()), "none of them") if bound else ("",)


def _text_check(
    members: Mapping[str, Any],
    opened: _Opened,
    compose: Callable[[str, str], ReportContent],
    signed: tuple[str, ...] = ("",),
) -> Check:
    """Lay the attached record out again with the file's own pictures and compare the text page by page."""
    kinds = {a["sha256"]: a for a in members["attachments"]}

    def picture(sha256: str) -> bytes:
        if kinds.get(sha256, {}).get("kind") == "photo":
            return opened.pictures[sha256[:24]]
        raise KeyError(sha256)

    nearest: list[int] | None = None
    for language, bound in itertools.product(("th", "en"), signed):
        again = io.BytesIO()
        render(compose(language, bound), images=picture, out=again)
        differing = _differing(_texts(again.getvalue()), opened.pages, language)
        if differing is not None and (nearest is None or len(differing) < len(nearest)):
            nearest = differing
        if nearest == []:
            break
    if nearest is None:
        return Check("text", good=None, values={})
    return Check("text", good=not nearest, values={"pages": ", ".join(map(str, nearest))})


def _differing(pages: tuple[str, ...], others: tuple[str, ...], language: str) -> list[int] | None:
    """Return the numbers of the pages whose text differs; None where nothing at all is alike."""
    if len(pages) != len(others):
        return None
    frame = Translator(language).t("report.photo.broken")  # signatures are not looked at here
    differing = [n for n, pair in enumerate(zip(pages, others, strict=True), 1) if not _same(*pair, frame)]
    return differing if len(differing) < len(pages) else None


def _same(one: str, other: str, ignored: str) -> bool:
    return re.sub(r"\s", "", one.replace(ignored, "")) == re.sub(r"\s", "", other.replace(ignored, ""))


def _signature_check(envelope: bytes, name: str, opened: _Opened, keys: Mapping[str, bytes]) -> Check:
    raw = _first(opened.attached, "-signature.json")
    try:
        members = read_json(raw) if raw else {}
        key = keys.get(str(members.get("key_id")))
        if key is None:
            return Check("signature", good=None, values={})
        verify(Sealed(envelope, name, bytes.fromhex(members["signature"]), str(members["key_id"])), key)
    except (SealError, ValueError, KeyError, TypeError):
        return Check("signature", good=False, values={})
    return Check("signature", good=True, values={})


def _receipt_check(name: str, opened: _Opened, keys: Mapping[str, bytes]) -> Check:
    raw = _first(opened.attached, "-receipt.json")
    try:
        receipt = parse_receipt(read_json(raw)) if raw else None
        key = keys.get(receipt.key_id) if receipt else None
        if receipt is None or key is None:
            return Check("receipt", good=None, values={})
        verify_receipt(receipt, key)
    except SealError:
        return Check("receipt", good=False, values={})
    return Check("receipt", good=receipt.digest == name, values={})
