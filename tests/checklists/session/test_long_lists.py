"""A filter by equality over a long list is a look-up: counted, not timed."""

from __future__ import annotations

import pytest

from checklists.session import FormSession
from checklists.xform import FormDefinition
from checklists.xpath.tree import Element

ITEMS = 20_000
XFORM = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>'
    '<instance><data id="t"><g/><k/><a/><label/><name/></data></instance>'
    '<instance id="big"><root>{items}</root></instance>'
    '<bind nodeset="/data/name" calculate="jr:choice-name(/data/a, \'/data/a\')"/>'
    '<bind nodeset="/data/label" calculate="instance(\'big\')/root/item[name = /data/a]/label"/>'
    '</model></h:head><h:body><input ref="/data/g"/><input ref="/data/k"/><select1 ref="/data/a">'
    '<itemset nodeset="instance(\'big\')/root/item[{test}]"><value ref="name"/><label ref="label"/></itemset>'
    "</select1></h:body></h:html>"
)


def session_of(clock, test: str, *, items: int = ITEMS) -> FormSession:
    rows = "".join(
        f"<item><name>n{i}</name><label>L{i}</label><g>{i % 5_000}</g><k>{i % 2}</k></item>" for i in range(items)
    )
    return FormSession(FormDefinition.from_xform(XFORM.format(items=rows, test=test)), clock=clock)


@pytest.fixture
def looks(monkeypatch):
    """Return the number of times that an expression looked into an item."""
    count = [0]
    plain = Element.kids

    def kids(element):
        count[0] += 1
        return plain(element)

    monkeypatch.setattr(Element, "kids", kids)
    return count


def values(session: FormSession) -> list[str]:
    return [choice.value for choice in session.node("/data/a").choices]


@pytest.mark.parametrize(
    "test", ["g = /data/g", "/data/g = g", "g = current()/../g", "g = string(/data/g)", "g = /data/g and k = /data/k"]
)
def test_an_answer_that_filters_a_long_list_looks_into_those_that_pass_only(clock, looks, test):
    session = session_of(clock, test)
    session.set_value("/data/k", "1")
    session.set_value("/data/g", "7")  # makes the index
    assert values(session) == [f"n{i}" for i in range(7, ITEMS, 5_000) if "k" not in test or i % 2 == 1]
    session.set_value("/data/g", "9")
    session.set_value("/data/a", "n9")  # makes those of the names
    assert values(session) == [f"n{i}" for i in range(9, ITEMS, 5_000) if "k" not in test or i % 2 == 1]
    assert session.value("/data/label") == session.value("/data/name") == "L9"
    looks[0] = 0
    session.set_value("/data/a", "n5009")
    session.set_value("/data/g", "11")
    assert session.value("/data/a") == ""
    assert looks[0] < 100


@pytest.mark.parametrize(
    "test",
    ["g = /data/g and position() = 8", "g = 7", "g = /data/g or k = '3'", "g != 'x' and g = /data/g", "g[1] = /data/g"],
)
def test_other_filters_give_what_they_gave_without_an_index(clock, test):
    session = session_of(clock, test, items=100)
    session.set_value("/data/g", "7")
    assert values(session) == ["n7"]


def test_a_key_that_comes_twice_in_an_item_finds_it_once(clock):
    item = "<item><name>n1</name><label>L</label><g>7</g><g>7</g><g>8</g></item>"
    form = FormDefinition.from_xform(XFORM.format(items=item, test="g = /data/g"))
    session = FormSession(form, clock=clock)
    for group in ("7", "8"):
        session.set_value("/data/g", group)
        assert values(session) == ["n1"]
    session.set_value("/data/g", "9")
    assert values(session) == []
