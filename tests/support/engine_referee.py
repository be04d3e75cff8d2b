"""JavaRosa as a referee: the classes inside pyxform's ODK Validate, driven by lines (`engine_referee.java`).

Where there is no Java development kit, `missing()` says what is missing; callers report that as not run.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_SOURCE = Path(__file__).with_name("engine_referee.java")


class RefereeError(RuntimeError):
    """JavaRosa refused a command; the message is its own."""


@dataclass(frozen=True)
class Judged:
    """A node as JavaRosa has it; groups and rows have only a relevance."""

    relevant: bool
    value: str | None = None
    valid: bool = True
    required: bool = False
    readonly: bool = False


def jar() -> Path | None:
    import pyxform

    return next((Path(pyxform.__file__).parent / "validators").rglob("ODK_Validate.jar"), None)


def missing() -> str:
    """Return what keeps the referee away, or ''."""
    if shutil.which("java") is None or shutil.which("javac") is None:
        return "a Java development kit (java and javac, 17 or newer)"
    return "" if jar() is not None else "ODK_Validate.jar in pyxform"


class Referee:
    """One JVM. Use as a context manager."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["java", "-Duser.timezone=Asia/Bangkok", "-Duser.language=en", "-cp", str(jar()), str(_SOURCE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.stdin is not None and self._process.stdout is not None:
            self._process.stdin.close()
            self._process.stdout.close()
        self._process.wait(timeout=20)

    def ask(self, *fields: str) -> list[str]:
        """Send one command and return the lines of its answer. Raises `RefereeError`."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RefereeError("not started")
        stdin.write("\t".join(map(_escaped, fields)) + "\n")
        stdin.flush()
        lines: list[str] = []
        for line in stdout:
            text = line.rstrip("\n")
            if text == ".":
                return lines
            if text.startswith("! "):
                raise RefereeError(_plain(text[2:]))
            lines.append(text)
        raise RefereeError("JavaRosa ended")

    def open(self, path: Path) -> None:
        self.ask("open", str(path))

    def evaluate(self, context: str, expression: str) -> str:
        return _plain(self.ask("evaluate", context, expression)[0])

    def snapshot(self) -> dict[str, Judged]:
        found: dict[str, Judged] = {}
        for line in self.ask("snapshot"):
            kind, path, relevant, *rest = line.split("\t")
            if kind == "g":
                found[path] = Judged(relevant == "true")
            else:
                value, valid, required, readonly = rest
                found[path] = Judged(
                    relevant == "true", _plain(value), valid == "true", required == "true", readonly == "true"
                )
        return found

    def submission(self) -> bytes:
        """Return the XML that Collect would submit."""
        return _plain(self.ask("submission")[0]).encode()

    def times(self, what: str, rounds: int, *answers: str) -> list[float]:
        """Return seconds of each round of `load`, `session`, `fill` or `change`."""
        return [int(line) / 1e9 for line in self.ask("time", what, str(rounds), *answers)]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def _plain(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")
