"""Two people load a registry at the centre at the same time: laptops never get a mix of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from checklists.model import Site
from checklists.store import registry_sites
from inspector_app.actions.factories import sites
from inspector_app.actions.factories.sites import ReadFile
from inspector_app.actions.serving import centre_registry
from inspector_app.actions.serving.centre import opened
from sync.server import publishing
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.server.publishing import RegistryMovedOnError

NAMES = [f"s{number}" for number in range(40)]
FILES = {
    "base": dict.fromkeys(NAMES, "base"),
    "one": {**dict.fromkeys(NAMES, "base"), "s0": "one", "s1": "one"},
    "two": {**dict.fromkeys(NAMES, "base"), "s1": "two", "s2": "two", "new": "two"},
}


@dataclass
class Desk:
    """A centre's folder, and loading by the name of what the file holds."""

    data: Path

    def load(self, name: str, *, new_file: bool = False) -> centre_registry.Published:
        return centre_registry.publish(self.data, Path(name), new_file=new_file)

    def offered(self) -> dict[str, str]:
        """Return what a laptop has that took the ready-made file and then its changes."""
        with opened(self.data) as centre:
            made = publishing.snapshot_of(centre, "registry")
            assert made is not None
            known = {site.site_id: site.name_th for site in registry_sites(publishing.snapshot_path(centre, made))}
            for site_id, members in publishing.registry_rows_after(centre, made.cursor).items():
                known.pop(site_id, None)
                if members is not None:
                    known[site_id] = members["name_th"]
        return known


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    def read(file: Path) -> ReadFile:
        return ReadFile([Site(site_id, name_th=name) for site_id, name in FILES[file.name].items()], 0, ())

    monkeypatch.setattr(sites, "read_file", read)
    Centre.open(ServerConfig.of(tmp_path)).close()
    return Desk(tmp_path)


def meanwhile(monkeypatch: pytest.MonkeyPatch, step: str, other: Callable[[], object]) -> None:
    """Let somebody else's load run to its end just before a step of ours."""
    real = getattr(centre_registry, step)

    def late(*args: object, **more: object) -> object:
        monkeypatch.setattr(centre_registry, step, real)
        other()
        return real(*args, **more)

    monkeypatch.setattr(centre_registry, step, late)


@pytest.mark.parametrize("new_file", [False, True], ids=["rows", "ready-made-file"])
def test_a_load_that_compared_with_what_is_gone_is_refused_and_the_other_stands(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, new_file: bool
) -> None:
    desk.load("base")
    meanwhile(monkeypatch, "_send", lambda: desk.load("two", new_file=new_file))
    with pytest.raises(RegistryMovedOnError):
        desk.load("one", new_file=new_file)
    assert desk.offered() == FILES["two"]
    assert desk.load("one", new_file=new_file).gone == 1, "the same command again compares with what there is"
    assert desk.offered() == FILES["one"]


def test_a_ready_made_file_never_takes_the_place_of_a_newer_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.load("base")
    meanwhile(monkeypatch, "_make_file", lambda: desk.load("two", new_file=True))
    with pytest.raises(RegistryMovedOnError):
        desk.load("one", new_file=True)
    assert desk.offered() == FILES["two"]


@pytest.mark.parametrize("step", ["_send", "_make_file"], ids=["before-rows", "before-file"])
def test_of_two_first_loads_one_stands_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    meanwhile(monkeypatch, step, lambda: desk.load("two"))
    with pytest.raises(RegistryMovedOnError):
        desk.load("one")
    assert desk.offered() == FILES["two"]
