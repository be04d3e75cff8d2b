"""The main job by the command line alone, with a real centre: from an empty folder to a receipt that is checked."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from checklists import sealing
from inspector_app.cli import ExitCode
from inspector_app.demo import inspection
from tests.support import inspections
from tests.support.command_line import PASSPHRASE, CommandLine
from tests.support.served_centre import ServedCentre


def test_a_whole_inspection_from_nothing_to_a_receipt(centre: ServedCentre, tmp_path: Path) -> None:
    inspector = CommandLine(tmp_path / "new" / "workspace")
    inspector.init()
    assert inspector.json("factories", "import", "--demo")["count"] == 5000
    record_id = inspections.start(inspector)
    answered = inspector.json("answer", record_id, inspections.answers_file(tmp_path, inspector.clock.now().date()))
    assert answered["answered"] >= 50
    assert {p["item_id"] for p in answered["missing"]} == {"FA-B06", "FA-C02", "FA-C11", "FA-K06"}

    inspections.attach_all(inspector, record_id, tmp_path)
    inspections.sign_both(inspector, record_id, tmp_path)
    done = inspector.json("finalise", record_id)
    assert {f["item_id"] for f in done["findings"]} == {"FA-B06", "FA-C02", "FA-C11", "FA-D04"}
    assert done["attachments"] == 14
    assert inspector.json("records")["records"][0]["state"] == "sealed"

    sent = inspector.json("sync", "--server", centre.url, "--code", centre.code)
    assert [r["digest"] for r in sent["receipts"]] == [done["digest"]]
    assert sent["left"] == {"waiting": 0, "parked": 0, "conflicts": 0, "relayed": 0}
    assert inspector.json("records", "--state", "sent")["records"][0]["record_id"] == record_id

    again = inspector.json("sync")
    assert again["receipts"] == []
    assert again["clean"]
    shown = inspector.json("show", record_id)
    assert shown["digest"] == done["digest"]
    assert len(shown["receipts"]) == 1
    assert inspector.json("verify")["good"]
    assert inspector.json("doctor")["good"]


def test_the_submission_names_every_photo_and_no_answer_is_lost_on_the_way(
    inspector: CommandLine, tmp_path: Path
) -> None:
    record_id = inspections.sealed(inspector, tmp_path)
    envelope = inspector.json("show", record_id)["envelope"]
    xml = envelope["submission"]
    assert len(envelope["attachments"]) == 14
    for attachment in envelope["attachments"]:
        assert f"<exhibit_sha256>{attachment['sha256']}</exhibit_sha256>" in xml
        assert f"<exhibit_file>{attachment['name']}</exhibit_file>" in xml
    assert f"uuid:{envelope['revision_id']}" in xml
    values = {a["path"].rsplit("/", 1)[-1]: a["value"] for a in envelope["answers"]}
    assert values["fa_b05_x"] == "420"
    assert values["fa_b06_note"].startswith("ประตูทางออกด้านทิศเหนือ")
    photos = [a for a in envelope["attachments"] if a["kind"] == "photo"]
    assert photos[0]["taken_at"] == "2026-11-22T09:30:00.000+07:00"
    assert [p["exhibit"] for p in photos] == [f"จ.{n}" for n in range(1, 13)]


def test_the_digest_is_that_of_the_exact_bytes_and_a_changed_byte_is_found(
    inspector: CommandLine, tmp_path: Path
) -> None:
    record_id = inspections.sealed(inspector, tmp_path)
    from inspector_app.actions.laptop import workspace

    keys = workspace.sign_in(inspector.folder, passphrase=PASSPHRASE)
    with workspace.open_store(inspector.folder, keys, clock=inspector.clock) as store:
        sealed = store.records.sealed(record_id)
    assert hashlib.sha256(sealed.envelope).hexdigest() == sealed.digest
    sealing.verify(sealed, keys.device_key.public_bytes)
    file = max(inspector.folder.joinpath("files").rglob("*"), key=lambda p: p.stat().st_size if p.is_file() else 0)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    found = inspector.json("verify", code=ExitCode.NOT_PROVEN)
    assert [c["name"] for c in found["checks"] if c["outcome"] == "bad"] == ["attachment-changed"]


def test_a_report_of_both_copies_is_printed(inspector: CommandLine, tmp_path: Path) -> None:
    record_id = inspections.start(inspector)
    draft = inspector.json("report", record_id, "-o", tmp_path / "draft.pdf")
    assert draft["draft"]
    inspector.json("answer", record_id, inspections.answers_file(tmp_path, inspector.clock.now().date()))
    inspections.attach_all(inspector, record_id, tmp_path)
    inspections.sign_both(inspector, record_id, tmp_path)
    inspector.json("finalise", record_id)
    for copy in ("office", "factory"):
        printed = inspector.json("report", record_id, "-o", tmp_path / f"{copy}.pdf", "--copy", copy)
        assert not printed["draft"]
        assert printed["pages"] >= 3
        assert (tmp_path / f"{copy}.pdf").read_bytes().startswith(b"%PDF-")


def test_answers_may_come_from_the_standard_input_bit_by_bit(
    inspector: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    record_id = inspections.start(inspector)
    before = len(inspector.json("answer", record_id, _file(tmp_path, {}))["missing"])
    monkeypatch.setattr("sys.stdin", io.StringIO('{"B06": "ผ่าน"}'))
    answered = inspector.json("answer", record_id, "-")
    assert [c["item"] for c in answered["changed"]] == ["FA-B06"]
    assert len(answered["missing"]) == before - 1


def test_a_site_that_is_in_no_registry_is_inspected_too(inspector: CommandLine, tmp_path: Path) -> None:
    file = _file(tmp_path, {"name_th": "โรงงานไม่มีชื่อ ริมคลอง (ตัวอย่าง)", "province": "สมุทรปราการ", "lat": 13.5})
    made = inspector.json(
        "new", "--checklist", inspection.CHECKLIST, "--unregistered", file, "--visit-kind", "complaint"
    )
    assert made["site"]["kind"] == "unregistered"
    again = f"unregistered:{made['site']['site_id']}"
    inspector.json("new", "--checklist", inspection.CHECKLIST, "--site", again)
    assert len(inspector.json("records")["records"]) == 2


def test_a_signature_given_before_a_change_no_longer_counts(inspector: CommandLine, tmp_path: Path) -> None:
    record_id = inspections.start(inspector)
    inspector.json("answer", record_id, inspections.answers_file(tmp_path, inspector.clock.now().date()))
    inspections.attach_all(inspector, record_id, tmp_path)
    inspections.sign_both(inspector, record_id, tmp_path)
    inspector.json("answer", record_id, _file(tmp_path, {"B05": 60}))
    refused = inspector.json("finalise", record_id, code=ExitCode.ANSWER)
    assert "signature" in {p["kind"] for p in refused["problems"]}


def _file(folder: Path, content: object) -> Path:
    file = folder / "content.json"
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return file


def test_the_centre_holds_exactly_what_was_sealed(inspector: CommandLine, centre: ServedCentre, tmp_path: Path) -> None:
    """Ask the centre itself: same bytes, same signature, every photo."""
    import io

    from inspector_app.actions.laptop import workspace
    from inspector_app.actions.sending import syncing

    record_id = inspections.sealed(inspector, tmp_path)
    inspector.json("sync", "--server", centre.url, "--code", centre.code)
    keys = workspace.sign_in(inspector.folder, passphrase=PASSPHRASE)
    with (
        workspace.open_store(inspector.folder, keys, clock=inspector.clock) as store,
        syncing.client_of(store, clock=inspector.clock) as client,
    ):
        ours = store.records.sealed(record_id)
        told = json.dumps(client.record(record_id))
        assert ours.digest in told
        for attachment in store.attachments.list(record_id):
            got = io.BytesIO()
            client.fetch_blob(attachment.sha256, got)
            assert hashlib.sha256(got.getvalue()).hexdigest() == attachment.sha256
