"""A file is looked at before it becomes evidence."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from checklists.errors import AnswerError
from inspector_app.actions.inspection import images
from tests.support.photos import photo, signature


def test_a_photo_tells_its_kind_size_time_and_place() -> None:
    found = images.examine(photo(taken="2026:11:22 10:42:07", gps=(13.5, 100.75)))
    assert (found.mime, found.extension, found.width, found.height) == ("image/jpeg", "jpg", 640, 480)
    assert found.taken_at == "2026-11-22T10:42:07.000+07:00"
    assert (found.lat, found.lon) == pytest.approx((13.5, 100.75), abs=1e-5)


def test_the_cameras_own_offset_is_kept_and_south_and_west_are_negative() -> None:
    found = images.examine(photo(taken="2026:11:22 10:42:07", offset="+09:00", gps=(-13.5, -100.75)))
    assert found.taken_at.endswith("+09:00")
    assert (found.lat, found.lon) == pytest.approx((-13.5, -100.75), abs=1e-5)


@pytest.mark.parametrize("taken", ["", "0000:00:00 00:00:00", "gestern"])
def test_missing_or_senseless_camera_data_are_left_out(taken: str) -> None:
    found = images.examine(photo(taken=taken))
    assert (found.taken_at, found.lat, found.lon) == ("", None, None)


def test_a_position_of_zero_is_no_position() -> None:
    assert images.examine(photo(gps=(0.0, 0.0))).lat is None


def test_the_thumbnail_is_small_and_upright() -> None:
    found = images.examine(photo(size=(1600, 1200), orientation=6))
    assert found.thumbnail is not None
    small = Image.open(io.BytesIO(found.thumbnail))
    assert small.size == (240, 320)
    assert len(found.thumbnail) < 40_000


def test_a_transparent_signature_gets_a_white_ground() -> None:
    found = images.examine(signature())
    assert found.mime == "image/png"
    assert found.thumbnail is not None
    corner = Image.open(io.BytesIO(found.thumbnail)).getpixel((1, 1))
    assert isinstance(corner, tuple)
    assert min(corner) > 250


def test_a_pdf_is_taken_as_a_file_without_thumbnail() -> None:
    found = images.examine(b"%PDF-1.7 ...")
    assert (found.mime, found.extension, found.thumbnail, found.is_image) == ("application/pdf", "pdf", None, False)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b"this is no photo at all", "broken-image"),
        (photo()[:2000], "broken-image"),
        (photo(kind="PNG")[:-400], "broken-image"),
        (photo(kind="BMP"), "image-type"),
        (b"\0\0\0\x18ftypheic" + bytes(64), "image-type"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "broken-image"),
    ],
)
def test_what_cannot_be_evidence_is_refused_with_a_reason(data: bytes, code: str) -> None:
    with pytest.raises(AnswerError) as caught:
        images.examine(data, file="IMG_1.jpg")
    assert caught.value.code == code
    assert caught.value.data["file"] == "IMG_1.jpg"


def test_a_file_larger_than_the_centre_takes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "LIMIT_BYTES", 1000)
    with pytest.raises(images.FileTooLargeError):
        images.examine(photo())


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(images.ImageTooLargeError):
        images.examine(photo())
