"""The command line, called in this process: exit code, what it printed, and its answer as JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checklists.clock import Clock, SystemClock
from inspector_app import cli
from inspector_app.cli.calls import Call
from inspector_app.i18n import Translator

PASSPHRASE = "ทดสอบรหัสผ่าน"


@dataclass(frozen=True, slots=True)
class Result:
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.out))

    @property
    def error(self) -> dict[str, Any]:
        return dict(json.loads(self.err))


class CommandLine:
    """Runs commands on one workspace with one passphrase."""

    def __init__(self, folder: Path, *, clock: Clock | None = None, passphrase: str = PASSPHRASE) -> None:
        self.folder = folder
        self.clock = clock or SystemClock()
        self.passphrase_file = folder.with_name("passphrase.txt")
        self.passphrase_file.parent.mkdir(parents=True, exist_ok=True)
        self.passphrase_file.write_text(passphrase + "\n", encoding="utf-8")

    def __call__(self, *words: object, ask: Callable[[str], str] | None = None) -> Result:
        common = ["--workspace", str(self.folder), "--passphrase-file", str(self.passphrase_file)]
        return run(*words, *common, clock=self.clock, ask=ask)

    def json(self, *words: object, code: int = 0) -> dict[str, Any]:
        """Run with `--json`; the exit code must be the one expected. Returns the answer, or the error."""
        result = self(*words, "--json")
        assert result.code == code, (result.code, result.out, result.err)
        return result.json if result.out else result.error

    def init(self, *more: object, name: str = "นางสาวตัวอย่าง ใจดี") -> dict[str, Any]:
        return self.json("init", "--name", name, "--no-device-secret", *more)


def run(*words: object, clock: Clock | None = None, ask: Callable[[str], str] | None = None) -> Result:
    """Run one command without a workspace of its own."""
    out, err, texts = io.StringIO(), io.StringIO(), Translator("th")
    argv = [str(word) for word in words]
    try:
        arguments = cli.parse(argv, texts)
    except cli.UsageError as error:
        call = Call(cli.parse([]), texts, err=err)
        call.arguments.json = "--json" in argv
        return Result(cli.trouble(call, error, cli.ExitCode.USAGE), "", err.getvalue())
    texts.language = arguments.language or "th"
    call = Call(arguments, texts, clock=clock or SystemClock(), out=out, err=err)
    if ask is not None:
        call.ask = ask
    return Result(int(cli.execute(call)), out.getvalue(), err.getvalue())


def run_main(*words: object) -> int:
    """Run a command through the composition root, as the `inspector` program does."""
    from inspector_app import main

    return int(main.run([str(word) for word in words]))
