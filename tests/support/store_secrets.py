"""Marker texts and picture bytes go through a whole inspection; after every step all files are searched for them.

Searched are the workspace, the temp folder, a copy on another disk and what a kill would leave, for each marker in
UTF-8 and UTF-16. The search is not the store's own. Run as a program it prints one JSON line:

    python -m tests.support.store_secrets FOLDER [--leak]

`--leak` lets a temporary file be written plain, which must be caught.
"""

from __future__ import annotations

import io
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from checklists.clock import BANGKOK
from checklists.crypto import DeviceKey
from checklists.model import AnswerRow, NodeRef, PersonMet
from checklists.sealing import make_receipt, parse_envelope
from inspector_app.reports import content, pdf
from tests.support import photos
from tests.support import store_builders as make
from tests.support import store_workspace as story
from tests.support.clock import FrozenClock

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=BANGKOK)
CENTRE = DeviceKey.from_seed(b"\x09" * 32)
TEXTS = {
    "site": "โรงงานลับเฉพาะหมายเลขศูนย์",
    "person": "นางสาวพยานปากเอก ปิดบังนาม",
    "answer": "คำตอบที่ห้ามผู้ใดอ่านบนดิสก์",
    "draft": "ข้อความที่ยังพิมพ์ไม่จบห้ามรั่ว",
    "caption": "คำบรรยายภาพที่เป็นความลับ",
    "complainant": "ผู้ร้องเรียนที่ต้องคุ้มครอง",
    "setting": "token-that-nobody-may-read-0123456789",
}


def tell(folder: Path, *, leak: bool) -> Iterator[tuple[str, list[bytes]]]:
    """Work step by step; yields each step's name and the picture bytes that must not be found either."""
    workspace = folder / "w"
    picture = photos.photo(1, taken="2026:11:22 09:30:00", gps=(13.6, 100.6))
    thumbnail = random.Random(2).randbytes(4_000)
    pieces = [picture[len(picture) // 2 :][:32], thumbnail[1_000:1_032]]
    with story.new_store(workspace, FrozenClock(NOON)) as store:
        visit = make.visit(site=replace(make.SITE, name_th=TEXTS["site"]), met=(PersonMet(TEXTS["person"]),))
        store.visits.start(visit)
        story.begin(store, "r-0", "v-0")
        draft = replace(store.records.draft("r-0"), answers=(AnswerRow("/data/a", "", TEXTS["answer"]),))
        store.records.create(record_id="r-1", visit_id="v-1", form=make.PIN, draft=draft, author=make.OFFICER)
        yield "begun", pieces
        typed = AnswerRow("/data/note", "", TEXTS["draft"])
        store.records.save_answers("r-1", [typed], cursor=NodeRef("/data/note"), settled=False)
        yield "typed", pieces
        staged = store.attachments.write_file(io.BytesIO(picture), mime="image/jpeg")
        yield "staged", pieces
        store.attachments.drop(staged)
        photo = story.photo(store, "a-1", picture, "r-1", caption=TEXTS["caption"])
        store._core.db.run("UPDATE blob SET thumb = ?", (thumbnail,))
        store.restricted.put("p-1", "v-1", {"name": TEXTS["complainant"]})
        store.settings.set("sync.session", TEXTS["setting"])
        yield "attached", pieces
        store.records.search(TEXTS["site"])
        store.records.list()
        yield "looked for", pieces
        sealed, _ = store.records.finalise("r-1", story.content())
        yield "sealed", pieces
        paper = io.BytesIO()
        shown = content.from_envelope(parse_envelope(sealed.envelope), copy="office", sealed=sealed)
        pdf.render(shown, images=lambda sha: store.attachments.open(sha).readall(), out=paper)
        yield "printed", pieces
        with store.attachments.open(photo.sha256) as plain:
            plain.read(10_000)
            yield "being sent", pieces
        store.outbox.acknowledge(
            make_receipt(sealed, receipt_id="q", server_id="s", received_at="2026", seq=1, key=CENTRE)
        )
        store.back_up()
        store.copy_to(folder / "disk")
        shutil.copytree(workspace, folder / "killed")
        if leak:
            Path(tempfile.gettempdir(), "preview.tmp").write_text(f"{TEXTS['caption']}", "utf-8")
        yield "backed up", pieces
    yield "closed", pieces
    with story.reopen(folder / "killed", FrozenClock(NOON)):
        yield "opened after a kill", pieces


def search(folder: Path, pieces: list[bytes]) -> list[str]:
    """Return which marker lies readable in which file."""
    wanted = {f"{name} {code}": text.encode(code) for name, text in TEXTS.items() for code in ("utf-8", "utf-16-le")}
    wanted |= {f"picture {number}": piece for number, piece in enumerate(pieces)}
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        found += [f"{name} in {path.relative_to(folder)}" for name, marker in wanted.items() if marker in data]
    return found


def run(folder: Path, *, leak: bool = False) -> dict[str, Any]:
    """Tell the story with a temp folder of its own; return the steps and what was found after which."""
    (folder / "temp").mkdir(parents=True)
    before, tempfile.tempdir = tempfile.tempdir, str(folder / "temp")
    found: list[str] = []
    steps = 0
    try:
        for step, pieces in tell(folder, leak=leak):
            steps += 1
            found += [f"{step}: {hit}" for hit in search(folder, pieces)]
    finally:
        tempfile.tempdir = before
    return {"steps": steps, "markers": len(TEXTS) + 2, "found": found}


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]) / "secrets", leak="--leak" in sys.argv), ensure_ascii=False))
