"""O-F5: a row or a duty that fails is put aside, said once with its trace and counted; everything else goes on."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.officers.models import Role
from ecase.outbox import relay, services
from ecase.outbox.models import Message, Notice, Subscription
from ecase.problems import NotAllowed, Problem
from tests.factories import PostFactory
from tests.motions.world import World
from tests.past_guards import move, move_deadlines, past_guards
from workflows.deadlines.models import Deadline
from workflows.motions.models import Act, Motion
from workflows.motions.states import ActType
from workflows.watch import batch, duties, faults, loop, status, terms
from workflows.watch.loop import Watch
from workflows.watch.models import FailingDuty, Heartbeat, RowAside

pytestmark = pytest.mark.django_db

Duty = Callable[[datetime], int]
FAULTS = (
    OSError(28, "No space left on device"),
    ImproperlyConfigured("no key"),
    NotAllowed(Problem("no", "no")),
    ValueError("anything"),
)


@pytest.fixture(autouse=True)
def fresh_cursors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_CURSORS", {})


def named(name: str, call: Duty) -> Duty:
    call.__name__ = name
    return call


def raising(duty: Duty, fault: Exception) -> Duty:
    def fail(now: datetime) -> int:
        raise fault

    return named(duty.__name__, fail)


def run(monkeypatch: pytest.MonkeyPatch, *chosen: Duty) -> Watch:
    monkeypatch.setattr(loop, "DUTIES", chosen)
    return Watch()


def logged(event: str) -> list[Entry]:
    return [entry for entry in Entry.objects.all() if entry.event == event]


# -- duties -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failing", duties.DUTIES, ids=lambda duty: duty.__name__)
def test_whichever_duty_fails_all_others_run(failing: Duty, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    fault = FAULTS[duties.DUTIES.index(failing) % len(FAULTS)]

    def noting(duty: Duty) -> Duty:
        return named(duty.__name__, lambda now: ran.append(duty.__name__) or 0)

    watch = run(monkeypatch, *(raising(duty, fault) if duty is failing else noting(duty) for duty in duties.DUTIES))
    assert watch.tick() == 0
    assert ran == [duty.__name__ for duty in duties.DUTIES if duty is not failing]
    [row] = FailingDuty.objects.all()
    assert (row.duty, row.failures, row.next_try_at > row.since) == (failing.__name__, 1, True)
    assert type(fault).__name__ in row.fault


def test_a_duty_that_fails_is_put_off_and_taken_up_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[datetime] = []

    def flaky(now: datetime) -> int:
        tries.append(now)
        if len(tries) < 4:
            raise ValueError("not yet")
        return 1

    watch = run(monkeypatch, flaky)
    for _round in range(3):
        watch.tick()
        watch.tick()
        watch._put_off.clear()
    assert (len(tries), FailingDuty.objects.get().failures) == (3, 3)
    assert watch.tick() == 1
    assert not FailingDuty.objects.exists()
    traces = [record for record in caplog.records if record.exc_info and record.name == "workflows.watch.faults"]
    assert len(traces) == 1


def test_the_pause_of_a_duty_grows_to_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    before = timezone.now()
    pauses = [faults.put_duty_off("any", failures, ValueError("no")) - before for failures in (1, 2, 5, 40)]
    assert [round(pause.total_seconds()) for pause in pauses] == [1, 2, 16, 60]


@pytest.mark.parametrize("fault", [SystemExit, KeyboardInterrupt])
def test_who_ends_the_process_is_not_held_up(fault: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    def end(now: datetime) -> int:
        raise fault

    with pytest.raises(fault):
        run(monkeypatch, end).tick()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The server ends the watch's connection: nothing is counted as a fault of the duty, and the next round works."""
    cut = [True]

    def lose(now: datetime) -> int:
        if cut.pop() if cut else False:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return 1

    watch = run(monkeypatch, lose)
    assert watch.tick() == 0
    assert "the watch waits" in caplog.text
    assert watch.tick() == 1
    assert not FailingDuty.objects.exists()


