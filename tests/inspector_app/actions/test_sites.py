"""Finding what is inspected, and bringing a registry in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checklists.clock import IdMaker
from checklists.errors import NotFoundError
from checklists.model import SiteKind
from checklists.store import Store
from inspector_app import demo_data
from inspector_app.actions.factories import importing, sites

OPEN_FILE = (Path(__file__).parents[2] / "data" / "open_factory_file.csv").read_text(encoding="utf-8")


def test_the_demo_factories_are_found_by_name_number_and_province(store: Store) -> None:
    assert sites.import_demo(store, 100).count == 100
    wanted = demo_data.some(100)[40]
    for text in (wanted.registry_no, wanted.old_no or wanted.registry_no, wanted.name_th):
        assert wanted in [hit.site for hit in sites.search(store, text)]
    for hit in sites.search(store, "บริษัท", province="สป"):
        assert hit.site.province_code == "11"


@pytest.mark.parametrize("reference", ["{no}", "factory:{no}", "{old}", "factory:{old}"])
def test_a_factory_is_named_by_new_or_old_number(store: Store, reference: str) -> None:
    sites.import_demo(store, 100)
    wanted = next(s for s in demo_data.some(100) if s.old_no)
    assert sites.find(store, reference.format(no=wanted.registry_no, old=wanted.old_no)) == wanted


@pytest.mark.parametrize("reference", ["10120000325542", "factory:x", "mine:nothing"])
def test_an_unknown_site_is_said_to_be_unknown(store: Store, reference: str) -> None:
    with pytest.raises(NotFoundError):
        sites.find(store, reference)


def test_an_unknown_province_is_not_silently_ignored(store: Store) -> None:
    with pytest.raises(NotFoundError):
        sites.search(store, "โรงสี", province="แอตแลนติส")


def test_the_open_factory_file_is_read_with_its_traps(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "Factory_Data.csv"
    file.write_text(OPEN_FILE, encoding="utf-8-sig")
    done = importing.import_file(store, file)
    assert (done.read, done.repaired, done.refused, done.count) == (2, 1, 2, 2)
    wood = sites.find(store, "10120000325542")
    assert (wood.activity, wood.horsepower, wood.workers) == ("แปรรูปไม้ & อบไม้", 1250.5, 80)
    assert (wood.province_code, wood.group, wood.type_code) == ("12", "3", "34")
    tobacco = sites.find(store, "3-1-2/17ลป")
    assert (tobacco.registry_no, tobacco.lat) == ("", None)


def test_a_file_from_excel_in_windows_thai_code_page_is_read(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_bytes(OPEN_FILE.encode("cp874"))
    importing.import_file(store, file)
    assert "ไม้ดี" in sites.find(store, "10120000325542").name_th


def test_a_json_list_of_sites_is_read(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "f.json"
    file.write_text(json.dumps([s.to_json() for s in demo_data.some(5)]), encoding="utf-8")
    assert importing.import_file(store, file).read == 5
    assert sites.find(store, demo_data.some(5)[2].registry_no).name_th == demo_data.some(5)[2].name_th


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "FNAME\n\n", "<html><body>not found</body></html>"])
def test_a_file_without_any_factory_is_refused_and_the_registry_stays(store: Store, tmp_path: Path, text: str) -> None:
    sites.import_demo(store, 10)
    (tmp_path / "f.csv").write_text(text, encoding="utf-8")
    with pytest.raises(sites.SiteFileError):
        importing.import_file(store, tmp_path / "f.csv")
    assert store.registry.count() == 10


def test_a_site_that_is_in_no_registry_is_described_and_found_again(store: Store, ids: IdMaker) -> None:
    fields = {"name_th": " โรงงานไม่มีชื่อ ริมคลอง ", "province": "จ.สมุทรปราการ", "lat": 13.5, "lon": 100.7}
    site, _ = sites.describe(store, fields, ids=ids)
    assert (site.kind, site.provisional, site.name_th) == (SiteKind.UNREGISTERED, True, "โรงงานไม่มีชื่อ ริมคลอง")
    assert site.province_code == "11"
    assert sites.find(store, f"unregistered:{site.site_id}") == site


@pytest.mark.parametrize("fields", [{}, {"name_th": "  "}, {"name_th": "x", "kind": "castle"}])
def test_a_description_without_name_or_of_no_known_kind_is_refused(
    store: Store, ids: IdMaker, fields: dict[str, str]
) -> None:
    with pytest.raises(sites.SiteFileError):
        sites.describe(store, fields, ids=ids)
    assert store.sites.provisional() == ()


def test_numbers_of_a_described_site_are_read_as_people_type_them(store: Store, ids: IdMaker) -> None:
    fields = {
        "name_th": "โรงสี",
        "registry_no": "๑๐ ๑๒ ๐๐๐๐๓ ๒๕๕๔ ๒",
        "old_no": "๓-๓๔(๓)-๓/๕๔ นบ",
        "horsepower": "๑,๒๕๐.๕",
        "workers": "80",
        "postcode": "๑๑๐๐๐",
    }
    site, _ = sites.describe(store, fields, ids=ids)
    assert (site.registry_no, site.old_no, site.horsepower) == ("10120000325542", "3-34(3)-3/54นบ", 1250.5)
    assert (site.workers, site.postcode) == (80, "11000")


@pytest.mark.parametrize(
    ("field", "value"),
    [("registry_no", "10120000325543"), ("juristic_no", "1234567890123"), ("postcode", "110"), ("horsepower", "มาก")],
)
def test_a_number_of_a_described_site_that_cannot_be_names_its_field(
    store: Store, ids: IdMaker, field: str, value: str
) -> None:
    with pytest.raises(sites.SiteFileError) as error:
        sites.describe(store, {"name_th": "โรงสี", field: value}, ids=ids)
    assert error.value.data["column"] == field
