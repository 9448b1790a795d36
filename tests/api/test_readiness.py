"""O-F8: readiness tells the truth about each thing that it needs, by name; probes need no header of ours."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import storages
from django.db import OperationalError
from django.utils import timezone

from api.readiness import cache
from ecase.audit import checkpoints, sequencer
from ecase.audit.models import Checkpoint
from ecase.celery import app
from tests.api.conftest import Caller, problem
from tests.audit.conftest import append, behind_the_back
from tests.logs import separate
from tests.motions.world import World
from tests.past_guards import move_deadlines
from workflows.deadlines.models import Deadline
from workflows.watch.models import FailingDuty, Heartbeat

pytestmark = pytest.mark.django_db
URL = "/api/health/ready"


@pytest.fixture
def ready(demo_pki: Path, settings: Any, tmp_path: Path) -> Iterator[Path]:
    """An installation in a folder of its own to which nothing is lacking; the findings of others are forgotten."""
    separate(settings, tmp_path)
    settings.MEDIA_ROOT = tmp_path / "media"
    Heartbeat.objects.create(name="watch", at=timezone.now())
    cache.forget()
    yield tmp_path
    cache.forget()


def lacking(anybody: Caller) -> dict[str, str]:
    """What is not ready, with the reason, by name."""
    cache.forget()
    response = anybody.get(URL)
    checks = response.data["checks"]
    assert {check["name"] for check in checks if not check["ok"]} == {
        fault["code"] for fault in response.data.get("problems", [])
    }
    return {check["name"]: check["why"] for check in checks if not check["ok"]}


def test_it_is_ready(ready: Path, anybody: Caller) -> None:
    response = anybody.get(URL)

    assert response.status_code == 200, response.data
    assert response.data["status"] == "ok"
    assert all(check == {"name": check["name"], "ok": True, "why": ""} for check in response.data["checks"])
    assert len(response.data["checks"]) == 18


def _no_key(folder: Path, settings: Any) -> None:
    settings.LOG_KEY_FILE = folder / "nothing"


def _no_media(folder: Path, settings: Any) -> None:
    (folder / "a-file").touch()
    settings.MEDIA_ROOT = folder / "a-file" / "media"


def _no_folder(folder: Path, settings: Any) -> None:
    (folder / "a-file").touch()
    settings.CHECKPOINT_DIR = folder / "a-file" / "checkpoints"


def _no_room(_folder: Path, settings: Any) -> None:
    settings.DISK_FREE_BYTES = 1 << 60


def _no_law(_folder: Path, settings: Any) -> None:
    settings.JURISDICTION = "nowhere"


def _no_trust(folder: Path, settings: Any) -> None:
    settings.TRUST_DIR = folder / "nowhere"


def _no_seal(folder: Path, settings: Any) -> None:
    settings.SERVICE_KEY_FILE = folder / "nothing.pem"


def _no_static(_folder: Path, settings: Any) -> None:
    backend = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": backend}
    settings.STATIC_ROOT = _folder / "static-root"


def _no_tick(_folder: Path, _settings: Any) -> None:
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=3))


def _no_watch(_folder: Path, _settings: Any) -> None:
    Heartbeat.objects.all().delete()


def _failing_duty(_folder: Path, _settings: Any) -> None:
    now = timezone.now()
    FailingDuty.objects.create(duty="deliver_decisions", failures=5, fault="OSError", since=now, next_try_at=now)


def _other_clock(_folder: Path, settings: Any) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=90)):
        append()
    settings.CLOCK_BOUND = timedelta(seconds=2)


def _unsigned(_folder: Path, _settings: Any) -> None:
    with time_machine.travel(timezone.now() - timedelta(minutes=3)):
        append()


@pytest.mark.parametrize(
    ("breaks", "names"),
    [
        (_no_key, {"log-key", "log"}),
        (_no_media, {"media"}),
        (_no_folder, {"checkpoints", "log"}),
        (_no_room, {"disk"}),
        (_no_law, {"law"}),
        (_no_trust, {"trust", "service-key", "seal", "log-key"}),
        (_no_seal, {"service-key", "seal"}),
        (_no_static, {"static"}),
        (_no_tick, {"watch"}),
        (_no_watch, {"watch"}),
        (_failing_duty, {"duties"}),
        (_other_clock, {"clock"}),
        (_unsigned, {"log-signed"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_lacking_is_named(
    ready: Path, anybody: Caller, settings: Any, breaks: Callable[[Path, Any], None], names: set[str]
) -> None:
    breaks(ready, settings)
    storages._storages.clear()

    found = lacking(anybody)

    assert set(found) >= names - {"log", "log-key"}
    assert set(found) <= names
    assert all(found.values())
    assert str(ready) not in str(found)
    document = problem(anybody.get(URL), 503, "unready", *found)
    assert document["checks"]


def test_a_log_that_was_rolled_back(ready: Path, anybody: Caller, transactional_db: None) -> None:
    append()
    sequencer.run_once()
    assert checkpoints.published_size() == Checkpoint.objects.first().size  # type: ignore[union-attr]
    with behind_the_back() as cursor:
        cursor.execute("DELETE FROM audit_checkpoint")

    assert lacking(anybody)["log"] == "The log was rolled back."


def test_a_deadline_that_nobody_has_reported(ready: Path, world: World, anybody: Caller) -> None:
    world.assigned("custody")
    move_deadlines(Deadline.objects.filter(state="running"), due_at=timezone.now() - timedelta(minutes=3))

    assert "deadlines" in lacking(anybody)


def test_a_seal_whose_revocation_cannot_be_found_out(ready: Path, anybody: Caller, settings: Any) -> None:
    """The lists of the demo's authority live for five years: a year later nobody could sign."""
    with time_machine.travel(timezone.now() + timedelta(days=6 * 365)):
        Heartbeat.objects.update(at=timezone.now())
        assert "seal" in lacking(anybody)


