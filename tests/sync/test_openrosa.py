"""Towards ODK Central and KoboToolbox: the exact bytes, and every answer taken for what it means (facts, table 1.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from checklists.crypto import DeviceKey
from checklists.sealing import Sealed, digest
from sync.errors import CutError, NotOurServerError, SignInError
from sync.openrosa import CHECK_SECONDS, Fate, Handed, HandOver, OpenRosaClient, fate_of, split
from sync.transport import Request, Response
from tests.support.sync_outbox import Blob, MemoryOutbox, photo, sealed_record

URL = "https://central.example/v1/key/abc/projects/1"


def answer(status: int, text: str = "ok", nature: str = "") -> Response:
    message = f'<message nature="{nature}">{text}</message>'
    body = f'<OpenRosaResponse xmlns="http://openrosa.org/http/response">{message}</OpenRosaResponse>'
    return Response(status, {"content-type": "text/xml"}, body.encode())


class FakeCentral:
    """Answers like Central, the ugly answers too; remembers what it got."""

    def __init__(self, *answers: Response, limit: int = 100_000_000) -> None:
        self.answers = list(answers)
        self.limit = limit
        self.posts: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.form_lists = 0

    def send(self, request: Request) -> Response:
        self.headers.append(dict(request.headers))
        if request.method == "HEAD":
            return Response(204, {"x-openrosa-accept-content-length": str(self.limit)})
        if request.url.endswith("/formList"):
            return self._form_list(request)
        assert isinstance(request.body, bytes)
        self.posts.append(request.body)
        return self.answers.pop(0) if self.answers else answer(201)

    def _form_list(self, request: Request) -> Response:
        self.form_lists += 1
        if request.headers.get("if-none-match") == 'W/"1"':
            return Response(304, {})
        body = (
            '<xforms xmlns="http://openrosa.org/xforms/xformsList"><xform><formID>factory_act_general</formID>'
            "<name>การตรวจโรงงาน</name><version>1.0</version><hash>md5:ab</hash>"
            "<downloadUrl>https://central.example/f.xml</downloadUrl></xform></xforms>"
        )
        return Response(200, {"content-type": "text/xml", "etag": 'W/"1"'}, body.encode())

    def close(self) -> None:
        pass


def submission(revision_id: str, files: Sequence[bytes] = (), *, base: str = "") -> str:
    """Return the XML of a revision that names its files, as sealing leaves it."""
    names = "".join(f"<exhibits><exhibit_file>{digest(data)[:8]}.jpg</exhibit_file></exhibits>" for data in files)
    deprecated = f"<deprecatedID>uuid:{base}</deprecatedID>" if base else ""
    return f'<data id="f">{names}<meta><instanceID>uuid:{revision_id}</instanceID>{deprecated}</meta></data>'


def sealed(
    key: DeviceKey, revision_id: str = "rev-1", *, base: str | None = None, files: Sequence[bytes] = (), **more: Any
) -> Sealed:
    xml = submission(revision_id, files, base=base or "")
    return sealed_record(key, revision_id, base=base, files=files, submission=xml, **more)


class MemoryLedger:
    def __init__(self) -> None:
        self.taken: set[tuple[str, str]] = set()

    def has(self, server: str, revision_id: str) -> bool:
        return (server, revision_id) in self.taken

    def note(self, server: str, revision_id: str) -> None:
        self.taken.add((server, revision_id))


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


def handed(
    outbox: MemoryOutbox, central: FakeCentral, ledger: MemoryLedger, pauses: list[float] | None = None
) -> Handed:
    waited = pauses if pauses is not None else []
    return HandOver(outbox, OpenRosaClient(central, URL), ledger, pause=waited.append).run()


def hand_over(outbox: MemoryOutbox, central: FakeCentral, ledger: MemoryLedger) -> dict[str, Fate]:
    return handed(outbox, central, ledger).fates


@pytest.mark.parametrize(
    ("response", "fate"),
    [
        pytest.param(answer(201), Fate.TAKEN, id="new; same bytes again; a photo more; same edit again; form closing"),
        pytest.param(answer(202), Fate.TAKEN, id="Kobo: a duplicate without a new photo"),
        pytest.param(answer(200), Fate.TAKEN, id="formhub: 200 in place of 201"),
        pytest.param(
            Response(200, {"content-type": "text/html"}, b"<html>Wi-Fi</html>"),
            Fate.AGAIN,
            id="a captive portal's page",
        ),
        pytest.param(Response(201, {}, b""), Fate.AGAIN, id="201 without an OpenRosaResponse"),
        pytest.param(answer(400, nature="error"), Fate.AGAIN, id="no version header; no XML part; a compressed body"),
        pytest.param(answer(401, nature="error"), Fate.SIGN_IN, id="malformed key, bad bearer or none"),
        pytest.param(answer(403, nature="error"), Fate.SIGN_IN, id="bad app-user key"),
        pytest.param(answer(404, "unknown form version", "error"), Fate.WAIT_FOR, id="unknown form or form version"),
        pytest.param(
            answer(409, "A submission already exists with this ID, but with different XML", "error"),
            Fate.FIX,
            id="same instanceID with any other byte; Kobo: same photo name with other bytes",
        ),
        pytest.param(
            answer(409, "The submission (undefined) is now out of date", "error"),
            Fate.TAKEN,
            id="the original again after somebody edited it there",
        ),
        pytest.param(
            answer(409, "The submission you are editing is now out of date", "error"),
            Fate.CONFLICT,
            id="second edit of one base",
        ),
        pytest.param(
            answer(409, "This submission has been deleted", "error"),
            Fate.CHECK,
            id="soft-deleted; equal posts in parallel",
        ),
        pytest.param(
            answer(409, "This form is not currently accepting submissions", "error"), Fate.FIX, id="form closed"
        ),
        pytest.param(
            answer(404, "Could not find the resource you were looking for", "error"),
            Fate.WAIT_FOR,
            id="edit of an unknown base",
        ),
        pytest.param(
            Response(413, {}, b""), Fate.FIX, id="a file beyond the limit, said by the proxy before the server"
        ),
        pytest.param(answer(423, "being processed", "error"), Fate.AGAIN, id="Kobo: still being processed"),
        pytest.param(
            Response(502, {"content-type": "text/html"}, b"<html>"),
            Fate.AGAIN,
            id="the server is down behind its proxy",
        ),
        pytest.param(
            Response(400, {"content-type": "application/json"}, b'{"message":"multipart"}'),
            Fate.AGAIN,
            id="truncated multipart: JSON even here",
        ),
    ],
)
def test_each_answer_means_what_the_table_says(response: Response, fate: Fate) -> None:
    assert fate_of(response) is fate


def test_the_submission_is_sent_byte_for_byte_with_its_files(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    data = photo(1, 500)
    xml = submission("rev-1", [data]).replace("<meta>", "ตรวจแล้ว<meta>") + "\n"
    row = outbox.put(sealed_record(key, files=[data], submission=xml), [data])
    central = FakeCentral()
    assert hand_over(outbox, central, ledger) == {"rev-1": Fate.TAKEN}
    (post,) = central.posts
    assert xml.encode() in post
    assert data in post
    assert f'filename="{row.blobs[0].name}"'.encode() in post
    assert all(h["x-openrosa-version"] == "1.0" for h in central.headers)


def test_photos_are_cut_over_several_posts_below_the_told_size(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    files = [photo(n, 40_000) for n in range(5)]
    outbox.put(sealed(key, files=files), files)
    central = FakeCentral(limit=100_000)
    hand_over(outbox, central, ledger)
    assert len(central.posts) == 3
    assert all(len(post) < 100_000 for post in central.posts)
    assert len({post[34 : post.index(b"\r\n--", 40)] for post in central.posts}) == 1  # the same XML each time
    assert [b"*isIncomplete*" in post for post in central.posts] == [True, True, False]


def test_a_file_larger_than_the_limit_goes_alone() -> None:
    blobs = [Blob("a", 10), Blob("b", 10_000_000), Blob("c", 10)]
    assert [[b.sha256 for b in post] for post in split(blobs, 100, 1_000_000)] == [["a"], ["b"], ["c"]]


def test_what_was_taken_is_not_sent_again_and_still_waits_for_our_own_centre(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    outbox.put(sealed(key))
    central = FakeCentral()
    hand_over(outbox, central, ledger)
    assert hand_over(outbox, central, ledger) == {}
    assert len(central.posts) == 1
    assert len(outbox.pending()) == 1


def test_deleted_is_believed_only_the_second_time(outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger) -> None:
    outbox.put(sealed(key))
    deleted, pauses = answer(409, "has been deleted", "error"), list[float]()
    assert handed(outbox, FakeCentral(deleted, answer(201)), ledger, pauses).fates == {"rev-1": Fate.TAKEN}
    assert pauses == [CHECK_SECONDS]  # the server is given time to finish what it is doing
    assert hand_over(outbox, FakeCentral(), MemoryLedger()) == {"rev-1": Fate.TAKEN}
    assert hand_over(outbox, FakeCentral(deleted, deleted), MemoryLedger()) == {"rev-1": Fate.FIX}


def test_a_child_waits_for_its_parent_and_others_go_on(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    outbox.put(sealed(key, "rev-1"))
    outbox.put(sealed(key, "rev-2", base="rev-1"))
    outbox.put(sealed(key, "rev-3", record_id="r-3"))
    fates = hand_over(outbox, FakeCentral(answer(404, nature="error")), ledger)
    assert fates == {"rev-1": Fate.WAIT_FOR, "rev-2": Fate.WAIT_FOR, "rev-3": Fate.TAKEN}


def test_a_wrong_key_asks_to_sign_in(outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger) -> None:
    outbox.put(sealed(key))
    with pytest.raises(SignInError):
        hand_over(outbox, FakeCentral(answer(403, nature="error")), ledger)
    assert ledger.taken == set()


def test_the_form_list_is_fetched_once_while_it_does_not_change() -> None:
    central = FakeCentral()
    client = OpenRosaClient(central, URL + "/")
    assert client.form_list() == client.form_list()
    assert [(f.form_id, f.version) for f in client.form_list()] == [("factory_act_general", "1.0")]
    assert central.form_lists == 3


def test_a_form_list_that_is_a_web_page_or_declares_entities_is_not_read() -> None:
    class Portal(FakeCentral):
        def _form_list(self, request: Request) -> Response:
            return Response(200, {}, b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')

    with pytest.raises(NotOurServerError):
        OpenRosaClient(Portal(), URL).form_list()


def test_what_the_submission_does_not_name_is_kept_back_and_told(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    """Central answers 201 and silently drops a file that the XML does not name."""
    named, stray = photo(1, 500), photo(2, 500)
    xml = submission("rev-1", [named])
    row = outbox.put(sealed_record(key, files=[named, stray], submission=xml), [named, stray])
    central = FakeCentral()
    done = handed(outbox, central, ledger)
    assert done.fates == {"rev-1": Fate.TAKEN}
    assert done.unnamed == {"rev-1": (row.blobs[1].name,)}
    assert stray not in central.posts[0]


def test_a_correction_brings_only_the_new_photos(outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger) -> None:
    """Central carries the photos of the deprecated version over."""
    old, new = photo(1, 500), photo(2, 500)
    outbox.put(sealed(key, "rev-1", files=[old]), [old])
    hand_over(outbox, FakeCentral(), ledger)
    outbox.put(sealed(key, "rev-2", base="rev-1", files=[old, new]), [new])
    central = FakeCentral()
    assert hand_over(outbox, central, ledger) == {"rev-2": Fate.TAKEN}
    (post,) = central.posts
    assert (new in post, old in post) == (True, False)
    assert b"<deprecatedID>uuid:rev-1</deprecatedID>" in post


def test_a_correction_whose_base_another_server_took_brings_everything(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    data = photo(1, 500)
    ledger.note("https://another.example", "rev-1")
    outbox.put(sealed(key, "rev-2", base="rev-1", files=[data]), [data])
    central = FakeCentral()
    hand_over(outbox, central, ledger)
    assert [data in post for post in central.posts] == [True]


@pytest.mark.parametrize(
    "xml",
    ["<data/>", "", "<data><meta><instanceID>uuid:other</instanceID></meta></data>", submission("")],
    ids=["none", "no-xml", "another", "empty"],
)
def test_without_its_own_instance_id_nothing_is_sent(
    xml: str, outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    """Central makes an id of its own then, and the same submission again is a second one."""
    outbox.put(sealed_record(key, submission=xml))
    central = FakeCentral()
    assert hand_over(outbox, central, ledger) == {"rev-1": Fate.FIX}
    assert central.posts == []


def test_bodies_are_never_compressed(outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger) -> None:
    """Central answers 400 to gzip."""
    outbox.put(sealed(key))
    central = FakeCentral()
    hand_over(outbox, central, ledger)
    assert all("content-encoding" not in headers for headers in central.headers)


def test_a_busy_server_is_asked_again_in_the_next_run_with_the_same_bytes(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    outbox.put(sealed(key))
    central = FakeCentral(answer(423, "being processed", "error"))
    assert hand_over(outbox, central, ledger) == {"rev-1": Fate.AGAIN}
    assert hand_over(outbox, central, ledger) == {"rev-1": Fate.TAKEN}
    bodies = [post.split(b"\r\n", 1)[1].rsplit(b"\r\n--", 1)[0] for post in central.posts]
    assert bodies[0] == bodies[1]


def test_a_line_that_is_cut_ends_the_run_and_keeps_what_was_taken(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    class Cut(FakeCentral):
        def send(self, request: Request) -> Response:
            if request.method == "POST" and self.posts:
                raise CutError
            return super().send(request)

    outbox.put(sealed(key, "rev-1"))
    outbox.put(sealed(key, "rev-2", record_id="r-2"))
    with pytest.raises(CutError):
        hand_over(outbox, Cut(), ledger)
    assert ledger.taken == {(URL, "rev-1")}
    assert hand_over(outbox, FakeCentral(), ledger) == {"rev-2": Fate.TAKEN}


def test_one_record_that_is_refused_does_not_stop_the_others(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    for number in range(3):
        outbox.put(sealed(key, f"rev-{number}", record_id=f"r-{number}"))
    closed = answer(409, "This form is not currently accepting submissions", "error")
    assert hand_over(outbox, FakeCentral(answer(201), closed), ledger) == {
        "rev-0": Fate.TAKEN,
        "rev-1": Fate.FIX,
        "rev-2": Fate.TAKEN,
    }
