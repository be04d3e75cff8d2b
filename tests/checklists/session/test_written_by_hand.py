"""XForms that no XLSForm gives; older tools and hands wrote them, Collect opens them. Found by playing public forms."""

from __future__ import annotations

import pytest

from checklists.session import FormSession
from checklists.xform import FormDefinition

XFORM = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
    ' xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms"><h:head><h:title>t</h:title>'
    '<model><instance><data id="t">{instance}</data></instance>{model}</model></h:head>'
    "<h:body>{body}</h:body></h:html>"
)


@pytest.fixture
def opened(clock):
    def open_form(instance, model="", body=""):
        xml = XFORM.format(instance=instance, model=model, body=body)
        return FormSession(FormDefinition.from_xform(xml), clock=clock)

    return open_form


def test_paths_may_name_the_prefix_of_a_namespace(opened):
    session = opened(
        "<orx:meta><orx:instanceID/></orx:meta>",
        "<bind nodeset=\"/data/orx:meta/orx:instanceID\" calculate=\"concat('uuid:', '1')\"/>",
    )
    assert session.value("/data/meta/instanceID") == "uuid:1"
    assert b"<orx:instanceID>uuid:1</orx:instanceID>" in session.to_submission_xml()


def test_controls_and_actions_may_name_a_bind_by_its_id(opened):
    session = opened(
        "<a/>",
        '<bind id="b" nodeset="/data/a" type="int"/><setvalue bind="b" event="odk-instance-first-load">7</setvalue>',
        '<input bind="b"><label>A</label></input>',
    )
    assert [(view.path, view.label, view.value) for view in session.outline()] == [("/data/a", "A", "7")]


def test_a_reference_may_start_at_the_group_around_it(opened):
    session = opened(
        "<g><a/><b/></g>",
        '<bind nodeset="g/a" type="int"/>',
        '<group ref="/data/g"><input ref="current()/a"/><input ref="./b"/></group>',
    )
    assert [view.path for view in session.outline() if view.kind == "question"] == ["/data/g/a", "/data/g/b"]
    assert session.node("/data/g/a").data_type == "int"


def test_a_new_row_takes_the_values_of_a_template_but_not_of_a_first_row(opened):
    body = '<group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat></group>'
    without = opened("<r><x>first</x></r>", body=body)
    without.add_row("/data/r")
    assert [without.value(f"/data/r[{row}]/x") for row in (1, 2)] == ["first", ""]
    template = opened('<r jr:template=""><x>each</x></r><r><x>first</x></r>', body=body)
    template.add_row("/data/r")
    assert [template.value(f"/data/r[{row}]/x") for row in (1, 2)] == ["first", "each"]


@pytest.mark.parametrize(
    ("written", "data_type", "value"),
    [
        ("\n   John\n ", "string", "John"),
        (" 7 ", "int", "7"),
        ("abc", "int", ""),
        ("7.50", "decimal", "7.5"),
        ("1900-13-01", "date", ""),
    ],
    ids=["text", "int", "no-int", "decimal", "no-date"],
)
def test_defaults_are_stored_as_answers_are_and_those_of_another_type_are_blank(opened, written, data_type, value):
    session = opened(f"<a>{written}</a>", f'<bind nodeset="/data/a" type="{data_type}"/>', '<input ref="/data/a"/>')
    assert session.value("/data/a") == value
