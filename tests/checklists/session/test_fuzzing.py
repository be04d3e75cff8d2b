"""Random forms and random answers: whatever happens, a session stays consistent and a bad form stays an error."""

from __future__ import annotations

import contextlib
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from checklists.errors import AnswerError, AuthorError
from checklists.session import FormSession
from checklists.xform import FormDefinition
from checklists.xpath import parse
from checklists.xpath.errors import XPathError
from tests.support.clock import FrozenClock
from tests.support.engine_xpath import evaluate

XFORM = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
    ' xmlns:jr="http://openrosa.org/javarosa"><h:head><model><instance><data id="f">'
    "<a/><b/><n/><r jr:template=''><x/><y/><q jr:template=''><z/></q></r><r><x/><y/></r><c/><d/></data></instance>"
    "{binds}</model></h:head><h:body><input ref='/data/a'/><input ref='/data/b'/><input ref='/data/n'/>"
    "<group ref='/data/r'><repeat nodeset='/data/r'><input ref='/data/r/x'/>"
    "<group ref='/data/r/q'><repeat nodeset='/data/r/q'><input ref='/data/r/q/z'/></repeat></group>"
    "</repeat></group></h:body></h:html>"
)
PATHS = ("/data/a", "/data/b", "/data/n", "/data/r/x", "../x", "../../a", "/data/r/q/z", "/data/c", ".")
TARGETS = {"/data/r/y": "calculate", "/data/c": "calculate", "/data/d": "calculate", "/data/b": "relevant",
           "/data/r/q": "relevant", "/data/a": "constraint", "/data/r/x": "required"}  # fmt: skip

atoms = st.one_of(
    st.sampled_from(PATHS), st.sampled_from(("'x'", "''", "3", "0", "2.5", "today()", "position(..)", "true()")),
)  # fmt: skip


def grown(inner):
    two = st.tuples(inner, st.sampled_from(("+", "-", "*", "div", "=", "!=", "<", "and", "or")), inner)
    call = st.sampled_from(
        ("concat", "if3", "coalesce", "string-length", "not", "number", "selected", "round", "count")
    )
    return st.one_of(two.map(lambda t: f"({t[0]} {t[1]} {t[2]})"), st.tuples(call, inner, inner, inner).map(_call))


def _call(parts):
    name, a, b, c = parts
    return {
        "if3": f"if({a}, {b}, {c})", "concat": f"concat({a}, {b})", "coalesce": f"coalesce({a}, {b})",
        "selected": f"selected({a}, {b})", "count": "count(/data/r/x)",
    }.get(name, f"{name}({a})")  # fmt: skip


expressions = st.recursive(atoms, grown, max_leaves=8)
binds = st.dictionaries(st.sampled_from(sorted(TARGETS)), expressions, max_size=5)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from(("/data/a", "/data/n", "/data/b")), st.sampled_from(("", "x", "3"))),
        st.tuples(st.just("row"), st.integers(0, 3), st.sampled_from(("", "x", "7"))),
        st.tuples(st.just("add"), st.just(0), st.just("")),
        st.tuples(st.just("inner"), st.integers(0, 3), st.just("")),
        st.tuples(st.just("remove"), st.integers(0, 3), st.just("")),
        st.tuples(st.just("undo"), st.just(0), st.just("")),
        st.tuples(st.just("redo"), st.just(0), st.just("")),
    ),
    max_size=14,
)


def definition_of(rules):
    written = [etree.Element("bind", {"nodeset": path, TARGETS[path]: rule}) for path, rule in rules.items()]
    text = "".join(etree.tostring(bind, encoding="unicode") for bind in written)
    return FormDefinition.from_xform(XFORM.format(binds=text))


def play(session, step):
    kind, where, value = step
    rows = session.rows("/data/r")
    if kind == "set":
        session.set_value(where, value)
    elif kind == "add":
        session.add_row("/data/r")
    elif kind in {"undo", "redo"}:
        getattr(session, kind)()
    elif rows:
        path = f"/data/r[{where % len(rows) + 1}]"
        if kind == "row":
            session.set_value(f"{path}/x", value)
        elif kind == "inner":
            session.add_row(f"{path}/q")
        else:
            session.remove_row(path)


def state(session):
    return {
        view.path: (view.value, view.relevant, view.required, view.valid)
        for view in session.every_node()
        if view.kind == "question"
    }


def check(rules, played, clock):
    try:
        definition = definition_of(rules)
    except AuthorError:
        return
    session = FormSession(definition, clock=clock)
    saved: dict[tuple[str, str], str] = {(row.path, row.row): row.value for row in session.to_draft().answers}
    session.subscribe(lambda changes: saved.update({(row.path, row.row): row.value for row in changes.answers}))
    for step in played:
        try:
            play(session, step)
        except AnswerError:
            continue
    fresh = FormSession(definition, clock=clock, draft=session.to_draft())
    assert state(fresh) == state(session), "what was computed step by step is what a full computation gives"
    kept = {(row.path, row.row): row.value for row in session.to_draft().answers if row.value}
    assert {key: saved.get(key, "") for key in kept} == kept, "the change sets hold everything a store must save"
    etree.fromstring(session.to_submission_xml())


CLOCK = FrozenClock(datetime.fromisoformat("2026-03-15T10:30:00+07:00"))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(binds, steps)
def test_step_by_step_is_the_same_as_all_at_once(rules, played):
    check(rules, played, CLOCK)


@pytest.mark.long
@pytest.mark.timeout(0)  # it takes most of an hour
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(binds, steps)
def test_step_by_step_is_the_same_as_all_at_once_long(rules, played):
    check(rules, played, CLOCK)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab1.'\"()[]/@*+-<=>!|, $:\u0e01\x00", max_size=40))
def test_any_text_parses_or_is_an_error(text):
    with contextlib.suppress(XPathError):
        parse(text)


@settings(max_examples=200, deadline=None)
@given(expressions.filter(lambda e: "position(..)" not in e))
def test_any_expression_has_a_value(expression):
    with contextlib.suppress(XPathError):
        assert evaluate(expression, "<data><a>1</a><b/><n>x</n><r><x>2</x></r></data>") is not None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200))
def test_any_content_is_a_form_or_an_error_for_the_author(content):
    with contextlib.suppress(AuthorError):
        FormDefinition.from_xform(content)
