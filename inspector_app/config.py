"""Where things lie on this laptop, and the few choices that must be known before anybody signs in.

Order for every choice: explicit argument, environment variable, saved preference, default. Settings of a signed-in
person live encrypted in the store, not here. Nothing in this file is secret.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checklists.errors import InspectorError

APP_NAME = "Inspector"
WORKSPACE_VARIABLE = "INSPECTOR_WORKSPACE"
PASSPHRASE_VARIABLE = "INSPECTOR_PASSPHRASE"  # noqa: S105 - the name of a variable, not a passphrase
LANGUAGE_VARIABLE = "INSPECTOR_LANGUAGE"
DEFAULT_PORT = 8765
"""Port of `inspector serve` when none is given."""


def default_workspace(environ: Mapping[str, str] | None = None) -> Path:
    """Return the workspace folder of this computer's user: local application data, never a roaming profile."""
    environ = os.environ if environ is None else environ
    if named := environ.get(WORKSPACE_VARIABLE):
        return Path(named).expanduser()
    import platformdirs  # 6 ms, only when nothing was named

    return platformdirs.user_data_path(APP_NAME, appauthor=False, roaming=False) / "workspace"


def preferences_file(workspace: Path) -> Path:
    """Return the plain file beside the workspace's data with the choices that hold before sign-in."""
    return workspace / "preferences.json"


@dataclass(frozen=True, slots=True)
class Preferences:
    """Choices for the screen: language th/en, theme light/dark/sunlight, text size in percent."""

    language: str = "th"
    theme: str = "light"
    text_percent: int = 100
    lock_minutes: int = 10  # without input; 0 is never
    window: str = ""  # geometry as the window writes it, base64


def _read(members: Mapping[str, Any]) -> Preferences:
    """Take the members that are known and of the right kind; without the model, which the first window never loads."""
    default = Preferences()
    known: dict[str, Any] = {k: v for k, v in members.items() if type(v) is type(getattr(default, k, None))}
    return dataclasses.replace(default, **known)


def load_preferences(workspace: Path, environ: Mapping[str, str] | None = None) -> Preferences:
    """Return the saved choices; a missing or damaged file gives the defaults, since nothing of value is in it."""
    environ = os.environ if environ is None else environ
    try:
        found = _read(json.loads(preferences_file(workspace).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, AttributeError):
        found = Preferences()
    language = environ.get(LANGUAGE_VARIABLE, "")
    return dataclasses.replace(found, language=language) if language in {"th", "en"} else found


def save_preferences(workspace: Path, preferences: Preferences) -> None:
    """Write the choices by a temporary name and rename, so that a kill leaves the old ones."""
    target = preferences_file(workspace)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".tmp")
    temporary.write_text(json.dumps(dataclasses.asdict(preferences), ensure_ascii=False, indent=1), encoding="utf-8")
    temporary.replace(target)


class NoDisplayError(InspectorError):
    """There is no screen to show a window on."""

    code = "no-display"


def require_display(environ: Mapping[str, str] | None = None) -> None:
    """Raise where a window cannot be shown, since Qt would abort without a word for people."""
    environ = os.environ if environ is None else environ
    chosen = any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if sys.platform.startswith("linux") and not chosen:
        raise NoDisplayError
