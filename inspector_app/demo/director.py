"""The whole main job, watched from outside: a centre, a workspace, the window driven, killed, driven on, and checked.

What the window says is not believed: after the kill the store is opened and every acknowledged answer looked up; after
the sync the centre itself is asked for the record and every photo. The result is one folder to look at.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from inspector_app import demo_data
from inspector_app.actions.factories import sites
from inspector_app.actions.laptop import workspace
from inspector_app.credentials import NoSecretStore
from inspector_app.demo import evidence
from inspector_app.demo.proxy import BreakingLine
from inspector_app.demo.stage import OFFICER, PASSPHRASE, DemoFailedError, Stage, Story

CUT_AFTER = 1_300_000
"""Bytes to the centre until the line breaks: text is through, about half of the photos."""
SILENCE = 60.0
"""Seconds without a word after which the window counts as stuck."""


def direct(stage: Stage, say: Callable[[str], None]) -> Story:
    """Run the whole demo; raises `DemoFailedError` where a part did not hold."""
    story, site = Story(), demo_data.first_factory()
    since = time.monotonic()
    prepare(stage)
    story.timed("prepare", since)
    say("prepared")
    with centre_process(stage.centre) as (port, code), BreakingLine(port, cut_after=CUT_AFTER) as line:
        from inspector_app.demo.player import Job

        job = Job(
            part="first",
            workspace=str(stage.workspace),
            passphrase=PASSPHRASE,
            photos=str(stage.photos),
            output=str(stage.output),
            site_name=site.name_th.removesuffix(demo_data.MARK_TH).strip(),
            site_no=site.registry_no,
            url=f"http://127.0.0.1:{line.port}",
            code=code,
        )
        since = time.monotonic()
        run_until_killed(job, story)
        story.timed("until_killed", since)
        say("killed")
        evidence.after_kill(stage, story)
        say("nothing_lost")
        since = time.monotonic()
        run_to_end(replace(job, part="rest", answered=tuple(story.acknowledged)), story)
        story.timed("to_end", since)
        say("sent")
        story.cuts = line.cuts
        evidence.at_the_end(stage, story)
    say("checked")
    return story


def prepare(stage: Stage) -> None:
    """Make the workspace with the made-up factories, and the photos as they lie on a camera."""
    from inspector_app.demo import pictures

    made = workspace.create(
        stage.workspace, officer=OFFICER, passphrase=PASSPHRASE, clock=stage.clock, secrets=NoSecretStore()
    )
    with workspace.open_store(stage.workspace, made.keys, clock=stage.clock) as store:
        sites.import_demo(store)
    stage.photos.mkdir(parents=True)
    site, now = demo_data.first_factory(), stage.clock.now()
    for number, scene in enumerate(pictures.SCENES, 1):
        data = pictures.photo(scene, taken=now, lat=site.lat or 0.0, lon=site.lon or 0.0)
        (stage.photos / f"IMG_{number:04d}.jpg").write_bytes(data)


@contextlib.contextmanager
def centre_process(data: Path) -> Iterator[tuple[int, str]]:
    """Run `inspector serve` as a child; yields its port and the one-time code."""
    words = [*program(), "serve", "--data", str(data), "--port", "0", "--json", "--lifeline"]
    process = subprocess.Popen(  # noqa: S603 - our own program
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        text = _line(process)
        if not text:
            raise DemoFailedError(what="the centre did not start")
        event = json.loads(text)
        yield int(event["port"]), str(event["code"])
    finally:
        process.terminate()
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """Wait for a child that was told to stop; one that does not is killed."""
    try:
        process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def program() -> list[str]:
    """Return the words that start this program again, from source or frozen."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "inspector_app"]


def environment() -> dict[str, str]:
    """Return the environment of the window: offscreen where there is no display."""
    shown = sys.platform in {"win32", "darwin"} or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    more = {} if shown else {"QT_QPA_PLATFORM": "offscreen"}
    return {**os.environ, "QT_LOGGING_RULES": "qt.qpa.*=false", **more}


@contextlib.contextmanager
def window_process(job: Any) -> Iterator[tuple[subprocess.Popen[str], Iterator[dict[str, Any]]]]:
    """Start the window with a job; yields the process and its events."""
    words = [*program(), "demo", "--player", json.dumps(job.to_json(), ensure_ascii=False)]
    process = subprocess.Popen(  # noqa: S603 - our own program
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment()
    )
    try:
        yield process, _events(process)
    finally:
        process.kill()
        _end(process)


def _events(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """Yield what the window tells; a window that says nothing for a minute is killed and reported."""
    while text := _line(process):
        if text.startswith("{"):
            event: dict[str, Any] = json.loads(text)
            if event["event"] == "failed":
                raise DemoFailedError(what=f"{event['what']} ({event['doing']})")
            yield event


def _line(process: subprocess.Popen[str]) -> str:
    watchdog = threading.Timer(SILENCE, process.kill)
    watchdog.start()
    try:
        return process.stdout.readline() if process.stdout else ""
    finally:
        watchdog.cancel()
        watchdog.join()


def run_until_killed(job: Any, story: Story) -> None:
    """Drive the window to the middle of the inspection and kill it without warning."""
    with window_process(job) as (process, events):
        for event in events:
            if event["event"] == "saved":
                story.acknowledged[event["item"]] = event["answer"]
            if event["event"] == "kill-me":
                process.kill()  # SIGKILL: no handler, no flush
                return
    raise DemoFailedError(what="the window ended before it could be killed")


def run_to_end(job: Any, story: Story) -> None:
    """Open the window again and go on to the last receipt."""
    ended = False
    with window_process(job) as (process, events):
        for event in events:
            match event["event"]:
                case "saved":
                    story.acknowledged[event["item"]] = event["answer"]
                case "reopened":
                    story.reopened_at = event["item"]
                case "cut":
                    story.troubles.append(event["trouble"])
                case "end":
                    story.keys, ended = event["keys"], True
                case _:
                    pass
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired as error:
            raise DemoFailedError(what="the window did not close") from error
    if not ended:
        raise DemoFailedError(what=f"the window ended early with {process.returncode}")
