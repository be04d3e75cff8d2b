"""Every bundled checklist opens, fills to each verdict, and holds what a checklist must hold."""

import pytest

from checklists.authoring import load_yaml
from checklists.authoring.catalogue import HANDBOOK, UNCONFIRMED
from checklists.authoring.coverage import checklist_files
from checklists.loading import bundled, bundled_ids
from checklists.model import Audience, Verdict, to_json
from checklists.sealing import canonical, extract_for_factory
from tests.support.handbook_player import asked, begin, catalogue, play, scripts
from tests.support.store_builders import envelope

IDS = sorted(file.stem for file in checklist_files())


def test_the_nine_checklists_of_the_item_bank_and_two_more_are_there():
    assert sorted(pin.form_id for pin in bundled_ids()) == IDS
    assert len(IDS) == 11


@pytest.mark.parametrize("checklist", IDS)
def test_every_bundled_checklist_is_a_draft(checklist):
    assert asked(checklist).status == "draft"
    assert UNCONFIRMED.th == "ร่าง – รอหน่วยงานยืนยัน"
    assert not next(pin for pin in bundled_ids() if pin.form_id == checklist).confirmed


@pytest.mark.parametrize("checklist", IDS)
def test_every_item_of_the_file_is_an_item_of_the_form_with_words_help_and_reference(checklist):
    written = [
        item["id"] for section in load_yaml(HANDBOOK / f"{checklist}.yaml")["sections"] for item in section["items"]
    ]
    items = asked(checklist).items
    assert [item.item_id for item in items] == written
    for item in items:
        assert all((item.title.th, item.title.en, item.help.th, item.help.en, item.laws)), item.item_id
        assert all(catalogue().entry(law) for law in item.laws), item.item_id
        assert all(choice.label.th and choice.label.en for choice in item.choices), item.item_id
        assert all(field.label.th and field.label.en for field in item.field_defs), item.item_id


@pytest.mark.parametrize("checklist", IDS)
def test_every_verdict_item_takes_every_verdict_it_allows(checklist):
    played = begin(checklist, group="3", horsepower=60.0)
    for item in played.outline.items:
        rows = played.session.rows(item.repeat_path) if item.repeat_path else ("",)
        for verdict in item.verdicts:
            for row in rows:
                played.put(item.item_id, verdict.value, row)
                if item.item_id in {one.item_id.partition("@")[0] for one in played.result().items}:
                    found = next(one for one in played.result().items if one.item_id.partition("@")[0] == item.item_id)
                    assert found.verdict is verdict


@pytest.mark.parametrize("checklist", IDS)
def test_labels_and_choices_never_say_yes_or_no(checklist):
    for item in asked(checklist).items:
        labels = {choice.label.th for choice in item.choices} | {item.title.th}
        assert not labels & {"ใช่", "ไม่ใช่"}
        assert "ให้การ" not in item.title.th + item.help.th


@pytest.mark.parametrize("checklist", IDS)
def test_answers_may_be_taken_back(checklist):
    played = begin(checklist, group="3")
    before = played.result()
    shown = (
        item for item in played.outline.items if not item.repeat_path and played.session.shown(item.path) is not None
    )
    item = next(item for item in shown if item.verdicts)
    path = item.verdict_path or item.skip_path
    played.session.set_value(path, item.verdicts[0].value)
    assert played.result() != before
    played.session.set_value(path, "")
    assert played.result() == before


# --- the complainant ------------------------------------------------------------------------------------------------

MARKER = "นางสาวเครื่องหมายลับ"


def test_the_complainant_is_restricted_and_reaches_no_factory_copy():
    _name, script, good = next(iter(scripts("complaint_investigation")))
    answers = {"CO-R01": MARKER, "CO-R01.contact": MARKER, "CO-D05": "satisfied"}
    result = play("complaint_investigation", {**script, "answers": answers}, good).result()
    items = {item.item_id: item for item in result.items}
    assert items["CO-R01"].audience is Audience.RESTRICTED
    assert items["CO-R01"].fields[0].audience is Audience.RESTRICTED
    assert items["CO-D05"].audience is Audience.RESTRICTED
    assert MARKER not in str([finding.fact for finding in result.findings])
    sealed = envelope(sections=to_json(result.sections), findings=to_json(result.findings))
    assert MARKER in canonical(sealed).decode()
    assert MARKER not in canonical(extract_for_factory(sealed)).decode()


def test_the_bundled_forms_load_without_problems():
    for checklist in IDS:
        assert bundled(checklist).problems == ()


def test_a_measured_item_never_has_a_pass_key():
    for checklist in IDS:
        for item in asked(checklist).items:
            if item.kind in ("number", "count", "date"):
                assert Verdict.PASS not in item.verdicts, item.item_id
