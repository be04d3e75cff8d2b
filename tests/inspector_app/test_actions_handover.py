"""Handing over to an OpenRosa server: once each, remembered across restarts, and never called sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from checklists.store import Store
from inspector_app.actions import handover
from sync.server.config import ServerConfig
from tests.support import store_workspace
from tests.support.clock import FrozenClock
from tests.support.store_workspace import new_store
from tests.support.sync_phone import phone_of
from tests.support.sync_server import running_centre

TAKEN = b'<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message>ok</message></OpenRosaResponse>'


class Central(BaseHTTPRequestHandler):
    """Takes every submission."""

    protocol_version = "HTTP/1.1"
    posts: list[bytes]

    def do_HEAD(self) -> None:
        self.send_response(204)
        self.send_header("x-openrosa-accept-content-length", "1000000")
        self.end_headers()

    def do_POST(self) -> None:
        self.posts.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(201)
        self.send_header("content-type", "text/xml")
        self.send_header("content-length", str(len(TAKEN)))
        self.end_headers()
        self.wfile.write(TAKEN)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def central() -> Iterator[tuple[str, list[bytes]]]:
    posts: list[bytes] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Mine", (Central,), {"posts": posts}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", posts
    server.shutdown()
    server.server_close()
    thread.join()


def sealed_with_a_photo(store: Store) -> None:
    """Seal a record whose submission names its revision and its photo, as the application does."""
    store_workspace.begin(store, "r-1", "v-1")
    photo = store_workspace.photo(store)
    revision_id = store.records.draft_info("r-1").revision_id
    meta = f"<meta><instanceID>uuid:{revision_id}</instanceID></meta>"
    xml = f"<data><exhibits><exhibit_file>{photo.name}</exhibit_file></exhibits>{meta}</data>"
    store.records.finalise("r-1", replace(store_workspace.content(), submission_xml=xml))


def test_a_record_is_handed_over_once_and_still_waits_for_the_centre(
    tmp_path: Path, clock: FrozenClock, central: tuple[str, list[bytes]]
) -> None:
    url, posts = central
    with new_store(tmp_path / "w", clock) as store:
        sealed_with_a_photo(store)
        assert handover.hand_over(store, url).taken == 1
        sent = len(posts)
        assert sent >= 1
        assert handover.hand_over(store, url).fates == {}
        assert len(posts) == sent
        assert len(store.outbox.pending()) == 1


def test_a_centre_of_ours_is_not_taken_for_a_strangers(tmp_path: Path, clock: FrozenClock) -> None:
    """It would file the record a second time, without the laptop's signature."""
    with (
        running_centre(ServerConfig(tmp_path / "centre")) as centre,
        phone_of(centre) as phone,
        new_store(tmp_path / "w", clock) as store,
    ):
        with pytest.raises(handover.OwnCentreError):
            handover.hand_over(store, phone.address)
        assert centre.centre.records.counts()["revisions_accepted"] == 0
