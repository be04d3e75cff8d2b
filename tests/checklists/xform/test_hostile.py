"""Forms that strangers wrote: malformed, hostile, huge. Bounded time and memory, a clear error, never a hang."""

from __future__ import annotations

import contextlib
import time

import pytest

from checklists.loading import load_form
from checklists.session import FormSession
from checklists.xform import FormDefinition, FormError
from checklists.xpath import parse
from checklists.xpath.errors import XPathError
from checklists.xpath.functions.geo import MAX_POINTS

XFORM = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
    ' xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>t</h:title><model>'
    '<instance><data id="t">{instance}</data></instance>{model}</model></h:head><h:body>{body}</h:body></h:html>'
)


def form(instance="<a/>", model='<bind nodeset="/data/a" type="string"/>', body='<input ref="/data/a"/>'):
    return XFORM.format(instance=instance, model=model, body=body)


def codes(source) -> set[str]:
    with pytest.raises(FormError) as caught:
        FormDefinition.from_xform(source)
    return {problem.code for problem in caught.value.problems}


def within(seconds: float, work):
    start = time.process_time()
    result = work()
    assert time.process_time() - start < seconds
    return result


BOMB = "<!DOCTYPE x [" + "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "lol"}">' for i in range(12)) + "]>"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (BOMB + form(instance="<a>&e11;</a>"), "xml-malformed"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + form(instance="<a>&e;</a>"), "xml-doctype"),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + form(), "xml-doctype"),
        ("<a><b>", "xml-malformed"),
        ("", "xml-malformed"),
        (b"\xff\xfe\x00\x01", "xml-malformed"),
        ('<?xml version="1.0" encoding="utf-16"?><a/>'.encode("ascii"), "xml-malformed"),
        (form(instance="<a " + " ".join(f'a{i}=""' for i in range(20_000)) + "/>"), "form-too-large"),
        (form().encode("cp874") + b"\xa1", "xml-malformed"),
        (form(instance="<a>\u0e01</a>").encode("cp874"), "xml-malformed"),
        ("<html/>", "no-model"),
        ("<h><head><model/></head></h>", "no-instance"),
        (form(instance="<b>" * 101 + "</b>" * 101), "too-deep"),
        (form(instance="<b>" * 5000 + "</b>" * 5000), "xml-malformed"),
        (form(body='<input ref="/data/nowhere"/>'), "unknown-path"),
        (form(model='<bind nodeset="/data/a" calculate="' + "(" * 5000 + '"/>'), "xpath-syntax"),
        (form(model='<bind nodeset="/data/a" calculate="' + "1*" * 5000 + '1"/>'), "xpath-syntax"),
        (form(model='<bind nodeset="/data/a" calculate="' + "not(" * 90 + "1" + ")" * 90 + '"/>'), None),
        (form(model='<bind nodeset="/data/a" constraint="regex(., \'((a{1000}){1000}){9}\')"/>'), "xpath-regex"),
        (form(model='<bind nodeset="/data/a" constraint="regex(., \'a{2000000000}\')"/>'), "xpath-regex"),
        (form(model='<bind nodeset="/data/a" constraint="regex(., \'(a\')"/>'), "xpath-regex"),
        (form(model='<instance id="x" src="jr://file/../../etc/passwd"/>'), "missing-file"),
        (form(model='<instance id="x" src="http://127.0.0.1:9/x.xml"/>'), "missing-file"),
    ],
)  # fmt: skip
def test_a_bad_form_is_a_clear_error_in_no_time(source, code):
    if code is None:
        within(2, lambda: FormDefinition.from_xform(source))
        return
    assert code in within(2, lambda: codes(source))


def test_all_mistakes_are_told_at_once():
    model = '<bind nodeset="/data/a" relevant="nofunction()" constraint="1 +" calculate="/data/b"/>'
    assert codes(form(model=model)) == {"xpath-unknown-function", "xpath-syntax", "unknown-path"}


