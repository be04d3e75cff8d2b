"""Fields that forms of other authors need: times, moments, positions, and many choices, by keys alone."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from checklists.items import ChecklistOutline, ChoiceDef, FieldDef, ItemDef, SectionDef
from checklists.model import Verdict, Words
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.questions.faces import shown_value
from inspector_app.gui.questions.fields import CHOICE_KEYS, ChoiceField, LineField
from inspector_app.gui.questions.kinds import VERDICT_KEYS, ValueQuestion
from tests.support.fill_bench import Bench
from tests.support.fill_fake import value_item, verdict_item
from tests.support.fill_keys import KEDMANEE, US
from tests.support.fill_story import Story
from tests.support.foreign_form import start_foreign


def choices(count: int) -> tuple[ChoiceDef, ...]:
    return tuple(ChoiceDef(f"c{n}", Words(f"ชนิดที่ {n}", f"Kind {n}")) for n in range(1, count + 1))


def outline(*items: ItemDef) -> ChecklistOutline:
    section = SectionDef("A", Words("หมวด", "Section"), "/data/sec_a", items)
    by_id = {item.item_id: item for item in items}
    return ChecklistOutline("foreign", "1", Words("แบบ", "Form"), (section,), by_id=by_id)


def shown(bench: Bench) -> str:
    return shown_value(bench.model, bench.model.cursor, "th")


def said(bench: Bench) -> str:
    assert bench.view.editor is not None
    question = bench.view.editor.question
    assert isinstance(question, ValueQuestion)
    assert isinstance(question.field, LineField)
    return question.field.message.text() if question.field.message is not None else ""


TIME, MOMENT, POINT = "time", "datetime", "geopoint"


@pytest.mark.parametrize(
    "kind, typed, value, words",
    [
        (TIME, "13.45", "13:45:00.000+07:00", "13:45 น."),
        (TIME, "๐๙๐๕ น.", "09:05:00.000+07:00", "09:05 น."),
        (MOMENT, "22/11/69 13:45", "2026-11-22T13:45:00.000+07:00", "22 พ.ย. 2569 13:45 น."),
        (MOMENT, "วันนี้ 805", "2026-11-22T08:05:00.000+07:00", "22 พ.ย. 2569 08:05 น."),
        (MOMENT, "2026-11-22T00:00", "2026-11-22T00:00:00.000+07:00", "22 พ.ย. 2569 00:00 น."),
        (POINT, "13.7563, 100.5018", "13.7563 100.5018 0 0", "13.7563, 100.5018"),
        (POINT, "๑๓.๕ ๑๐๐", "13.5 100 0 0", "13.5, 100"),
    ],
)
def test_what_people_type_is_stored_as_the_form_wants_it_and_shown_as_people_write_it(
    qtbot: QtBot, kind: str, typed: str, value: str, words: str
) -> None:
    bench = Bench(qtbot, outline=outline(value_item("A", 1, "ข้อ", kind, kind), verdict_item("A", 2, "ข้อ")))
    bench.type(typed)
    assert bench.saver.answers() == {"fa_a01_x": value}
    assert said(bench) == f"อ่านเป็น {words}"
    bench.press("Enter")
    assert bench.number == "A02"
    bench.go("A01")
    assert shown(bench) == words
    assert bench.view.editor is not None
    field = bench.view.editor.question.first_field()
    assert field is not None
    assert field.property("text") == words


@pytest.mark.parametrize(
    "kind, typed, words",
    [
        (TIME, "25:00", "เวลา"),
        (TIME, "บ่ายสอง", "เวลา"),
        (MOMENT, "22/11/69", "ทั้งวันที่และเวลา"),
        (MOMENT, "31/2/69 10:00", "ทั้งวันที่และเวลา"),
        (POINT, "100.5018, 13.7563", "ละติจูด"),
        (POINT, "13.7563", "ละติจูด"),
    ],
)
def test_what_cannot_be_read_is_told_in_words_and_kept_and_nothing_is_stored(
    qtbot: QtBot, kind: str, typed: str, words: str
) -> None:
    bench = Bench(qtbot, outline=outline(value_item("A", 1, "ข้อ", kind, kind), verdict_item("A", 2, "ข้อ")))
    bench.type(typed)
    bench.press("Esc")
    assert words in said(bench)
    assert bench.saver.answers() == {}
    bench.go("A02")
    bench.go("A01")
    assert words in said(bench)


def test_a_form_of_another_author_is_filled_by_keys_and_holds_what_its_own_programs_write(home: MainWindow) -> None:
    story = Story(home, start_foreign(home))
    story.type("13.45")
    story.press("Enter")
    story.type("22/11/69 805")
    story.press("Enter")
    story.type("13.7563, 100.5018")
    story.press("Enter", "A")
    wanted = {
        "at": "13:45:00.000+07:00",
        "seen": "2026-11-22T08:05:00.000+07:00",
        "where": "13.7563 100.5018 0 0",
        "kind": "k11",
    }
    assert {name: value for name, value in story.saved().items() if name != "instanceID"} == wanted
    opened = story.fill.opened
    assert opened is not None
    assert all(opened.session.node(f"/data/{name}").valid for name in wanted)


# --- choices --------------------------------------------------------------------------------------------------------

LETTERS = frozenset("NPLC") | {VERDICT_KEYS[Verdict.LAB]}


def many(count: int, value_type: str = "choice") -> ChecklistOutline:
    skips = (Verdict.NA, Verdict.CANNOT, Verdict.LAB)
    item = value_item("A", 1, "ประเภท", "choice", value_type, choices=choices(count), verdicts=skips)
    return outline(item, verdict_item("A", 2, "ข้อ"))


@pytest.mark.parametrize("layout", [US, KEDMANEE], ids=["us", "thai"])
@pytest.mark.parametrize("key, value", [("9", "c9"), ("0", "c10"), ("A", "c11"), ("B", "c12"), ("D", "c13")])
def test_choices_after_the_ninth_have_keys_too(qtbot: QtBot, layout: str, key: str, value: str) -> None:
    bench = Bench(qtbot, layout, outline=many(13))
    bench.press(key)
    assert bench.saver.answers() == {"fa_a01_x": value}
    assert bench.number == "A02"


def test_the_reasons_to_leave_it_out_take_the_keys_after_the_choices(qtbot: QtBot) -> None:
    bench = Bench(qtbot, outline=many(10))
    bench.press("B")
    assert bench.verdict("A01") is Verdict.CANNOT
    bench.go("A01")
    bench.press("W")
    assert bench.verdict("A01") is Verdict.LAB


def test_several_of_many_are_chosen_one_after_the_other(qtbot: QtBot) -> None:
    bench = Bench(qtbot, outline=many(12, "choices"))
    bench.press("2", "A", "B", "A")
    assert bench.saver.answers() == {"fa_a01_x": "c2 c12"}


def test_no_choice_takes_a_key_of_the_screen_and_each_button_shows_the_key_it_has(qtbot: QtBot) -> None:
    bench = Bench(qtbot, outline=many(40))
    assert bench.view.editor is not None
    question = bench.view.editor.question
    assert isinstance(question, ValueQuestion)
    assert isinstance(question.field, ChoiceField)
    buttons = [question.field.bar.button(value) for value in question.field.order]
    keys = [button.option.key for button in buttons if button is not None]
    assert keys == [*CHOICE_KEYS, *[""] * (40 - len(CHOICE_KEYS))]
    screen = {name for name in bench.view.keyboard.names() if len(name) == 1}
    assert not set(CHOICE_KEYS) & (LETTERS | screen)
    assert screen <= LETTERS


def test_a_further_choice_shows_no_keys_since_they_belong_to_the_items_own_answer(qtbot: QtBot) -> None:
    path = "/data/sec_a/fa_a01/fa_a01_kind"
    further = FieldDef("kind", path, Words("ชนิด", "Kind"), "choice", choices=choices(3))
    bench = Bench(qtbot, outline=outline(verdict_item("A", 1, "ข้อ", field_defs=(further,)), verdict_item("A", 2, "ข้อ")))
    assert bench.view.editor is not None
    (field,) = bench.view.editor.fields
    assert isinstance(field, ChoiceField)
    first = field.bar.button(field.order[0]) if field.order else None
    assert first is None or first.option.key == ""
    bench.press("1")
    assert bench.verdict("A01") is Verdict.PASS
