"""What every test may ask for."""

import fcntl
import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dj_database_url
import pytest
from django.db import connection
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from tests.flush import flush_past_triggers  # noqa: F401 - autouse

if TYPE_CHECKING:
    from tests.keys import Keyring


# As everywhere in the tests: a machine that does much else is slow, and not wrong.
hypothesis_settings.register_profile("patient", hypothesis_settings(), deadline=None)
hypothesis_settings.load_profile("patient")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What needs Debian's own servers runs where it is asked for: ``make test-servers``."""
    asked = any(collection_path.name in argument for argument in config.args)
    return True if collection_path.name in {"real_servers", "clients"} and not asked else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that no process is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """Modules and collected tests live as long as the session: garbage collections need not look at them again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: Any) -> Iterator[None]:
    """Where and of what the test database is made, before anything connects.

    Further processes of a session get a server of their own.
    """
    from tests import servers, templates

    database = connection.settings_dict
    with ExitStack() as stack:
        if servers.needs_own(database):
            url = stack.enter_context(servers.running(os.environ["PYTEST_XDIST_WORKER"]))
            os.environ["DATABASE_URL"] = url
            database["HOST"] = dj_database_url.parse(url)["HOST"]
        with django_db_blocker.unblock():
            if servers.is_embedded(database) and templates.is_there():
                database["TEST"]["TEMPLATE"] = templates.name()
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> Iterator[None]:
    """The test database, with the law and the calendar in force: no test loads them, and no flush empties them."""
    from tests import servers, templates
    from tests.flush import forget_log, remember_law
    from workflows.calendars import services as calendars
    from workflows.statute import catalogue

    with django_db_blocker.unblock():
        database = connection.settings_dict
        if servers.is_embedded(database) and not (database["TEST"].get("TEMPLATE") or django_db_keepdb):
            templates.keep()
        _commit_without_waiting()
        calendars.load_all()
        catalogue.load_all()
        forget_log()
        remember_law()
    with _patience():
        yield


def _commit_without_waiting() -> None:
    """No test cuts the power of the server, and what it has committed survives all that a test does to a client."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {connection.settings_dict['NAME']} SET synchronous_commit = off")
    connection.close()


@contextmanager
def _patience() -> Iterator[None]:
    """Exports wait for the log as long as tests of other processes, on the same server, may hold it back.

    A duty that a test calls handles all that waits, however slow the machine is; the turn has tests of its own.
    """
    from tests.logs import PATIENCE
    from workflows.motions.exports import act_evidence
    from workflows.watch import batch

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(act_evidence, "SETTLE_SECONDS", PATIENCE)
        patched.setattr(batch, "TURN_SECONDS", 600.0)
        yield


@pytest.fixture(autouse=True)
def default_language() -> Iterator[None]:
    """A request leaves its language active in the thread; the next test begins without it."""
    yield
    translation.deactivate()


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
