"""The parser, made from the table; help and errors in both languages."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Sequence
from typing import Any, NoReturn

from checklists.errors import InspectorError
from inspector_app.cli.table import COMMANDS, COMMON, Command, Option
from inspector_app.i18n import Translator

PROGRAM = "inspector"


class UsageError(InspectorError):
    """The command was typed wrong; `detail` in data says how, in argparse's words."""

    code = "usage"


class _Parser(argparse.ArgumentParser):
    """Raises instead of leaving the program, and heads its sections in both languages."""

    def __init__(self, **more: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **more)
        self._positionals.title = "ระบุ · arguments"
        self._optionals.title = "ตัวเลือก · options"

    def error(self, message: str) -> NoReturn:
        raise UsageError(detail=f"{self.prog}: {message}")


def parse(argv: Sequence[str], texts: Translator | None = None) -> argparse.Namespace:
    """Return the arguments; `.command` is the `Command` that was meant. Raises `UsageError`; `--help` leaves."""
    full_words = {command.words[0] for command in COMMANDS[1:]} | {"-h", "--help"}
    if not full_words & set(argv):  # the window: its start does not wait for the help of every command
        window = _Parser(prog=PROGRAM, add_help=False)
        _fill(window, COMMANDS[0], None, suppress=False)
        with contextlib.suppress(UsageError):  # the whole parser below says what is wrong
            return window.parse_args(list(argv))
    return _build(texts or Translator()).parse_args(list(argv))


def _both(texts: Translator | None, key: str) -> str:
    if texts is None:
        return ""
    words = texts.words(key)
    first, second = (words.en, words.th) if texts.language == "en" else (words.th, words.en)
    return f"{first} · {second}".replace("%", "%%")


def _build(texts: Translator) -> argparse.ArgumentParser:
    window = COMMANDS[0]
    top = _Parser(prog=PROGRAM, description=_both(texts, "cli.about"), epilog=_both(texts, "cli.exit-codes"))
    _fill(top, window, texts, suppress=False)
    places: dict[tuple[str, ...], Any] = {
        (): top.add_subparsers(metavar="COMMAND", title="คำสั่ง · commands", parser_class=_Parser)
    }
    for command in COMMANDS[1:]:
        *group, last = command.words
        for depth in range(1, len(group) + 1):
            if tuple(group[:depth]) not in places:
                places[tuple(group[:depth])] = _group(places[tuple(group[: depth - 1])], group[:depth], texts)
        child = places[tuple(group)].add_parser(
            last, help=_both(texts, f"cli.help.{command.key}"), description=_both(texts, f"cli.help.{command.key}")
        )
        _fill(child, command, texts, suppress=True)
    return top


def _group(parent: Any, names: list[str], texts: Translator) -> Any:
    words = _both(texts, f"cli.help.{'-'.join(names)}")
    parser = parent.add_parser(names[-1], help=words, description=words)
    return parser.add_subparsers(metavar="COMMAND", title="คำสั่ง · commands", parser_class=_Parser, required=True)


def _fill(parser: argparse.ArgumentParser, command: Command, texts: Translator | None, *, suppress: bool) -> None:
    """Add the options; common ones of a subcommand must not overwrite what stood before its name."""
    for option in command.options:
        _add(parser, option, texts, {})
    for option in COMMON:
        _add(parser, option, texts, {"default": argparse.SUPPRESS} if suppress else {})
    parser.set_defaults(command=command)


def _add(parser: argparse.ArgumentParser, option: Option, texts: Translator | None, extra: dict[str, Any]) -> None:
    parser.add_argument(*option.names, help=_both(texts, f"cli.option.{option.key}"), **{**option.more, **extra})
