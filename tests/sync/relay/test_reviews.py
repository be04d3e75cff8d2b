"""What an office said in confidence about a record reaches its laptop through a relay, and no other laptop."""

from __future__ import annotations

from pathlib import Path

from checklists.model import Audience, SectionResult, Words
from checklists.sealing import seal, wire_line
from sync.client import Session
from sync.protocol import Review, ReviewComment, ReviewKind, Role
from tests.support import store_builders
from tests.support.sync_relay import OfficeLaptop, RelayProcess, key_of, patiently
from tests.support.sync_server import RunningCentre

CONFIDED, OPEN = "ผู้ร้องแจ้งเพิ่ม", "เอกสารครบ"


def comments_at(laptop: OfficeLaptop) -> list[str]:
    rows = laptop.client.changes("", ["reviews"], limit=10).rows
    return [comment["text"] for row in rows if row.body for comment in row.body["comments"]]


def say_in_confidence(centre: RunningCentre) -> None:
    """File a record of the first laptop with a restricted item; its supervisor comments on that and on the whole."""
    item = store_builders.item("X-1", audience=Audience.RESTRICTED)
    envelope = store_builders.envelope(
        device_id="laptop-1", sections=(SectionResult("A", Words("หมวด"), (item,)),), findings=(), measurements=()
    )
    envelope["attachments"] = []
    author = centre.client(key_of(1), device_id="laptop-1")
    assert author.send_line("r-1", "rev-1", wire_line(seal(envelope, key_of(1))).encode()).status == 201
    author.close()
    comments = (ReviewComment("X-1", CONFIDED), ReviewComment("", OPEN))
    review = Review("v-1", "r-1", "rev-1", ReviewKind.COMMENT, "2026-11-23T09:00:00.000+07:00", "หัวหน้า", comments)
    office = centre.client(key_of(9), device_id="office", role=Role.SUPERVISOR)
    assert [result.code for result in office.send_reviews([review])] == ["created"]
    office.close()


def test_a_comment_on_a_restricted_item_passes_the_relay_to_the_records_own_laptop_only(
    centre: RunningCentre, sessions: dict[int, Session], tmp_path: Path
) -> None:
    say_in_confidence(centre)
    with RelayProcess(tmp_path / "relay", centre.url) as relay:
        relay.start(centre.code(role=Role.RELAY))
        own, other = (OfficeLaptop(number, session, relay.url) for number, session in sessions.items())
        for laptop in (own, other):
            laptop.join()
        patiently(lambda: comments_at(own) == [CONFIDED, OPEN])
        assert comments_at(other) == [OPEN]
        own.close()
        other.close()
