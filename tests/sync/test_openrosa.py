"""Towards ODK Central and KoboToolbox, beside the table's rows: exact bytes, what ends a run, the plan, the login."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from checklists.crypto import DeviceKey
from checklists.sealing import Sealed, digest
from sync.errors import NotOurServerError, SignInError
from sync.openrosa import (
    CHECK_SECONDS,
    FormEntry,
    Handed,
    HandOver,
    LoginTransport,
    OpenRosaClient,
    Posted,
    Settled,
    meaning_of,
    split,
)
from sync.openrosa.client import MOST_POST_BYTES
from sync.transport import Request, Response
from tests.support.openrosa_central import MemoryLedger
from tests.support.sync_outbox import Blob, MemoryOutbox, photo, sealed_record

URL = "https://central.example/v1/key/abc/projects/1"
LIST = (
    '<xforms xmlns="http://openrosa.org/xforms/xformsList"><xform><formID>f</formID><name>การตรวจโรงงาน</name>'
    "<version>1</version><hash>md5:ab</hash><downloadUrl>https://central.example/f.xml</downloadUrl>"
    "<manifestUrl>https://central.example/manifest</manifestUrl></xform></xforms>"
)


def answer(status: int, text: str = "ok", nature: str = "") -> Response:
    message = f'<message nature="{nature}">{text}</message>'
    body = f'<OpenRosaResponse xmlns="http://openrosa.org/http/response">{message}</OpenRosaResponse>'
    return Response(status, {"content-type": "text/xml"}, body.encode())


PORTAL = Response(200, {"content-type": "text/html"}, b"<html>Wi-Fi</html>")
DELETED = answer(409, "has been deleted", "error")


@dataclass
class FakeCentral:
    """Gives the answers that it is told to give; remembers what it got."""

    answers: list[Response] = field(default_factory=list)
    limit: int = 100_000_000
    manifest: str = ""
    posts: list[bytes] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        if request.method == "HEAD":
            return Response(204, {"x-openrosa-accept-content-length": str(self.limit)})
        if request.url.endswith("/formList"):
            return Response(200, {"content-type": "text/xml"}, LIST.encode())
        if request.url.endswith("/manifest"):
            return Response(200, {"content-type": "text/xml"}, self.manifest.encode())
        assert isinstance(request.body, bytes)
        self.posts.append(request.body)
        return self.answers.pop(0) if self.answers else answer(201)

    def close(self) -> None:
        pass


def submission(revision_id: str, files: Sequence[bytes] = (), *, base: str = "", form: str = "f") -> str:
    """Return the XML of a revision that names its files, as sealing leaves it."""
    names = "".join(f"<exhibits><exhibit_file>{digest(data)[:8]}.jpg</exhibit_file></exhibits>" for data in files)
    deprecated = f"<deprecatedID>uuid:{base}</deprecatedID>" if base else ""
    return (
        f'<data id="{form}" version="1">{names}<meta><instanceID>uuid:{revision_id}</instanceID>{deprecated}</meta>'
        "</data>"
    )


def sealed(
    key: DeviceKey, revision_id: str = "rev-1", *, base: str | None = None, files: Sequence[bytes] = (), **more: Any
) -> Sealed:
    xml = submission(revision_id, files, base=base or "")
    return sealed_record(key, revision_id, base=base, files=files, submission=xml, **more)


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


def handed(outbox: MemoryOutbox, central: FakeCentral, ledger: MemoryLedger, **more: Any) -> Handed:
    more.setdefault("pause", lambda _seconds: None)
    return HandOver(outbox, OpenRosaClient(central, URL), ledger, **more).run()


def fates(outbox: MemoryOutbox, central: FakeCentral, ledger: MemoryLedger) -> dict[str, str]:
    return {i: str(m.fate) for i, m in handed(outbox, central, ledger).said.items()}


@pytest.mark.parametrize(
    ("response", "fate", "why"),
    [
        pytest.param(answer(201), "taken", "taken", id="201"),
        pytest.param(answer(202), "taken", "taken", id="202"),
        pytest.param(answer(200), "taken", "taken", id="200"),
        pytest.param(PORTAL, "again", "portal", id="200, a captive portal's page"),
        pytest.param(Response(201, {}, b""), "again", "portal", id="201 without an OpenRosaResponse"),
        pytest.param(Response(302, {"location": "/login"}), "again", "portal", id="302 to a login page"),
        pytest.param(Response(400, {}, b'{"message":"multipart"}'), "again", "later", id="400 as JSON"),
        pytest.param(Response(407, {}), "sign-in", "login", id="407"),
        pytest.param(Response(413, {}), "fix", "too-large", id="413 by the proxy before the server"),
        pytest.param(answer(429, "slow down"), "again", "busy", id="429"),
        pytest.param(answer(500, "bug"), "again", "later", id="500 for this record"),
        pytest.param(Response(502, {}, b"<html>"), "again", "busy", id="502"),
        pytest.param(answer(451, "no"), "fix", "refused", id="a refusal that nobody knows"),
        pytest.param(
            Response(201, {}, b'<?xml version="1.0" encoding="x-none"?><OpenRosaResponse/>'),
            "again",
            "portal",
            id="201 in an encoding that nobody knows",
        ),
    ],
)
def test_an_answer_means(response: Response, fate: str, why: str) -> None:
    meaning = meaning_of(response)
    assert (meaning.fate, meaning.why) == (fate, why)


def test_the_servers_own_words_are_kept_and_cut() -> None:
    assert meaning_of(answer(451, "ไม่รับ " + "x" * 1000)).words == ("ไม่รับ " + "x" * 1000)[:300]


def test_the_submission_is_sent_byte_for_byte_with_its_files(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    data = photo(1, 500)
    xml = submission("rev-1", [data]).replace("<meta>", "ตรวจแล้ว<meta>") + "\n"
    row = outbox.put(sealed_record(key, files=[data], submission=xml), [data])
    central = FakeCentral()
    assert fates(outbox, central, ledger) == {"rev-1": "taken"}
    (post,) = central.posts
    assert xml.encode() in post
    assert data in post
    assert f'filename="{row.blobs[0].name}"'.encode() in post


def test_a_file_larger_than_the_limit_goes_alone() -> None:
    blobs = [Blob("a", 10), Blob("b", 10_000_000), Blob("c", 10)]
    assert [[b.sha256 for b in post] for post in split(blobs, 100, 1_000_000)] == [["a"], ["b"], ["c"]]


def test_one_post_is_never_larger_than_a_laptop_holds_in_memory() -> None:
    """Central offers 100 MB."""
    assert OpenRosaClient(FakeCentral(limit=100_000_000), URL).post_limit() == MOST_POST_BYTES
    assert OpenRosaClient(FakeCentral(limit=4_000_000), URL).post_limit() == 4_000_000


def test_deleted_is_asked_again_once(outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger) -> None:
    outbox.put(sealed(key))
    pauses: list[float] = []
    done = handed(outbox, FakeCentral([DELETED, answer(201)]), ledger, pause=pauses.append)
    assert (done.taken, pauses) == (1, [CHECK_SECONDS])
    central = FakeCentral([DELETED, DELETED])
    assert fates(outbox, central, MemoryLedger()) == {"rev-1": "fix"}
    assert len(central.posts) == 2


def test_a_child_waits_for_its_parent_and_others_go_on(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    outbox.put(sealed(key, "rev-1"))
    outbox.put(sealed(key, "rev-2", base="rev-1"))
    outbox.put(sealed(key, "rev-3", record_id="r-3"))
    central = FakeCentral([answer(404, nature="error")])
    assert fates(outbox, central, ledger) == {"rev-1": "wait-for", "rev-2": "wait-for", "rev-3": "taken"}
    assert len(central.posts) == 2


@pytest.mark.parametrize("page", ['<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "<html/>", "no xml", ""])
def test_a_form_list_that_is_a_web_page_or_declares_entities_is_not_read(page: str) -> None:
    class Portal(FakeCentral):
        def send(self, request: Request) -> Response:
            return Response(200, {}, page.encode())

    with pytest.raises(NotOurServerError):
        OpenRosaClient(Portal(), URL).form_list()


@pytest.mark.parametrize("name", ["../x.csv", "a/b.csv", "..", "", "a\nb.csv", "C:\\x.csv"])
def test_a_manifest_names_no_file_outside_its_folder(name: str) -> None:
    member = f"<mediaFile><filename>{name}</filename><hash>md5:x</hash><downloadUrl>{URL}/x</downloadUrl></mediaFile>"
    central = FakeCentral(manifest=f'<manifest xmlns="http://openrosa.org/xforms/xformsManifest">{member}</manifest>')
    (entry,) = OpenRosaClient(central, URL).form_list()
    with pytest.raises(NotOurServerError):
        OpenRosaClient(central, URL).manifest(entry)


def test_a_download_is_fetched_over_http_only() -> None:
    entry = FormEntry("f", "f", "1", "", "file:///etc/passwd")
    with pytest.raises(NotOurServerError):
        OpenRosaClient(FakeCentral(), URL).download(entry.download_url)


def test_a_correction_whose_base_another_server_took_brings_everything(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    data = photo(1, 500)
    ledger.note("https://another.example", "rev-1", meaning_of(answer(201)))
    outbox.put(sealed(key, "rev-2", base="rev-1", files=[data]), [data])
    central = FakeCentral()
    fates(outbox, central, ledger)
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
    assert fates(outbox, central, ledger) == {"rev-1": "fix"}
    assert central.posts == []


def test_a_photo_that_cannot_be_read_parks_its_record_only(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    outbox.put(sealed(key, "rev-1", files=[b"gone"]))
    outbox.put(sealed(key, "rev-2", record_id="r-2"))
    assert [str(m.why) for m in handed(outbox, FakeCentral(), ledger).said.values()] == ["no-file", "taken"]


# --- what ends a run --------------------------------------------------------------------------------------------------


def waiting(outbox: MemoryOutbox, key: DeviceKey, count: int) -> None:
    for number in range(count):
        outbox.put(sealed(key, f"rev-{number}", record_id=f"r-{number}"))


@pytest.mark.parametrize("busy", [PORTAL, answer(503), answer(429)], ids=["portal", "503", "429"])
def test_a_busy_server_or_a_portal_is_not_asked_for_every_record(
    busy: Response, outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    waiting(outbox, key, 4)
    central = FakeCentral([busy])
    done = handed(outbox, central, ledger)
    assert (len(central.posts), done.stopped, done.untried, done.taken) == (1, True, 3, 0)
    assert set(fates(outbox, central, ledger).values()) == {"taken"}


def test_one_record_that_the_server_fails_on_stops_nobody_three_in_a_row_stop(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    waiting(outbox, key, 6)
    bug = answer(500, "bug")
    done = handed(outbox, FakeCentral([bug, bug, answer(201), bug]), ledger)
    assert (done.taken, done.stopped) == (3, False)
    again = handed(outbox, FakeCentral([bug] * 6), ledger)
    assert (len(again.said), again.stopped, again.untried) == (3, False, 0)


def test_a_key_that_was_taken_back_in_the_middle_of_a_run_ends_it_and_parks_nothing(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    waiting(outbox, key, 3)
    with pytest.raises(SignInError, match="openrosa-key"):
        handed(outbox, FakeCentral([answer(201), answer(403, "no")]), ledger)
    assert list(ledger.said(URL)) == ["rev-0"]
    assert handed(outbox, FakeCentral(), ledger).taken == 2


def test_a_person_who_stops_it_keeps_what_was_taken(outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger) -> None:
    waiting(outbox, key, 3)
    central = FakeCentral()
    done = handed(outbox, central, ledger, should_stop=lambda: bool(central.posts))
    assert (done.taken, done.untried, done.stopped) == (1, 2, True)
    assert handed(outbox, central, ledger).taken == 2
    assert len(central.posts) == 3


# --- what is planned and told -----------------------------------------------------------------------------------------


def test_the_plan_says_what_would_go_and_sends_nothing(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    files = [photo(n, 40_000) for n in range(3)]
    outbox.put(sealed(key, "rev-1", files=files), files)
    outbox.put(sealed_record(key, "rev-2", record_id="r-2", submission=submission("rev-2", form="other")))
    outbox.put(sealed(key, "rev-3", record_id="r-3"))
    outbox.put(sealed_record(key, "rev-4", record_id="r-4", submission="<data/>"))
    central = FakeCentral(limit=100_000)
    ledger.note(URL, "rev-3", meaning_of(answer(409, "form is not currently accepting submissions")))
    plan = HandOver(outbox, OpenRosaClient(central, URL), ledger).plan()
    assert (plan.revisions, plan.files, plan.posts, plan.limit) == (2, 3, 3, 100_000)
    assert 120_000 < plan.size < 121_000
    assert {i: str(m.why) for i, m in plan.parked.items()} == {"rev-3": "closed", "rev-4": "not-ours"}
    assert plan.unlisted == (("other", "1"),)
    assert central.posts == []


def test_each_part_and_each_end_is_told_as_it_happens(
    outbox: MemoryOutbox, key: DeviceKey, ledger: MemoryLedger
) -> None:
    files = [photo(n, 40_000) for n in range(3)]
    outbox.put(sealed(key, "rev-1", files=files), files)
    news: list[Posted | Settled] = []
    handed(outbox, FakeCentral(limit=100_000), ledger, tell=news.append)
    assert [(one.number, one.posts, one.files) for one in news if isinstance(one, Posted)] == [(1, 2, 2), (2, 2, 1)]
    assert isinstance(news[-1], Settled)
    assert str(news[-1].meaning.fate) == "taken"


# --- name and password ------------------------------------------------------------------------------------------------


@dataclass
class Asking:
    """Asks with one challenge after the other; remembers what it was told."""

    challenges: list[str]
    told: list[str] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        self.told.append(request.headers.get("authorization", ""))
        if self.challenges:
            return Response(401, {"www-authenticate": self.challenges.pop(0)})
        return Response(200, {})

    def close(self) -> None:
        pass


def test_digest_is_answered_as_the_rfc_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 7616, section 3.9.1: the example with SHA-256 and with MD5."""
    nonce, opaque = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
    ours = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    monkeypatch.setattr("sync.openrosa.login.secrets.token_hex", lambda _size: ours)
    for algorithm, response in (
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
    ):
        asked = f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, '
        inner = Asking([asked + f'nonce="{nonce}", opaque="{opaque}"'])
        login = LoginTransport(inner, "http://www.example.org", "Mufasa", "Circle of Life")
        assert login.send(Request("GET", "http://www.example.org/dir/index.html")).status == 200
        assert f'response="{response}"' in inner.told[1]
        assert "nc=00000001" in inner.told[1]


def test_the_challenge_is_kept_a_stale_one_is_renewed_and_a_wrong_password_is_asked_once() -> None:
    inner = Asking(['Digest realm="r", nonce="1"'])
    login = LoginTransport(inner, "https://k.example", "u", "p")
    login.send(Request("GET", "https://k.example/a"))
    login.send(Request("GET", "https://k.example/b"))
    assert [bool(said) for said in inner.told] == [False, True, True]
    inner.challenges = ['Digest realm="r", nonce="2", stale=true']
    assert login.send(Request("GET", "https://k.example/c")).status == 200
    inner.challenges = ['Digest realm="r", nonce="2"'] * 5
    assert login.send(Request("GET", "https://k.example/d")).status == 401
    assert len(inner.challenges) == 4


def test_name_and_password_never_go_to_another_place() -> None:
    inner = Asking(["Basic realm=x"])
    login = LoginTransport(inner, "https://k.example", "สมศรี", "p")
    login.send(Request("GET", "https://k.example/formList"))
    login.send(Request("GET", "https://elsewhere.example/form.xml"))
    login.send(Request("GET", "http://k.example/form.xml"))
    assert inner.told == ["", "Basic 4Liq4Lih4Lio4Lij4Li1OnA=", "", ""]
