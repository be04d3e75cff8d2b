"""Running a command: its workspace and passphrase, its answer on paper or as JSON, its exit code."""

from __future__ import annotations

import argparse
import getpass
import importlib
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from checklists.clock import Clock, IdMaker, SystemClock
from checklists.errors import (
    AnswerError,
    AuthorError,
    InspectorError,
    NotFoundError,
    SealError,
    StorageError,
    WorkspaceLockedError,
    WrongPassphraseError,
)
from inspector_app.cli.parser import UsageError
from inspector_app.cli.table import Command, ExitCode
from inspector_app.config import PASSPHRASE_VARIABLE, default_workspace
from inspector_app.i18n import Translator

if TYPE_CHECKING:
    from checklists.store import Store

LOG = logging.getLogger("inspector.cli")
_KEY_CODES = frozenset(
    {"wrong-passphrase", "locked-out", "key-file", "recovery-key", "no-passphrase", "weak-passphrase"}
)


class NoPassphraseError(InspectorError):
    """Nobody can be asked and none was given."""

    code = "no-passphrase"


class NoPasswordError(InspectorError):
    """A password of the network or of another server is needed, nobody can be asked and no file was given."""

    code = "no-password"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command gives back: `data` for `--json`, `lines` for people."""

    data: Mapping[str, Any] = field(default_factory=dict)
    lines: Sequence[str] = ()
    exit_code: ExitCode = ExitCode.OK


@dataclass(slots=True)
class Call:
    """One call of a command with everything that it may need; tests hand in their own."""

    arguments: argparse.Namespace
    texts: Translator
    clock: Clock = field(default_factory=SystemClock)
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    ask: Callable[[str], str] = getpass.getpass

    @property
    def ids(self) -> IdMaker:
        return IdMaker(self.clock)

    @property
    def workspace(self) -> Path:
        return cast("Path", self.arguments.workspace or default_workspace())

    def t(self, key: str, /, **values: object) -> str:
        return self.texts.t(key, **values)

    def passphrase(self, *, prompt: str = "cli.ask.passphrase") -> str:
        """Return the passphrase from the file, the environment or the person, in this order."""
        file: Path | None = self.arguments.passphrase_file
        if file is not None:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        if given := os.environ.get(PASSPHRASE_VARIABLE):
            return given
        if not sys.stdin.isatty():
            raise NoPassphraseError
        return self.ask(self.t(prompt))

    def password(self, file: Path | None, prompt: str) -> str:
        """Return a password of somebody else's system from a file, else from the person."""
        if file is not None:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        if self.ask is getpass.getpass and not sys.stdin.isatty():
            raise NoPasswordError
        return self.ask(self.t(prompt))

    def store(self, *, readonly: bool = False) -> AbstractContextManager[Store]:
        """Sign in and open the workspace; closes with the block."""
        from inspector_app.actions.laptop import workspace as workspaces

        workspaces.check(self.workspace)
        keys = workspaces.sign_in(self.workspace, passphrase=self.passphrase(), clock=self.clock)
        opened = workspaces.open_store(self.workspace, keys, clock=self.clock, readonly=readonly)
        return closing(opened) if readonly else _writing(opened)

    def say(self, line: str = "") -> None:
        """Print a line at once, for commands that go on for a while; nothing with `--json`."""
        if not self.arguments.json:
            print(line, file=self.out, flush=True)


@contextmanager
def _writing(store: Store) -> Iterator[Store]:
    """Close after the block; where it ended well, the audit chain's head is kept outside the workspace first."""
    from inspector_app.actions.laptop import anchoring

    with closing(store):
        yield store
        anchoring.keep(store)


Handler = Callable[[Call], Answer]


def execute(call: Call) -> int:
    """Run the command and print its answer or its trouble; return the exit code."""
    try:
        answer = _handler(call.arguments.command)(call)
    except KeyboardInterrupt:
        return trouble(call, StoppedByPersonError(), ExitCode.STOPPED)
    except BrokenPipeError:
        return ExitCode.OK  # whoever read our output has enough
    except (InspectorError, OSError) as error:
        return trouble(call, error, exit_code(error))
    except Exception as error:  # the last place where a mistake of ours can become words
        LOG.exception("command failed command=%s", call.arguments.command.key)
        return trouble(call, error, ExitCode.BUG)
    _print(call, answer)
    return answer.exit_code


def report_usage(error: UsageError, texts: Translator, *, as_json: bool) -> int:
    """Say that the command was typed wrong, before there are arguments to say how to print."""
    return trouble(Call(argparse.Namespace(json=as_json), texts), error, ExitCode.USAGE)


class StoppedByPersonError(InspectorError):
    """The person pressed Ctrl+C."""

    code = "stopped"


def _handler(command: Command) -> Handler:
    module, _, function = command.handler.partition(":")
    return cast("Handler", getattr(importlib.import_module(f"inspector_app.cli.{module}"), function))


def _print(call: Call, answer: Answer) -> None:
    if call.arguments.json:
        from checklists.model import to_json  # not loaded on the way to the first window

        text = json.dumps(to_json(answer.data), ensure_ascii=False, indent=1)
        print(text, file=call.out, flush=True)
        return
    for line in answer.lines:
        print(line, file=call.out)
    call.out.flush()


def size_words(size: int) -> str:
    """Return bytes as people read them."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{-(-size // 1000)} KB"


def exit_code(error: BaseException) -> ExitCode:
    """Return the number for an error, by who can act."""
    code = getattr(error, "code", "")
    if code in _KEY_CODES:
        return ExitCode.KEY
    if code in _USAGE_CODES:
        return ExitCode.USAGE
    if code.startswith(_SYNC_CODES) or type(error).__module__ == "sync.errors":
        return ExitCode.SYNC
    for kind, number in _BY_CLASS:
        if isinstance(error, kind):
            return number
    return ExitCode.BUG


_USAGE_CODES = frozenset({"no-password", "relay-option"})
_SYNC_CODES = ("sync", "no-server", "no-relay", "no-office", "not-enrolled", "relay-", "not-a-relay")
_BY_CLASS: tuple[tuple[type[BaseException], ExitCode], ...] = (
    (UsageError, ExitCode.USAGE),
    (AuthorError, ExitCode.AUTHOR),
    (AnswerError, ExitCode.ANSWER),
    (NotFoundError, ExitCode.NOT_FOUND),
    (WorkspaceLockedError, ExitCode.IN_USE),
    (WrongPassphraseError, ExitCode.KEY),
    (SealError, ExitCode.NOT_PROVEN),
    (StorageError, ExitCode.STORAGE),
    (OSError, ExitCode.STORAGE),
)


def trouble(call: Call, error: BaseException, code: ExitCode) -> int:
    """Say in both languages what happened and what to do; with `--json` as an object on the error stream."""
    from checklists.model import to_json
    from inspector_app.messages import explain

    message = explain(error, call.texts)
    if call.arguments.json:
        said = {"error": message.code, "what": message.what, "where": message.where, "todo": message.todo, "exit": code}
        extra = (
            {"problems": error.data["problems"]}
            if isinstance(error, InspectorError) and "problems" in error.data
            else {}
        )
        print(json.dumps(to_json({**said, **extra}), ensure_ascii=False, indent=1), file=call.err, flush=True)
        return code
    first, second = ("en", "th") if call.texts.language == "en" else ("th", "en")
    print(message.text(first), message.text(second), sep="\n", file=call.err, flush=True)
    for problem in getattr(error, "data", {}).get("problems", ()):
        print(f"  {problem.item_id:<9} {problem.message.in_language(first)}", file=call.err)
    call.err.flush()
    return code
