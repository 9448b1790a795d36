"""Real launchers in data folders of their own, and a look at what they leave behind."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.embedded.launchers import Launcher, Site

Start = Callable[..., Launcher]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(var_dir=tmp_path / "var")
    yield site
    site.sweep()


@pytest.fixture
def launchers() -> Iterator[list[Launcher]]:
    """Every launcher that a test starts through this list is gone when the test ends."""
    started: list[Launcher] = []
    yield started
    for launcher in reversed(started):
        launcher.end()


@pytest.fixture
def start(site: Site, launchers: list[Launcher]) -> Start:
    """Start ``run -- sh -c SCRIPT`` in this test's site."""

    def begin(script: str, **options: object) -> Launcher:
        launcher = Launcher(options.pop("site", site), ["run", "--", "sh", "-c", script], **options)  # type: ignore[arg-type]
        launchers.append(launcher)
        return launcher

    return begin
