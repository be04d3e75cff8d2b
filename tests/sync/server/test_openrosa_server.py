"""Phones with ODK Collect at the centre: they fetch the checklists; what they send becomes a record, whole, once."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import logging
import re
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from checklists import loading
from checklists.crypto import DeviceKey
from checklists.model import Audience
from checklists.sealing import Receipt, digest, parse_wire_line, verify, verify_receipt
from sync.openrosa import Fate, HandOver, OpenRosaClient
from sync.protocol import Limits, Role
from sync.server.config import ServerConfig
from sync.server.openrosa import app_users
from sync.server.openrosa.intake import Taken
from sync.server.openrosa.phone_form import for_phone
from sync.server.people.audience import FOR_OFFICE
from sync.server.wire.limiting import Rate
from sync.transport import RequestsTransport
from tests.support import engine_referee
from tests.support.openrosa_central import MemoryLedger
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record
from tests.support.sync_phone import FORM, Phone, filled, phone_of, publish
from tests.support.sync_server import RunningCentre, running_centre

ID = "0b9d7c2e-1111-4a52-9d3b-000000000001"
SECOND = "0b9d7c2e-1111-4a52-9d3b-000000000002"
SECRET = "นางลับ ปกปิดไว้"
ANSWERS = {
    "visit/registry_no": "10120000525545",
    "visit/site_name": "โรงงานตัวอย่าง",
    "sec_r/co_r01/co_r01_x": SECRET,
    "sec_a/co_a03/co_a03_v": "fail",
    "sec_a/co_a03/co_a03_note": "ไม่มีใบอนุญาต",
}


@pytest.fixture(scope="module")
def form() -> bytes:
    return for_phone(loading.bundled(FORM).xml)


@pytest.fixture
def phone(centre: RunningCentre) -> Iterator[Phone]:
    publish(centre)
    with phone_of(centre) as phone:
        yield phone


def record(centre: RunningCentre, scope: str = "11") -> list[dict[str, object]]:
    return centre.centre.records.record(scope, f"uuid:{ID}")


def envelope_of(revision: dict[str, object]) -> dict[str, object]:
    found: dict[str, object] = json.loads(parse_wire_line(str(revision["line"])).envelope)
    return found


# --- forms ----------------------------------------------------------------------------------------------------------


def test_the_form_list_names_hash_version_download_and_manifest(centre: RunningCentre, phone: Phone) -> None:
    (entry,) = phone.entries()
    assert (entry["formID"], entry["version"]) == (FORM, loading.bundled(FORM).version)
    assert entry["name"] == "การตรวจสอบข้อร้องเรียน"
    downloaded = phone.get(entry["downloadUrl"])
    assert entry["hash"] == "md5:" + hashlib.md5(downloaded.content, usedforsecurity=False).hexdigest()
    assert downloaded.headers["content-type"].startswith("text/xml")
    assert "xformsManifest" in phone.get(entry["manifestUrl"]).text
    assert entry["downloadUrl"].startswith(centre.url)


def test_the_list_names_addresses_as_the_phone_reaches_the_centre_whatever_a_proxy_before_it_says(
    centre: RunningCentre,
) -> None:
    """nginx as it comes hands on `Host: 127.0.0.1:8765` over http: a phone could fetch nothing from there."""
    publish(centre)
    user = centre.centre.users.add("สมศรี", Role.INSPECTOR, "11")
    clock, url = centre.centre.config.clock, "https://centre.example/inspector"
    made = app_users.add(centre.centre.storage, user, centre.centre.key, clock=clock, url=url)
    with Phone(made.address(centre.url)) as phone:
        (entry,) = phone.entries()
    assert entry["downloadUrl"].startswith(made.address(url) + "/forms/")
    assert entry["manifestUrl"].startswith(made.address(url) + "/forms/")


def test_an_unchanged_list_costs_one_round_trip(phone: Phone) -> None:
    first = phone.get("/formList")
    again = phone.get("/formList", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["x-openrosa-version"] == "1.0"
    assert "," not in first.headers["date"].partition(", ")[2]  # one date, the server's own


def test_on_a_phone_the_visit_is_answered_by_the_officer_and_photos_are_asked(form: bytes) -> None:
    text = form.decode()
    assert 'nodeset="/data/visit/registry_no" type="string" readonly' not in text
    assert 'ref="/data/visit/visit_kind" appearance="minimal"' in text
    assert 'upload ref="/data/exhibits/exhibit_file"' in text
    assert 'input ref="/data/exhibits/exhibit_sha256"' not in text
    assert '<submission odk:client-editable="true"/>' in text  # what Collect looks for before it lets a person correct


@pytest.mark.heavy
def test_javarosa_takes_every_form_that_a_phone_is_given(tmp_path: Path) -> None:
    if lacking := engine_referee.missing():
        pytest.skip(f"not run: needs {lacking}")
    files = []
    for pin in loading.bundled_ids():
        files.append(tmp_path / f"{pin.form_id}.xml")
        files[-1].write_bytes(for_phone(loading.bundled(pin.form_id).xml))
    import subprocess

    command = ["java", "-jar", str(engine_referee.jar()), *map(str, files)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (told.stdout + told.stderr).count("Xform is valid!") == len(files), told.stderr[-2000:]


# --- one submission, whole and once ---------------------------------------------------------------------------------


def test_a_submission_in_three_posts_becomes_one_record_with_equal_bytes(
    centre: RunningCentre, phone: Phone, form: bytes
) -> None:
    photos = [(f"{n}.jpg", photo(n, 70_000)) for n in range(3)]
    xml = filled(form, ID, ANSWERS, photos=[("CO-A03", name) for name, _ in photos])
    limit = int(phone.head().headers["x-openrosa-accept-content-length"])
    assert limit >= 1_000_000
    parts = centre.centre.config.data / "parts"
    before = set(parts.iterdir())
    for number, one in enumerate(photos, 1):
        answer = phone.post(xml, [one], more=number < len(photos))
        assert answer.status_code == 201
        assert len(record(centre)) == (number == len(photos))
    (revision,) = record(centre)
    envelope = envelope_of(revision)
    assert envelope["submission"] == xml.decode()
    assert envelope["source"] == {"kind": "openrosa", "sealed_by": "centre"}
    assert [a["name"] for a in envelope["attachments"]] == ["0.jpg", "1.jpg", "2.jpg"]  # type: ignore[index,attr-defined]  # plain JSON
    for _, data in photos:
        assert centre.centre.blobs.path(digest(data)).read_bytes() == data
    assert set(parts.iterdir()) == before  # no folder stays for each photo


def test_the_record_is_signed_by_the_phones_key_and_has_the_centres_receipt(
    centre: RunningCentre, phone: Phone, form: bytes
) -> None:
    phone.post(filled(form, ID, ANSWERS))
    (revision,) = record(centre)
    device_id = str(revision["device_id"])
    assert device_id.startswith("phone:")
    sealed = parse_wire_line(str(revision["line"]))
    verify(sealed, app_users.key_of(centre.centre.key, device_id).public_bytes)
    receipt = Receipt.from_json(revision["receipt"])  # type: ignore[arg-type]  # plain JSON
    verify_receipt(receipt, centre.centre.key.public_bytes)
    assert receipt.digest == sealed.digest


def test_it_is_judged_as_on_a_laptop(centre: RunningCentre, phone: Phone, form: bytes) -> None:
    phone.post(filled(form, ID, {**ANSWERS, "visit/visit_date": "2026-11-20"}))
    (revision,) = record(centre)
    envelope = envelope_of(revision)
    items = {i["item_id"]: i for section in envelope["sections"] for i in section["items"]}  # type: ignore[attr-defined]  # plain JSON
    assert items["CO-A03"]["verdict"] == "fail"
    assert envelope["visit"]["site"]["registry_no"] == "10120000525545"  # type: ignore[index]
    assert envelope["visit"]["started_at"][:10] == "2026-11-20"  # type: ignore[index]
    assert envelope["author"]["name"] == "สมศรี"  # type: ignore[index]


def test_eight_equal_posts_at_once_are_one_record_and_eight_times_received(
    centre: RunningCentre, phone: Phone, form: bytes
) -> None:
    data = photo(1, 50_000)
    xml = filled(form, ID, ANSWERS, photos=[("CO-A03", "a.jpg")])

    def send(_number: int) -> int:
        with Phone(phone.address) as another:
            return another.post(xml, [("a.jpg", data)]).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(send, range(8))) == [201] * 8
    assert len(record(centre)) == 1
    assert phone.post(xml, [("a.jpg", data)]).status_code == 201  # and once more, later


def test_the_last_post_without_a_file_is_refused_by_name_and_completed_later(
    centre: RunningCentre, phone: Phone, form: bytes
) -> None:
    xml = filled(form, ID, ANSWERS, photos=[("CO-A03", "a.jpg"), ("CO-A03", "b.jpg")])
    refused = phone.post(xml, [("a.jpg", b"a")])
    assert refused.status_code == 422
    assert "ขาดไฟล์ b.jpg" in refused.text  # Collect shows it as it is
    assert 'nature="error"' in refused.text
    assert record(centre) == []
    assert phone.post(xml, [("b.jpg", b"b")]).status_code == 201
    assert len(record(centre)) == 1


def test_a_file_that_the_form_does_not_name_is_said_not_silently_dropped(phone: Phone, form: bytes) -> None:
    answer = phone.post(filled(form, ID, ANSWERS), [("stray.jpg", b"x")])
    assert answer.status_code == 201
    assert "stray.jpg" in answer.text


def test_another_file_under_a_name_that_is_here_is_refused(phone: Phone, form: bytes) -> None:
    xml = filled(form, ID, ANSWERS, photos=[("CO-A03", "a.jpg"), ("CO-A03", "b.jpg")])
    assert phone.post(xml, [("a.jpg", b"a")], more=True).status_code == 201
    assert phone.post(xml, [("a.jpg", b"other")], more=True).status_code == 409


def test_the_same_id_with_other_xml_is_refused(centre: RunningCentre, phone: Phone, form: bytes) -> None:
    xml = filled(form, ID, ANSWERS)
    assert phone.post(xml).status_code == 201
    assert phone.post(xml + b"\n").status_code == 409
    assert len(record(centre)) == 1


def test_a_correction_names_its_base_keeps_its_photos_and_a_second_one_is_a_conflict(
    centre: RunningCentre, phone: Phone, form: bytes
) -> None:
    data = photo(1, 1000)
    photos = [("CO-A03", "a.jpg")]
    early = filled(form, SECOND, ANSWERS, photos=photos, deprecated_id=ID)
    assert phone.post(early).status_code == 404
    assert phone.post(filled(form, ID, ANSWERS, photos=photos), [("a.jpg", data)]).status_code == 201
    assert phone.post(early).status_code == 201  # without the photo: the base has it
    third = filled(form, ID[:-1] + "3", {**ANSWERS, "sec_a/co_a03/co_a03_v": "pass"}, deprecated_id=ID)
    assert phone.post(third).status_code == 201
    revisions = record(centre)
    assert [r["state"] for r in revisions] == ["accepted", "accepted", "conflict"]
    assert [r["base_revision_id"] for r in revisions] == [None, f"uuid:{ID}", f"uuid:{ID}"]


# --- who may, who sees ----------------------------------------------------------------------------------------------


def test_what_was_said_in_confidence_reaches_nobody_else(centre: RunningCentre, phone: Phone, form: bytes) -> None:
    data = photo(9, 500)
    phone.post(filled(form, ID, ANSWERS, photos=[("CO-R01", "who.jpg")]), [("who.jpg", data)])
    key = DeviceKey.from_seed(b"\2" * 32)
    for number, (role, sees) in enumerate(
        [(Role.INSPECTOR, False), (Role.OFFICE, False), (Role.AUDITOR, False), (Role.SUPERVISOR, True)]
    ):
        reader = centre.client(
            DeviceKey.from_seed(bytes([number + 3]) * 32), device_id=f"r-{role}", role=role, scope="11"
        )
        told = json.dumps(reader.record(f"uuid:{ID}"), ensure_ascii=False)
        page = reader.changes("", ["inspections"])
        assert (SECRET in told) is sees
        assert SECRET not in json.dumps([row.body for row in page.rows], ensure_ascii=False)
        reader.close()
    allowed = centre.centre.records.may_read_blob("11", digest(data), audiences=FOR_OFFICE, device_id=key.key_id)
    assert not allowed
    assert Audience.RESTRICTED not in FOR_OFFICE


def test_who_may_read_it_sees_the_record_its_photo_and_where_it_came_from(
    centre: RunningCentre, phone: Phone, form: bytes
) -> None:
    data = photo(9, 500)
    phone.post(filled(form, ID, ANSWERS, photos=[("CO-A03", "gate.jpg")]), [("gate.jpg", data)])
    for number, (role, names) in enumerate(
        [(Role.SUPERVISOR, ["gate.jpg"]), (Role.OFFICE, ["gate.jpg"]), (Role.INSPECTOR, [])]
    ):
        key = DeviceKey.from_seed(bytes([number + 3]) * 32)
        with closing(centre.client(key, device_id=f"r-{role}", role=role, scope="11")) as reader:
            ((row,), (revision,)) = reader.changes("", ["inspections"]).rows, reader.record(f"uuid:{ID}")["revisions"]
            if names:
                fetched = io.BytesIO()
                reader.fetch_blob(digest(data), fetched)
                assert fetched.getvalue() == data
        read = envelope_of(revision) if "line" in revision else revision.get("office", revision["extract"])
        assert read["source"] == {"kind": "openrosa", "sealed_by": "centre"}
        assert [a["name"] for a in read["attachments"]] == names
        assert row.body is not None
        assert (row.body["source"], row.body["author"]) == ("openrosa", "สมศรี")


@pytest.mark.parametrize("path", ["/formList", f"/forms/{FORM}/2569.1.xml", "/submission"])
def test_a_wrong_key_is_refused(path: str, phone: Phone) -> None:
    with Phone(phone.address[:-4] + "AAAA") as stranger:
        assert stranger.get(path).status_code in ((403,) if path != "/submission" else (403, 405, 404))
        assert stranger.head().status_code == 403


def test_a_basic_login_with_the_token_works_and_none_is_asked_for(centre: RunningCentre, phone: Phone) -> None:
    token = phone.address.rpartition("/")[2]
    url = f"{centre.url}/openrosa/formList"
    asked = requests.get(url, timeout=10)
    assert (asked.status_code, asked.headers["www-authenticate"]) == (401, 'Basic realm="inspector"')
    assert requests.get(url, auth=("phone", token), timeout=10).status_code == 200


def test_a_disabled_person_and_an_auditor_send_nothing(centre: RunningCentre, phone: Phone, form: bytes) -> None:
    with phone_of(centre, role=Role.AUDITOR, name="ผู้ตรวจสอบ") as auditor:
        assert auditor.get("/formList").status_code == 200
        assert auditor.post(filled(form, ID, ANSWERS)).status_code == 403
    user = next(u for u in centre.centre.users.all() if u.name == "สมศรี")
    centre.centre.users.disable(user.user_id)
    assert phone.get("/formList").status_code == 403
    assert record(centre) == []


@pytest.mark.parametrize(
    ("xml", "status"),
    [
        (b"", 400),
        (b"no xml", 400),
        (b'<!DOCTYPE d [<!ENTITY a "b">]><data id="x"><meta><instanceID>uuid:1</instanceID></meta>&a;</data>', 400),
        (b'<data id="complaint_investigation" version="2569.1"/>', 400),
        (b'<data id="x"><meta><instanceID>../../etc</instanceID></meta></data>', 400),
        (b'<data id="unknown" version="1"><meta><instanceID>uuid:1</instanceID></meta></data>', 404),
        (b'<data id="complaint_investigation" version="0"><meta><instanceID>uuid:1</instanceID></meta></data>', 404),
        ('<?xml version="1.0" encoding="TIS-620"?><data id="x"/>'.encode("ascii") + b"\xa1", 400),
    ],
    ids=["empty", "no-xml", "doctype", "no-instance-id", "path-as-id", "unknown-form", "unknown-version", "no-utf-8"],
)
def test_what_is_no_submission_is_refused_with_words(xml: bytes, status: int, phone: Phone) -> None:
    answer = phone.post(xml)
    assert answer.status_code == status
    assert 'nature="error"' in answer.text


def answered(form: bytes, tag: str, value: str) -> bytes:
    """Return a submission in which one answer is what no form lets a person type."""
    xml = filled(form, ID, ANSWERS).decode()
    changed, count = re.subn(rf"<{tag}\s*/>|<{tag}>[^<]*</{tag}>", f"<{tag}>{value}</{tag}>", xml, count=1)
    assert count == 1
    return changed.encode()


@pytest.mark.parametrize(
    ("tag", "value", "named"),
    [
        ("visit_date", "abc", "visit_date"),
        ("visit_date", "2026-13-45", "visit_date"),
        ("licensed_hp", "nan", "licensed_hp"),
        ("licensed_hp", "1e999", "licensed_hp"),
        ("licensed_workers", "-inf", "licensed_workers"),
        ("licensed_workers", "1e30", "licensed_workers"),
        ("registry_no", "x" * 65, "registry_no"),
        ("co_a03_v", "zzz", "phrase"),
    ],
    ids=["no-date", "no-day", "nan", "infinite", "minus-infinite", "beyond-measure", "long-key", "no-choice"],
)
def test_an_answer_that_the_checklist_does_not_allow_is_refused_by_name_and_files_nothing(
    centre: RunningCentre, phone: Phone, form: bytes, tag: str, value: str, named: str
) -> None:
    answer = phone.post(answered(form, tag, value))
    assert (answer.status_code, named in answer.text) == (422, True)
    assert record(centre) == []


def test_rows_without_end_are_refused(centre: RunningCentre, phone: Phone, form: bytes) -> None:
    row = "<exhibits><exhibit_item>CO-A03</exhibit_item></exhibits>"
    xml = filled(form, ID, ANSWERS).decode().replace("<meta", row * 20_000 + "<meta", 1)
    assert phone.post(xml.encode()).status_code == 422
    assert record(centre) == []


@pytest.mark.parametrize("name", ["..", ".", "a/b.jpg", "a\\b.jpg", "a&#10;b.jpg", "x" * 201], ids=ascii)
def test_a_file_has_a_plain_name(name: str, centre: RunningCentre, phone: Phone, form: bytes) -> None:
    """It becomes a file's name wherever the record goes."""
    xml = filled(form, ID, ANSWERS, photos=[("CO-A03", "NAME")]).decode().replace("NAME", name).encode()
    answer = phone.post(xml, [("NAME", b"x")])
    assert (answer.status_code, "no name for a file" in answer.text) == (422, True)
    assert record(centre) == []


