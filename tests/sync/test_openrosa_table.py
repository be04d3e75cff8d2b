"""Table 1.3 of the facts, row by row: our client over real HTTP against a stand-in that answers as Central did.

Each row is one play: what the server answers, and what the client makes of it.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from checklists import loading
from checklists.sealing import digest
from sync.errors import CutError, SignInError
from sync.openrosa import CHECK_SECONDS
from tests.support.openrosa_central import KEY
from tests.support.openrosa_play import FORM, Play
from tests.support.sync_outbox import photo, sealed_record


def form_list_and_304(play: Play) -> None:
    play.central.forms = {FORM: "open"}
    with closing(play.client()) as client:
        first = client.form_list()
    with closing(play.client()) as another:  # a later run of the program
        assert another.form_list() == first
    assert [(f.form_id, f.version) for f in first] == [FORM]
    assert play.central.lists == [200, 304]


def no_version_header(play: Play) -> None:
    assert play.raw(b"x") == 400
    play.seal("rev-1")
    play.run()
    ours = play.central.headers[1:]
    assert [h["x-openrosa-version"] for h in ours] == ["1.0"] * len(ours) == ["1.0", "1.0"]
    assert all("date" in h for h in ours)


def head_tells_the_limit(play: Play) -> None:
    play.central.limit = 100_000
    files = [photo(n, 40_000) for n in range(5)]
    play.seal("rev-1", files=files)
    assert play.told() == {"rev-1": "taken/taken"}
    assert len(play.central.posts) == 3
    assert all(len(post) <= 100_000 for post in play.central.posts)


def a_new_one(play: Play) -> None:
    xml = play.seal("rev-1")
    assert play.told() == {"rev-1": "taken/taken"}
    assert play.central.kept[0].versions == {"uuid:rev-1": xml}
    assert len(play.outbox.pending()) == 1  # no receipt of our centre: it is not *sent*


def the_same_bytes_again(play: Play) -> None:
    xml = play.seal("rev-1")
    play.by_hand(xml)
    assert play.told() == {"rev-1": "taken/taken"}
    assert len(play.central.kept) == 1


def any_other_byte(play: Play) -> None:
    xml = play.seal("rev-1")
    play.by_hand(xml + b"\n")
    assert play.told() == {"rev-1": "fix/other-bytes"}
    play.central.kept.clear()  # an administrator over there settles it
    assert play.told() == {}  # parked: not before a person says so
    assert play.told(force=True) == {"rev-1": "taken/taken"}
    assert set(play.central.submissions[1:]) == {xml}  # the very bytes that were sealed, each time


def photos_in_several_posts(play: Play) -> None:
    play.central.limit = 60_000
    files = [photo(n, 40_000) for n in range(3)]
    xml = play.seal("rev-1", files=files)
    assert play.told() == {"rev-1": "taken/taken"}
    assert (set(play.central.submissions), play.central.statuses) == ({xml}, [201, 201, 201])
    assert play.central.kept[0].files == {f"{digest(data)[:8]}.jpg": data for data in files}


def a_post_without_the_xml(play: Play) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="a.jpg"; filename="a.jpg"\r\n\r\nx\r\n--b--\r\n'
    kind = {"content-type": "multipart/form-data; boundary=b", "X-OpenRosa-Version": "1.0"}
    assert play.raw(body, **kind) == 400
    play.seal("rev-1", files=[photo(1, 500)])
    assert play.told() == {"rev-1": "taken/taken"}
    assert play.central.posts[1].count(b'name="xml_submission_file"') == 1


def is_incomplete_is_ignored(play: Play) -> None:
    play.central.limit = 60_000
    play.seal("rev-1", files=[photo(n, 40_000) for n in range(2)])
    assert play.told() == {"rev-1": "taken/taken"}
    assert [b"*isIncomplete*" in post for post in play.central.posts] == [True, False]


def a_file_that_the_xml_does_not_name(play: Play) -> None:
    named, stray = photo(1, 500), photo(2, 500)
    xml = play.seal("rev-1", files=[named]).decode()
    play.outbox.put(sealed_record(play.key, files=[named, stray], submission=xml), [named, stray])
    done = play.run()
    assert done.unnamed == {"rev-1": (f"{digest(stray)[:8]}.jpg",)}  # told, where Central says nothing
    assert stray not in play.central.posts[0]


def an_existing_attachment_with_other_bytes(play: Play) -> None:
    one, other = photo(1, 500), photo(2, 500)
    play.seal("rev-1", files=[one])
    play.run()
    (name,) = play.central.kept[0].files
    with closing(play.client()) as client:
        assert client.post(play.central.submissions[0], [(name, "image/jpeg", other)]).status == 201
    assert play.central.kept[0].files == {name: other}  # silently replaced; so a name is made from the bytes, and …
    assert {digest(data)[:8] for data in (one, other)} == {name[:8], digest(other)[:8]}  # … never names two


def an_edit_of_the_current_version(play: Play) -> None:
    old, new = photo(1, 500), photo(2, 500)
    play.seal("rev-1", files=[old])
    play.run()
    play.seal("rev-2", base="rev-1", files=[old, new])
    assert play.told() == {"rev-2": "taken/taken"}
    assert (new in play.central.posts[1], old in play.central.posts[1]) == (True, False)
    assert list(play.central.kept[0].versions) == ["uuid:rev-1", "uuid:rev-2"]


def the_same_edit_again(play: Play) -> None:
    play.seal("rev-1")
    xml = play.seal("rev-2", base="rev-1")
    play.run()
    assert play.by_hand(xml) == 201
    assert len(play.central.kept[0].versions) == 2


def a_second_edit_of_the_same_base(play: Play) -> None:
    play.seal("rev-1")
    play.run()
    play.seal("rev-2", base="rev-1")
    play.seal("rev-3", base="rev-1")
    assert play.told() == {"rev-2": "taken/taken", "rev-3": "conflict/conflict"}
    posts = len(play.central.posts)
    done = play.run()
    assert (done.said, set(done.parked), len(play.central.posts)) == ({}, {"rev-3"}, posts)


def an_edit_of_an_unknown_base(play: Play) -> None:
    play.central.forms = {FORM: "open"}
    first = play.seal("rev-1")
    play.outbox.rows.pop("rev-1")  # our centre has it already, so it waits here no more
    play.seal("rev-2", base="rev-1")
    assert play.told() == {"rev-2": "wait-for/no-base"}
    play.by_hand(first)
    assert play.told() == {"rev-2": "taken/taken"}


def the_original_after_somebody_edited_it(play: Play) -> None:
    xml = play.seal("rev-1")
    play.by_hand(xml)
    play.by_hand(xml.replace(b"uuid:rev-1</instanceID>", b"uuid:x</instanceID><deprecatedID>uuid:rev-1</deprecatedID>"))
    assert play.told() == {"rev-1": "taken/taken"}
    assert play.central.statuses[-1] == 409


def an_unknown_form_or_version(play: Play) -> None:
    play.central.forms = {("g", "1"): "open"}
    play.seal("rev-1")
    assert play.told() == {"rev-1": "wait-for/no-form"}
    assert play.told() == {"rev-1": "wait-for/no-form"}
    assert len(play.central.posts) == 1  # the list says enough; its photos do not travel for it again
    play.central.forms[FORM] = "open"
    assert play.told() == {"rev-1": "taken/taken"}


def an_old_version_after_a_newer_one(play: Play) -> None:
    play.central.forms = {FORM: "open", ("f", "2"): "open"}
    play.seal("rev-1")
    assert play.told() == {"rev-1": "taken/taken"}


def a_closing_form(play: Play) -> None:
    play.central.forms = {FORM: "closing"}
    play.seal("rev-1")
    with closing(play.client()) as client:
        assert client.form_list() == ()
    assert play.told() == {"rev-1": "taken/taken"}  # what the list lacks is not held back


def a_closed_form(play: Play) -> None:
    play.central.forms = {FORM: "closed", ("g", "1"): "open"}
    play.seal("rev-1")
    play.seal("rev-2", form="g")
    assert play.told() == {"rev-1": "fix/closed", "rev-2": "taken/taken"}
    assert play.told() == {}


def a_soft_deleted_submission(play: Play) -> None:
    play.by_hand(play.seal("rev-1"))
    play.central.kept[0].deleted = True
    assert play.told() == {"rev-1": "fix/deleted"}
    assert play.pauses == [CHECK_SECONDS]
    assert play.told() == {}


def eight_equal_posts_at_once(play: Play) -> None:
    for number in range(8):
        play.seal(f"rev-{number}")
    play.central.answers = [(409, "A submission with this ID has been deleted.")]
    assert set(play.told().values()) == {"taken/taken"}  # asked once more after a pause before it is believed
    assert play.pauses == [CHECK_SECONDS]
    sent = play.central.submissions[1:]
    assert len(set(sent)) == len(sent)  # and nothing of ours went twice


def six_edits_of_one_base_at_once(play: Play) -> None:
    xml = play.seal("rev-0")
    play.run()
    edits = [
        xml.replace(b"rev-0</instanceID>", b"e%d</instanceID><deprecatedID>uuid:rev-0</deprecatedID>" % n)
        for n in range(6)
    ]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(play.by_hand, edits))  # other people's laptops
    play.seal("rev-1", base="rev-0")
    assert play.told() == {"rev-1": "conflict/conflict"}


def uuid_7_as_instance_id(play: Play) -> None:
    revision = "0192f5a0-7c1e-7d3a-9a51-2f3b8c1d4e5f"
    play.seal(revision)
    assert play.told() == {revision: "taken/taken"}


def entities(play: Play) -> None:
    forms = [loading.bundled(pin.form_id).xml for pin in loading.bundled_ids()]
    assert not any(b"xforms/entities" in xml for xml in forms)  # UUIDv7 would be refused: nothing of ours is one


def no_instance_id(play: Play) -> None:
    assert play.by_hand(b'<data id="f" version="1"/>') == play.by_hand(b'<data id="f" version="1"/>') == 201
    assert len(play.central.kept) == 2  # what it makes of it
    play.outbox.put(sealed_record(play.key, submission='<data id="f" version="1"/>'))
    assert play.told() == {"rev-1": "fix/not-ours"}
    assert len(play.central.posts) == 2


def a_compressed_body(play: Play) -> None:
    kind = {"content-type": "multipart/form-data; boundary=b", "X-OpenRosa-Version": "1.0"}
    assert play.raw(gzip.compress(b"--b--"), **kind, **{"content-encoding": "gzip"}) == 400
    play.seal("rev-1")
    assert play.told() == {"rev-1": "taken/taken"}
    assert all("content-encoding" not in headers for headers in play.central.headers[1:])


def a_larger_attachment_than_advertised(play: Play) -> None:
    play.central.limit, large = 50_000, photo(1, 80_000)
    play.seal("rev-1", files=[photo(2, 100), large, photo(3, 100)])
    assert play.told() == {"rev-1": "taken/taken"}  # Central itself takes it; it goes alone
    assert [large in post for post in play.central.posts] == [False, True, False]
    play.seal("rev-2", files=[large])
    play.central.answers = [413]  # the proxy before it does not
    assert play.told() == {"rev-2": "fix/too-large"}


def a_cut_multipart(play: Play) -> None:
    kind = {"content-type": "multipart/form-data; boundary=b", "X-OpenRosa-Version": "1.0"}
    assert play.raw(b'--b\r\nContent-Disposition: form-data; name="x', **kind) == 400
    play.seal("rev-1")
    play.central.answers = [400]
    assert play.told() == {"rev-1": "again/later"}
    assert play.told() == {"rev-1": "taken/taken"}


def a_line_cut_in_the_body(play: Play) -> None:
    play.seal("rev-1", files=[photo(1, 300_000)])
    play.central.cut = ["body"]
    with pytest.raises(CutError):
        play.run()
    assert play.central.kept == []
    assert play.told() == {"rev-1": "taken/taken"}


def an_answer_that_was_lost(play: Play) -> None:
    play.seal("rev-1", files=[photo(1, 500)])
    play.central.cut = ["answer"]
    with pytest.raises(CutError):
        play.run()
    assert len(play.central.kept) == 1
    assert play.told() == {"rev-1": "taken/taken"}
    assert len(play.central.kept) == 1


def a_bad_key(play: Play) -> None:
    play.seal("rev-1")
    for url in (
        play.central.key_url.replace(KEY, "X" * 64),  # 403
        play.central.key_url.replace(KEY, "short"),  # 401
        play.central.url + "/v1/projects/1",  # 401, none
    ):
        play.url, play.central.login = url, ("somebody", "else")
        with pytest.raises(SignInError, match="openrosa-key"):
            play.run()
    assert play.central.posts == []
    assert play.ledger.kept == {}


def a_thai_file_name(play: Play) -> None:
    with closing(play.client()) as client:
        xml = '<data id="f" version="1"><p>ภาพ.jpg</p><meta><instanceID>uuid:x</instanceID></meta></data>'.encode()
        assert client.post(xml, [("ภาพ.jpg", "image/jpeg", b"x")]).status == 201
    assert list(play.central.kept[0].files) == ["ภาพ.jpg"]
    play.seal("rev-1", files=[photo(1, 500)])
    play.run()
    assert all(name.isascii() for name in play.central.kept[1].files)  # ours are ASCII, for other servers


def an_app_user_reads_its_submission(play: Play) -> None:
    play.seal("rev-1")
    play.run()
    play.run()
    assert not [path for path in play.central.read if "/submissions" in path]  # outcomes come from our centre only


ROWS: dict[str, Callable[[Play], None]] = {
    "form list; repeated with If-None-Match": form_list_and_304,
    "no X-OpenRosa-Version header": no_version_header,
    "HEAD submission": head_tells_the_limit,
    "new": a_new_one,
    "same bytes again": the_same_bytes_again,
    "same instanceID, any other byte": any_other_byte,
    "photos in several POSTs, XML repeated byte for byte": photos_in_several_posts,
    "POST without the XML part": a_post_without_the_xml,
    "*isIncomplete* field": is_incomplete_is_ignored,
    "attachment whose name is not in the XML": a_file_that_the_xml_does_not_name,
    "existing attachment, other bytes": an_existing_attachment_with_other_bytes,
    "edit with deprecatedID of the current version": an_edit_of_the_current_version,
    "same edit again": the_same_edit_again,
    "second edit of the same base": a_second_edit_of_the_same_base,
    "edit of an unknown base": an_edit_of_an_unknown_base,
    "original re-sent after somebody edited it": the_original_after_somebody_edited_it,
    "unknown form version or form": an_unknown_form_or_version,
    "old published version after a newer one": an_old_version_after_a_newer_one,
    "form closing": a_closing_form,
    "form closed": a_closed_form,
    "re-send of a soft-deleted submission": a_soft_deleted_submission,
    "8 equal POSTs in parallel": eight_equal_posts_at_once,
    "6 different edits of one base in parallel": six_edits_of_one_base_at_once,
    "UUIDv7 in instanceID": uuid_7_as_instance_id,
    "UUIDv7 as Entity id": entities,
    "no instanceID at all": no_instance_id,
    "gzip request body": a_compressed_body,
    "attachment beyond the limit": a_larger_attachment_than_advertised,
    "truncated multipart": a_cut_multipart,
    "connection cut mid-body": a_line_cut_in_the_body,
    "answer lost after full body": an_answer_that_was_lost,
    "bad key, malformed key, none": a_bad_key,
    "Thai file name": a_thai_file_name,
    "app user reads its own submission": an_app_user_reads_its_submission,
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_each_row_of_the_table(row: Callable[[Play], None], play: Play) -> None:
    row(play)
