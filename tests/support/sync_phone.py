"""A phone with ODK Collect as its documentation describes what it sends, and the answers that its person gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self
from xml.etree import ElementTree as ET

import requests

from checklists import loading
from checklists.clock import SystemClock
from checklists.model import FormPin, NodeRef
from checklists.session import FormSession
from checklists.xform import FormDefinition
from sync.protocol import Role
from sync.server.openrosa import app_users
from sync.server.publishing import publish_form
from tests.support.sync_server import RunningCentre

FORM = "complaint_investigation"
File = tuple[str, bytes]


class Phone:
    """Raw HTTP as Collect sends it: the version header on each call, the XML with every post."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["X-OpenRosa-Version"] = "1.0"

    def get(self, path: str, **headers: str) -> requests.Response:
        url = path if path.startswith("http") else self.address + path
        return self._session.get(url, headers=headers, timeout=30)

    def head(self) -> requests.Response:
        return self._session.head(self.address + "/submission?deviceID=collect%3Aabc", timeout=30)

    def post(self, xml: bytes, files: Sequence[File] = (), *, more: bool = False) -> requests.Response:
        parts: list[tuple[str, tuple[str | None, bytes, str] | tuple[None, str]]] = [
            ("xml_submission_file", ("2026-11-22.xml", xml, "text/xml")),
            *((name, (name, data, "image/jpeg")) for name, data in files),
        ]
        if more:
            parts.append(("*isIncomplete*", (None, "yes")))
        return self._session.post(self.address + "/submission", files=parts, timeout=30)  # type: ignore[arg-type]  # requests' own shapes

    def entries(self) -> list[dict[str, str]]:
        """Return the form list as Collect reads it."""
        root = ET.fromstring(self.get("/formList").content)
        return [{child.tag.rpartition("}")[2]: child.text or "" for child in entry} for entry in root]

    def close(self) -> None:
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_args: object) -> None:
        self.close()


def publish(centre: RunningCentre, form_id: str = FORM) -> FormPin:
    """Give a checklist of the handbook out."""
    pin = next(pin for pin in loading.bundled_ids() if pin.form_id == form_id)
    publish_form(centre.centre, pin, loading.bundled(form_id).xml)
    return pin


def phone_of(centre: RunningCentre, *, role: Role = Role.INSPECTOR, scope: str = "11", name: str = "สมศรี") -> Phone:
    """Let a person's phone in."""
    user = centre.centre.users.add(name, role, scope)
    made = app_users.add(centre.centre.storage, user, centre.centre.key, clock=SystemClock())
    return Phone(made.address(centre.url))


def filled(
    form: bytes | Path,
    instance_id: str,
    answers: Mapping[str, str],
    *,
    photos: Sequence[tuple[str, str]] = (),
    deprecated_id: str = "",
) -> bytes:
    """Return the submission of a form as downloaded; `answers` by path below `/data/`, `photos` as (item, name)."""
    definition = FormDefinition.from_xform(form.read_bytes() if isinstance(form, Path) else form)
    session = FormSession(definition, clock=SystemClock())
    for path, value in answers.items():
        session.set_value(f"/data/{path}", value)
    for item_id, name in photos:
        row = session.add_row("/data/exhibits")
        session.set_value(NodeRef("/data/exhibits/exhibit_item", row.row), item_id)
        session.set_value(NodeRef("/data/exhibits/exhibit_file", row.row), name)
    xml = session.to_submission_xml(instance_id=f"uuid:{instance_id}", finalise=True)
    if deprecated_id:
        new = f"<deprecatedID>uuid:{deprecated_id}</deprecatedID></meta>".encode()
        xml = xml.replace(b"</meta>", new) if b"</meta>" in xml else xml.replace(b"</orx:meta>", new)
    return xml