def test_a_medias_type_that_is_none_is_not_kept(centre: RunningCentre, phone: Phone, form: bytes) -> None:
    xml = filled(form, ID, ANSWERS, photos=[("CO-A03", "a.jpg")])
    parts = [("xml_submission_file", ("s.xml", xml, "text/xml")), ("a.jpg", ("a.jpg", b"x", "image/" + "x" * 500))]
    assert requests.post(phone.address + "/submission", files=parts, timeout=10).status_code == 201
    (revision,) = record(centre)
    assert [a["mime"] for a in envelope_of(revision)["attachments"]] == ["application/octet-stream"]  # type: ignore[attr-defined]  # plain JSON


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"--b\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=b", 400),
        (b"--b--\r\n", "multipart/form-data; boundary=b", 400),
        (b"<data/>", "text/xml", 415),
    ],
    ids=["cut", "empty", "no-multipart"],
)
def test_a_post_that_is_no_multipart_is_refused(body: bytes, kind: str, status: int, phone: Phone) -> None:
    answer = requests.post(phone.address + "/submission", body, headers={"content-type": kind}, timeout=10)
    assert answer.status_code == status


def test_a_post_beyond_the_cap_is_refused_while_it_comes(tmp_path: Path, form: bytes) -> None:
    limits = Limits(blob_bytes=20_000, line_bytes=60_000)
    with running_centre(ServerConfig(tmp_path / "c", limits=limits)) as centre, phone_of(centre) as phone:
        publish(centre)
        xml = filled(form, ID, ANSWERS, photos=[("CO-A03", "a.jpg")])
        assert phone.post(xml, [("a.jpg", photo(1, 30_000))]).status_code == 413
        assert phone.post(xml, [("a.jpg", photo(1, 200_000))]).status_code == 413
        assert phone.post(xml, [("a.jpg", photo(1, 10_000))]).status_code == 201


