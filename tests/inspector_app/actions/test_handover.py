"""Handing over to an OpenRosa server: once each, remembered across restarts, and never called sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from checklists.store import Store
from inspector_app.actions.sending import handover
from inspector_app.i18n import Translator
from sync.openrosa import Why
from sync.server.config import ServerConfig
from tests.support import store_workspace
from tests.support.clock import FrozenClock
from tests.support.openrosa_central import Central, running_central
from tests.support.store_workspace import new_store
from tests.support.sync_phone import phone_of
from tests.support.sync_server import running_centre


@pytest.fixture
def central() -> Iterator[Central]:
    with running_central() as central:
        yield central


def sealed_with_a_photo(store: Store) -> None:
    """Seal a record whose submission names its revision and its photo, as the application does."""
    store_workspace.begin(store, "r-1", "v-1")
    photo = store_workspace.photo(store)
    revision_id = store.records.draft_info("r-1").revision_id
    meta = f"<meta><instanceID>uuid:{revision_id}</instanceID></meta>"
    xml = f"<data><exhibits><exhibit_file>{photo.name}</exhibit_file></exhibits>{meta}</data>"
    store.records.finalise("r-1", replace(store_workspace.content(), submission_xml=xml))


def test_a_record_is_handed_over_once_and_still_waits_for_the_centre(
    tmp_path: Path, clock: FrozenClock, central: Central
) -> None:
    url, posts = central.url, central.posts
    with new_store(tmp_path / "w", clock) as store:
        sealed_with_a_photo(store)
        assert handover.hand_over(store, url).taken == 1
        sent = len(posts)
        assert sent >= 1
        assert handover.hand_over(store, url).said == {}
        assert len(posts) == sent
        assert len(store.outbox.pending()) == 1


def test_what_was_refused_is_remembered_across_restarts_until_a_person_says_so(
    tmp_path: Path, clock: FrozenClock, central: Central
) -> None:
    with new_store(tmp_path / "w", clock) as store:
        sealed_with_a_photo(store)
        central.answers = [(409, "This form is not currently accepting submissions.")]
        (meaning,) = handover.hand_over(store, central.url).said.values()
        assert (meaning.fate, meaning.why) == ("fix", "closed")
        (kept,) = handover.hand_over(store, central.url).parked.values()  # read from the store again
        assert kept == meaning
        assert handover.plan(store, central.url).parked.keys() == handover.hand_over(store, central.url).parked.keys()
        assert len(central.posts) == 1
        assert handover.hand_over(store, central.url, force=True).taken == 1


def test_the_forms_over_there_are_fetched_with_the_files_beside_them(
    tmp_path: Path, clock: FrozenClock, central: Central
) -> None:
    central.forms, central.media = {("แบบ/ก", "2"): "open"}, {"list.csv": b"a,b"}
    with new_store(tmp_path / "w", clock) as store:
        (form,) = handover.fetch_forms(store, central.url, tmp_path / "forms")
    assert form.file.parent == tmp_path / "forms"
    assert form.file.read_bytes() == b"<h:html/>"
    assert [(file.name, file.read_bytes()) for file in form.media] == [("list.csv", b"a,b")]


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


@pytest.mark.parametrize("why", list(Why), ids=str)
def test_every_reason_has_words(why: Why) -> None:
    assert all(Translator(language).t(f"cli.openrosa.{why}") for language in ("th", "en") if why is not Why.LOGIN)