def test_a_watch_takes_over_what_failed_under_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its duty works again after a restart: nothing says for ever that it fails."""
    run(monkeypatch, raising(duties.sequence_log, ValueError("no"))).tick()
    assert FailingDuty.objects.exists()
    run(monkeypatch, named("sequence_log", lambda now: 0)).tick()
    assert not FailingDuty.objects.exists()


def test_what_has_settled_in_another_way_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_row: Any) -> bool:
        raise ValueError("no")

    batch.each("any", [uuid4()], fail)
    assert duties.forget_faults(timezone.now()) == 0
    assert duties.forget_faults(timezone.now() + timedelta(hours=2)) == 1
    assert not RowAside.objects.exists()


# -- real causes --------------------------------------------------------------------------------------------------


@pytest.fixture
def missed(world: World) -> Deadline:
    """A term that has passed: what goes on must report it."""
    motion = world.assigned("property_arrest")
    move_deadlines(Deadline.objects.filter(motion=motion, state="running"), due_at=timezone.now() - timedelta(hours=1))
    return Deadline.objects.filter(motion=motion, role="judge").get()


def spoil_log_key() -> None:
    Path(django_settings.LOG_KEY_FILE).unlink()


def spoil_latest() -> None:
    folder = Path(django_settings.CHECKPOINT_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "latest").write_text("neither a note nor empty")


def spoil_checkpoint_folder() -> None:
    Path(django_settings.CHECKPOINT_DIR).write_text("a file where the folder should be")


@pytest.mark.parametrize("spoil", [spoil_log_key, spoil_checkpoint_folder, spoil_latest])
def test_a_log_that_cannot_be_signed_holds_up_nothing_else(
    spoil: Callable[[], None], missed: Deadline, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = (duties.sequence_log, *(duty for duty in duties.DUTIES if duty is not duties.sequence_log))
    spoil()
    run(monkeypatch, *chosen).tick()
    assert logged("deadline.missed")
    assert set(FailingDuty.objects.values_list("duty", flat=True)) <= {"sequence_log"}


def test_a_sanction_that_cannot_be_ended_holds_up_nothing_behind_it(world: World, missed: Deadline) -> None:
    """The lists of the service's issuer are gone: its seal cannot be verified, as with one past its nextUpdate."""
    custody = world.decided("custody", "sanctioned")
    move(custody, valid_until=timezone.now() - timedelta(hours=1), warn_at=None)
    lists = {path: path.read_bytes() for path in Path(django_settings.TRUST_DIR).rglob("*.crl")}
    assert lists
    for path in lists:
        path.unlink()
    Watch().tick()
    [row] = RowAside.objects.filter(duty="expire_sanctions")
    assert (row.row, row.failures, "TRY_LATER" in row.fault) == (custody.pk, 1, True)
    assert logged("deadline.missed")
    assert not custody.acts.filter(type=ActType.EXPIRY).exists()
    for path, content in lists.items():
        path.write_bytes(content)
    assert duties.expire_sanctions(timezone.now()) == 0
    assert duties.expire_sanctions(row.next_try_at) == 1
    assert not RowAside.objects.filter(duty="expire_sanctions").exists()
    assert custody.acts.filter(type=ActType.EXPIRY).count() == 1


# -- rows ---------------------------------------------------------------------------------------------------------


def three_missed(world: World) -> list[Deadline]:
    for _number in range(3):
        world.assigned("property_arrest")
    due = list(Deadline.objects.filter(role="judge", state="running").order_by("pk"))
    with past_guards():
        Deadline.objects.exclude(pk__in=[deadline.pk for deadline in due]).delete()
    for number, deadline in enumerate(due):
        due_at = timezone.now() - timedelta(hours=3 - number)
        move_deadlines(Deadline.objects.filter(pk=deadline.pk), due_at=due_at)
    return due


def refuse(motion: Any) -> Callable[..., None]:
    """Notify as ever, but fail after that for one motion, of which what the duty wrote before must be undone."""
    tell = terms.tell

    def step(told: Any, *message: Any) -> None:
        tell(told, *message)
        if told.pk == motion:
            raise ValueError("this one")

    return step


def test_a_row_that_fails_holds_up_none_behind_it_and_nothing_of_it_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = three_missed(world)
    monkeypatch.setattr(terms, "tell", refuse(first.motion_id))
    assert duties.report_missed(timezone.now()) == 2
    reported = {entry.content["subject"]["motion"] for entry in logged("deadline.missed")}
    assert reported == {str(other.motion_id) for other in others}
    [row] = RowAside.objects.all()
    assert (row.duty, row.row, row.failures) == ("report_missed", first.pk, 1)
    assert duties.report_missed(timezone.now()) == 0
    assert RowAside.objects.get().failures == 1


