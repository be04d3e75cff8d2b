"""Reading XML that strangers wrote: no entities, no document types, no network, bounded size and depth."""

from __future__ import annotations

from lxml import etree

from checklists.xform.problems import FormError, LoadProblem

XFORMS = "http://www.w3.org/2002/xforms"
XHTML = "http://www.w3.org/1999/xhtml"
JAVAROSA = "http://openrosa.org/javarosa"
OPENROSA = "http://openrosa.org/xforms"
ODK = "http://www.opendatakit.org/xforms"
ENTITIES = "http://www.opendatakit.org/xforms/entities"
INSPECTION = "urn:th:moi:inspection:1"

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 100
"""Deepest nesting of elements in a form."""
MAX_ELEMENTS = 1_500_000
MAX_ATTRIBUTES = 1_000
"""Most attributes of one element."""


def parse_xml(source: str | bytes, *, name: str = "") -> etree._Element:
    """Return the root element. Raises `FormError` with code `xml-malformed`, `xml-doctype` or `too-large`."""
    data = source.encode("utf-8") if isinstance(source, str) else source
    if len(data) > MAX_BYTES:
        raise FormError([LoadProblem("form-too-large", data={"bytes": len(data), "most": MAX_BYTES})], form=name)
    if isinstance(source, str):
        data = _without_declaration(data)
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True,
        huge_tree=False, strip_cdata=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 0
        raise FormError([LoadProblem("xml-malformed", data={"detail": str(error), "line": line})], form=name) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # lxml-stubs: DocInfo | Any
        raise FormError([LoadProblem("xml-doctype")], form=name)
    _check_size(root, name)
    return root


def _without_declaration(data: bytes) -> bytes:
    """Drop `<?xml … encoding=…?>`: text that is already decoded has no encoding to declare."""
    data = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    return data[data.index(b"?>") + 2 :] if data.startswith(b"<?xml") and b"?>" in data else data


def _check_size(root: etree._Element, name: str) -> None:
    """Refuse too much and too deep, counted in C: a loop here would cost a tenth of loading a form."""
    count = int(float(str(root.xpath("count(//*)"))))
    if count > MAX_ELEMENTS:
        raise FormError([LoadProblem("form-too-large", data={"elements": count, "most": MAX_ELEMENTS})], form=name)
    if root.xpath(f"boolean(//*[count(@*) > {MAX_ATTRIBUTES}])"):
        raise FormError([LoadProblem("form-too-large", data={"attributes": "", "most": MAX_ATTRIBUTES})], form=name)
    if root.xpath(f"boolean(//*[count(ancestor::*) >= {MAX_DEPTH}])"):
        raise FormError([LoadProblem("too-deep", data={"depth": MAX_DEPTH, "most": MAX_DEPTH})], form=name)


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace; '' for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: etree._Element, *names: str) -> etree._Element | None:
    """Return the first child with one of these local names."""
    return next(element.iterchildren(*[f"{{*}}{name}" for name in names]), None)


def children(element: etree._Element, *names: str) -> list[etree._Element]:
    return list(element.iterchildren(*[f"{{*}}{name}" for name in names]))


def own_text(element: etree._Element) -> str:
    return (element.text or "") + "".join(found.tail or "" for found in element)
