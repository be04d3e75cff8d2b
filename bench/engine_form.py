"""The inspection form that the benchmarks of the engine run on: any number of questions, made by rule."""

from __future__ import annotations

from checklists.xlsform import convert

SECTION = 20
Row = dict[str, str]


def rows(questions: int) -> dict[str, list[Row]]:
    """Return XLSForm rows: items of a verdict, a finding when it fails, points; sums by section and in total."""
    survey: list[Row] = []
    items = questions // 2
    for start in range(0, items, SECTION):
        numbers = range(start, min(start + SECTION, items))
        survey += _section(start // SECTION, list(numbers))
    sections = range((items + SECTION - 1) // SECTION)
    survey += [
        {"type": "calculate", "name": "got", "calculation": " + ".join(f"${{got_s{s}}}" for s in sections)},
        {"type": "calculate", "name": "possible", "calculation": " + ".join(f"${{max_s{s}}}" for s in sections)},
        {
            "type": "calculate",
            "name": "percent",
            "calculation": "if(${possible} > 0, round(${got} div ${possible} * 100, 1), '')",
        },
    ]
    return {
        "survey": survey,
        "choices": [
            {"list_name": "verdict", "name": name, "label": name.title()} for name in ("pass", "fail", "na", "cannot")
        ],
        "settings": [{"form_id": f"bench{questions}", "version": "1", "namespaces": 'insp="urn:th:moi:inspection:1"'}],
    }


def _section(number: int, items: list[int]) -> list[Row]:
    found: list[Row] = [{"type": "begin group", "name": f"s{number}", "label": f"Section {number}"}]
    for item in items:
        found += _item(item)
    got, possible = (" + ".join(f"${{{name}{i}}}" for i in items) for name in ("got", "max"))
    return [
        *found,
        {"type": "calculate", "name": f"got_s{number}", "calculation": got},
        {"type": "calculate", "name": f"max_s{number}", "calculation": possible},
        {"type": "end group"},
    ]


def _item(item: int) -> list[Row]:
    answer = f"${{q{item}}}"
    return [
        {
            "type": "select_one verdict", "name": f"q{item}", "label": f"Item {item}", "required": "yes",
            "bind::insp:item": f"I{item}", "bind::insp:weight": f"if({answer} = 'na', 0, {1 + item % 3})",
        },
        {
            "type": "text", "name": f"f{item}", "label": "Finding", "relevant": f"{answer} = 'fail'",
            "constraint": "string-length(.) < 200", "required": "yes",
        },
        {"type": "calculate", "name": f"got{item}", "calculation": f"if({answer} = 'pass', {1 + item % 3}, 0)"},
        {
            "type": "calculate", "name": f"max{item}",
            "calculation": f"if({answer} = 'na' or {answer} = '', 0, {1 + item % 3})",
        },
    ]  # fmt: skip


def xform(questions: int) -> str:
    return convert(rows(questions)).xform


def answers(questions: int) -> list[tuple[str, str]]:
    """Return path and value of every question, in order."""
    found: list[tuple[str, str]] = []
    for item in range(questions // 2):
        section = f"/data/s{item // SECTION}"
        found.append((f"{section}/q{item}", "fail" if item % 3 == 0 else "pass"))
        found.append((f"{section}/f{item}", f"finding {item}"))
    return found
