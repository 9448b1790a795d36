"""O-F15: what is away for a moment is 503 with ``Retry-After`` at both doors, in three languages."""

import errno
import uuid
from typing import Any

import psycopg
import pytest
from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
    transaction,
)
from django.test import Client
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError as BrokerError

from ecase import outages, timeouts
from ecase.audit.clocks import ClockDiffers
from ecase.audit.sequencer import LogInconsistent
from tests.api.conftest import Caller, problem
from workflows.motions import locking

LANGUAGES = {"en": "Not possible at this moment", "ru": "В данный момент невозможно", "kk": "Дәл қазір мүмкін емес"}


def caused(fault: Exception, cause: Exception) -> Exception:
    """As Django raises what psycopg has raised."""
    fault.__cause__ = cause
    return fault


OUTAGES = [
    (OperationalError("server closed the connection unexpectedly"), "database"),
    (InterfaceError("connection already closed"), "database"),
    (caused(OperationalError("x"), psycopg.errors.AdminShutdown()), "database"),
    (caused(OperationalError("x"), psycopg.errors.QueryCanceled()), "database"),
    (caused(OperationalError("x"), psycopg.errors.LockNotAvailable()), "busy"),
    (caused(OperationalError("x"), psycopg.errors.DiskFull()), "storage"),
    (caused(InternalError("x"), psycopg.errors.ReadOnlySqlTransaction()), "database"),
    (caused(InternalError("x"), psycopg.errors.IdleInTransactionSessionTimeout()), "database"),
    (OSError(errno.ENOSPC, "No space left on device"), "storage"),
    (OSError(errno.EROFS, "Read-only file system"), "storage"),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), "storage"),
    (BrokerError("connection refused"), "broker"),
    (LogInconsistent("rolled back"), "log"),
    (ClockDiffers("3 days"), "clock"),
]
FAULTS = [
    ValueError("x"),
    OSError(errno.EACCES, "Permission denied"),
    caused(IntegrityError("x"), psycopg.errors.UniqueViolation()),
    caused(DataError("x"), psycopg.errors.NumericValueOutOfRange()),
    caused(InternalError("x"), psycopg.errors.InFailedSqlTransaction()),
    None,
]


@pytest.mark.parametrize(("fault", "code"), OUTAGES, ids=lambda value: str(value)[:40])
def test_what_passes_is_told_apart(fault: Exception, code: str) -> None:
    refusal = outages.of(fault)
    assert refusal is not None
    assert (refusal.status, refusal.problems[0].code) == (503, code)
    assert int(refusal.headers["Retry-After"]) > 0


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
def test_what_is_a_fault_of_ours_stays_one(fault: Exception | None) -> None:
    assert outages.of(fault) is None


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Every statement to the database, by session and token too, raises what is put in here."""
    faults: list[Exception] = []

    def execute(self: Any, *_args: Any, **_named: Any) -> None:
        raise faults[0]

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", execute)
    return faults


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "code"), OUTAGES, ids=lambda value: str(value)[:40])
def test_over_rest(failing: list[Exception], fault: Exception, code: str) -> None:
    failing.append(fault)
    caller = Caller()
    caller.bears("0" * 64)

    response = caller.post("/api/v1/motions/", {})

    document = problem(response, 503, "try-later", code)
    assert document["problems"][0]["message"]
    assert int(response["Retry-After"]) > 0


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "title"), LANGUAGES.items())
def test_at_the_pages(failing: list[Exception], language: str, title: str) -> None:
    failing.append(OperationalError("server closed the connection unexpectedly"))
    client = Client(raise_request_exception=False, headers={"Accept-Language": language})
    client.cookies["sessionid"] = "a" * 32

    response = client.get("/")

    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert title in response.content.decode()


@pytest.mark.django_db
def test_for_the_scripts_of_a_page(failing: list[Exception]) -> None:
    failing.append(OperationalError("x"))
    client = Client(raise_request_exception=False, headers={"Accept": "application/json", "Accept-Language": "en"})
    client.cookies["sessionid"] = "a" * 32

    document = problem(client.post(f"/acts/{uuid.uuid4()}/sign/"), 503, "try-later", "database")
    assert document["title"] == LANGUAGES["en"]


@pytest.mark.django_db
def test_a_fault_of_ours_is_500_also_without_static_files(
    failing: list[Exception], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_path: str) -> str:
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr("api.server_errors.static", missing)
    failing.append(RuntimeError("a bug"))
    client = Client(raise_request_exception=False, headers={"Accept-Language": "en"})
    client.cookies["sessionid"] = "a" * 32

    response = client.get("/")

    assert response.status_code == 500
    assert "The service failed" in response.content.decode()
    assert "Retry-After" not in response


# -- time-outs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["web", "worker", "watch"])
def test_a_role_has_its_time_outs(role: timeouts.Role, settings: Any) -> None:
    with psycopg.connect(_conninfo(), options=timeouts.options(settings.DATABASE_TIMEOUTS, role)) as own:
        for name, by_role in settings.DATABASE_TIMEOUTS.items():
            row = own.execute(f"SELECT extract(epoch FROM current_setting('{name}')::interval)").fetchone()
            assert row is not None
            assert row[0] == by_role[role] > 0
        assert own.execute("SHOW jit").fetchone() == ("off",)


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_somebody_holds_is_503(world: Any, settings: Any) -> None:
    """O-F7: eight signers behind one forgotten transaction are answered, and go on when it is gone."""
    motion = world.filed("custody")
    table = type(motion)._meta.db_table
    with psycopg.connect(_conninfo()) as other, transaction.atomic():
        other.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR UPDATE", [motion.pk])
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
        with pytest.raises(OperationalError) as raised, transaction.atomic():
            locking.lock(motion)
    refusal = outages.of(raised.value)
    assert refusal is not None
    assert refusal.problems[0].code == "busy"


@pytest.mark.django_db
def test_the_time_is_asked_for_in_the_statement_that_locks(world: Any) -> None:
    motion = world.filed("custody")

    with CaptureQueriesContext(connection) as statements, transaction.atomic():
        locking.lock(motion)

    texts = [statement["sql"] for statement in statements]
    asked = [text for text in texts if "FOR UPDATE" in text or "clock_timestamp" in text]
    assert len(asked) == 1
    assert "clock_timestamp()" in asked[0]


def _conninfo() -> str:
    given = connection.settings_dict
    parts = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    return psycopg.conninfo.make_conninfo(
        **{name: value for name, value in parts.items() if value}, dbname=given["NAME"]
    )
