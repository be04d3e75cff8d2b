"""The fill screen by keys alone, on a small checklist with one item of each kind and a session over a dictionary."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from checklists.authoring.catalogue import Catalogue, limit_entry
from checklists.model import Attachment, AttachmentKind, Verdict
from inspector_app.gui.questions.model import FillModel
from inspector_app.gui.questions.state import Need
from tests.support import fill_fake
from tests.support.fill_bench import Bench
from tests.support.fill_keys import KEDMANEE, US
from tests.support.fill_window import wait_for

NOTE = "พบพาเลทกีดขวางประตู"


@pytest.fixture(params=[US, KEDMANEE])
def bench(qtbot: QtBot, request: pytest.FixtureRequest) -> Bench:
    return Bench(qtbot, request.param)


@pytest.fixture
def us(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


# --- verdicts -------------------------------------------------------------------------------------------------------


def test_one_key_answers_an_item_and_goes_on_to_the_next(bench: Bench) -> None:
    bench.press("1")
    assert bench.verdict("A01") is Verdict.PASS
    assert bench.number == "A02"
    assert bench.saver.answers() == {"fa_a01_v": "pass"}


@pytest.mark.parametrize(
    "key, verdict", [("2", Verdict.FAIL), ("3", Verdict.NA), ("4", Verdict.CANNOT), ("5", Verdict.OBSERVE)]
)
def test_each_verdict_has_its_key_and_stays_where_more_is_needed(bench: Bench, key: str, verdict: Verdict) -> None:
    bench.press(key)
    assert bench.verdict("A01") is verdict
    assert bench.number == "A01"


def test_after_a_fail_the_note_is_one_key_away_and_enter_goes_on(bench: Bench) -> None:
    bench.press("2", "N")
    bench.type(NOTE)
    bench.press("Enter")
    assert bench.saver.answers()["fa_a01_note"] == NOTE
    assert bench.number == "A02"
    assert bench.on_card


@pytest.mark.parametrize("key", ["3", "4"])
def test_a_skip_asks_its_reason_at_once(bench: Bench, key: str) -> None:
    bench.press(key)
    assert bench.focus_name == "A01 เหตุผล"
    bench.type("ไม่มีหม้อน้ำ")
    bench.press("Enter")
    assert bench.saver.answers()["fa_a01_reason"] == "ไม่มีหม้อน้ำ"
    assert bench.number == "A02"


def test_changing_an_answered_item_keeps_it_in_sight(bench: Bench) -> None:
    bench.press("1", "Up", "5", "1")
    assert bench.number == "A01"
    assert bench.verdict("A01") is Verdict.PASS


def test_the_slash_and_minus_of_a_latin_layout_and_the_number_pad_set_nothing(us: Bench) -> None:
    us.press("/", "-")
    assert us.verdict("A01") is None


def test_del_takes_an_answer_away_and_undo_brings_it_back(us: Bench) -> None:
    us.press("5", "Del")
    assert us.verdict("A01") is None
    us.press("Ctrl+Z")
    assert us.verdict("A01") is Verdict.OBSERVE


def test_letters_type_while_a_text_field_has_the_focus(us: Bench) -> None:
    us.press("2", "N")
    us.type("npl12")
    us.press("Esc")
    assert us.saver.answers()["fa_a01_note"] == "npl12"
    assert us.on_card


def test_text_is_handed_over_within_a_second_of_the_last_key(us: Bench) -> None:
    us.press("2", "N")
    us.type(NOTE)
    assert "fa_a01_note" not in us.saver.answers()
    wait_for(lambda: us.saver.answers().get("fa_a01_note") == NOTE, seconds=1.5)


# --- values ---------------------------------------------------------------------------------------------------------


def test_a_number_is_judged_while_it_is_typed(bench: Bench) -> None:
    bench.go("B01")
    bench.type("9.6")
    wait_for(lambda: bench.view.editor is not None and not bench.view.editor.question.chip.isHidden())
    assert bench.view.editor is not None
    assert bench.view.editor.question.chip.text() == "เกิน 0.6 · ไม่ผ่าน"
    assert bench.saver.answers()["fa_b01_x"] == "9.6"


def test_thai_digits_are_a_number_and_letters_do_not_get_in(us: Bench) -> None:
    us.go("B01")
    us.type("๗.๕ม")
    assert us.session.answers[us.model.items[us.model.cursor].value_path] == "7.5"


def test_the_awaited_laboratory_result_is_one_key_in_a_number_field(us: Bench) -> None:
    us.go("B01")
    us.press("W")
    assert us.verdict("B01") is Verdict.LAB
    assert us.number != "B01"


def test_esc_leaves_a_value_field_and_then_the_skips_have_their_keys(bench: Bench) -> None:
    bench.go("B03")
    bench.press("Esc", "3")
    assert bench.verdict("B03") is Verdict.NA
    assert bench.focus_name == "B03 เหตุผล"


@pytest.mark.parametrize("typed", ["22/11/69", "22 พ.ย. 2569", "๒๒/๑๑/๒๕๖๙", "2026-11-22"])
def test_dates_are_read_as_people_write_them(us: Bench, typed: str) -> None:
    us.go("B03")
    us.type(typed)
    us.press("Enter")
    assert us.saver.answers()["fa_b03_x"] == "2026-11-22"
    assert us.number == "B04"


def test_what_is_no_date_stays_in_the_field_with_words_and_is_there_again_later(us: Bench) -> None:
    us.go("B03")
    us.type("32/13/69")
    us.press("Enter", "Up")
    us.go("B03")
    assert us.view.editor is not None
    field = us.view.editor.question.field
    assert field.edit.text() == "32/13/69"
    assert field.message is not None
    assert not field.message.isHidden()
    assert "fa_b03_x" not in us.saver.answers()


def test_a_choice_has_a_digit_for_each_of_its_choices(bench: Bench) -> None:
    bench.go("B05")
    bench.press("2")
    assert bench.saver.answers()["fa_b05_x"] == "improve"


# --- going about ----------------------------------------------------------------------------------------------------


def test_arrows_sections_and_numbers_lead_to_items(bench: Bench) -> None:
    bench.press("Down", "Down", "Up")
    assert bench.number == "A02"
    bench.press("Ctrl+PgDn")
    assert bench.number == "B01"
    bench.press("Ctrl+PgUp", "Ctrl+G")
    bench.type("b5")
    bench.press("Enter")
    assert bench.number == "B05"


def test_words_of_a_title_lead_to_its_item_and_unknown_ones_are_told(us: Bench) -> None:
    us.press("Ctrl+G")
    us.type("หม้อน้ำ")
    us.press("Enter")
    assert us.number == "B03"
    us.press("Esc", "Ctrl+G")
    us.type("Z99")
    us.press("Enter")
    assert "Z99" in us.view.notice.text()
    us.press("Esc")
    assert us.number == "B03"


def test_enter_goes_to_the_next_unanswered_item_from_the_start_again_at_the_end(us: Bench) -> None:
    us.press("1", "1")
    us.go("K01")
    us.press("Enter")
    assert us.number == "A03"


def test_the_problems_lead_to_their_fields(bench: Bench) -> None:
    bench.press("1", "2")
    bench.go("B04")
    bench.press("Ctrl+E", "Enter")
    assert bench.number == "A02"
    assert bench.focus_name == "A02 บันทึกข้อเท็จจริง"


@pytest.mark.parametrize("visited_on, limit", [("2026-06-30", "เกณฑ์ 5.5 – 9"), ("2026-07-01", "เกณฑ์ 6 – 8")])
def test_the_limit_beside_an_item_is_the_one_of_the_day_of_the_visit(qtbot: QtBot, visited_on: str, limit: str) -> None:
    words = {"id": "ph", "parameter": "ph", "th": "pH", "en": "pH", "source": "S9", "certainty": "B"}
    old = limit_entry({**words, "min": "5.5", "max": "9", "until": "2026-06-30"})
    new = limit_entry({**words, "min": "6", "max": "8", "from": "2026-07-01"})
    bench = Bench(qtbot, catalogue=Catalogue((), (old, new), {}), visited_on=visited_on)
    bench.go("B01")
    assert limit in bench.view.context.law_text.text()


def test_undo_takes_back_a_whole_visit_to_a_field_and_shows_where(us: Bench) -> None:
    us.go("B01")
    us.type("7.25")
    us.press("Enter", "Ctrl+Z")  # the field where the focus is now has nothing to take back itself
    assert us.session.answers[us.model.items[us.model.places.find("B01") or 0].value_path] == ""
    assert us.number == "B01"
    us.press("Ctrl+Y")
    assert us.session.answers[us.model.items[us.model.cursor].value_path] == "7.25"


def test_the_cursor_is_saved_soon_after_it_moved(us: Bench) -> None:
    us.press("Down", "Down")
    wait_for(lambda: us.saver.cursors and us.saver.cursors[-1].path.endswith("fa_a03"), seconds=2)


def test_a_record_comes_back_at_its_item(us: Bench) -> None:
    us.press("1", "1")
    us.view.flush()
    us.model.save_cursor()
    again = FillModel(
        us.session,
        us.model.outline,
        saver=us.saver,
        judge=lambda found: fill_fake.judge(us.session, found),
        cursor=us.saver.cursors[-1],
    )
    assert again.items[again.cursor].number == "A03"


# --- photos ---------------------------------------------------------------------------------------------------------


def test_p_asks_for_photos_of_the_open_item(bench: Bench, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bench.view.photo_wanted) as wanted:
        bench.press("P")
    assert wanted.args == [0]


def test_pasted_pictures_and_files_become_photos_also_while_a_note_has_the_focus(us: Bench, qtbot: QtBot) -> None:
    us.press("2", "N")
    QGuiApplication.clipboard().setImage(QImage(8, 8, QImage.Format.Format_RGB32))
    with qtbot.waitSignal(us.view.photos_given) as given:
        us.press("Ctrl+V")
    assert given.args[0] == 0
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/somewhere/a.jpg"), QUrl.fromLocalFile("/somewhere/b.jpg")])
    QGuiApplication.clipboard().setMimeData(data)
    with qtbot.waitSignal(us.view.photos_given) as given:
        us.press("Ctrl+V")
    assert [url.fileName() for url in given.args[1]] == ["a.jpg", "b.jpg"]


def test_pasted_text_still_goes_into_the_note_without_zero_width_characters(us: Bench) -> None:
    us.press("2", "N")
    QGuiApplication.clipboard().setText("น้ำ\u200bทิ้ง")
    us.press("Ctrl+V", "Esc")
    assert us.saver.answers()["fa_a01_note"] == "น้ำทิ้ง"


def test_a_photo_settles_what_a_failed_item_needs(us: Bench) -> None:
    us.press("2", "N")
    us.type(NOTE)
    us.press("Esc")
    assert us.model.needs(0) == (Need.PHOTO,)
    us.model.add_attachment(
        Attachment("a1", "r", AttachmentKind.PHOTO, "00", 1, "image/png", "x.png", item_id="FA-A01", exhibit="จ.1")
    )
    assert us.model.needs(0) == ()
    assert us.view.editor is not None
    assert us.view.editor.photo_button.text() == "ภาพ 1"


# --- long checklists ------------------------------------------------------------------------------------------------


def test_a_long_section_is_built_in_slices_and_a_jump_builds_what_it_needs(qtbot: QtBot) -> None:
    bench = Bench(qtbot, outline=fill_fake.outline(300))
    page = bench.view.pages[0]
    assert not page.built
    bench.go("A250")
    assert bench.number == "A250"
    wait_for(lambda: all(page.built for page in bench.view.pages))


def test_the_open_card_is_wholly_in_sight(qtbot: QtBot) -> None:
    bench = Bench(qtbot, outline=fill_fake.outline(30))
    for _ in range(25):
        bench.press("1")
        card = bench.view.card
        assert card is not None
        page = bench.view.pages[0]
        top = card.mapTo(page.viewport(), card.rect().topLeft()).y()
        assert top >= 0
        assert top + card.height() <= page.viewport().height()