def test_rules_that_read_everything_are_bounded():
    instance = "".join(f"<a{number}/>" for number in range(1_000))
    model = "".join(f'<bind nodeset="/data/a{number}" relevant="count(//*) > {number}"/>' for number in range(1_000))
    assert within(20, lambda: codes(form(instance, model, ""))) == {"form-too-large"}


def test_a_form_that_is_wide_is_read_in_one_go():
    instance = "".join(f"<a{number}>{number}</a{number}>" for number in range(20_000))
    assert within(10, lambda: FormDefinition.from_xform(form(instance, "", ""))).parts.seed.values[7] == "6"


@pytest.mark.parametrize("encoding", ["utf-16", "tis-620", "utf-8"])
def test_an_encoding_that_is_declared_is_read(encoding, clock):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + form(instance="<a>\u0e01</a>")
    session = FormSession(FormDefinition.from_xform(text.encode(encoding)), clock=clock)
    assert session.value("/data/a") == "\u0e01"


def test_a_bind_of_nothing_is_told_and_does_nothing():
    definition = FormDefinition.from_xform(form(model='<bind nodeset="/data/nowhere" type="string"/>'))
    assert [(p.code, p.severity, p.path) for p in definition.problems] == [("unknown-path", "warning", "/data/nowhere")]


def test_sums_and_conditions_of_thousands_of_terms_are_flat():
    terms = " + ".join(["/data/a"] * 5000)
    tests = " or ".join(["/data/a = 'x'"] * 5000)
    model = f'<bind nodeset="/data/b" calculate="{terms}"/><bind nodeset="/data/c" relevant="{tests}"/>'
    found = within(5, lambda: FormDefinition.from_xform(form(instance="<a>1</a><b/><c/>", model=model)))
    assert found.problems == ()


def test_a_list_of_a_hundred_thousand_choices_loads_and_filters(clock):
    items = "".join(f"<item><name>n{i}</name><label>L{i}</label><g>{i % 100}</g></item>" for i in range(100_000))
    model = f'<instance id="big"><root>{items}</root></instance><bind nodeset="/data/a" type="string"/>'
    body = (
        '<input ref="/data/b"/><select1 ref="/data/a">'
        '<itemset nodeset="instance(\'big\')/root/item[g = /data/b]"><value ref="name"/><label ref="label"/></itemset>'
        "</select1>"
    )
    found = within(30, lambda: FormDefinition.from_xform(form(instance="<a/><b/>", model=model, body=body)))
    session = FormSession(found, clock=clock)
    within(2, lambda: session.set_value("/data/b", "7"))
    assert len(session.node("/data/a").choices) == 1000


@pytest.mark.parametrize(
    "value", ["x" * 100_000, "(" * 5_000, "1e999", "9" * 10_000, "\x00\x01", "\ud800", "ก" * 50_000]
)
def test_any_text_is_an_answer_or_refused(value, clock):
    from checklists.errors import AnswerError

    source = """
| survey |
| | type | name | label | constraint | calculation |
| | text | t | T | regex(., '^[ก-ฮa-z0-9 ]*x$') | |
| | integer | i | I | . < 10 | |
| | calculate | c | | | concat(translate(${t}, 'abc', 'xyz'), number(${t}) + 1, substr(${t}, 0, 5)) |
"""
    session = FormSession(load_form(source), clock=clock)
    for path in ("/data/t", "/data/i"):
        with contextlib.suppress(AnswerError):
            within(2, lambda path=path: session.set_value(path, value))
    assert session.to_submission_xml()


NO_EXPRESSIONS = [
    "[" * 999, "a/" * 9999, "'", "1 " * 999, "-" * 9999, "a[" * 500, "//" * 99, "$x", "a::b", "@@", "(",
    "f(", ",", "\x00",
]  # fmt: skip


@pytest.mark.parametrize("expression", NO_EXPRESSIONS)
def test_what_is_no_expression_is_an_error_and_nothing_else(expression):
    with pytest.raises(XPathError):
        within(1, lambda: parse(expression))


def test_the_limits_of_geometry_are_bounded():
    assert MAX_POINTS < 1_000_000
