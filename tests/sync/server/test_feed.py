"""Who asks with a cursor that this centre cannot go on from starts over; nobody silently misses rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from checklists.clock import stamp
from sync.protocol import REGISTRY_SCOPE, Collection, FeedRow
from sync.server import feed
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.server.problems import ProblemError


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    opened = Centre.open(ServerConfig(tmp_path / "centre"))
    rows = [FeedRow(Collection.REGISTRY, f"s-{n}", 0, f"s-{n}", {"site_id": f"s-{n}"}) for n in range(5)]
    opened.storage.write(lambda c: feed.publish(c, REGISTRY_SCOPE, rows, stamp(opened.config.clock.now())))
    yield opened
    opened.close()


def read(centre: Centre, cursor: str) -> list[str]:
    at = feed.Cursor.from_text(cursor, centre.server_id)
    page = centre.storage.read(lambda c: feed.read(c, at, [REGISTRY_SCOPE], [Collection.REGISTRY], 10))
    return [row.id for row in page.rows]


def test_a_cursor_from_before_the_centre_was_restored_is_answered_410(centre: Centre) -> None:
    assert read(centre, "3") == ["s-3", "s-4"]
    assert read(centre, "5") == []
    with pytest.raises(ProblemError) as refused:
        read(centre, "6")
    assert refused.value.status == 410


def test_a_reader_older_than_the_ready_made_file_is_sent_to_it(centre: Centre) -> None:
    centre.storage.write(lambda c: feed.begin_anew(c, REGISTRY_SCOPE, 4))
    assert read(centre, "4") == ["s-4"]
    with pytest.raises(ProblemError) as refused:
        read(centre, "3")
    assert refused.value.status == 410
