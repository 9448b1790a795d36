"""What every test may ask for."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dj_database_url
import pytest
from django.utils import translation

from tests.flush import flush_past_triggers  # noqa: F401 - autouse

if TYPE_CHECKING:
    from tests.keys import Keyring


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What needs Debian's own servers runs where it is asked for: ``make test-servers``."""
    asked = any("real_servers" in argument for argument in config.args)
    return True if collection_path.name == "real_servers" and not asked else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that no process is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """Further processes of a session get a server of their own, before anything connects."""
    from django.conf import settings

    from tests import servers

    database = settings.DATABASES["default"]
    if not servers.needs_own(database):
        yield
        return
    with servers.running(Path(settings.VAR_DIR) / os.environ["PYTEST_XDIST_WORKER"]) as url:
        os.environ["DATABASE_URL"] = url
        database["HOST"] = dj_database_url.parse(url)["HOST"]
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database, with the law and the calendar in force: no test loads them, and no flush empties them."""
    from tests.flush import forget_log, remember_law
    from workflows.calendars import services as calendars
    from workflows.statute import catalogue

    with django_db_blocker.unblock():
        calendars.load_all()
        catalogue.load_all()
        forget_log()
        remember_law()


@pytest.fixture(autouse=True)
def default_language() -> Iterator[None]:
    """A request leaves its language active in the thread; the next test begins without it."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True, scope="session")
def patient_exports() -> Iterator[None]:
    """An export waits for the log as long as tests of other processes, on the same server, may hold it back."""
    from tests.logs import PATIENCE
    from workflows.motions.exports import act_evidence

    kept, act_evidence.SETTLE_SECONDS = act_evidence.SETTLE_SECONDS, PATIENCE
    yield
    act_evidence.SETTLE_SECONDS = kept


@pytest.fixture(autouse=True, scope="session")
def whole_turns() -> Iterator[None]:
    """A duty that a test calls handles all that waits, however slow the machine is; the turn has tests of its own."""
    from workflows.watch import batch

    kept, batch.TURN_SECONDS = batch.TURN_SECONDS, 600.0
    yield
    batch.TURN_SECONDS = kept


@pytest.fixture(scope="session")
def demo_pki() -> Path:
    """The demo CA, trust folder and people's keys of this session, made once for all xdist workers."""
    from django.conf import settings

    folder = Path(settings.VAR_DIR) / "demo-pki"
    with _locked(folder.with_suffix(".lock")):
        if not (folder / "ca.pem").exists():
            from signatures.demo import pki

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
