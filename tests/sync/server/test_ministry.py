"""What any system of the ministry may rely on, whatever its address, login and field names turn out to be."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checklists.model import Certainty, LawRef, LimitCopy, PersonMet, Refusal, Words, to_json
from checklists.sealing import extract_of_plain
from sync.server.ministry.adapter import FILE, ConfigError, Ministry, MinistryConfig, Outcome, Reply
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

    def post(self, _url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        self.headers = headers
        row = json.loads(body)
        if row["ref_no"] in self.rows:
            return 409, b"duplicate"
        self.rows[row["ref_no"]] = row
        return 201, b""


def real_envelope(**changes: Any) -> dict[str, Any]:
    """Return an inspection of a site that is not made up."""
    return store_builders.envelope(visit=store_builders.real_visit(), **changes)


def config(tmp_path: Path, **changes: object) -> MinistryConfig:
    (tmp_path / FILE).write_text(json.dumps({**CONFIG, **changes}))
    found = MinistryConfig.load(tmp_path)
    assert found is not None
    return found


def test_without_its_file_nothing_is_set_up(tmp_path: Path) -> None:
    assert MinistryConfig.load(tmp_path) is None


def test_fields_are_mapped_and_absent_ones_left_out(tmp_path: Path) -> None:
    fake = FakeMinistry()
    envelope = real_envelope()
    assert Ministry(config(tmp_path), fake.post).hand_over(envelope).outcome is Outcome.TAKEN
    row = fake.rows[envelope["revision_id"]]
    assert row["site"] == envelope["visit"]["site"]["site_id"]
    assert row["result"] == envelope["overall"]
    assert row["source"] == "inspector"
    assert "none" not in row
    assert fake.headers["authorization"] == "Bearer secret"


def test_handing_over_twice_files_once(tmp_path: Path) -> None:
    fake = FakeMinistry()
    ministry = Ministry(config(tmp_path), fake.post)
    ministry.hand_over(real_envelope())
    assert ministry.hand_over(real_envelope()) == Reply(Outcome.HAVE, "409 duplicate")
    assert len(fake.rows) == 1


@pytest.mark.parametrize("path", ["submission", "answers", "reason", "visit.purpose", "visit.remarks", "scores"])
def test_what_the_factory_may_not_see_never_leaves(path: str, tmp_path: Path) -> None:
    envelope = real_envelope(reason="ความลับ")
    assert "leak" not in Ministry(config(tmp_path, fields={"leak": path}), FakeMinistry().post).message(envelope)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "taken"), (204, "again"), (302, "again"), (401, "sign-in"), (429, "again"), (422, "fix"), (503, "again")],
)
def test_only_an_announced_answer_is_success(status: int, outcome: str, tmp_path: Path) -> None:
    ministry = Ministry(config(tmp_path), lambda _url, _headers, _body: (status, b""))
    assert ministry.hand_over(real_envelope()).outcome == outcome


def test_no_answer_means_again(tmp_path: Path) -> None:
    def cut(_url: str, _headers: Mapping[str, str], _body: bytes) -> tuple[int, bytes]:
        raise ConnectionResetError("reset by peer")

    reply = Ministry(config(tmp_path), cut).hand_over(real_envelope())
    assert reply == Reply(Outcome.AGAIN, "no answer: reset by peer")


LIMIT = {"limit_id": "l", "maximum": 10, "law": {"law_id": "x", "certainty": "B"}}


@pytest.mark.parametrize(
    ("certainty", "sent"), [("A", True), ("confirmed", True), ("B", False), ("C", False), ("", False)]
)
def test_a_number_or_law_that_nobody_confirmed_never_leaves_as_a_fact(
    certainty: str, sent: bool, tmp_path: Path
) -> None:
    measurement = {"item_id": "FA-B03", "parameter": "p", "value": "12.5", "verdict": "pass"}
    envelope = real_envelope()
    items = [item["item_id"] for section in extract_of_plain(envelope)["sections"] for item in section["items"]]
    envelope["measurements"] = [{**measurement, "item_id": items[0], "limit": {**LIMIT, "certainty": certainty}}]
    paths = {"value": "value", "limit": "limit.maximum", "verdict": "verdict", "law": "limit.law.law_id"}
    fields = {name: f"measurements.0.{path}" for name, path in paths.items()}
    message = Ministry(config(tmp_path, fields=fields), FakeMinistry().post).message(envelope)
    assert message["value"] == "12.5"  # what was measured is one
    assert ("limit" in message, "verdict" in message) == (sent, sent)
    assert "law" not in message


def test_unconfirmed_laws_are_not_among_those_of_a_finding(tmp_path: Path) -> None:
    envelope = real_envelope()
    finding = extract_of_plain(envelope)["findings"][0]
    laws = [{"law_id": "own-draft", "certainty": "C"}, {"law_id": "fa2535-s37", "certainty": "A"}]
    envelope["findings"] = [{**finding, "laws": laws}]
    fields = {"first": "findings.0.laws.0.law_id", "second": "findings.0.laws.1.law_id"}
    message = Ministry(config(tmp_path, fields=fields), FakeMinistry().post).message(envelope)
    assert (message["first"], "second" in message) == ("fa2535-s37", False)


def test_a_made_up_site_is_never_told_to_the_ministry(tmp_path: Path) -> None:
    envelope = real_envelope()
    envelope["visit"]["site"]["example"] = True
    fake = FakeMinistry()
    assert Ministry(config(tmp_path), fake.post).hand_over(envelope) == Reply(Outcome.EXAMPLE)
    assert fake.rows == {}


def test_what_the_other_side_says_is_kept_short_and_in_one_line(tmp_path: Path) -> None:
    said = '{"error":\n  "ช่อง factory_no ว่าง"}'.encode() + b"\0\xff" + b"x" * 10_000
    ministry = Ministry(config(tmp_path), lambda _url, _headers, _body: (422, said))
    reply = ministry.hand_over(real_envelope())
    assert reply.outcome is Outcome.FIX
    assert reply.detail.startswith('422 {"error": "ช่อง factory_no ว่าง"}')
    assert (len(reply.detail), "\n" in reply.detail, "\0" in reply.detail) == (400, False, False)


def test_a_preview_shows_the_body_and_the_fields_without_a_value_but_no_secret(tmp_path: Path) -> None:
    found = Ministry(config(tmp_path), FakeMinistry().post).preview(real_envelope())
    assert (found.headers, found.empty) == (("authorization",), ("none",))
    assert found.body["ref_no"] == real_envelope()["revision_id"]
    assert "secret" not in str(found)


MANUAL = (Path(__file__).parents[3] / "docs" / "manual" / "ministry.md").read_text(encoding="utf-8")


def whole_extract() -> dict[str, Any]:
    """Return an extract in which nothing is absent."""
    visit = replace(
        store_builders.real_visit(),
        met=(PersonMet("นายพบ", "ผู้จัดการ"),),
        refusals=(Refusal("guide", "นายพบ", "ไม่สะดวก"),),
    )
    extract = extract_of_plain(store_builders.envelope(visit=visit, source={"kind": "openrosa", "sealed_by": "centre"}))
    law = LawRef("fa2535-s18", Words("", ""), "", Certainty.A)
    extract["measurements"][0]["limit"] = to_json(LimitCopy("l", "p", None, 10, "m", law, certainty=Certainty.A))
    return extract


def paths_of_the_manual() -> list[str]:
    """Return every path of the manual's table; one that begins with a dot stands beside the first of its row."""
    table = MANUAL.split("Paths\n")[1].split("\n## ")[0]
    found: list[str] = []
    for row in table.splitlines():
        names = re.findall(r"`([^`]+)`", row.split("|")[1]) if row.startswith("| `") else []
        found += [name if not name.startswith(".") else names[0].rpartition(".")[0] + name for name in names]
    return found


@pytest.mark.parametrize("path", paths_of_the_manual())
def test_every_path_of_the_manual_is_in_the_extract(path: str) -> None:
    at: Any = whole_extract()
    for name in path.split("."):
        assert (int(name) < len(at)) if isinstance(at, list) else (name in at), path
        at = at[int(name)] if isinstance(at, list) else at[name]


def test_the_example_of_the_manual_is_taken_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(MANUAL.split("```json\n")[1].split("```")[0], encoding="utf-8")
    found = MinistryConfig.load(tmp_path)
    assert found is not None
    assert Ministry(found, FakeMinistry().post).preview(real_envelope()).empty == ("replaces",)


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://plain"},
        {"fields": None},
        {"success": ["x"]},
        {"field": {"result": "overall"}},
        {"headers": {"authorization": "Bearer\nx"}},
        {"headers": {"authorization": "ลับ"}},
    ],
    ids=["plain-http", "no-fields", "no-status", "misspelt", "header-of-two-lines", "header-in-thai"],
)
def test_a_file_that_says_nonsense_is_refused(changes: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        config(tmp_path, **changes)
