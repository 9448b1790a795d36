"""Deadlines: started by the catalogue's terms, met or missed, claimed once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests.deadlines.conftest import MakeMotion
from tests.threads import together
from workflows.deadlines import services
from workflows.deadlines.explanation import explain
from workflows.deadlines.models import Deadline, State
from workflows.motions.models import Motion
from workflows.statute.catalogue import store
from workflows.statute.schema import Amount, ByChoice, Catalogue, Escalation

NOW = datetime(2026, 11, 21, 6, 0, 30, tzinfo=UTC)
DETAINED = {"held": "detained", "detained_at": "2026-11-20T14:05:00+05:00", "detention_term": "h48"}
DETAINED_AT = datetime.fromisoformat(DETAINED["detained_at"])
HOUR = timedelta(hours=1)


def start(motion: Motion, term: str, at: datetime = NOW) -> Deadline | None:
    return services.start(motion, motion.kind_entry.term(term), at, motion.payload)


def started(motion: Motion, term: str = "decide", at: datetime = NOW) -> Deadline:
    deadline = start(motion, term, at)
    assert deadline is not None
    return deadline


def test_the_judge_has_eight_hours_from_the_minute_of_receipt(make_motion: MakeMotion) -> None:
    deadline = started(make_motion())
    assert deadline.due_at == NOW.replace(second=0) + 8 * HOUR
    assert (deadline.role, deadline.article, deadline.state) == ("judge", "148(2)", State.RUNNING)
    assert deadline.label.en == "Consider the motion and decide"


@pytest.mark.parametrize(("term", "hours"), [("h24", 16), ("h48", 40), ("h72", 64)])
def test_the_prosecutor_files_eight_hours_before_the_detention_ends(
    make_motion: MakeMotion, term: str, hours: int
) -> None:
    motion = make_motion(**{**DETAINED, "detention_term": term})
    assert started(motion, "file_with_judge", DETAINED_AT).due_at == DETAINED_AT + hours * HOUR


def test_a_term_that_does_not_bind_starts_nothing(make_motion: MakeMotion) -> None:
    assert start(make_motion(held="at_large"), "file_with_judge") is None
    assert start(make_motion(held="detained"), "file_with_judge") is None  # the choice is not made
    assert not Deadline.objects.exists()


def test_a_search_is_due_at_once(make_motion: MakeMotion) -> None:
    deadline = started(make_motion("search"))
    assert deadline.due_at == NOW
    assert deadline.reminders == []


def test_starting_again_voids_the_one_that_ran(make_motion: MakeMotion) -> None:
    motion = make_motion()
    first, second = started(motion), started(motion, at=NOW + HOUR)
    first.refresh_from_db()
    assert (first.state, first.voided_at) == (State.VOID, NOW + HOUR)
    assert services.next_due(motion) == (second.due_at, False)


def test_an_act_meets_the_deadlines_that_wait_for_it(make_motion: MakeMotion) -> None:
    motion = make_motion(**DETAINED)
    started(motion, "file_with_judge", DETAINED_AT)
    judge = started(motion)
    assert [deadline.term for deadline in services.meet(motion, "agreement", NOW)] == ["file_with_judge"]
    assert services.meet(motion, "registration", NOW) == []
    assert services.meet(motion, "protocol", judge.due_at)[0].state == State.MET  # the end itself is in time
    assert services.next_due(motion) == (None, False)


def test_what_is_done_late_is_missed_and_says_when_it_was_done(make_motion: MakeMotion) -> None:
    motion = make_motion()
    deadline = started(motion)
    late = deadline.due_at + timedelta(seconds=1)
    (met,) = services.meet(motion, "protocol", late)
    assert (met.state, met.late, met.met_at) == (State.MISSED, True, late)
    assert services.claim_missed(late) == [met]
    assert services.claim_missed(late) == []
    assert services.meet(motion, "protocol", late + HOUR) == []


def test_a_missed_deadline_stays_missed_when_it_is_met(make_motion: MakeMotion) -> None:
    motion = make_motion()
    deadline = started(motion)
    assert services.claim_missed(deadline.due_at) == []
    (missed,) = services.claim_missed(deadline.due_at + timedelta(seconds=1))
    assert (missed.state, missed.late) == (State.MISSED, False)
    assert services.next_due(motion) == (None, False)
    (met,) = services.meet(motion, "protocol", deadline.due_at + HOUR)
    assert (met.state, met.late) == (State.MISSED, True)


def test_void_ends_what_runs_and_nothing_else(make_motion: MakeMotion) -> None:
    motion = make_motion(**DETAINED)
    started(motion, "file_with_judge", DETAINED_AT)
    started(motion)
    services.meet(motion, "agreement", NOW)
    assert len(services.void(motion, NOW)) == 1
    assert set(Deadline.objects.values_list("state", flat=True)) == {State.MET, State.VOID}
    assert services.claim_missed(NOW + 1000 * HOUR) == []
    assert services.claim_reminders(NOW + 1000 * HOUR) == []


def test_reminders_come_at_fractions_and_those_slept_through_as_one(make_motion: MakeMotion) -> None:
    motion = make_motion()
    deadline = started(motion)
    length = deadline.due_at - NOW
    assert deadline.reminders == [NOW + length * 0.5, NOW + length * 0.85]
    assert services.claim_reminders(NOW + length * 0.4) == []
    assert services.claim_reminders(NOW + length * 0.5) == [deadline]
    assert services.claim_reminders(NOW + length * 0.5) == []
    assert services.claim_reminders(NOW + length * 0.85) == [deadline]
    other = started(make_motion())
    assert services.claim_reminders(NOW + length * 0.9) == [other]
    assert services.claim_reminders(NOW + length * 0.9) == []


def test_escalations_come_in_their_order_and_end_with_the_act(make_motion: MakeMotion, kz: Catalogue) -> None:
    motion = make_motion()
    above = (Escalation(at=1.5, to="court_chair"), Escalation(at=0.9, to="head_of_unit"))
    term = replace(motion.kind_entry.term("decide"), escalate=above)
    deadline = services.start(motion, term, NOW, motion.payload)
    assert deadline is not None
    length = deadline.due_at - NOW
    assert services.claim_escalations(NOW + length * 0.8) == []
    assert services.claim_escalations(NOW + length) == [(deadline, ["head_of_unit"])]
    assert services.claim_escalations(NOW + length) == []
    services.claim_missed(NOW + length + HOUR)
    assert services.claim_escalations(NOW + length * 2) == [(deadline, ["court_chair"])]
    other = services.start(make_motion(), term, NOW, motion.payload)
    assert other is not None
    services.meet(other.motion, "protocol", NOW + length * 3)
    assert services.claim_escalations(NOW + length * 3) == []


def test_nobody_is_told_twice_of_what_was_slept_through(make_motion: MakeMotion) -> None:
    above = tuple(Escalation(at=at, to="head_of_unit") for at in (0.5, 0.9, 1.0, 1.5))
    motion = make_motion()
    deadline = services.start(motion, replace(motion.kind_entry.term("decide"), escalate=above), NOW, motion.payload)
    assert services.claim_escalations(NOW + 100 * HOUR) == [(deadline, ["head_of_unit"])]
    assert services.claim_escalations(NOW + 200 * HOUR) == []


def test_roles_are_reminded_and_escalated_as_the_catalogue_says_where_a_term_says_nothing(
    make_motion: MakeMotion, kz: Catalogue
) -> None:
    motion = make_motion()
    law = {"reminders": {"judge": (0.25,)}, "escalation": {"judge": (Escalation(at=1.0, to="court_chair"),)}}
    motion.catalogue = store(replace(kz, version="reminding", **law))
    silent = replace(motion.kind_entry.term("decide"), remind=(), escalate=())
    deadline = services.start(motion, silent, NOW, motion.payload)
    assert deadline is not None
    assert deadline.reminders == [NOW + (deadline.due_at - NOW) * 0.25]
    assert deadline.escalate_at == deadline.due_at


def test_what_was_due_before_its_event_is_escalated_at_once(make_motion: MakeMotion) -> None:
    motion = make_motion(**DETAINED)
    above = (Escalation(at=0.5, to="head_of_unit"), Escalation(at=1.0, to="supervising_prosecutor"))
    late = replace(motion.kind_entry.term("decide"), less=Amount(amount=24, unit="hours"), escalate=above)
    deadline = services.start(motion, late, NOW, motion.payload)
    assert deadline is not None
    assert deadline.reminders == []
    assert services.claim_escalations(NOW) == [(deadline, ["supervising_prosecutor"])]


def test_what_counts_back_from_an_end_to_come_is_reminded_of_from_now_on(make_motion: MakeMotion) -> None:
    motion, now = make_motion(), timezone.now()
    before = Amount(amount=10, unit="days")
    term = replace(motion.kind_entry.term("decide"), amount=0, unit="days", less=before, remind=(0.5,))
    deadline = services.start(motion, term, now + timedelta(days=30), motion.payload)
    assert deadline is not None
    assert deadline.due_at == now + timedelta(days=20)
    [reminder] = deadline.reminders
    assert abs(reminder - (now + timedelta(days=10))) < HOUR
    assert "10 суток до этого момента" in explain(deadline, "ru")[2]


def test_a_length_less_by_choice(make_motion: MakeMotion) -> None:
    motion = make_motion(**DETAINED)
    less = ByChoice(field="detention_term", amounts={"h48": 3})
    term = replace(motion.kind_entry.term("decide"), less_by=less)
    deadline = services.start(motion, term, NOW, motion.payload)
    assert deadline is not None
    assert deadline.due_at == NOW.replace(second=0) + 5 * HOUR
    assert services.start(motion, term, NOW, {**motion.payload, "detention_term": "h24"}) is None


def test_a_claim_is_undone_with_its_transaction(make_motion: MakeMotion) -> None:
    late = started(make_motion()).due_at + HOUR
    with transaction.atomic():
        assert len(services.claim_missed(late)) == 1
        transaction.set_rollback(True)
    assert len(services.claim_missed(late)) == 1


def test_claims_are_taken_earliest_first_up_to_the_limit(make_motion: MakeMotion) -> None:
    ends = [started(make_motion(), at=NOW - hours * HOUR).due_at for hours in (1, 3, 2)]
    taken = services.claim_missed(NOW + 1000 * HOUR, limit=2)
    assert [deadline.due_at for deadline in taken] == sorted(ends)[:2]


def test_the_database_keeps_the_rows_true(make_motion: MakeMotion) -> None:
    deadline = started(make_motion())
    rows = Deadline.objects.filter(pk=deadline.pk)
    for wrong in ({"state": "met", "met_at": deadline.due_at + HOUR}, {"state": "void"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)


def test_the_claims_use_their_partial_indexes(make_motion: MakeMotion) -> None:
    """Whatever the table's statistics say of so few rows: only the claim's own index gives its order without a sort."""
    started(make_motion())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    assert "deadline_due" in Deadline.objects.missed_unclaimed(NOW).order_by("due_at").explain()
    assert "deadline_remind" in Deadline.objects.to_remind(NOW).order_by("remind_at").explain()
    assert "deadline_escalate" in Deadline.objects.to_escalate(NOW).order_by("escalate_at").explain()
    assert "deadline_by_calendar" in Deadline.objects.by_calendar().order_by("calendar").explain()


def test_an_appeal_ends_three_days_after_the_announcement_on_a_working_day(make_motion: MakeMotion) -> None:
    kind = make_motion().kind_entry
    announced = datetime.fromisoformat("2026-11-18T15:00:00+05:00")
    assert services.appeal_until(kind, announced) == datetime.fromisoformat("2026-11-24T00:00:00+05:00")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "This is due 8 hours before that end, at 22.11.2026 06:05."),
        ("ru", "Нужно сделать за 8 часов до этого момента: 22.11.2026 06:05."),
        ("kk", "Осы сәттен 8 сағат бұрын орындалуға тиіс: 22.11.2026 06:05."),
    ],
)
def test_the_count_is_told_in_whole_sentences(make_motion: MakeMotion, language: str, told: str) -> None:
    sentences = explain(started(make_motion(**DETAINED), "file_with_judge", DETAINED_AT), language)
    assert len(sentences) == 6
    assert sentences[4] == told
    assert "147(3)" in sentences[5]


@pytest.mark.parametrize("step", [
    {"step": "skipped", "unit": "days", "at": "2026-03-18"},
    {"step": "skipped", "unit": "hours", "at": "2026-03-18T10:00:00+00:00"},
    {"step": "skipped", "unit": "minutes", "at": "2026-03-18T10:00:00+00:00"},
    {"step": "added", "unit": "minutes", "amount": 1, "at": "2026-03-18T10:00:00+00:00"},
    {"step": "last_day", "unit": "days", "amount": 3, "day": "2026-03-21"},
    {"step": "last_day", "unit": "months", "amount": 1, "day": "2026-03-21"},
    {"step": "last_day", "unit": "years", "amount": 1, "day": "2026-03-21"},
    {"step": "not_rolled", "because": "short_term"},
    {"step": "not_rolled", "because": "rule"},
    {"step": "not_rolled", "because": "working_day"},
    {"step": "clamped", "day": "2026-02-28"},
    {"step": "rolled", "day": "2026-03-21", "to": "2026-03-26"},
    {"step": "calendar_unknown", "day": "2028-01-01"},
    {"step": "earlier", "unit": "days", "amount": 1, "at": "2026-03-18T10:00:00+00:00"},
    {"step": "earlier", "unit": "minutes", "amount": 1, "at": "2026-03-18T10:00:00+00:00"},
    {"step": "earlier", "unit": "months", "amount": 1, "at": "2026-03-18T10:00:00+00:00"},
    {"step": "earlier", "unit": "years", "amount": 1, "at": "2026-03-18T10:00:00+00:00"},
    {"step": "immediately", "at": "2026-03-18T10:00:00+00:00"},
    {"step": "stated", "at": "2026-03-18T10:00:00+00:00"},
])  # fmt: skip
def test_every_step_has_a_sentence_in_every_language(step: dict[str, Any]) -> None:
    deadline = Deadline(article="48", computed={"steps": [step]})
    told = {explain(deadline, language)[0] for language in ("kk", "ru", "en")}
    assert len(told) == 3
    assert not any("%" in sentence for sentence in told)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("claim", [services.claim_missed, services.claim_reminders])
def test_each_is_claimed_once_by_two_watches(make_motion: MakeMotion, claim: Callable[..., list[Deadline]]) -> None:
    made = {started(make_motion()).pk for _number in range(12)}
    late = NOW + 9 * HOUR

    def drain() -> list[Any]:
        taken: list[Any] = []
        for _round in range(10):
            taken += [deadline.pk for deadline in claim(late, limit=3)]
        return taken

    first, second = together(drain, drain)
    assert sorted(first + second) == sorted(made)


@pytest.mark.django_db(transaction=True)
def test_a_watch_does_not_wait_for_an_act_being_performed(make_motion: MakeMotion) -> None:
    motion = make_motion()
    late = started(motion).due_at + HOUR
    with transaction.atomic():
        Motion.objects.select_for_update().get(pk=motion.pk)
        assert together(lambda: services.claim_missed(late)) == [[]]
    assert len(services.claim_missed(late)) == 1
