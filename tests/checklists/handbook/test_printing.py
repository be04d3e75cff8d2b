"""Every checklist prints, in both languages and for both readers."""

import io

import pytest

from checklists.authoring.coverage import checklist_files
from checklists.loading import bundled_ids
from checklists.model import Officer
from inspector_app.reports import content, pdf
from tests.support.handbook_player import play, scripts

IDS = sorted(file.stem for file in checklist_files())
MARKER = "นางสาวเครื่องหมายลับ"


def printed(checklist, *, language, copy):
    _name, script, good = list(scripts(checklist))[1]
    answers = dict(script.get("answers", {}))
    if checklist == "complaint_investigation":
        answers["CO-R01"] = MARKER
    played = play(checklist, {**script, "answers": answers}, good)
    pin = next(pin for pin in bundled_ids() if pin.form_id == checklist)
    paper = content.from_draft(
        played.result(),
        visit=played.visit,
        attachments=(),
        form=pin,
        author=Officer("p1", "นางสาวตัวอย่าง ใจดี"),
        record_id="019a0000-0000-7000-8000-000000000000",
        language=language,
        copy=copy,
    )
    out = io.BytesIO()
    pages = pdf.render(paper, images=lambda _sha: b"", out=out)
    return pages, out.getvalue()


@pytest.mark.parametrize("checklist", IDS)
@pytest.mark.parametrize("language, copy", [("th", "office"), ("en", "factory")])
def test_a_checklist_prints(checklist, language, copy):
    pages, data = printed(checklist, language=language, copy=copy)
    assert pages >= 1
    assert data.startswith(b"%PDF")


def test_the_complainant_is_on_no_printed_page():
    import pypdfium2

    for copy in ("office", "factory"):
        _pages, data = printed("complaint_investigation", language="th", copy=copy)
        document = pypdfium2.PdfDocument(data)
        text = "".join(page.get_textpage().get_text_range() for page in document)
        plain = text.replace("\u200b", "").replace(" ", "")
        assert "ร้องเรียน" in plain  # the reader reads Thai at all
        assert "เครื่องหมายลับ" not in plain
        document.close()
