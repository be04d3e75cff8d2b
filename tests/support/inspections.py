"""A whole inspection by the command line: the demo's answers, photos and signatures."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from inspector_app import demo_data
from inspector_app.demo import inspection, pictures
from tests.support.command_line import CommandLine
from tests.support.photos import photo, signature

OFFICER = "นางสาวตัวอย่าง ใจดี"


def start(inspector: CommandLine) -> str:
    """Start the demo's inspection and return the record id."""
    site = demo_data.first_factory()
    words = ("new", "--checklist", inspection.CHECKLIST, "--factory", site.registry_no)
    return str(inspector.json(*words)["record_id"])


def answers_file(folder: Path, today: date) -> Path:
    file = folder / "answers.json"
    planned = inspection.plan(demo_data.first_factory(), today)
    file.write_text(json.dumps(inspection.as_answers(planned), ensure_ascii=False), encoding="utf-8")
    return file


def attach_all(inspector: CommandLine, record_id: str, folder: Path) -> None:
    """Attach one photo to each of the twelve items that the demo photographs."""
    for number, scene in enumerate(pictures.SCENES):
        file = folder / f"IMG_{number:04d}.jpg"
        file.write_bytes(photo(number, taken="2026:11:22 09:30:00", gps=(13.6, 100.6)))
        inspector.json("attach", record_id, scene.item, file, "--caption", scene.caption)


def sign_both(inspector: CommandLine, record_id: str, folder: Path) -> None:
    (folder / "signature.png").write_bytes(signature())
    for role, name in (("officer", OFFICER), ("guide", inspection.guide().name)):
        inspector.json("sign", record_id, role, folder / "signature.png", "--signer", name)


def sealed(inspector: CommandLine, folder: Path) -> str:
    """Carry out the whole inspection; return the id of the sealed record."""
    record_id = start(inspector)
    inspector.json("answer", record_id, answers_file(folder, inspector.clock.now().date()))
    attach_all(inspector, record_id, folder)
    sign_both(inspector, record_id, folder)
    inspector.json("finalise", record_id)
    return record_id
