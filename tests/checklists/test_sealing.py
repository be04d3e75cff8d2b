"""The sealed form: what is signed, what a changed byte does, what the factory may see, what a receipt proves."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest
import rfc8785

from checklists import sealing
from checklists.crypto import DeviceKey
from checklists.errors import SealError
from checklists.model import Audience, SectionResult, Verdict, Words, to_json
from tests.support.store_builders import attachment, envelope, item, result, visit

KEY = DeviceKey.from_seed(b"\x01" * 32)
SERVER_KEY = DeviceKey.from_seed(b"\x02" * 32)


def sealed(**changes: Any) -> sealing.Sealed:
    return sealing.seal(envelope(**changes), KEY)


def what(error: pytest.ExceptionInfo[SealError]) -> Any:
    return error.value.data["what"]


# --- canonical bytes ---


def test_canonical_bytes_do_not_depend_on_the_order_of_members() -> None:
    assert sealing.canonical({"b": 1, "a": "ก"}) == '{"a":"ก","b":1}'.encode() == sealing.canonical({"a": "ก", "b": 1})


def test_numbers_are_written_as_rfc_8785_says() -> None:
    assert sealing.canonical([1.0, 1e21, 0.1, 333333333.33333329]) == b"[1,1e+21,0.1,333333333.3333333]"


@pytest.mark.parametrize("value", [2**53 + 1, float("nan"), "\ud800", {"a": object()}])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(SealError) as error:
        sealing.canonical({"v": value})
    assert what(error) == "canonical"


# --- sealing and verifying ---


def test_a_sealed_record_verifies_and_reads_back_as_it_was() -> None:
    one = sealed()
    sealing.verify(one, KEY.public_bytes)
    read = sealing.parse_envelope(one.envelope)
    assert read["visit"]["site"]["name_th"] == "บริษัท ตัวอย่าง แป้งมัน จำกัด"
    assert one.digest == sealing.digest(one.envelope)


def test_the_same_content_gives_the_same_digest() -> None:
    backwards = dict(reversed(list(envelope().items())))
    assert sealing.seal(backwards, KEY) == sealed()


def test_any_changed_byte_is_found() -> None:
    one = sealed()
    chance = random.Random(4)
    for _ in range(300):
        position = chance.randrange(len(one.envelope))
        changed = bytearray(one.envelope)
        changed[position] ^= 1 << chance.randrange(8)
        with pytest.raises(SealError):
            sealing.verify(replace(one, envelope=bytes(changed)), KEY.public_bytes)


def test_a_forged_digest_does_not_help_the_forger() -> None:
    one, other = sealed(), sealed(reason="x")
    with pytest.raises(SealError) as error:
        sealing.verify(replace(other, signature=one.signature), KEY.public_bytes)
    assert what(error) == "signature"


def test_another_devices_key_does_not_verify() -> None:
    with pytest.raises(SealError) as error:
        sealing.verify(sealed(), SERVER_KEY.public_bytes)
    assert what(error) == "key"


def test_a_signature_is_bound_to_its_domain() -> None:
    one = sealed()
    elsewhere = KEY.sign(sealing.RECEIPT_DOMAIN + bytes.fromhex(one.digest))
    with pytest.raises(SealError) as error:
        sealing.verify(replace(one, signature=elsewhere), KEY.public_bytes)
    assert what(error) == "signature"


# --- what an envelope must be ---


@pytest.mark.parametrize("member", sorted(set(envelope()) - {"format"}))
def test_every_member_is_required(member: str) -> None:
    members = sealing.parse_envelope(sealed().envelope)
    del members[member]
    with pytest.raises(SealError) as error:
        sealing.parse_envelope(sealing.canonical(members))
    assert error.value.data == {"what": "envelope", "member": member}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("format", "inspector-envelope/2"),
        ("record_id", "../../etc"),
        ("device_seq", -1),
        ("device_seq", True),
        ("op", "delete"),
        ("attachments", [{"sha256": "AB" * 32, "size": 1, "mime": "", "name": ""}]),
        ("merges", "rev-0"),
    ],
)
def test_a_member_of_the_wrong_kind_is_refused(member: str, value: Any) -> None:
    with pytest.raises(SealError) as error:
        sealed(**{member: value})
    assert error.value.data == {"what": "envelope", "member": member}


def test_members_that_we_do_not_know_yet_are_kept() -> None:
    assert sealing.parse_envelope(sealed(weather="ฝน").envelope)["weather"] == "ฝน"


def test_bytes_that_are_not_canonical_are_refused() -> None:
    loose = json.dumps(sealing.parse_envelope(sealed().envelope), indent=1).encode()
    with pytest.raises(SealError) as error:
        sealing.parse_envelope(loose)
    assert what(error) == "canonical"


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b'{"a":1,"a":2}', b'{"a":NaN}', b"\xff\xfe", b"[" * 100_000], ids=range(7)
)
def test_rubbish_is_refused(data: bytes) -> None:
    with pytest.raises(SealError):
        sealing.parse_envelope(data)


def test_an_envelope_that_names_another_extract_is_refused() -> None:
    members = sealing.parse_envelope(sealed().envelope)
    members["factory_extract_digest"] = "00" * 32
    with pytest.raises(SealError) as error:
        sealing.parse_envelope(sealing.canonical(members))
    assert what(error) == "extract"


# --- the wire ---


def test_a_line_on_the_wire_comes_back_byte_for_byte() -> None:
    one = sealed(reason='บรรทัด\nใหม่\u2028และ\u0085 \\ "')
    line = sealing.wire_line(one)
    assert line.splitlines() == [line]
    assert sealing.parse_wire_line(line) == one == sealing.parse_wire_line(line.encode())


@pytest.mark.parametrize(
    "line", ["", "{}", "[]", "null", '{"e":1,"sig":"","key_id":""}', '{"e":"","sig":"zz","key_id":""}']
)
def test_a_line_that_is_no_sealed_form_is_refused(line: str) -> None:
    with pytest.raises(SealError) as error:
        sealing.parse_wire_line(line)
    assert what(error) == "wire"


# --- receipts ---


def receipt() -> sealing.Receipt:
    return sealing.make_receipt(
        sealed(), receipt_id="q-1", server_id="s-1", received_at="2026-11-22T12:00:00.000+07:00", seq=41, key=SERVER_KEY
    )


def test_a_receipt_names_the_digest_and_verifies() -> None:
    one = receipt()
    sealing.verify_receipt(one, SERVER_KEY.public_bytes)
    assert (one.digest, one.record_id, one.revision_id) == (sealed().digest, "r-1", "rev-1")
    assert sealing.parse_receipt(json.loads(json.dumps(one.to_json()))) == one


@pytest.mark.parametrize("change", [{"digest": "00" * 32}, {"seq": 42}, {"revision_id": "rev-2"}, {"signature": "zz"}])
def test_a_changed_receipt_does_not_verify(change: dict[str, Any]) -> None:
    with pytest.raises(SealError) as error:
        sealing.verify_receipt(replace(receipt(), **change), SERVER_KEY.public_bytes)
    assert what(error) == "receipt"


def test_a_receipt_signed_by_somebody_else_does_not_verify() -> None:
    with pytest.raises(SealError):
        sealing.verify_receipt(receipt(), KEY.public_bytes)


@pytest.mark.parametrize("change", [{"digest": "x"}, {"seq": "1"}, {"server_id": ""}, {"key_id": None}])
def test_a_receipt_with_wrong_members_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(SealError) as error:
        sealing.parse_receipt({**receipt().to_json(), **change})
    assert what(error) == "receipt"


# --- what the factory may see ---

MARKER = "นางสาวผู้ร้องเรียน ลับมาก"


def with_marker() -> dict[str, Any]:
    """Return an envelope with the marker in every place of office or restricted audience."""
    secret = item("FA-R01", audience=Audience.RESTRICTED, note=MARKER)
    office = item("FA-O01", audience=Audience.OFFICE, reason=MARKER)
    inspected = result()
    findings = [
        *inspected.findings,
        replace(inspected.findings[0], finding_id="f-2", fact=MARKER, audience=Audience.OFFICE),
        replace(inspected.findings[0], finding_id="f-3", fact=MARKER, item_id="FA-R01"),
    ]
    return envelope(
        sections=[*inspected.sections, SectionResult("R", Words(MARKER), (secret, office))],
        findings=findings,
        measurements=[*inspected.measurements, replace(inspected.measurements[0], item_id="FA-R01", value=MARKER)],
        answers=[{"path": "/data/fa_r01", "row": "", "value": MARKER}],
        submission=f"<data>{MARKER}</data>",
        reason=MARKER,
        visit=visit(purpose=MARKER, remarks=MARKER),
        scores=[{"dimension": MARKER}],
        attachments=[
            attachment(),
            attachment("a-2", exhibit="จ.2", caption=MARKER, audience=Audience.OFFICE),
            attachment("a-3", exhibit="จ.3", caption=MARKER, item_id="FA-R01"),
            {**to_json(attachment("a-4", caption=MARKER)), "audience": "unknown"},
        ],
        complainant=MARKER,
    )


def test_nothing_of_office_or_restricted_audience_is_in_the_extract() -> None:
    assert MARKER in sealing.canonical(with_marker()).decode()
    assert MARKER not in sealing.canonical(sealing.extract_for_factory(with_marker())).decode()


def test_the_extract_holds_what_the_factory_should_see() -> None:
    extract = sealing.extract_for_factory(with_marker())
    assert [i["item_id"] for s in extract["sections"] for i in s["items"]] == ["FA-B01", "FA-B02"]
    assert [f["finding_id"] for f in extract["findings"]] == ["f-1"]
    assert [a["exhibit"] for a in extract["attachments"]] == ["จ.1"]
    assert extract["sections"][0]["items"][1]["verdict"] == Verdict.FAIL


def test_a_hidden_exhibits_number_is_not_named_beside_a_seen_finding() -> None:
    finding = replace(result().findings[0], exhibits=("จ.1", "จ.2"))
    members = envelope(
        findings=[finding], attachments=[attachment(), attachment("a-2", exhibit="จ.2", audience=Audience.OFFICE)]
    )
    assert sealing.extract_for_factory(members)["findings"][0]["exhibits"] == ["จ.1"]


def test_the_envelope_names_the_extracts_own_digest() -> None:
    read = sealing.parse_envelope(sealed().envelope)
    assert read["factory_extract_digest"] == sealing.digest(sealing.canonical(sealing.extract_for_factory(read)))


def test_the_fast_way_writes_the_very_bytes_of_rfc_8785() -> None:
    chance = random.Random(8785)
    texts = ["", "ก่ำ", 'a"b\\c/', "\x00\x1f\x7f\b\t\n\f\r", "\u2028", "😀", "\ue000", "z"]

    def value(depth: int) -> Any:
        kind = chance.randrange(8 if depth else 5)
        if kind == 0:
            return chance.choice([None, True, False])
        if kind == 1:
            return chance.choice([0, -1, 2**53 - 1, chance.randrange(10**9)])
        if kind == 2:
            return chance.choice(
                [0.0, -0.0, 1.5, 50.0, 1e-7, 1e16, 1e21, 5e-324, chance.random(), chance.gauss(0, 1e9)]
            )
        if kind < 5:
            return chance.choice(texts)
        if kind == 5:
            return [value(depth - 1) for _ in range(chance.randrange(4))]
        return {chance.choice(texts) + str(i): value(depth - 1) for i in range(chance.randrange(4))}

    for _ in range(3000):
        one = value(3)
        assert sealing.canonical(one) == rfc8785.dumps(one)
