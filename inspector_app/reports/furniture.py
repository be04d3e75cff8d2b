"""What stands on every page: running head, footer with code, digest, page x of y and QR code, and the draft mark."""

from __future__ import annotations

from inspector_app.reports.codes import grouped, qr_path
from inspector_app.reports.desk import Desk
from inspector_app.reports.paper import Paper
from inspector_app.reports.parts import ReportContent
from inspector_app.reports.shapes import WHITE, Tag
from inspector_app.reports.theme import MM

_QR = 15 * MM


def running_head(content: ReportContent, desk: Desk, paper: Paper) -> None:
    page = desk.theme.page
    y = page.height - 38
    right = page.width - page.right
    paper.rule(page.left, y - 8, right, y - 8, color=desk.color("navy"), width=0.9)
    wide = paper.word(desk.style("running_bold"), content.title, page.left, y)
    room = right - page.left - wide - 12 - 40
    words = desk.set(content.running, "running", room)
    if words.lines:
        paper.line(words.lines[0], page.left + wide + 12, y)
    if content.draft_lines:
        tag = Tag(desk.t("draft.head"), "heavy", desk.style("tag").but(size=9.5), desk.color("ink"))
        tag.draw(paper, right - tag.width, y + 11)


def footer(content: ReportContent, desk: Desk, paper: Paper, number: int, pages: int) -> None:
    page = desk.theme.page
    top = page.foot
    right = page.width - page.right
    paper.rule(page.left, top, right, top, color=desk.color("ink"), width=0.7)
    paper.word(
        desk.style("foot_bold").but(code=True), desk.t("foot.code", code=content.record_code), page.left, top - 13
    )
    _digest(content, desk, paper, page.left, top - 26)
    edge = right
    if content.qr:
        paper.path(qr_path(content.qr, right - _QR, top - 5 - _QR, _QR), fill=(0, 0, 0))
        edge = right - _QR - 8
    lines = [
        (desk.style("foot_bold"), desk.t("foot.page", page=number, pages=pages)),
        (desk.style("foot_small_bold").but(color=desk.color("ink")), content.copy_line),
        (desk.style("foot"), content.form_line),
        (desk.style("foot"), desk.t("foot.scan") if content.qr else ""),
    ]
    y = top - 13.0
    for style, words in lines:
        if words:
            block = desk.set(words, style, page.measure - _QR - 8)
            if block.lines:
                paper.line(block.lines[0], edge - block.lines[0].width, y)
            y -= 12


def _digest(content: ReportContent, desk: Desk, paper: Paper, x: float, y: float) -> None:
    style = desk.style("foot")
    if not content.digest:
        paper.word(style, desk.t("foot.unsealed"), x, y)
        return
    wide = paper.word(style, "SHA-256", x, y)
    for row, groups in enumerate(grouped(content.digest)):
        paper.word(style, groups, x + wide + 6, y - row * 12)


def draft_mark(content: ReportContent, desk: Desk, paper: Paper) -> None:
    """Draw the word ร่าง in outline under the text, across the sheet; it is not part of the page's text."""
    if not content.draft_lines:
        return
    from inspector_app.reports.fonts import face
    from inspector_app.reports.outline import word_path

    path = word_path(face("Sarabun", "Bold"), desk.t("draft.head"), size=190)
    page = desk.theme.page
    centre_x, centre_y = page.width / 2 + 6, page.height / 2
    turn = "0.766 0.643 -0.643 0.766"  # 40 degrees
    paper.raw(f"q {turn} {centre_x:.1f} {centre_y:.1f} cm {desk.color('draft')[0]:.2f} G 0.8 w {path} S Q")


__all__ = ["WHITE", "draft_mark", "footer", "running_head"]
