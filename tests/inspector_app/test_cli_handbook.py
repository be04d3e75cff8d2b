"""The handbook's commands, as an officer and an official type them: power, findings, orders, last time, laws."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from checklists.authoring import comparing, load_yaml
from checklists.clock import BANGKOK
from inspector_app.actions.laptop import workspace
from inspector_app.actions.reference import catalogues
from tests.support.clock import FrozenClock
from tests.support.command_line import CommandLine, run
from tests.support.handbook_records import seal_as_it_stands

MORNING = datetime(2026, 11, 23, 10, tzinfo=BANGKOK)
FACTORY = {"name_th": "โรงงานตัวอย่าง", "province": "นนทบุรี", "group": "3"}


@pytest.fixture(scope="module")
def clock() -> FrozenClock:
    return FrozenClock(MORNING)


@pytest.fixture(scope="module", autouse=True)
def keys_once() -> Iterator[None]:
    """Derive the key from the passphrase once; how long that takes is another test's business."""
    with pytest.MonkeyPatch.context() as patch:
        known = functools.cache(lambda folder, passphrase: signed_in(folder, passphrase=passphrase))
        patch.setattr(workspace, "sign_in", lambda folder, *, passphrase, **_: known(folder, passphrase))
        yield


signed_in = workspace.sign_in


@pytest.fixture(scope="module")
def inspector(tmp_path_factory: pytest.TempPathFactory, clock: FrozenClock) -> CommandLine:
    line = CommandLine(tmp_path_factory.mktemp("งาน") / "workspace", clock=clock)
    line.init("--position", "วิศวกร")
    return line