def test_the_database_away(ready: Path, anybody: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("api.readiness.database.connection.ensure_connection", away)

    assert lacking(anybody) == {"database": "The database cannot be reached."}


def test_a_broker_that_is_away(ready: Path, anybody: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.connection_for_write(url="redis://127.0.0.1:1/0") as nobody:
        monkeypatch.setattr(type(app), "connection_for_write", lambda *_args, **_named: nobody)
        assert set(lacking(anybody)) == {"broker"}


def test_what_hangs_is_waited_for_briefly_and_asked_once(
    ready: Path, anybody: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, asked = threading.Event(), []

    def hanging() -> None:
        asked.append(1)
        go_on.wait(60)

    monkeypatch.setitem(cache._OUTSIDE._checks, "media", hanging)
    monkeypatch.setattr(cache, "PATIENCE", 0.2)
    try:
        for _time in range(3):
            assert lacking(anybody)["media"] == "It does not answer."
        assert len(asked) == 1
    finally:
        go_on.set()
        cache._OUTSIDE._running["media"].result(30)


# -- the request ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/health/live", URL])
def test_a_probe_needs_no_host_and_no_tls(ready: Path, anybody: Caller, settings: Any, path: str) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["ecase.example"], True

    assert anybody.get(path, headers={"Host": "10.0.0.7:8000"}).status_code == 200
    assert anybody.get("/sign-in/", headers={"Host": "10.0.0.7:8000"}).status_code == 400


def test_it_is_alive_without_asking_the_database(anybody: Caller, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert anybody.get("/api/health/live").data == {"status": "ok"}


def test_a_probe_speaks_the_language_of_whoever_asks(ready: Path, anybody: Caller) -> None:
    _no_watch(ready, None)
    cache.forget()
    document = problem(anybody.get(URL, headers={"Accept-Language": "ru"}), 503, "unready", "watch")
    assert document["problems"][0]["message"] == "Наблюдатель не работает."
