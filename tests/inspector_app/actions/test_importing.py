"""The open factory file: its traps, a kill in the middle, and a report of every row that was repaired or refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from checklists.numbers import make_factory_number
from checklists.store import Store
from inspector_app.actions.factories import factory_csv, importing
from inspector_app.actions.factories.factory_csv import SiteFileError

GOOD = {"FID": "10120000325542", "FNAME": "โรงไม้ (ตัวอย่าง)", "FPROVNAME": "นนทบุรี"}


@pytest.mark.parametrize(
    ("row", "codes", "field", "value"),
    [
        ({"FNAME": '="โรงไม้"'}, ("wrapped",), "name_th", "โรงไม้"),
        ({"OBJECT": "แปรรูป<br>ไม้ &amp; อบ"}, ("html",), "activity", "แปรรูป ไม้ & อบ"),
        ({"HP": "1 250.50"}, ("number",), "horsepower", 1250.5),
        ({"HP": "๑,๒๕๐"}, ("number",), "horsepower", 1250.0),
        ({"HP": "1,250"}, (), "horsepower", 1250.0),
        ({"HP": "-3"}, ("number-left-out",), "horsepower", None),
        ({"HP": "nan"}, ("number-left-out",), "horsepower", None),
        ({"HP": "-"}, (), "horsepower", None),
        ({"TOTAL_WORKER": "12.0"}, (), "workers", 12),
        ({"LAT": "0", "LNG": "0"}, (), "lat", None),
        ({"LAT": "100.5", "LNG": "13.8"}, ("position-turned",), "lat", 13.8),
        ({"LAT": "52.5", "LNG": "13.4"}, ("position-left-out",), "lat", None),
        ({"FPROVNAME": "จ.นนทบุรี"}, (), "province_code", "12"),
        ({"FPROVNAME": "แอตแลนติส"}, ("province",), "province", "แอตแลนติส"),
        ({"FAMPNAME": "เมือง", "FTUMNAME": "บางกระสอ"}, ("postcode",), "postcode", "11000"),
        ({"FAMPNAME": "อำเภอปากเกร็ด", "FZIPCODE": "๑๑๑๒๐"}, (), "postcode", "11120"),
        ({"FAMPNAME": "ไม่มีจริง"}, ("district",), "postcode", ""),
        ({"DISPFACREG": "๓-๓๔(๓)-๓/๕๔นบ"}, ("old-number",), "old_no", "3-34(3)-3/54นบ"),
        ({"DISPFACREG": "โรงงานเก่า"}, ("old-number-odd",), "old_no", "โรงงานเก่า"),
        ({"FID": "10120000325543", "DISPFACREG": "3-34(3)-3/54นบ"}, ("factory-number",), "registry_no", ""),
        ({"FMOO": "4", "FADDR": "12/3", "FROAD": "ติวานนท์"}, (), "address", "12/3 หมู่ 4 ถนนติวานนท์"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_each_trap_of_the_open_file_is_repaired_and_named(
    row: dict[str, str], codes: tuple[str, ...], field: str, value: object
) -> None:
    read = factory_csv.read_row({**GOOD, **row})
    assert read.site is not None
    assert read.codes == codes
    assert getattr(read.site, field) == value


@pytest.mark.parametrize(
    ("row", "code"),
    [({"FNAME": " "}, "no-name"), ({"FID": "1"}, "no-number"), ({"FID": "", "DISPFACREG": "x"}, "no-number")],
)
def test_a_row_without_name_or_number_is_refused(row: dict[str, str], code: str) -> None:
    assert factory_csv.read_row({**GOOD, **row}).site is None
    assert factory_csv.read_row({**GOOD, **row}).codes == (code,)


def registry(file: Path, count: int) -> Path:
    """Write a file with `count` factories, every tenth wrapped, every hundredth nameless; values over two lines."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["FID", "FNAME", "OBJECT", "HP", "FPROVNAME"])
        for n in range(count):
            number = make_factory_number(issuer="1", place="0", province_code="12", running=n, year_be=2560)
            name = "" if n % 100 == 99 else f"โรงงานที่ {n}"
            writer.writerow([f'="{number}"' if n % 10 == 0 else number, name, "ผลิต\nไม้", "1,000", "นนทบุรี"])
    return file


class KillError(Exception):
    """The laptop was switched off."""


def test_an_import_that_was_broken_off_goes_on_where_it_stood(store: Store, tmp_path: Path) -> None:
    file, report = registry(tmp_path / "f.csv", 5_000), tmp_path / "report.csv"
    seen: list[int] = []

    def kill(read: int) -> None:
        seen.append(read)
        if len(seen) == 2:
            raise KillError

    with pytest.raises(KillError):
        importing.import_file(store, file, progress=kill)
    assert store.registry.count() == 0  # the registry changes only as a whole
    done = importing.import_file(store, file, report=report)
    assert done.resumed == 4_000
    assert (done.read, done.repaired, done.refused, done.count) == (4_950, 500, 50, 4_950)
    assert done.codes == {"wrapped": 500, "no-name": 50}
    with report.open(encoding="utf-8-sig", newline="") as source:
        told = list(csv.DictReader(source))
    assert len(told) == 550
    assert len({row["line"] for row in told}) == 550
    assert told[0]["outcome"] == "repaired"
    assert "ครอบ" in told[0]["th"]
    assert not list((store.workspace / "tmp").glob("import-*"))


def test_a_row_cut_off_inside_a_quoted_value_is_no_end_of_a_file(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_text('FID,FNAME\n10120000325542,"โรง', encoding="utf-8")
    with pytest.raises(SiteFileError):
        importing.import_file(store, file)


def test_another_file_of_the_same_name_begins_anew(store: Store, tmp_path: Path) -> None:
    file = registry(tmp_path / "f.csv", 2_100)

    def kill(_read: int) -> None:
        raise KillError

    with pytest.raises(KillError):
        importing.import_file(store, file, progress=kill)
    registry(file, 300)
    assert importing.import_file(store, file).resumed == 0
