"""As close to a phone as we get: Collect's own engine (JavaRosa) fills our checklist from a real `inspector serve`.

The QR code is read as Collect reads it, the form list, manifest and form are fetched as it fetches them, the XML is
what JavaRosa writes, and the posts are cut as Collect cuts them. What arrives is then looked at from the centre.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from checklists.sealing import digest, parse_wire_line
from sync.client import Client, Session
from sync.transport import RequestsTransport
from tests.support import engine_referee
from tests.support.command_line import run
from tests.support.served_centre import ServedCentre
from tests.support.sync_outbox import photo
from tests.support.sync_phone import FORM, Phone

ITEM, NOTE = "CO-A03", "ไม่มีใบอนุญาต <ทวนแล้ว> & ลงชื่อ"


@pytest.fixture
def phone(centre: ServedCentre, tmp_path: Path) -> Iterator[Phone]:
    """Let a phone in by command, and read its address from the picture."""
    import zxingcpp
    from PIL import Image

    data = ("--data", centre.data, "--json")
    assert run("admin", "publish", FORM, *data).code == 0
    user = run("admin", "user", "add", "--name", "สมศรี ใจดี", "--role", "inspector", "--scope", "11", *data).json
    qr = tmp_path / "qr.png"
    assert run("admin", "phone", user["user"]["user_id"], "--url", centre.url, "-o", qr, *data).code == 0
    (code,) = zxingcpp.read_barcodes(Image.open(qr), formats=zxingcpp.BarcodeFormat.QRCode)
    settings: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(code.text)))
    with Phone(settings["general"]["server_url"]) as phone:
        yield phone


@pytest.mark.heavy
def test_javarosa_fills_our_checklist_and_submits_it_to_our_centre(
    centre: ServedCentre, phone: Phone, tmp_path: Path
) -> None:
    if lacking := engine_referee.missing():
        pytest.skip(f"not run: needs {lacking}")
    (entry,) = phone.entries()
    form = tmp_path / "form.xml"
    form.write_bytes(phone.get(entry["downloadUrl"]).content)
    assert entry["hash"] == "md5:" + hashlib.md5(form.read_bytes(), usedforsecurity=False).hexdigest()
    picture = photo(1, 200_000)
    with engine_referee.Referee() as collect:
        collect.open(form)
        for path, value in {
            "visit/site_name": "โรงงานตัวอย่าง",
            "visit/registry_no": "10120000525545",
            "visit/visit_kind": "complaint",
            "sec_a/co_a03/co_a03_v": "fail",
            "sec_a/co_a03/co_a03_note": NOTE,
        }.items():
            collect.ask("set", f"/data/{path}", value)
        collect.ask("add", "/data/exhibits")
        collect.ask("set", "/data/exhibits[1]/exhibit_item", ITEM)
        collect.ask("set", "/data/exhibits[1]/exhibit_caption", "หน้าโรงงาน")
        collect.ask("set", "/data/exhibits[1]/exhibit_file", "1700000000000.jpg")
        xml = collect.submission()
    limit = int(phone.head().headers["x-openrosa-accept-content-length"])
    assert len(xml) + len(picture) < limit
    with ThreadPoolExecutor(2) as pool:  # the same submission by hand and by auto-send
        both = list(pool.map(lambda _n: post_again(phone, xml, picture), range(2)))
    assert [answer.status_code for answer in both] == [201, 201]
    assert all(answer.headers["x-openrosa-version"] == "1.0" for answer in both)
    corrected = correction(xml)
    assert phone.post(corrected, [("1700000000000.jpg", picture)]).status_code == 201
    first, second = seen_by_a_supervisor(centre, instance_of(xml))
    assert (first["submission"], second["submission"]) == (xml.decode(), corrected.decode())
    assert (second["base_revision_id"], first["author"]["name"]) == (first["revision_id"], "สมศรี ใจดี")
    (attachment,) = second["attachments"]
    assert (attachment["item_id"], attachment["caption"], attachment["sha256"]) == (ITEM, "หน้าโรงงาน", digest(picture))
    assert first["source"]["kind"] == "openrosa"
    assert first["device_id"].startswith("phone:")
    (finding,) = first["findings"]
    assert (finding["item_id"], finding["fact"]) == (ITEM, NOTE)
    log = run("admin", "log", "--data", centre.data, "--json").json["log"]
    assert [entry["what"] for entry in log].count("openrosa-filed") == 2


def post_again(phone: Phone, xml: bytes, picture: bytes) -> requests.Response:
    """Send it from the same phone on a connection of its own."""
    with Phone(phone.address) as another:
        return another.post(xml, [("1700000000000.jpg", picture)])


def instance_of(xml: bytes) -> str:
    return xml.decode().split("<instanceID>")[1].split("<")[0]


def correction(xml: bytes) -> bytes:
    """Return what Collect sends for a corrected submission: another instance that names the first."""
    first = instance_of(xml)
    new = f"<instanceID>uuid:{uuid.uuid4()}</instanceID><deprecatedID>{first}</deprecatedID>"
    changed = xml.decode().replace(f"<instanceID>{first}</instanceID>", new).replace("โรงงานตัวอย่าง", "โรงงานตัวอย่าง ๒")
    return changed.encode()


def seen_by_a_supervisor(centre: ServedCentre, record_id: str) -> list[dict[str, Any]]:
    """Return the whole envelopes of a record as the supervisor of its province gets them."""
    data = ("--data", centre.data, "--json")
    code = run("admin", "device", "--role", "supervisor", "--scope", "11", *data).json["code"]
    with closing(Client(RequestsTransport(), Session(url=centre.url), clock=SystemClock())) as client:
        client.register(code, device_id="supervisor", key=DeviceKey.from_seed(b"\5" * 32))
        found = client.record(record_id)["revisions"]
    return [json.loads(parse_wire_line(revision["line"]).envelope) for revision in found]
