"""Where the workspace lies and which choices hold before sign-in."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector_app import config
from inspector_app.config import Preferences


def test_the_workspace_is_named_by_the_environment_or_lies_in_local_application_data(tmp_path: Path) -> None:
    assert config.default_workspace({config.WORKSPACE_VARIABLE: str(tmp_path / "งาน")}) == tmp_path / "งาน"
    assert config.APP_NAME in str(config.default_workspace({}))


def test_preferences_are_written_and_read_back(tmp_path: Path) -> None:
    chosen = Preferences(language="en", theme="sunlight", text_percent=200)
    config.save_preferences(tmp_path / "new folder", chosen)
    assert config.load_preferences(tmp_path / "new folder", {}) == chosen


def test_missing_or_damaged_preferences_give_the_defaults(tmp_path: Path) -> None:
    assert config.load_preferences(tmp_path, {}) == Preferences()
    for damage in ("", "[1]", '{"language": ', "null"):
        config.preferences_file(tmp_path).write_text(damage, encoding="utf-8")
        assert config.load_preferences(tmp_path, {}) == Preferences()


def test_the_environment_chooses_the_language_before_the_preferences(tmp_path: Path) -> None:
    config.save_preferences(tmp_path, Preferences(language="th"))
    assert config.load_preferences(tmp_path, {config.LANGUAGE_VARIABLE: "en"}).language == "en"
    assert config.load_preferences(tmp_path, {config.LANGUAGE_VARIABLE: "xx"}).language == "th"


def test_a_linux_without_a_screen_is_told_so_before_qt_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(config.NoDisplayError):
        config.require_display({})
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        config.require_display({name: "x"})
    monkeypatch.setattr("sys.platform", "win32")
    config.require_display({})