def test_a_posts_files_lie_on_the_disk_not_in_memory(
    centre: RunningCentre, phone: Phone, form: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hundred of them, and many phones at once, would otherwise be held whole."""
    on_disk: list[bool] = []

    def take(_here: object, _caller: object, _xml: bytes, parts: list[Any], **_more: object) -> Taken:
        on_disk.extend(part.file._rolled for part in parts)
        return Taken("uuid:x", "")

    monkeypatch.setattr("sync.server.routes.openrosa.take", take)
    files = [(f"{number}.jpg", photo(number, 100_000)) for number in range(3)]
    assert phone.post(filled(form, ID, ANSWERS), files).status_code == 201
    assert on_disk == [True] * 3


def test_tokens_cannot_be_found_by_trying(tmp_path: Path) -> None:
    rate = Rate(per_second=0.01, burst=3)
    with running_centre(ServerConfig(tmp_path / "c", registrations=rate)) as centre, phone_of(centre) as phone:
        tried = [requests.get(f"{centre.url}/openrosa/key/{n}/formList", timeout=10) for n in range(5)]
        assert [answer.status_code for answer in tried] == [403, 403, 403, 429, 429]
        assert int(tried[-1].headers["retry-after"]) >= 1
        assert phone.get("/formList").status_code == 200  # who has a token is not in the way of who has none


def test_no_token_is_ever_logged(phone: Phone, form: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        phone.get("/formList")
        phone.post(filled(form, ID, ANSWERS))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("inspector")]
    assert len(ours) >= 2
    assert phone.address.rpartition("/")[2] not in "".join(ours)


def test_the_qr_code_holds_the_settings_that_collect_reads(centre: RunningCentre) -> None:
    user = centre.centre.users.add("สมศรี", Role.INSPECTOR, "11")
    made = app_users.add(centre.centre.storage, user, centre.centre.key, clock=centre.centre.config.clock)
    members = json.loads(zlib.decompress(base64.b64decode(made.settings("https://centre.example", "ตรวจโรงงาน"))))
    assert members["general"]["server_url"] == f"https://centre.example/openrosa/key/{made.token}"
    assert members["general"]["form_update_mode"] == "match_exactly"
    assert members["project"]["name"] == "ตรวจโรงงาน"
    assert members["admin"] == {}


# --- our own OpenRosa client against our own server -----------------------------------------------------------------


def test_our_client_lists_downloads_and_hands_over_over_real_http(
    centre: RunningCentre, phone: Phone, outbox: MemoryOutbox, key: DeviceKey
) -> None:
    client = OpenRosaClient(RequestsTransport(), phone.address)
    (entry,) = client.form_list()
    form = client.download(entry.download_url)
    assert client.manifest(entry) == ()
    files = [photo(n, 4_000_000) for n in range(4)]  # more than one post may hold
    names = [f"{digest(data)[:8]}.jpg" for data in files]
    xml = filled(form, ID, ANSWERS, photos=[("CO-A03", name) for name in names])
    outbox.put(sealed_record(key, ID, submission=xml.decode(), files=files), files)
    done = HandOver(outbox, client, MemoryLedger()).run()
    assert [meaning.fate for meaning in done.said.values()] == [Fate.TAKEN]
    (revision,) = record(centre)
    assert [a["sha256"] for a in envelope_of(revision)["attachments"]] == [digest(data) for data in files]  # type: ignore[attr-defined]  # plain JSON
    again = HandOver(outbox, client, MemoryLedger()).run()
    assert [meaning.fate for meaning in again.said.values()] == [Fate.TAKEN]
    assert len(record(centre)) == 1


def test_what_a_laptop_has_sealed_and_sent_is_not_filed_a_second_time(
    centre: RunningCentre, phone: Phone, form: bytes, key: DeviceKey
) -> None:
    xml = filled(form, ID, ANSWERS)
    laptop = centre.client(key, scope="11")
    sealed = sealed_record(key, ID, submission=xml.decode())
    from checklists.sealing import wire_line

    assert laptop.send_line("r-1", ID, wire_line(sealed).encode()).status == 201
    laptop.close()
    answer = phone.post(xml)
    assert (answer.status_code, "already here" in answer.text) == (201, True)
    assert record(centre) == []
