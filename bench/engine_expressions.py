"""One expression: our closures against lxml XPath with extension functions, and elementpath, in the same run.

    python bench/engine_expressions.py [--questions 500] [--rounds 20]

All three evaluate the rule expressions of the same filled form. lxml and elementpath get the answers as an XML tree;
lxml gets Python extension functions for what XPath 1.0 lacks. Processor time.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from lxml import etree

from bench import engine_form
from checklists.clock import SystemClock
from checklists.session import FormSession
from checklists.xform import FormDefinition

_NAMES = {"if(": "o:if(", "round(": "o:round(", "coalesce(": "o:coalesce(", "selected(": "o:selected("}


def per_expression(rounds: int, runs: list[Callable[[], object]]) -> float:
    """Return the seconds of one evaluation, the quickest of all rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for run in runs:
            run()
        best = min(best, time.process_time() - start)
    return best / len(runs)


def filled(questions: int) -> FormSession:
    session = FormSession(FormDefinition.from_xform(engine_form.xform(questions)), clock=SystemClock())
    for path, value in engine_form.answers(questions):
        session.set_value(path, value)
    return session


def ours(session: FormSession) -> list[Callable[[], object]]:
    # the benchmark of the closures themselves: the one place that looks behind the session
    row = session._live.root
    return [lambda run=rule.run: run(row) for rule in session.definition.parts.rules if rule.kind != "choices"]


def sources(session: FormSession) -> list[tuple[str, str]]:
    rules = [rule for rule in session.definition.parts.rules if rule.kind != "choices"]
    return [(rule.owner.path, rule.source) for rule in rules]


def _first(value: object) -> str:
    if isinstance(value, list):
        return (value[0].text or "") if value else ""
    return str(value)


def with_lxml(session: FormSession) -> list[Callable[[], object]]:
    """Compile with etree.XPath; names of our functions get a prefix, because built-in ones cannot be replaced."""
    tree = etree.fromstring(session.to_submission_xml())
    functions = {
        ("urn:o", "if"): lambda _, test, yes, no: yes if test else no,
        ("urn:o", "round"): lambda _, number, digits=0: round(float(number), int(digits)),
        ("urn:o", "coalesce"): lambda _, a, b: _first(a) or _first(b),
        ("urn:o", "selected"): lambda _, values, value: _first(value) in _first(values).split(),
    }
    found = []
    for owner, source in sources(session):
        compiled = etree.XPath(_renamed(source), namespaces={"o": "urn:o"}, extensions=functions)
        nodes = tree.xpath(owner)
        found.append(lambda compiled=compiled, node=nodes[0] if nodes else tree: compiled(node))
    return found


def _renamed(source: str) -> str:
    for plain, prefixed in _NAMES.items():
        source = re.sub(rf"(?<![\w:-]){re.escape(plain)}", prefixed, source)
    return source


def with_elementpath(session: FormSession) -> list[Callable[[], object]]:
    """Parse once, evaluate over a shared node tree; expressions that its XPath 2 refuses are left out."""
    import elementpath

    tree = etree.fromstring(session.to_submission_xml())
    root = elementpath.get_node_tree(tree)
    found = []
    for _, source in sources(session):
        if "if(" in source or source.startswith(("string-length(.", ".")):
            continue
        try:
            selector = elementpath.XPath1Parser().parse(source)
            selector.evaluate(elementpath.XPathContext(root))
        except elementpath.ElementPathError:
            continue
        found.append(lambda selector=selector: selector.evaluate(elementpath.XPathContext(root)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    session = filled(options.questions)
    runs = ours(session)
    mine = per_expression(options.rounds, runs)
    print(f"{len(runs)} rule expressions of {options.questions} questions, filled")
    print(f"ours         {mine * 1e6:9.2f} us an expression")
    theirs = per_expression(max(3, options.rounds // 4), with_lxml(session))
    print(f"lxml         {theirs * 1e6:9.2f} us, {theirs / mine:.1f} times ours (floor 3)")
    if importlib.util.find_spec("elementpath") is None:
        print("not run: elementpath is not installed")
        return
    others = with_elementpath(session)
    slow = per_expression(2, others[:200])
    print(f"elementpath  {slow * 1e6:9.2f} us ({len(others)} it can parse), {slow / mine:.1f} times ours (floor 20)")


if __name__ == "__main__":
    main()
