"""From the author's desk to the laptop: an edition is signed by two people, given out, begun with, and recalled."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checklists import loading
from checklists.authoring import publishing
from checklists.clock import BANGKOK, IdMaker
from checklists.crypto import DeviceKey
from checklists.model import FormPin
from inspector_app import demo_data
from inspector_app.actions.inspection import records
from inspector_app.actions.sending import syncing
from inspector_app.cli import ExitCode
from inspector_app.messages import explain_code
from sync.events import Trouble
from sync.server.config import ServerConfig
from sync.server.publishing import put_form_row
from tests.support import handbook_records
from tests.support.clock import FrozenClock
from tests.support.command_line import run
from tests.support.sync_phone import phone_of
from tests.support.sync_server import RunningCentre, running_centre

FORM = "opoai_c_followup"
NEW = "2570.1"
EDITION = f"{FORM}@{NEW}"
BUNDLED = next(pin.version for pin in loading.bundled_ids() if pin.form_id == FORM)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[RunningCentre]:
    with running_centre(ServerConfig(tmp_path / "centre")) as running:
        yield running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The next version of a bundled checklist, as its author has it."""
    source = loading.bundled(FORM).xml.decode()
    changed = source.replace(f'version="{loading.bundled(FORM).version}"', f'version="{NEW}"', 1)
    assert changed != source
    file = tmp_path / f"{FORM}.xml"
    file.write_text(changed, encoding="utf-8")
    return file


class Laptop:
    """A registered laptop in province 11."""

    def __init__(self, desk: handbook_records.Desk, centre: RunningCentre) -> None:
        self.store, self.clock = desk.store, desk.clock
        syncing.register(self.store, centre.url, centre.code(scope="11"), clock=self.clock)

    def sync(self) -> list[str]:
        """Run a sync; return the codes of its troubles."""
        told: list[str] = []

        def emit(event: object) -> None:
            if isinstance(event, Trouble):
                told.append(event.code)

        syncing.sync_now(self.store, clock=self.clock, emit=emit)
        return told

    def begun_version(self) -> str:
        """Begin a record and return the version that it is made on."""
        started = records.start(
            self.store,
            site=demo_data.first_factory(),
            form_id=FORM,
            team=[handbook_records.OFFICER],
            clock=self.clock,
            ids=IdMaker(self.clock),
        )
        return self.store.records.draft(started.record_id).form_version


@pytest.fixture
def laptop(tmp_path: Path, centre: RunningCentre) -> Iterator[Laptop]:
    desk = handbook_records.desk(tmp_path / "laptop", FrozenClock(datetime.now(BANGKOK)))
    yield Laptop(desk, centre)
    desk.store.close()


class Keepers:
    """Author and approver with the keys of their laptops, and the centre's console."""

    names = {"author": "นายจัดทำ", "approver": "นางอนุมัติ"}

    def __init__(self, data: Path, folder: Path) -> None:
        self.data, self.folder = data, folder
        self.keys = {role: DeviceKey.from_seed(bytes([n]) * 32) for n, role in enumerate(self.names, 7)}
        for role, key in self.keys.items():
            self("signer", self.key_file(role, key))

    def __call__(self, *words: object, code: int = 0) -> dict[str, Any]:
        result = run("admin", *words, "--data", self.data, "--json")
        assert result.code == code, (result.code, result.out, result.err)
        return result.json if result.out else result.error

    def key_file(self, role: str, key: DeviceKey) -> Path:
        told = {"key_id": key.key_id, "public_key": key.public_bytes.hex(), "name": self.names[role]}
        return self._write(f"{role}.json", told)

    def _write(self, name: str, told: object) -> Path:
        file = self.folder / name
        file.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        return file

    def edition(self, file: Path, *, signed_by: Sequence[str] = ("author", "approver"), **more: Any) -> Path:
        """Return the manifest of a file as `checklists publish` and `approve` leave it."""
        told = {"effective_from": "2026-01-01", "document": "หนังสือที่ อก 0301/1", **self.names, **more}
        manifest = publishing.edition(file.read_bytes(), file=file.name, entry_id=FORM, version=NEW, **told)
        for role in signed_by:
            manifest = manifest.signed(role, self.keys[role])
        return self._write(f"{file.stem}.edition.json", manifest.to_json())

    def recall(self) -> Path:
        told = publishing.Recall(FORM, NEW, "ข้อ 3 ผิด", "2026-11-23", self.names["approver"])
        return self._write("recall.json", told.signed(self.keys["approver"]).to_json())


@pytest.fixture
def keepers(centre: RunningCentre, tmp_path: Path) -> Keepers:
    return Keepers(centre.centre.config.data, tmp_path)


def given_out(centre: RunningCentre) -> dict[str, Any]:
    """Return the feed's row of the edition."""
    query = "select body from feed where collection = 'forms'"
    found: dict[str, Any] = json.loads(centre.centre.storage.read(lambda c: c.exec_driver_sql(query).scalar_one()))
    return found


