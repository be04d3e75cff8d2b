"""The page that says what the demo did and found, Thai first."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from checklists.text import english_date, thai_datetime
from inspector_app.i18n import Translator

if TYPE_CHECKING:
    from inspector_app.demo.stage import Stage, Story

FILE = "summary.md"


def write(stage: Stage, story: Story) -> None:
    """Write `summary.md` into the output folder."""
    (stage.output / FILE).write_text("\n".join(_lines(stage, story)) + "\n", encoding="utf-8")


def _lines(stage: Stage, story: Story) -> list[str]:
    thai, english = Translator("th"), Translator("en")
    numbers = {
        "when": thai_datetime(stage.clock.now()),
        "when_en": english_date(stage.clock.now().date()),
        "items": len(story.acknowledged),
        "keys": story.keys,
        "reopened": story.reopened_at,
        "cuts": story.cuts,
        "digest": story.digest,
        "receipt": story.receipt,
        "seconds": f"{time.monotonic() - story.started:.0f}",
        "office": story.pages.get("office", 0),
        "factory": story.pages.get("factory", 0),
    }
    lines = [f"# {thai.t('demo.title')}", "", english.t("demo.title"), ""]
    for name in ("made-up", "what", "kill", "line", "papers", "time"):
        lines += [thai.t(f"demo.{name}", **numbers), "", english.t(f"demo.{name}", **numbers), ""]
    lines += [f"## {thai.t('demo.checks')} · {english.t('demo.checks')}", "", "| | ไทย | English |", "|---|---|---|"]
    for check in story.checks:
        mark = "✓" if check.good else "✗"
        lines.append(f"| {mark} | {thai.t(check.key, **check.values)} | {english.t(check.key, **check.values)} |")
    lines += ["", f"## {thai.t('demo.files')} · {english.t('demo.files')}", ""]
    files = sorted(p.name for p in stage.output.iterdir() if p.suffix in {".png", ".pdf"})
    lines += [f"- [{name}]({name})" for name in files]
    return lines
