"""What a report proves when it is read back, and what it does not."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest

from checklists.crypto import DeviceKey
from checklists.sealing import Sealed, make_receipt, seal
from inspector_app.i18n import Translator
from inspector_app.reports import content, pdf
from inspector_app.reports.verify import NotAPdfError, PdfReport, verify_pdf
from tests.support import pdf_samples
from tests.support.pdf_reading import render

KEY = DeviceKey.from_seed(b"1" * 32)
CENTRE = DeviceKey.from_seed(b"2" * 32)


def outcome(report: PdfReport) -> dict[str, bool | None]:
    return {check.code: check.good for check in report.checks}


@pytest.fixture(scope="module")
def sealed() -> Sealed:
    return seal(pdf_samples.envelope(), KEY)


@pytest.fixture(scope="module")
def signed(sealed: Sealed) -> bytes:
    receipt = make_receipt(
        sealed, receipt_id="rc-1", server_id="s-1", received_at="2026-11-20T16:00:00+07:00", seq=1, key=CENTRE
    )
    composed = content.from_envelope(pdf_samples.envelope(), copy="office", sealed=sealed, receipt=receipt)
    out = io.BytesIO()
    pdf.render(composed, images=pdf_samples.images, out=out)
    return out.getvalue()


def test_everything_is_proven_where_all_keys_are_known(signed: bytes, sealed: Sealed) -> None:
    report = verify_pdf(
        signed, device_keys={KEY.key_id: KEY.public_bytes}, receipt_keys={CENTRE.key_id: CENTRE.public_bytes}
    )
    assert outcome(report) == dict.fromkeys(
        ("attached", "whole", "printed", "photos", "text", "signature", "receipt"), True
    )
    assert report.good
    assert report.digest == sealed.digest


def test_without_keys_the_signature_is_said_to_be_unchecked_not_good(signed: bytes) -> None:
    found = outcome(verify_pdf(signed))
    assert found["signature"] is None
    assert found["receipt"] is None


def test_a_signature_by_another_device_is_bad(signed: bytes) -> None:
    other = DeviceKey.from_seed(b"3" * 32)
    report = verify_pdf(signed, device_keys={KEY.key_id: other.public_bytes})
    assert outcome(report)["signature"] is False
    assert not report.good


def test_a_factory_copy_proves_its_extract() -> None:
    report = verify_pdf(render(copy="factory"))
    assert report.kind == "factory"
    assert report.good
    assert outcome(report)["text"] is True
    assert outcome(report)["printed"] is None


def changed(data: bytes, change: Any) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as document:
        change(document)
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def test_another_record_attached_to_the_same_pages_is_noticed(signed: bytes) -> None:
    other = seal(pdf_samples.envelope(reason="แก้ไข"), KEY)

    def swap(document: Any) -> None:
        name = next(n for n in document.attachments if n.endswith("-envelope.json"))
        del document.attachments[name]
        document.attachments[name] = pikepdf.AttachedFileSpec(document, other.envelope, filename=name)

    report = verify_pdf(changed(signed, swap))
    assert outcome(report)["printed"] is False
    assert not report.good


def test_a_changed_byte_in_the_attached_record_is_noticed(signed: bytes) -> None:
    def bend(document: Any) -> None:
        name = next(n for n in document.attachments if n.endswith("-envelope.json"))
        data = document.attachments[name].get_file().read_bytes().replace(b"84/2555", b"84/2556")
        del document.attachments[name]
        document.attachments[name] = pikepdf.AttachedFileSpec(document, data, filename=name)

    found = outcome(verify_pdf(changed(signed, bend)))
    assert found.get("whole") is False or found["printed"] is False


def test_words_changed_on_a_page_are_noticed(signed: bytes) -> None:
    """The digest still matches; only the text laid out again tells."""

    def cut(document: Any) -> None:
        page = document.pages[1]
        lines = page.Contents.read_bytes().split(b"\n")
        texts = [n for n, line in enumerate(lines) if line.startswith(b"BT")]
        del lines[texts[20]]  # one line of the answers
        page.Contents = document.make_stream(b"\n".join(lines))

    report = verify_pdf(changed(signed, cut))
    text = next(check for check in report.checks if check.code == "text")
    assert text.good is False
    assert text.values["pages"] == "2"


def test_a_photo_swapped_in_the_file_is_noticed(signed: bytes) -> None:
    def swap(document: Any) -> None:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Stream) and thing.get("/Filter") == "/DCTDecode":
                data = bytearray(thing.read_raw_bytes())
                data[-40] ^= 1
                thing.write(bytes(data), filter=pikepdf.Name.DCTDecode)
                return

    assert outcome(verify_pdf(changed(signed, swap)))["photos"] is False


def test_a_report_without_attached_data_proves_nothing() -> None:
    report = verify_pdf(render(pdf_samples.envelope(hidden=True)))
    assert report.kind == "unknown"
    assert not report.good


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7\nbroken", b"\x89PNG\r\n"])
def test_what_is_no_pdf_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(NotAPdfError):
        verify_pdf(data)


def test_every_outcome_has_words_in_both_languages(signed: bytes) -> None:
    for check in verify_pdf(signed).checks:
        for language in ("th", "en"):
            kind = {True: "good", False: "bad", None: "unknown"}[check.good]
            assert Translator(language).has(f"report.verify.{check.code}.{kind}")
