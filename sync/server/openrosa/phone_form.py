"""A checklist as a phone needs it: nobody there fills in the visit, so the officer does, and photos are asked.

The laptop fills the `visit` group from its visit and lists photos in `exhibits` while it seals. On a phone the first
is open to answers, and the second keeps the questions that make sense there: which item, what it shows, the photo.
What was sent may be corrected on the phone (Collect 2025.2 and later look for `odk:client-editable`).
"""

from __future__ import annotations

import json

from lxml import etree

import resources
from checklists.xform.xml import INSPECTION, ODK, XFORMS, parse_xml

_ROLE = f"{{{INSPECTION}}}role"
_COMPUTED = ("/exhibits/exhibit_no", "/exhibits/exhibit_kind", "/exhibits/exhibit_sha256")
_KINDS = ("planned", "before-start", "complaint", "follow-up", "accident", "award", "other")


def for_phone(xml: bytes) -> bytes:
    """Return the XForm that Collect is given. A form without our groups comes back as it is."""
    root = parse_xml(xml)
    context = [bind for bind in root.iter(f"{{{XFORMS}}}bind") if bind.get(_ROLE) == "context"]
    for bind in context:
        bind.attrib.pop("readonly", "")
    for control in [
        e for e in root.iter() if str(e.get("ref", "")).endswith(_COMPUTED) and e.tag != f"{{{XFORMS}}}bind"
    ]:
        _remove(control)
    for bind in context:
        _prefill(root, bind.get("nodeset", ""))
    _let_correct(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _let_correct(root: etree._Element) -> None:
    """Let a person correct what was sent: Collect then makes a new instance that names the one it replaces."""
    model = root.find(f".//{{{XFORMS}}}model")
    if model is None:
        return
    submission = model.find(f"{{{XFORMS}}}submission")
    if submission is None:
        submission = etree.Element(f"{{{XFORMS}}}submission")
        last = max(index for index, child in enumerate(model) if child.tag == f"{{{XFORMS}}}instance")
        model.insert(last + 1, submission)
    submission.set(f"{{{ODK}}}client-editable", "true")


def _prefill(root: etree._Element, path: str) -> None:
    """Set the day of the visit, and let its kind be chosen from the words that we understand."""
    if path.endswith("/visit/visit_date"):
        model = root.find(f".//{{{XFORMS}}}model")
        if model is not None:
            event = "odk-instance-first-load"
            etree.SubElement(model, f"{{{XFORMS}}}setvalue", {"event": event, "ref": path, "value": "today()"})
    elif path.endswith("/visit/visit_kind"):
        for control in root.iter(f"{{{XFORMS}}}input"):
            if control.get("ref") == path:
                _choose(control)


def _choose(control: etree._Element) -> None:
    words = json.loads(resources.path("i18n", "report.json").read_text(encoding="utf-8"))
    control.tag = f"{{{XFORMS}}}select1"
    control.set("appearance", "minimal")
    for kind in _KINDS:
        item = etree.SubElement(control, f"{{{XFORMS}}}item")
        etree.SubElement(item, f"{{{XFORMS}}}label").text = words[f"report.kind.{kind}"]["th"]
        etree.SubElement(item, f"{{{XFORMS}}}value").text = kind
