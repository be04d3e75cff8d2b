"""What KoboToolbox answers otherwise than Central (read in its source), and what our client makes of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest

from checklists.sealing import digest
from sync.errors import SignInError
from tests.support.openrosa_play import Play
from tests.support.sync_outbox import photo, sealed_record


def kobo_duplicate(play: Play) -> None:
    play.by_hand(play.seal("rev-1"))
    assert play.told() == {"rev-1": "taken/taken"}
    assert play.central.statuses == [201, 202]


def kobo_new_photo_of_an_existing_one(play: Play) -> None:
    play.by_hand(play.seal("rev-1", files=[photo(1, 500)]))
    assert play.told() == {"rev-1": "taken/taken"}
    assert play.central.statuses == [201, 201]


def kobo_same_id_other_xml(play: Play) -> None:
    play.by_hand(play.seal("rev-1") + b"\n")
    assert play.told() == {"rev-1": "fix/other-bytes"}


def kobo_same_photo_name_other_bytes(play: Play) -> None:
    xml, name = play.seal("rev-1", files=[photo(1, 500)]), f"{digest(photo(1, 500))[:8]}.jpg"
    with closing(play.client()) as client:
        client.post(xml, [(name, "image/jpeg", b"other")])
    assert play.told() == {"rev-1": "fix/other-bytes"}


def kobo_still_being_processed(play: Play) -> None:
    play.seal("rev-1")
    play.central.answers = [423]
    assert play.told() == {"rev-1": "again/later"}
    assert play.told() == {"rev-1": "taken/taken"}


def kobo_without_an_instance_id(play: Play) -> None:
    assert play.by_hand(b'<data id="f" version="1"/>') == 400
    play.outbox.put(sealed_record(play.key, submission='<data id="f" version="1"/>'))
    assert play.told() == {"rev-1": "fix/not-ours"}


def kobo_account_limit(play: Play) -> None:
    play.seal("rev-1")
    play.central.answers = [(402, "The owner of this survey has exceeded their submission limit.")]
    assert play.told() == {"rev-1": "again/full"}
    assert play.told() == {"rev-1": "taken/taken"}


def kobo_inactive_form(play: Play) -> None:
    play.seal("rev-1")
    play.central.answers = [(405, "Form is not active")]
    assert play.told() == {"rev-1": "fix/closed"}


def kobo_deleted_base(play: Play) -> None:
    play.seal("rev-1")
    play.central.answers = [(410, "gone")]
    assert play.told() == {"rev-1": "fix/deleted"}


def kobo_digest_login(play: Play) -> None:
    play.central.login = play.login = ("สมศรี", 'ปลอด"ภัย')
    play.url = play.central.url + "/somsri"
    files = [photo(1, 500)]
    play.seal("rev-1", files=files)
    assert play.told() == {"rev-1": "taken/taken"}
    assert len(play.central.posts) == 1  # the photos went once: HEAD had been asked for the name
    play.login = ("สมศรี", "ผิด")
    play.seal("rev-2")
    with pytest.raises(SignInError, match="openrosa-key"):
        play.run()


def formhub_200_in_place_of_201(play: Play) -> None:
    play.seal("rev-1")
    play.central.answers = [200]
    assert play.told() == {"rev-1": "taken/taken"}


KOBO: dict[str, Callable[[Play], None]] = {
    "duplicate with no new photo": kobo_duplicate,
    "new photo of an existing one": kobo_new_photo_of_an_existing_one,
    "same UUID with other XML": kobo_same_id_other_xml,
    "same photo name with other bytes": kobo_same_photo_name_other_bytes,
    "being processed": kobo_still_being_processed,
    "missing instanceID": kobo_without_an_instance_id,
    "account limits": kobo_account_limit,
    "form or account not active": kobo_inactive_form,
    "base deleted": kobo_deleted_base,
    "Digest login": kobo_digest_login,
    "formhub: 200 with an OpenRosaResponse": formhub_200_in_place_of_201,
}


@pytest.mark.parametrize("row", KOBO.values(), ids=KOBO.keys())
def test_each_answer_of_kobotoolbox(row: Callable[[Play], None], play: Play) -> None:
    play.central.kobo = True
    row(play)
