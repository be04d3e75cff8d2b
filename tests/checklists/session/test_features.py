"""Features of ODK forms beyond the acceptance cases, each in a small form."""

from __future__ import annotations

import json

from checklists.session import FormSession

YN = "| | list_name | name | label |\n| | yn | yes | Yes |\n| | yn | no | No |"
TABLE = b"name,label,zone,max\np1,Press 1,a,120\np2,Press 2,b,240\n"
POINTS = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": "w1",
                "geometry": {"type": "Point", "coordinates": [100.5, 13.7]},
                "properties": {"name": "w1", "title": "Well 1"},
            }
        ],
    }
).encode()


def test_pulldata_reads_a_cell_of_a_table(fill):
    session = fill(
        "| | type | name | label | calculation |\n| | text | m | M | |\n"
        "| | calculate | top | | pulldata('machines', 'max', 'name', ${m}) |",
        files={"machines.csv": TABLE},
    )
    session.set_value("/data/m", "p2")
    assert session.value("/data/top") == "240"
    session.set_value("/data/m", "nowhere")
    assert session.value("/data/top") == ""


def test_points_of_a_geojson_file_are_choices_with_a_geometry(fill):
    session = fill(
        "| | type | name | label | calculation |\n| | select_one_from_file wells.geojson | w | W | |\n"
        "| | calculate | at | | instance('wells')/root/item[name = ${w}]/geometry |",
        files={"wells.geojson": POINTS},
    )
    session.set_value("/data/w", "w1")
    assert session.value("/data/at") == "13.7 100.5 0 0"


def test_an_external_xml_list_is_read(fill):
    session = fill(
        "| | type | name | label |\n| | select_one_from_file shops.xml | s | S |",
        files={"shops.xml": b"<root><item><name>a</name><label>Shop A</label></item></root>"},
    )
    assert [(c.value, c.label) for c in session.node("/data/s").choices] == [("a", "Shop A")]


def test_the_record_sent_before_can_fill_a_default(fill):
    session = fill(
        "| | type | name | label | default |\n| | text | site | Site | ${last-saved#site} |",
        last_saved="<data><site>โรงงาน ก</site></data>",
    )
    assert session.value("/data/site") == "โรงงาน ก"


def test_a_choice_can_be_named_in_the_language_of_the_session(fill):
    session = fill(
        "| | type | name | label | calculation |\n| | select_one yn | a | A | |\n"
        "| | calculate | words | | jr:choice-name(${a}, '${a}') |",
        choices=YN,
    )
    session.set_value("/data/a", "yes")
    assert session.value("/data/words") == "Yes"


def test_or_other_asks_for_the_other_text(fill):
    session = fill("| | type | name | label |\n| | select_one yn or_other | a | A |", choices=YN)
    session.set_value("/data/a", "other")
    assert session.node("/data/a_other").relevant


def test_a_trigger_sets_a_value_once_per_change(fill):
    session = fill(
        "| | type | name | label | trigger | calculation |\n| | text | a | A | | |\n"
        "| | dateTime | at | At | ${a} | now() |"
    )
    assert session.value("/data/at") == ""
    session.set_value("/data/a", "x")
    assert session.value("/data/at") == "2026-11-22T10:42:00.000+07:00"


def test_preloads_come_from_clock_and_device_once(fill, clock):
    session = fill(
        "| | type | name | label |\n| | start | start | |\n| | today | today | |\n| | deviceid | dev | |\n"
        "| | username | who | |\n| | text | a | A |"
    )
    values = [session.value(f"/data/{name}") for name in ("start", "today", "dev", "who")]
    assert values == ["2026-11-22T10:42:00.000+07:00", "2026-11-22", "dev:1", "somchai"]
    draft = session.to_draft()
    clock.advance(86_400)
    again = FormSession(session.definition, clock=clock, draft=draft)
    assert again.value("/data/start") == values[0]


def test_once_keeps_its_first_value(fill):
    session = fill(
        "| | type | name | label | calculation |\n| | text | a | A | |\n| | calculate | first | | once(${a}) |"
    )
    for text in ("one", "two"):
        session.set_value("/data/a", text)
    assert session.value("/data/first") == "one"


def test_ranges_ranks_and_uploads_are_questions(fill):
    session = fill(
        "| | type | name | label | parameters |\n| | range | n | N | start=0 end=10 step=2 |\n"
        "| | rank yn | r | R | |\n| | image | photo | P | max-pixels=1000 |",
        choices=YN,
    )
    views = {view.name: view for view in session.outline()}
    assert [views[name].control for name in ("n", "r", "photo")] == ["range", "rank", "upload"]
    question = next(q for q in session.definition.questions if q.name == "n")
    assert (question.body_attributes["start"], question.body_attributes["end"]) == ("0", "10")
    session.set_value("/data/r", "no yes")
    assert session.node("/data/r").typed == ("no", "yes")


def test_a_running_total_reads_the_row_before(fill):
    session = fill(
        "| | type | name | label | calculation |\n| | begin repeat | r | R | |\n| | integer | n | N | |\n"
        "| | calculate | total | | ${n} + coalesce(indexed-repeat(${total}, ${r}, position(..) - 1), 0) |\n"
        "| | end repeat | | | |"
    )
    for number in (1, 2, 3):
        if number > 1:
            session.add_row("/data/r")
        session.set_value(f"/data/r[{number}]/n", str(number))
    session.set_value("/data/r[1]/n", "10")
    assert [session.value(f"/data/r[{n}]/total") for n in (1, 2, 3)] == ["10", "12", "15"]


def test_hidden_rows_count_nowhere(fill):
    session = fill(
        "| | type | name | label | relevant | calculation |\n| | begin repeat | r | R | | |\n"
        "| | integer | n | N | | |\n"
        "| | integer | m | M | ${n} > 1 | |\n| | end repeat | | | | |\n| | calculate | s | | | sum(${m}) |\n"
        "| | calculate | c | | | count(${m}) |"
    )
    session.set_value("/data/r[1]/n", "2")
    session.set_value("/data/r[1]/m", "5")
    assert (session.value("/data/s"), session.value("/data/c")) == ("5", "1")
    session.set_value("/data/r[1]/n", "0")
    assert (session.value("/data/s"), session.value("/data/c")) == ("0", "0")
