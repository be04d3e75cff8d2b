"""Every error has words that say what happened, where, and what to do, in Thai and English."""

from __future__ import annotations

import errno
import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import checklists
import inspector_app
import sync
from checklists.errors import InspectorError, SealError
from inspector_app.i18n import Translator
from inspector_app.messages import explain, explain_code

PACKAGES = (checklists, sync, inspector_app)


def import_all() -> None:
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def error_classes(base: type[InspectorError] = InspectorError) -> Iterator[type[InspectorError]]:
    yield base
    for child in base.__subclasses__():
        yield from error_classes(child)


def test_every_error_code_has_words() -> None:
    import_all()
    texts = Translator()
    classes = {c for c in error_classes() if c.__module__.split(".")[0] in {p.__name__ for p in PACKAGES}}
    missing = {f"{c.__module__}.{c.__name__}: {c.code}" for c in classes if not texts.has(f"errors.{c.code}.what")}
    assert sorted(missing) == []


def test_every_message_says_what_happened_and_what_to_do() -> None:
    from inspector_app.i18n import catalogue

    keys = set(catalogue("errors"))
    alone = {k for k in keys if k.endswith(".what") and f"{k[:-5]}.todo" not in keys}
    alone |= {k for k in keys if k.endswith(".todo") and f"{k[:-5]}.what" not in keys}
    assert sorted(alone) == []


def test_the_place_is_said_in_both_languages() -> None:
    message = explain(InspectorError(file="checklist.xlsx", sheet="survey", row=12, column="relevant"))
    assert message.where.th == "ไฟล์ checklist.xlsx · แผ่นงาน survey · แถวที่ 12 · คอลัมน์ relevant"
    assert message.where.en == "file checklist.xlsx · sheet survey · row 12 · column relevant"


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "disk-full"), (errno.EROFS, "read-only"), (errno.ENOENT, "file-missing"), (errno.EIO, "file")],
)
def test_errors_of_the_system_get_words_by_number_not_by_text(number: int, code: str) -> None:
    message = explain(OSError(number, "whatever the system says", "photo.jpg"))
    assert message.code == code
    assert "photo.jpg" in message.text("th")
    assert "whatever" not in message.text("en")


def test_our_own_mistakes_are_called_so_and_never_show_a_value() -> None:
    message = explain(ZeroDivisionError("ความลับ"))
    assert message.code == "bug"
    assert "ZeroDivisionError" in message.text("th")
    assert "ความลับ" not in message.text("th")


def test_an_unknown_code_is_reported_as_our_mistake() -> None:
    assert explain_code("no-such-code").what == explain_code("bug", error_type="InspectorError").what


def test_a_case_of_a_code_has_its_own_words() -> None:
    general = explain_code("not-found")
    special = explain_code("not-found", kind="record", key="0199")
    assert special.what != general.what
    assert "0199" in special.text("en")


def test_no_words_promise_safety_for_a_broken_seal() -> None:
    assert "อย่าใช้" in explain(SealError(what="signature")).todo.th
