"""Our report against the same content by stock reportlab `Paragraph`s, shaped and unshaped, in one run.

Run: `python -m bench.report_speed [rounds]`. The content is the sample record (106 items, 12 photos). Stock reportlab
gets the same strings in the same order and sizes as `Paragraph`s in `Table`s with the same photos; it draws no bars,
signs, gauges, QR codes, attachments or archive step, which our time includes. Photos weigh on stock reportlab because
it decodes every JPEG to name it; the last two rows are without them. Times are medians of alternating
rounds and are reported; the ratios are what counts (floor: three times as fast as stock shaped).
"""

from __future__ import annotations

import io
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Image, PageBreak, Paragraph, SimpleDocTemplate, Table

import resources
from inspector_app.reports import content, pdf
from inspector_app.reports.parts import ReportContent
from tests.support import pdf_samples

MEASURE = 482.0


def ours(record: dict[str, Any]) -> int:
    out = io.BytesIO()
    pdf.render(content.from_envelope(record, copy="office"), images=pdf_samples.images, out=out)
    return len(out.getvalue())


def drawing_only(report: ReportContent) -> int:
    out = io.BytesIO()
    pdf.render(report, images=pdf_samples.images, out=out)
    return len(out.getvalue())


def no_picture(sha256: str) -> bytes:
    raise KeyError(sha256)


def ours_text(record: dict[str, Any]) -> int:
    out = io.BytesIO()
    pdf.render(content.from_envelope(record, copy="office"), images=no_picture, out=out)
    return len(out.getvalue())


def stock(report: ReportContent, *, shaping: bool, photos: bool = True) -> int:
    """The same strings by stock reportlab."""
    body = ParagraphStyle("body", fontName="Stock", fontSize=9, leading=14.6, shaping=int(shaping))
    bold = ParagraphStyle("bold", body, fontName="StockBold")

    def para(text: str, style: ParagraphStyle = body) -> Paragraph:
        return Paragraph(escape(text), style)

    def photo(sha256: str, width: float) -> Any:
        if not photos:
            return para("")
        image = Image(io.BytesIO(pdf_samples.images(sha256)))
        image.drawWidth, image.drawHeight = width, width * 0.75
        return image

    story: list[Any] = [para(report.office), para(report.title, bold), para(report.subtitle)]
    story += [Table([[para(f.label), para(f.value)] for f in (*report.site, *report.visit)], colWidths=[120, 362])]
    story += [para(report.overall_label, bold), para(report.overall_line)]
    story += [para(f"{c.label} {c.number}") for c in report.counts]
    story += [para(f"{b.letter} {b.title} {b.total}") for b in report.bars]
    rows = [[para(a.number, bold), para(a.title), para(a.todo), para(a.due, bold)] for a in report.actions]
    story += [Table(rows, colWidths=[34, 166, 192, 90]), PageBreak()]
    for section in report.sections:
        story += [para(f"{section.letter}. {section.title} {section.summary}", bold)]
        rows = [
            [para(a.number), para(a.title), para(a.verdict_label), para(" ".join(r.text for r in a.remarks))]
            for a in section.answers
        ]
        story += [Table(rows, colWidths=[44, 184, 84, 170])]
    for finding in report.findings:
        story += [para(f"{finding.number} {finding.severity_label} {finding.title}", bold)]
        laws = " ".join(f"{law.text} {law.mark}" for law in finding.laws)
        right = [para(text) for text in (finding.fact, laws, finding.measured, finding.proposal, finding.due)]
        left = [
            part for p in finding.photos for part in (photo(p.sha256, 130), para(f"{p.exhibit} {p.caption} {p.detail}"))
        ]
        story += [Table([[left, right]], colWidths=[150, 332])]
    story += [para(f"{f.label} {f.value}") for f in (*report.remarks, *report.proof)]
    story += [para(f"{s.role} {s.name} {s.detail}") for s in report.signatures]
    for p in report.photos:
        story += [photo(p.sha256, 220), para(f"{p.exhibit} {p.caption} {p.detail}")]
    out = io.BytesIO()
    SimpleDocTemplate(out, leftMargin=71, rightMargin=42, topMargin=60, bottomMargin=78, invariant=1).build(story)
    return len(out.getvalue())


def register() -> None:
    for name, style in (("Stock", "Regular"), ("StockBold", "Bold")):
        font = TTFont(name, str(resources.font_path("Sarabun", style)))
        pdfmetrics.registerFont(font)
        font.hbFont(10)  # without it stock reportlab crashes on a word that changes font (facts: defect 4)


def timed(work: Callable[[], int]) -> float:
    started = time.process_time()  # one thread each; the other core's load does not count
    work()
    return (time.process_time() - started) * 1000


def main(rounds: int = 5) -> int:
    register()
    record = pdf_samples.envelope()
    report = content.from_envelope(record, copy="office")
    ImageReader(io.BytesIO(pdf_samples.photo_bytes(1)))
    runs: dict[str, Callable[[], int]] = {
        "ours": partial(ours, record),
        "ours, content given": partial(drawing_only, report),
        "stock unshaped": partial(stock, report, shaping=False),
        "stock shaped": partial(stock, report, shaping=True),
        "ours, no photos": partial(ours_text, record),
        "stock shaped, no photos": partial(stock, report, shaping=True, photos=False),
    }
    for work in runs.values():
        work()  # warm: imports, fonts, caches of both
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, work in runs.items():
            times[name].append(timed(work))
    medians = {name: statistics.median(found) for name, found in times.items()}
    for name, median in medians.items():
        print(f"report: {name:24} {median:7.0f} ms   {median / medians['ours']:5.2f} x ours")
    shaped = medians["stock shaped"] / medians["ours"]
    print(f"report: stock shaped / ours = {shaped:.1f} (floor 3.0)  {'ok' if shaped >= 3 else 'BELOW'}")
    text = medians["stock shaped, no photos"] / medians["ours, no photos"]
    print(f"report: stock shaped / ours, both without photos = {text:.1f} (reported)")
    unshaped = medians["stock unshaped"] / medians["ours"]
    print(f"report: stock unshaped / ours = {unshaped:.1f} (floor 1.0)  {'ok' if unshaped >= 1 else 'BELOW'}")
    photos = sum(len(pdf_samples.photo_bytes(n)) for n in range(1, 13))
    print(f"report: file / photos in it = {ours(record) / photos:.3f} (ceiling 1.100)")
    return 0 if shaped >= 3 else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
