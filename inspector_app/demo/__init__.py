"""The whole job on the real window: `inspector demo`, and `inspector demo --window` to try it oneself.

`director` watches from outside, `player` drives the window in a child process, `evidence` checks what came of it.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from inspector_app import config
from inspector_app.cli import ExitCode, trouble
from inspector_app.cli.calls import StoppedByPersonError

if TYPE_CHECKING:
    from inspector_app.cli.calls import Call
    from inspector_app.demo.stage import Stage

OUTPUT = Path("demo-output")


def run(call: Call) -> int:
    """Run the demo, one part of it, or the window on a demo workspace; return the exit code."""
    given = call.arguments
    if given.player:
        from inspector_app.demo import player

        return player.play(player.Job.from_json(json.loads(given.player)))
    if given.window:
        try:
            config.require_display()
        except config.NoDisplayError as error:
            return trouble(call, error, ExitCode.STORAGE)
        from inspector_app.demo import trial

        return trial.run(call)
    return _direct(call)


def _direct(call: Call) -> int:
    from inspector_app.demo import director
    from inspector_app.demo.stage import DemoFailedError, Stage

    output = (call.arguments.output or OUTPUT).resolve()
    stage = Stage(output, call.clock)
    _clear(output)
    try:
        story = director.direct(stage, lambda step: call.say(call.t(f"demo.step.{step}")))
    except DemoFailedError as error:
        call.say(call.t("demo.failed", what=error.data["what"], folder=output))
        return trouble(call, error, ExitCode.BUG)
    except KeyboardInterrupt:
        return trouble(call, StoppedByPersonError(), ExitCode.STOPPED)
    _tidy(call, stage)
    call.say(call.t("demo.done", folder=output, seconds=f"{sum(story.seconds.values()):.0f}"))
    if call.arguments.json:
        answer = {"output": str(output), "record_id": story.record_id, "digest": story.digest, "seconds": story.seconds}
        print(json.dumps(answer, ensure_ascii=False), file=call.out, flush=True)
    return ExitCode.OK


def _clear(output: Path) -> None:
    """Empty the output of an earlier demo; only what a demo leaves there is removed."""
    output.mkdir(parents=True, exist_ok=True)
    for old in output.iterdir():
        if old.name == "work":
            shutil.rmtree(old)
        elif old.suffix in {".png", ".pdf"} or old.name == "summary.md":
            old.unlink()


def _tidy(call: Call, stage: Stage) -> None:
    """Remove the workspace and the centre's data, unless they were to be kept."""
    if not call.arguments.keep:
        shutil.rmtree(stage.output / "work", ignore_errors=True)