def test_a_row_is_tried_again_with_a_pause_that_grows_and_said_once(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, *_others = three_missed(world)
    own = terms.tell
    monkeypatch.setattr(terms, "tell", refuse(first.motion_id))
    duties.report_missed(timezone.now())
    duties.report_missed(timezone.now() + timedelta(seconds=11))
    row = RowAside.objects.get()
    assert (row.failures, round((row.next_try_at - timezone.now()).total_seconds(), -1)) == (2, 20)
    assert len([record for record in caplog.records if record.exc_info]) == 1
    monkeypatch.setattr(terms, "tell", own)
    assert duties.report_missed(row.next_try_at) == 1
    assert not RowAside.objects.exists()


def test_when_every_row_fails_the_duty_is_put_off_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cause is not in the rows: a few are tried, not ten thousand."""
    tried: list[Any] = []

    def handle(row: Any) -> bool:
        tried.append(row)
        raise ValueError("all alike")

    watch = run(monkeypatch, named("any", lambda now: batch.each("any", [uuid4() for _row in range(50)], handle)))
    watch.tick()
    assert len(tried) == batch.FAILURES_IN_A_ROW == RowAside.objects.count()
    assert "RowsFail" in FailingDuty.objects.get().fault


def test_a_statement_that_the_database_refuses_is_a_fault_of_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = uuid4(), uuid4()

    def handle(row: Any) -> bool:
        if row == bad:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        return True

    assert batch.each("any", [bad, good], handle) == 1
    assert RowAside.objects.get().row == bad


def test_a_duty_yields_and_goes_on_in_the_next_round(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "TURN_SECONDS", 0)
    three_missed(world)
    assert [duties.report_missed(timezone.now()) for _round in range(4)] == [1, 1, 1, 0]


def test_rows_that_have_to_wait_have_their_turn_one_after_the_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "BATCH", 2)
    monkeypatch.setattr(batch, "TURN_SECONDS", 0)
    for _number in range(3):
        world.filed("property_arrest")
    waiting, seen = Motion.objects.all(), []

    def look(row: Any) -> bool:
        seen.append(row)
        return False

    for _round in range(6):
        batch.each("any", batch.in_turn("any", waiting, timezone.now()), look)
    pks = sorted(waiting.values_list("pk", flat=True))
    assert (seen, len(pks)) == (pks * 2, 3)


# -- what is shown ------------------------------------------------------------------------------------------------


def test_the_status_says_whether_a_watch_goes_round_and_what_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (status.read().ticked_at, status.read().is_late()) == (None, True)
    watch = run(monkeypatch, raising(duties.sequence_log, ValueError("no log")))
    watch.tick()
    found = status.read()
    assert not found.is_late()
    assert found.is_late(timezone.now() + timedelta(minutes=2))
    assert ([failure.duty for failure in found.failing], found.aside, found.is_well) == (["sequence_log"], [], False)
    assert status.read().ticked_at == Heartbeat.objects.get().at


def test_the_status_on_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, raising(duties.sequence_log, ValueError("no log"))).tick()
    RowAside.objects.create(
        duty="remind",
        row="0" * 32,
        failures=2,
        fault="ValueError: x",
        since=timezone.now(),
        next_try_at=timezone.now(),
    )
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("watch", "--status", stdout=out)
    assert "sequence_log" in out.getvalue()
    assert "remind" in out.getvalue()
    FailingDuty.objects.all().delete()
    RowAside.objects.all().delete()
    call_command("watch", "--status", stdout=out)


# -- messages that were given up ----------------------------------------------------------------------------------


def test_administrators_get_one_notice_of_messages_that_were_given_up(
    world: World, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    settings.OUTBOX_RETRY_SECONDS = []
    administrator = PostFactory(role=Role.ADMINISTRATOR)
    hook = Subscription.objects.create(organisation=administrator.organisation, url="https://away.example/hook")
    for number in range(2):
        services.send("motion.motion", key=f"m{number}", to=hook.organisation, payload={"motion": str(number)})
    for given in relay.claim(timezone.now()):
        relay.start(given, timezone.now())
        relay.fail(given, "away", timezone.now())
    before = Message.objects.count()
    assert [duties.report_given_up(timezone.now()) for _round in range(2)] == [2, 0]
    [notice] = Notice.objects.filter(topic="message.given_up")
    assert notice.officer == administrator.officer
    assert notice.payload == {
        "receiver": hook.url,
        "organisation": administrator.organisation.bin,
        "messages": 2,
    }
    assert Message.objects.count() == before + 1


# -- what each duty looks for has an index ------------------------------------------------------------------------


def test_a_finished_motion_is_closed_at_its_instant_and_looked_at_no_earlier(world: World) -> None:
    """O-F22: no drawing of lots among all that are delivered."""
    motion = world.fresh(world.decided("custody", "refused"))
    duties.deliver_decisions(timezone.now())
    motion = world.fresh(motion)
    assert motion.close_at == motion.appeal_until is not None
    assert duties.close_finished(motion.close_at) == 0
    assert duties.close_finished(motion.close_at + timedelta(seconds=1)) == 1
    assert world.fresh(motion).close_at is None


def test_a_motion_that_cannot_be_closed_after_all_is_not_looked_at_again(world: World) -> None:
    custody = world.decided("custody", "sanctioned")
    assert custody.close_at is None
    Motion.objects.filter(pk=custody.pk).update(close_at=timezone.now() - timedelta(days=1))
    assert duties.close_finished(timezone.now()) == 0
    assert world.fresh(custody).close_at is None
    assert not Act.objects.filter(type=ActType.CLOSURE).exists()


INDEXES = {
    "assign_waiting": "motion_to_assign",
    "deliver_decisions": "motion_to_deliver",
    "send_up_appeals": "motion_to_send_up",
    "assign_appeals": "motion_to_assign_on_appeal",
    "close_finished": "motion_to_close",
    "expire_sanctions": "motion_runs_out",
    "warn_of_end": "motion_to_warn",
    "report_missed": "deadline_due",
}


@pytest.mark.parametrize("duty", [duties.__dict__[name] for name in INDEXES], ids=list(INDEXES))
def test_what_a_duty_looks_for_can_be_found_by_its_index(
    duty: Duty, django_capture_on_commit_callbacks: Any, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(1) as captured:
        assert duty(timezone.now()) == 0
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + captured[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert INDEXES[duty.__name__] in plan