def test_what_two_people_signed_is_begun_with_after_the_next_sync(keepers: Keepers, laptop: Laptop, file: Path) -> None:
    laptop.sync()
    assert laptop.begun_version() == BUNDLED
    out = keepers("publish", keepers.edition(file))
    assert (out["edition"]["edition_id"], out["edition"]["state"]) == (EDITION, "published")
    assert laptop.sync() == []
    assert laptop.begun_version() == NEW


def test_a_recall_reaches_the_laptop_and_the_bundled_version_stands_again(
    keepers: Keepers, laptop: Laptop, file: Path
) -> None:
    keepers("publish", keepers.edition(file).parent)  # the folder will do
    laptop.sync()
    keepers("recall", keepers.recall())
    laptop.sync()
    assert laptop.begun_version() == BUNDLED
    assert keepers("editions")["editions"][0]["state"] == "recalled"


@pytest.mark.parametrize(("pilot", "begun"), [("11", NEW), ("12", "")], ids=["own-province", "elsewhere"])
def test_a_pilot_reaches_its_province_only(
    pilot: str, begun: str, keepers: Keepers, laptop: Laptop, file: Path
) -> None:
    keepers("publish", keepers.edition(file, provinces=[pilot]))
    assert laptop.sync() == []
    assert laptop.begun_version() == (begun or BUNDLED)


def test_before_its_day_an_edition_waits_and_then_counts(keepers: Keepers, laptop: Laptop, file: Path) -> None:
    tomorrow = (laptop.clock.now() + timedelta(days=1)).date().isoformat()
    keepers("publish", keepers.edition(file, effective_from=tomorrow))
    assert laptop.sync() == []
    assert laptop.begun_version() == BUNDLED
    laptop.clock.advance(24 * 3600)
    assert laptop.sync() == []  # the centre has nothing new to say; the laptop looks again
    assert laptop.begun_version() == NEW


def test_a_forged_edition_is_refused_in_words_and_not_begun(
    keepers: Keepers, laptop: Laptop, centre: RunningCentre, file: Path
) -> None:
    """Somebody with the centre's database, but without the signers' keys, changes what was signed."""
    keepers("publish", keepers.edition(file, provinces=["12"]))
    body = given_out(centre)
    body["edition"]["provinces"] = []
    put_form_row(centre.centre, FormPin.from_json(body), body)
    assert laptop.sync() == ["edition.forged"]
    assert "ลายมือชื่อ" in explain_code("edition.forged").text("th")
    assert laptop.begun_version() == BUNDLED


def test_a_key_that_the_centre_does_not_vouch_for_counts_for_nothing(
    keepers: Keepers, laptop: Laptop, centre: RunningCentre, file: Path
) -> None:
    keepers("publish", keepers.edition(file))
    body = given_out(centre)
    stranger = DeviceKey.generate()
    body["signers"] = [
        {**voucher, "centre_key_id": stranger.key_id, "signature": stranger.sign(b"x").hex()}
        for voucher in body["signers"]
    ]
    put_form_row(centre.centre, FormPin.from_json(body), body)
    assert laptop.sync() == ["edition.unknown-signer"]
    assert laptop.begun_version() == BUNDLED


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ({"signed_by": ["author"]}, "unsigned"),
        ({"approver": "นายจัดทำ"}, "same-person"),
    ],
    ids=["not-approved", "one-person"],
)
def test_the_centre_gives_out_nothing_that_laptops_would_refuse(
    how: dict[str, Any], kind: str, keepers: Keepers, file: Path
) -> None:
    refused = keepers("publish", keepers.edition(file, **how), code=ExitCode.AUTHOR)
    assert refused["error"] == "edition"
    assert explain_code("edition", kind=kind).text("en").startswith(refused["what"]["en"])


def test_a_version_that_was_given_out_never_changes(keepers: Keepers, file: Path) -> None:
    keepers("publish", keepers.edition(file))
    keepers("publish", keepers.edition(file))  # the same again is harmless
    file.write_text(file.read_text(encoding="utf-8").replace("</h:title>", " ๒</h:title>"), encoding="utf-8")
    assert keepers("publish", keepers.edition(file), code=ExitCode.AUTHOR)["error"] == "edition"


def test_a_checklist_that_does_not_ship_with_the_program_is_not_published_unsigned(
    keepers: Keepers, file: Path
) -> None:
    assert keepers("publish", file, code=ExitCode.AUTHOR)["error"] == "edition"
    assert keepers("publish", FORM)["checklist"]["form_id"] == FORM


def test_a_phone_is_offered_the_edition_in_force(keepers: Keepers, centre: RunningCentre, file: Path) -> None:
    keepers("publish", FORM)
    keepers("publish", keepers.edition(file, provinces=["11"]))
    for scope, version in (("11", NEW), ("12", BUNDLED)):
        with phone_of(centre, scope=scope) as phone:
            assert [entry["version"] for entry in phone.entries()] == [version]
    keepers("recall", keepers.recall())
    with phone_of(centre, scope="11") as phone:
        assert [entry["version"] for entry in phone.entries()] == [BUNDLED]
