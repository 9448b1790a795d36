"""What every test may ask for."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.flush import flush_past_triggers  # noqa: F401 - autouse

if TYPE_CHECKING:
    from tests.keys import Keyring


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def demo_pki() -> Path:
    """The demo CA, trust folder and people's keys of this session, made once for all xdist workers."""
    from django.conf import settings

    folder = Path(settings.VAR_DIR) / "demo-pki"
    with _locked(folder.with_suffix(".lock")):
        if not (folder / "ca.pem").exists():
            from signatures import demo_pki as pki

            pki.make(folder)
    return folder


@pytest.fixture(scope="session")
def keys(demo_pki: Path) -> "Keyring":
    """Signs as anybody whom a factory has made."""
    from tests.keys import Keyring

    return Keyring(demo_pki)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Browser tests that were not run are said last and in red."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "browser" in report.keywords]
    if skipped:
        terminalreporter.section("NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(
            f"{len(skipped)} browser tests were NOT RUN: {skipped[0].longrepr[2]}", red=True, bold=True
        )
