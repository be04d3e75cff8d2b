"""The composition root: reads the command, builds what it needs, starts window, demo or command.

Nothing heavy is imported here: the first window must not wait for forms, PDF, network or the database, nor for the
table of commands and its parser.
"""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from inspector_app import config, logs


def run(argv: Sequence[str]) -> int:
    """Run one command; return the exit code. `--help` raises `SystemExit`, as argparse does."""
    _speak_utf8()
    workspace = _just_the_window(argv)
    return _command(argv) if workspace is None else _window(workspace)


def _just_the_window(argv: Sequence[str]) -> Path | None:
    """Return the workspace when all that is asked for is the window on it, and there is a screen to show it on."""
    try:
        config.require_display()
    except config.NoDisplayError:
        return None
    match argv:
        case []:
            return config.default_workspace()
        case ["--workspace", folder] if not folder.startswith("-"):
            return Path(folder)
    return None


def _command(argv: Sequence[str]) -> int:
    from inspector_app import cli
    from inspector_app.cli.calls import Call
    from inspector_app.i18n import Translator

    texts = Translator(_language(argv))
    try:
        arguments = cli.parse(argv, texts)
    except cli.UsageError as error:
        return cli.report_usage(error, texts, as_json="--json" in argv)
    texts.language = arguments.language or texts.language
    call = Call(arguments, texts)
    if arguments.command.name == "" and not arguments.smoke:
        try:
            config.require_display()
        except config.NoDisplayError as error:
            return cli.trouble(call, error, cli.ExitCode.STORAGE)
        return _window(call.workspace)
    gc.enable()  # `__main__` keeps the collector off only until the window's first paint
    if arguments.command.name == "":
        from inspector_app.demo import smoke

        return smoke.run(call.out)
    if arguments.command.name == "demo":
        from inspector_app import demo

        return demo.run(call)
    return cli.execute(call)


def _window(workspace: Path) -> int:
    from inspector_app.gui import application

    handler = logs.configure(workspace / "logs") if workspace.exists() else None
    try:
        return application.run(workspace)
    finally:
        if handler is not None:
            logs.stop(handler)


def _language(argv: Sequence[str]) -> str:
    """Return the language for help and usage errors, before the arguments are read."""
    given = next((after for word, after in pairwise(argv) if word == "--language"), "")
    return given or config.load_preferences(Path()).language


def _speak_utf8() -> None:
    """Thai must come out whatever the console's code page is."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with suppress(OSError, ValueError):
                stream.reconfigure(encoding="utf-8", errors="replace")
