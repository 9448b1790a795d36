"""Counting anew: the old row stays with its values, the new one says why, and nothing happens twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ecase.audit.models import Entry
from tests.deadlines.conftest import MakeMotion
from tests.deadlines.test_deadlines import DETAINED, DETAINED_AT, HOUR, NOW, started
from tests.past_guards import move
from tests.threads import together
from workflows.calendars.models import Day, Year
from workflows.deadlines import corrections, services
from workflows.deadlines.corrections import Cause
from workflows.deadlines.explanation import explain
from workflows.deadlines.models import Deadline, State, Voided
from workflows.motions.models import Motion
from workflows.statute.catalogue import store
from workflows.statute.schema import Catalogue

EARLIER = DETAINED_AT - 2 * HOUR
REASON = "the record of detention says so"


def correct(motion: Motion, at: datetime = NOW, to: datetime = EARLIER, term: str = "file_with_judge") -> Any:
    motion.payload = {**motion.payload, "detained_at": to.isoformat()}
    return corrections.correct(motion, motion.kind_entry.term(term), to, Cause(Voided.CORRECTED, at, REASON))


def recomputed() -> list[dict[str, Any]]:
    return [entry.content["data"] for entry in Entry.objects.order_by("seq") if entry.event == "deadline.recomputed"]


@pytest.fixture
def motion(make_motion: MakeMotion) -> Motion:
    return make_motion(**DETAINED)


def test_the_old_row_stays_and_the_new_one_runs(motion: Motion) -> None:
    old = started(motion, "file_with_judge", DETAINED_AT)
    new = correct(motion)
    kept = Deadline.objects.get(pk=old.pk)
    assert (kept.state, kept.voided_at, kept.voided_because) == (State.VOID, NOW, Voided.CORRECTED)
    assert (kept.due_at, kept.started_at, kept.replaced_by) == (old.due_at, DETAINED_AT, new)
    assert (new.state, new.started_at, new.due_at) == (State.RUNNING, EARLIER, old.due_at - 2 * HOUR)
    assert services.next_due(motion) == (new.due_at, False)


def test_correcting_again_changes_nothing(motion: Motion) -> None:
    started(motion, "file_with_judge", DETAINED_AT)
    new = correct(motion)
    assert correct(motion, NOW + HOUR) == new
    assert Deadline.objects.count() == 2
    assert len(recomputed()) == 1


def test_both_values_are_in_the_log_without_the_officers_sentence(motion: Motion) -> None:
    before = started(motion, "file_with_judge", DETAINED_AT)
    after = correct(motion)
    [data] = recomputed()
    stated = {"term": "file_with_judge", "role": "prosecutor", "because": "corrected"}
    old = {"started_at": "2026-11-20T09:05:00.000000Z", "due_at": "2026-11-22T01:05:00.000000Z"}
    new = {"started_at": "2026-11-20T07:05:00.000000Z", "due_at": "2026-11-21T23:05:00.000000Z"}
    old, new = {"id": str(before.pk), **old}, {"id": str(after.pk), **new}
    assert data == {**stated, "from": {**old, "state": "running"}, "to": {**new, "state": "running"}}


@pytest.mark.parametrize(
    ("met_after", "shift", "was", "becomes"),
    [
        (timedelta(0), -2 * HOUR, State.MET, State.MISSED),
        (timedelta(0), 2 * HOUR, State.MET, State.MET),
        (HOUR, 2 * HOUR, State.MISSED, State.MET),
        (HOUR, -2 * HOUR, State.MISSED, State.MISSED),
    ],
)
def test_what_was_done_is_judged_anew(
    motion: Motion, met_after: timedelta, shift: timedelta, was: State, becomes: State
) -> None:
    old = started(motion, "file_with_judge", DETAINED_AT)
    done_at = old.due_at + met_after
    [met] = services.meet(motion, "agreement", done_at)
    assert met.state == was
    new = correct(motion, done_at + HOUR, DETAINED_AT + shift)
    assert (new.state, new.met_at) == (becomes, done_at)
    kept = Deadline.objects.get(pk=old.pk)
    assert (kept.state, kept.met_at, kept.due_at) == (State.VOID, done_at, old.due_at)
    assert kept.replaced_by == new
    assert recomputed()[0]["from"]["state"] == was
    assert services.claim_reminders(NOW + 1000 * HOUR) == []


def test_a_miss_that_was_reported_is_not_reported_again(motion: Motion) -> None:
    late = started(motion, "file_with_judge", DETAINED_AT).due_at + HOUR
    assert len(services.claim_missed(late)) == 1
    new = correct(motion, late)
    assert (new.state, new.claimed_at) == (State.MISSED, late)
    assert services.claim_missed(late + HOUR) == []


def test_a_miss_that_was_none_runs_again_and_may_be_missed_again(motion: Motion) -> None:
    late = started(motion, "file_with_judge", DETAINED_AT).due_at + HOUR
    services.claim_missed(late)
    new = correct(motion, late, DETAINED_AT + 5 * HOUR)
    assert (new.state, new.claimed_at) == (State.RUNNING, None)
    assert services.claim_missed(late) == []
    assert services.claim_missed(new.due_at + HOUR) == [new]


def test_a_new_end_that_has_passed_already_is_reported_as_missed(motion: Motion) -> None:
    now = started(motion, "file_with_judge", DETAINED_AT).due_at - HOUR
    new = correct(motion, now)
    assert new.due_at < now
    assert services.claim_missed(now) == [new]


def test_a_deadline_that_nothing_awaits_any_more_stays_as_it_is(motion: Motion) -> None:
    started(motion, "file_with_judge", DETAINED_AT)
    services.void(motion, NOW)
    assert correct(motion) is None
    assert Deadline.objects.get().voided_because == Voided.ENDED
    assert recomputed() == []


def test_the_one_that_runs_is_corrected_not_one_before_it(motion: Motion) -> None:
    first = started(motion, "file_with_judge", DETAINED_AT)
    second = started(motion, "file_with_judge", DETAINED_AT + HOUR)
    new = correct(motion)
    assert Deadline.objects.get(replaced_by=new) == second
    assert Deadline.objects.get(pk=first.pk).voided_because == Voided.RESTARTED


def test_every_term_of_a_corrected_field_is_counted_anew(motion: Motion) -> None:
    started(motion, "file_with_judge", DETAINED_AT)
    started(motion, "ruling_at_facility", DETAINED_AT)
    started(motion)
    motion.payload = {**motion.payload, "detained_at": EARLIER.isoformat()}
    found = services.correct_fields(motion, {"detained_at"}, REASON, NOW)
    assert {deadline.term for deadline in found} >= {"file_with_judge", "ruling_at_facility"}
    assert "decide" not in {deadline.term for deadline in found}
    assert services.correct_fields(motion, {"detained_at"}, REASON, NOW) == found
    assert services.correct_fields(motion, {"qualification"}, REASON, NOW) == []


def test_a_corrected_choice_changes_the_length(motion: Motion) -> None:
    old = started(motion, "file_with_judge", DETAINED_AT)
    motion.payload = {**motion.payload, "detention_term": "h72"}
    new = next(
        deadline
        for deadline in services.correct_fields(motion, {"detention_term"}, REASON, NOW)
        if deadline.term == old.term
    )
    assert (new.started_at, new.due_at) == (DETAINED_AT, old.due_at + 24 * HOUR)
    assert f"түзетілді: {REASON}." in " ".join(explain(new, "kk"))


def test_a_term_ends_with_what_bound_it_and_runs_again_with_it(motion: Motion) -> None:
    old = started(motion, "file_with_judge", DETAINED_AT)
    bound = motion.payload
    motion.payload = {"held": "at_large"}
    assert old.term not in {deadline.term for deadline in services.correct_fields(motion, {"held"}, REASON, NOW)}
    assert Deadline.objects.get(pk=old.pk).voided_because == Voided.CORRECTED
    motion.payload = bound
    again = [
        deadline
        for deadline in services.correct_fields(motion, {"held"}, REASON, NOW + HOUR)
        if deadline.term == old.term
    ]
    assert [(deadline.due_at, deadline.state) for deadline in again] == [(old.due_at, State.RUNNING)]
    assert [change["to"] is None for change in recomputed() if change["term"] == old.term] == [True, False]


TOLD = {
    "en": (
        "Counted anew on 21.11.2026 11:00 because the event was corrected from 20.11.2026 14:05 to 20.11.2026 "
        f"12:05: {REASON}. Before that the end was 22.11.2026 06:05."
    ),
    "ru": (
        "Пересчитано 21.11.2026 11:00, так как время события исправлено с 20.11.2026 14:05 на 20.11.2026 12:05:"
        f" {REASON}. До этого срок истекал 22.11.2026 06:05."
    ),
    "kk": (
        "21.11.2026 11:00 қайта есептелді, себебі оқиғаның уақыты 20.11.2026 14:05 орнына 20.11.2026 12:05 болып"
        f" түзетілді: {REASON}. Бұған дейін мерзім 22.11.2026 06:05 аяқталатын еді."
    ),
}
WAS_MET = {
    "en": "By the old count it had been met.",
    "ru": "По прежнему расчёту срок был соблюдён.",
    "kk": "Бұрынғы есеп бойынша мерзім сақталған еді.",
}


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_reader_is_told_why_it_was_counted_anew(motion: Motion, language: str) -> None:
    old = started(motion, "file_with_judge", DETAINED_AT)
    services.meet(motion, "agreement", NOW)
    new = correct(motion)
    assert [TOLD[language], WAS_MET[language]] == explain(new, language)[-2:]
    old.refresh_from_db()
    assert "21.11.2026 11:00" in explain(old, language)[-1]


# -- the calendar ---------------------------------------------------------------------------------------------------

WEDNESDAY = datetime(2026, 11, 18, 5, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture
def in_days(make_motion: MakeMotion, kz: Catalogue) -> MakeMotion:
    """Motions whose judge has three days that roll: from Wednesday to Saturday, and so to Monday."""
    custody = kz.kinds["custody"]
    term = replace(custody.term("decide"), amount=3, unit="days", roll=True, count="skip_first")
    others = (other for other in custody.terms if other.key != "decide")
    law = replace(kz, version="days", kinds={**kz.kinds, "custody": replace(custody, terms=(term, *others))})

    def make(**payload: Any) -> Motion:
        motion = make_motion(**payload)
        move(motion, catalogue=store(law))
        return Motion.objects.get(pk=motion.pk)

    return make


def take_off(day: date) -> None:
    Day.objects.create(year=Year.objects.get(jurisdiction="kz", year=day.year), day=day, name="by decree")


def test_a_running_term_follows_the_calendar(in_days: MakeMotion) -> None:
    motion = in_days()
    old = started(motion, at=WEDNESDAY)
    assert services.recount(NOW) == []
    take_off(MONDAY)
    [new] = services.recount(NOW)
    assert (new.started_at, new.due_at, new.state) == (WEDNESDAY, old.due_at + DAY, State.RUNNING)
    old.refresh_from_db()
    assert (old.state, old.voided_because, old.replaced_by) == (State.VOID, Voided.CALENDAR, new)
    assert services.next_due(motion) == (new.due_at, False)
    assert services.recount(NOW) == []
    assert [change["because"] for change in recomputed()] == ["calendar"]
    assert "календарь выходных дней. До этого срок истекал 24.11.2026 00:00." in explain(new, "ru")[-1]


def test_a_process_counts_by_the_changed_table_at_once(in_days: MakeMotion) -> None:
    before = started(in_days(), at=WEDNESDAY)
    take_off(MONDAY)
    assert started(in_days(), at=WEDNESDAY).due_at == before.due_at + DAY


def test_a_change_elsewhere_in_the_year_moves_nothing(in_days: MakeMotion) -> None:
    old = started(in_days(), at=WEDNESDAY)
    take_off(date(2026, 8, 31))
    assert services.recount(NOW) == []
    assert services.recount(NOW) == []
    assert Deadline.objects.get() == old
    take_off(MONDAY)
    assert len(services.recount(NOW)) == 1


def test_only_running_terms_that_roll_follow(in_days: MakeMotion) -> None:
    motion = in_days(**DETAINED)
    started(motion, "file_with_judge", DETAINED_AT)
    done = started(in_days(), at=WEDNESDAY)
    services.meet(done.motion, "protocol", NOW)
    take_off(MONDAY)
    assert services.recount(NOW) == []
    assert {deadline.calendar for deadline in Deadline.objects.filter(term="file_with_judge")} == {""}


def test_hours_are_counted_without_a_calendar(make_motion: MakeMotion) -> None:
    Year.objects.all().delete()
    assert started(make_motion()).state == State.RUNNING


def test_the_calendar_is_that_of_the_motions_law(in_days: MakeMotion) -> None:
    started(in_days(), at=WEDNESDAY)
    Day.objects.create(year=Year.objects.get(jurisdiction="demo-ua", year=2026), day=MONDAY, name="elsewhere")
    assert services.recount(NOW) == []


@pytest.mark.django_db(transaction=True)
def test_two_watches_recount_each_once(in_days: MakeMotion) -> None:
    made = [started(in_days(), at=WEDNESDAY).pk for _number in range(8)]
    try:
        take_off(MONDAY)
        first, second = together(lambda: services.recount(NOW, 5), lambda: services.recount(NOW, 5))
        replaced = [deadline.replaces.pk for deadline in [*first, *second, *services.recount(NOW)]]
        assert sorted(replaced) == sorted(made)
        assert len(recomputed()) == 8
    finally:
        Day.objects.filter(day=MONDAY).delete()
