"""What any system of the ministry may rely on, whatever its address, login and field names turn out to be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from sync.server.ministry.adapter import FILE, ConfigError, Ministry, MinistryConfig, Outcome
from tests.support import store_builders

CONFIG = {
    "url": "https://ministry.example/inspections",
    "headers": {"authorization": "Bearer secret"},
    "key_field": "ref_no",
    "already": [409],
    "fields": {"site": "visit.site.site_id", "result": "overall", "first": "visit.team.0.name", "none": "visit.x.y"},
    "constant": {"source": "inspector"},
}


class FakeMinistry:
    """Keeps one row per reference; a second one with the same reference is 409."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, object]] = {}
        self.headers: Mapping[str, str] = {}

    def post(self, _url: str, headers: Mapping[str, str], body: bytes) -> int:
        self.headers = headers
        row = json.loads(body)
        if row["ref_no"] in self.rows:
            return 409
        self.rows[row["ref_no"]] = row
        return 201


def config(tmp_path: Path, **changes: object) -> MinistryConfig:
    (tmp_path / FILE).write_text(json.dumps({**CONFIG, **changes}))
    found = MinistryConfig.load(tmp_path)
    assert found is not None
    return found


def test_without_its_file_nothing_is_set_up(tmp_path: Path) -> None:
    assert MinistryConfig.load(tmp_path) is None


def test_fields_are_mapped_and_absent_ones_left_out(tmp_path: Path) -> None:
    fake = FakeMinistry()
    envelope = store_builders.envelope()
    assert Ministry(config(tmp_path), fake.post).hand_over(envelope) is Outcome.TAKEN
    row = fake.rows[envelope["revision_id"]]
    assert row["site"] == envelope["visit"]["site"]["site_id"]
    assert row["result"] == envelope["overall"]
    assert row["source"] == "inspector"
    assert "none" not in row
    assert fake.headers["authorization"] == "Bearer secret"


def test_handing_over_twice_files_once(tmp_path: Path) -> None:
    fake = FakeMinistry()
    ministry = Ministry(config(tmp_path), fake.post)
    ministry.hand_over(store_builders.envelope())
    assert ministry.hand_over(store_builders.envelope()) is Outcome.HAVE
    assert len(fake.rows) == 1


@pytest.mark.parametrize("path", ["submission", "answers", "reason", "visit.purpose", "visit.remarks", "scores"])
def test_what_the_factory_may_not_see_never_leaves(path: str, tmp_path: Path) -> None:
    envelope = store_builders.envelope(reason="ความลับ")
    assert "leak" not in Ministry(config(tmp_path, fields={"leak": path}), FakeMinistry().post).message(envelope)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "taken"), (204, "again"), (302, "again"), (401, "sign-in"), (429, "again"), (422, "fix"), (503, "again")],
)
def test_only_an_announced_answer_is_success(status: int, outcome: str, tmp_path: Path) -> None:
    ministry = Ministry(config(tmp_path), lambda _url, _headers, _body: status)
    assert ministry.hand_over(store_builders.envelope()) == outcome


def test_no_answer_means_again(tmp_path: Path) -> None:
    def cut(_url: str, _headers: Mapping[str, str], _body: bytes) -> int:
        raise ConnectionResetError

    assert Ministry(config(tmp_path), cut).hand_over(store_builders.envelope()) is Outcome.AGAIN


@pytest.mark.parametrize("changes", [{"url": "http://plain"}, {"fields": None}, {"success": ["x"]}])
def test_a_file_that_says_nonsense_is_refused(changes: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        config(tmp_path, **changes)