@pytest.fixture(scope="module")
def site(inspector: CommandLine) -> Path:
    file = inspector.folder.with_name("site.json")
    file.write_text(json.dumps(FACTORY, ensure_ascii=False), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def sealed(inspector: CommandLine, site: Path) -> str:
    """A sealed record with two findings, one of which waits for the laboratory besides."""
    begun = inspector.json("new", "--checklist", "factory_act_general", "--unregistered", site, "--ground", "งานด่วน")
    answers = {
        "A00": "full",
        "B06": "ไม่ผ่าน",
        "B06.note": "ประตูหนีไฟล็อก",
        "D01": "ไม่ผ่าน",
        "D01.note": "ไม่มีสัญญาณ",
        "G06": "lab",
    }
    file = inspector.folder.with_name("answers.json")
    file.write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")
    inspector.json("answer", begun["record_id"], file)
    return str(begun["record_id"])


# --- the officer's power ---


def test_an_appointment_is_kept_shown_and_taken_out(inspector: CommandLine) -> None:
    said = inspector.json(
        "officer",
        "appoint",
        "fa2535",
        "--card",
        "๑๒๓๔",
        "--province",
        "นนทบุรี",
        "--from",
        "1 ม.ค. 2569",
        "--until",
        "31/12/69",
    )
    (one,) = said["appointments"]
    assert (one["provinces"], one["valid_from"], one["valid_until"]) == (["12"], "2026-01-01", "2026-12-31")
    assert "fa2535" in inspector("officer", "show").out
    assert inspector.json("officer", "dismiss", "fa2535")["appointments"] == []


def test_an_act_that_appoints_nobody_is_refused(inspector: CommandLine) -> None:
    assert inspector.json("officer", "appoint", "abc", code=10)["error"] == "not-found"


def test_a_start_that_no_appointment_covers_is_warned_of_and_its_ground_is_in_the_visit(
    inspector: CommandLine, site: Path
) -> None:
    said = inspector.json("new", "--checklist", "minerals_act", "--unregistered", site, "--ground", "ไปกับเจ้าหน้าที่แร่")
    assert [one["code"] for one in said["warnings"]] == ["appointment"]
    steps = inspector.json("visit", "steps", said["record_id"])["visit_steps"]
    assert steps[0]["note"] == "[appointment] ไปกับเจ้าหน้าที่แร่"
    assert inspector.json("visit", "step", said["record_id"], "ma-card-shown", "--note", "บัตร 77")["visit_steps"][1][
        "kind"
    ]


def test_without_a_ground_the_start_says_that_none_was_given(inspector: CommandLine, site: Path) -> None:
    said = inspector("new", "--checklist", "machinery_registration", "--unregistered", site)
    assert said.code == 0
    assert "ยังไม่ได้ระบุเหตุ" in said.out


# --- findings, orders ---


def test_from_findings_to_a_closed_order(inspector: CommandLine, sealed: str, clock: FrozenClock) -> None:
    found = inspector.json("findings", "list", sealed)
    assert [row["finding"]["finding_id"] for row in found["findings"]] == ["FA-B06", "FA-D01"]
    merged = inspector.json(
        "findings", "merge", sealed, "FA-B06", "FA-D01", "--reason", "เหตุเดียวกัน", "--fact", "ทางหนีไฟใช้ไม่ได้"
    )
    assert [row["state"] for row in merged["findings"]] == ["merged", "absorbed"]
    assert inspector.json("findings", "drop", sealed, "FA-D01", "--reason", "x", code=10)["error"] == "not-found"
    seal_as_it_stands(inspector, sealed)

    proposed = inspector.json("orders", "propose", sealed)
    assert [one["kind"]["kind_id"] for one in proposed["orders"]] == ["s37", "visit-record"]
    assert proposed["orders"][0]["clauses"][0]["fact"] == "ทางหนีไฟใช้ไม่ได้"
    order = inspector.json("orders", "draft", sealed, "s37", "--days", "30")["order_id"]
    assert inspector.json("orders", "step", order, "approved", code=3)["error"] == "order"
    inspector.json("orders", "amend", order, "--reasons", "เสี่ยงต่อชีวิต")
    inspector.json("orders", "hearing", order, "--not-heard", "มีอันตรายเร่งด่วน")
    for step in ("approved", "numbered", "issued"):
        inspector.json("orders", "step", order, step, "--number", "อก 0302/1")
    served = inspector.json("orders", "serve", order, "--method", "post", "--on", "๓๐ พ.ย. ๒๕๖๙", "--receiver", "กมล")
    assert served["received"]["due"] == "2026-12-08"  # 7 December is made up for 5 December, a Saturday
    assert served["due"]["due"] == "2027-01-07"
    assert served["appeal"] is None
    clock.advance(timedelta(days=60).total_seconds())
    (task,) = inspector.json("work", "--overdue")["tasks"]
    assert (task["kind"], task["order_id"], task["due"]) == ("order", order, "2027-01-07")
    assert inspector.json("orders", "comply", order)["state"] == "complied"
    inspector.json("orders", "step", order, "closed")
    assert inspector.json("orders", "list")["orders"] == []
    shown = inspector("orders", "show", order).out
    assert "ร่าง – ต้องให้พนักงานเจ้าหน้าที่ตรวจและลงนาม" in shown
    assert "รอหน่วยงานยืนยัน" in shown  # references that are not certain are marked gaps


def test_a_laboratory_result_comes_later_and_is_judged(inspector: CommandLine, sealed: str) -> None:
    (row,) = inspector.json("record", "waiting", sealed)["pending"]
    item = row["measurement"]["item_id"]
    said = inspector.json(
        "record", "addendum", sealed, item, "๙๙๙๙", "--laboratory", "ห้องปฏิบัติการตัวอย่าง", "--report-no", "L-1"
    )
    assert said["measurement"]["verdict"] == "fail"
    assert said["measurement"]["limit"]["limit_id"]
    assert said["finding"]["finding_id"] == f"{item}.lab"
    assert inspector.json("record", "waiting", sealed)["pending"] == []


# --- the handbook ---


def test_laws_and_limits_are_found_and_confirmed_by_name(inspector: CommandLine) -> None:
    assert inspector.json("handbook", "search", "มาตรา 41")["laws"][0]["law_id"] == "fa2535-s41"
    assert inspector.json("handbook", "limits", "บีโอดี")["limits"]
    inspector.json(
        "handbook", "confirm", "exit-width", "--officer", "นิติกร ก", "--document", "อก 1", "--date", "1/11/69"
    )
    (limit,) = inspector.json("handbook", "limits", "exit-width")["limits"]
    assert (limit["certainty"], limit["confirmation"]["date"]) == ("confirmed", "2026-11-01")
    assert "exit-width" in inspector("handbook", "confirmations").out


@pytest.mark.parametrize("name", ["laws", "limits", "phrases", "factors"])
def test_a_catalogue_goes_to_excel_and_back_unchanged(name: str, tmp_path: Path) -> None:
    book, back = tmp_path / f"{name}.xlsx", tmp_path / f"{name}.yaml"
    assert run("handbook", "export", name, "-o", book).code == 0
    assert run("handbook", "import", book, "-o", back, "--json").json["remarks"] == []
    assert comparing.diff(load_yaml(catalogues.file_of(name)), load_yaml(back)) == ()


def test_what_excel_damaged_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    file = tmp_path / "limits.xlsx"
    run("handbook", "export", "limits", "-o", file)
    book = load_workbook(file)
    page = book["limits"]
    head = [cell.value for cell in page[1]]
    page.cell(2, head.index("from") + 1).value = datetime(2017, 6, 7)
    page.cell(3, head.index("id") + 1).value = "เอ๑"
    page.merge_cells(start_row=4, start_column=1, end_row=5, end_column=1)
    book.save(file)
    said = run("handbook", "compare", file, "--json").json
    told = {(remark["place"]["row"], remark["place"]["column"]) for remark in said["remarks"]}
    assert {(2, "from"), (3, "id"), (4, "A4:A5")} <= told
    assert run("handbook", "import", file, "-o", tmp_path / "x.yaml").code == 4
    assert not (tmp_path / "x.yaml").exists()


def test_two_versions_differ_in_sentences() -> None:
    said = run("checklists", "diff", "minerals_act", "minerals_act", "--json").json
    assert said["changes"] == []
    assert run("checklists", "diff", "minerals_act", "nothing").code == 10


@pytest.mark.parametrize(
    ("words", "value", "formula"),
    [
        (("leq", "level=80;86"), 84.0, "10·log10"),
        (("twa", "level=90;95", "hours=4;4"), 92.9, "TWA"),
        (("wbgt", "wet=๒๘", "globe=40"), 31.6, "0.7×28"),
        (("annoyance", "specific=65", "background=52"), 13.0, "65 − 52"),
        (("expansion", "present=1,200"), 1500.0, "1,200 + 300"),
        (("toilets", "workers=81"), 4, "3 + ⌈"),
        (("exit-width", "persons=60"), 130, "110 + 2"),
        (("carbon", "activity=1000", "factor=2.71"), 2.71, "÷ 1000"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_computation_shows_its_formula(words: tuple[str, ...], value: float, formula: str) -> None:
    said = run("compute", *words, "--json").json
    assert said["value"] == pytest.approx(value)
    assert formula in said["formula"]


def test_a_computation_by_law_tells_its_source_and_that_it_is_unconfirmed() -> None:
    said = run("compute", "toilets", "workers=81")
    assert "มาตรา" not in said.out
    assert "ใช้บังคับ พ.ศ. 2535" in said.out
    assert "ร่าง – รอหน่วยงานยืนยัน" in said.out
    assert run("compute", "toilets", "workers=81", "--json").json["limit"] == "toilets"
    assert "พ.ร.บ. โรงงาน พ.ศ. 2535 มาตรา 18" in run("compute", "expansion", "present=80").out


@pytest.mark.parametrize("words", [("leq",), ("leq", "level=x"), ("twa", "level=90", "hours=4;4"), ("leq", "nope=1")])
def test_a_computation_without_its_values_says_which(words: tuple[str, ...]) -> None:
    assert run("compute", *words).code == 3


# --- editions ---


def test_an_edition_is_signed_by_two_people_taken_and_recalled(
    inspector: CommandLine, clock: FrozenClock, tmp_path: Path
) -> None:
    approver = CommandLine(tmp_path / "ผู้อนุมัติ" / "workspace", clock=clock)
    approver.init(name="นายผู้อนุมัติ")
    told = ("--approver", "นายผู้อนุมัติ", "--effective", "1/1/2569", "--document", "อก 1/2569", "--province", "นนทบุรี")
    inspector.json("checklists", "publish", "minerals_act", "-o", tmp_path, *told)
    (manifest,) = tmp_path.glob("*.edition.json")
    assert inspector.json("checklists", "approve", manifest, code=4)["error"] == "edition"  # the author cannot
    approver.json("checklists", "approve", manifest)
    assert approver.json("checklists", "take", manifest, code=4)["error"] == "edition"  # keys are not trusted yet
    for line, name in ((inspector, "author"), (approver, "approver")):
        line.json("checklists", "key", "-o", tmp_path / f"{name}.json")
        approver.json("checklists", "trust", tmp_path / f"{name}.json")
    assert approver.json("checklists", "take", manifest, code=4)["error"] == "edition"  # outside the pilot
    taken = approver.json("checklists", "take", manifest, "--province", "12")["checklist"]
    recall = tmp_path / "recall.json"
    inspector.json("checklists", "recall", "minerals_act", taken["version"], "--reason", "ผิด", "-o", recall)
    approver.json("checklists", "take-recall", recall)
    assert approver.json("checklists", "take", manifest, "--province", "12", code=4)["error"] == "edition"
