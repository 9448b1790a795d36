"""The draw of a judge: among whom, and with which weights."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, transaction
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.cases import participation
from ecase.officers.models import Absence, Organisation, Post, Role
from tests.assignment.conftest import MakeMotion, drawn, judges, officer, on_roster
from tests.factories import (
    DutyShiftFactory,
    OfficerFactory,
    OrganisationFactory,
    PersonFactory,
    PostFactory,
    investigator_of,
)
from workflows.assignment import algorithm, conflicts, seeds, services
from workflows.assignment.models import Bar, Draw

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DAY = timedelta(days=1)


def among(record: Draw) -> list[str]:
    return [candidate["officer"] for candidate in record.candidates]


def weights(record: Draw) -> dict[str, int]:
    return {candidate["officer"]: candidate["weight"] for candidate in record.candidates}


def codes(record: Draw, post: Post) -> list[str]:
    return [exclusion["code"] for exclusion in record.excluded.get(officer(post), [])]


# -- among whom ---------------------------------------------------------------------------------------------------


def test_without_a_roster_all_judges_of_the_court_are_drawn_among_and_the_record_says_so(
    court: Organisation, file: MakeMotion
) -> None:
    held = judges(court)
    PostFactory(judge=True)
    PostFactory(judge=True, organisation=court, valid_to=NOW - DAY)
    record = drawn(file())
    assert among(record) == [officer(judge) for judge in held]
    assert record.roster == Draw.Roster.NONE
    assert set(weights(record).values()) == {100_000}
    assert record.chosen in held


def test_with_a_roster_only_those_on_it_with_a_share(court: Organisation, file: MakeMotion) -> None:
    listed, idle, former, unlisted = judges(court, 4)
    on_roster(listed)
    on_roster(idle, share=0)
    on_roster(former, valid_to=NOW)
    record = drawn(file(), at=NOW)
    assert record.roster == Draw.Roster.ROSTER
    assert among(record) == [officer(listed)]
    assert {key: codes(record, post) for key, post in {"idle": idle, "former": former, "un": unlisted}.items()} == {
        "idle": ["no_share"],
        "former": ["off_roster"],
        "un": ["off_roster"],
    }


def test_whoever_is_absent_is_not_drawn_and_the_ground_stays_private(court: Organisation, file: MakeMotion) -> None:
    ill, back, away_later = judges(court)
    Absence.objects.create(post=ill, ground="illness", starts_at=NOW - DAY)
    Absence.objects.create(post=back, ground="leave", starts_at=NOW - DAY, ends_at=NOW)
    Absence.objects.create(post=away_later, ground="leave", starts_at=NOW + DAY)
    record = drawn(file(), at=NOW)
    assert among(record) == [officer(back), officer(away_later)]
    assert record.excluded == {officer(ill): [{"code": "absent"}]}


def test_whoever_acted_in_the_case_in_another_role_is_not_drawn(court: Organisation, file: MakeMotion) -> None:
    turned, before, other = judges(court)
    motion = file()
    participation.join(motion.case, turned.officer, Role.INVESTIGATOR)
    participation.join(motion.case, before.officer, Role.JUDGE)
    record = drawn(motion)
    assert among(record) == [officer(before), officer(other)]
    assert record.excluded == {officer(turned): [{"code": "acted", "detail": "investigator"}]}


def test_who_judged_below_does_not_judge_the_appeal_but_may_judge_another_one(
    court: Organisation, file: MakeMotion
) -> None:
    (judge,) = judges(court, 1)
    motion = file()
    drawn(motion)
    above = OrganisationFactory(court=True)
    promoted = PostFactory(judge=True, organisation=above, officer=judge.officer)
    (other,) = judges(above, 1)
    for _appeal in range(2):
        record = services.draw(motion, above, motion.case)
        assert record is not None
        assert among(record) == [officer(other)]
        assert codes(record, promoted) == ["judged_elsewhere"]


def test_a_person_of_the_case_does_not_judge_it(court: Organisation, file: MakeMotion) -> None:
    victim, other = judges(court, 2)
    motion = file()
    PersonFactory(case=motion.case, iin=victim.officer.iin, capacity="victim")
    PersonFactory(case=motion.case, iin="")
    record = drawn(motion)
    assert among(record) == [officer(other)]
    assert codes(record, victim) == ["party"]


def test_kin_are_kept_away_wherever_they_take_part(court: Organisation, file: MakeMotion) -> None:
    judge, other = judges(court, 2)
    by = PostFactory(administrator=True)
    suspect, colleague, acted, unconnected = file(), file(), file(), file()
    PersonFactory(case=suspect.case, iin="900101300001")
    investigator_of(colleague.case, iin="900101300002")
    participation.join(acted.case, OfficerFactory(iin="900101300003"), Role.PROSECUTOR)
    for iin in ("900101300001", "900101300002", "900101300003"):
        conflicts.declare(judge.officer, Bar.Ground.KIN, by, iin=iin)
    for motion in (suspect, colleague, acted):
        record = drawn(motion)
        assert among(record) == [officer(other)]
        assert codes(record, judge) == ["kin"]
    assert len(among(drawn(unconnected))) == 2


def test_a_bar_from_a_case_holds_until_it_is_lifted(court: Organisation, file: MakeMotion) -> None:
    judge, _other = judges(court, 2)
    motion, by = file(), PostFactory(administrator=True)
    bar = conflicts.declare(judge.officer, Bar.Ground.RECUSED, by, case=motion.case)
    now = timezone.now()
    assert codes(drawn(motion), judge) == ["recused"]
    assert codes(drawn(motion, at=NOW), judge) == []  # not yet declared
    conflicts.lift(bar, by, "declared by mistake", now + DAY)
    assert codes(drawn(motion, at=now + DAY / 2), judge) == ["recused"]
    assert codes(drawn(motion, at=now + DAY), judge) == []
    logged = [entry.event for entry in Entry.objects.filter(chain="system").order_by("seq")]
    assert logged == ["bar.declared", "bar.lifted"]


def test_bars_are_never_changed(court: Organisation, file: MakeMotion) -> None:
    (judge,) = judges(court, 1)
    bar = conflicts.declare(judge.officer, Bar.Ground.KIN, PostFactory(administrator=True), iin="900101300001")
    for change in (lambda: Bar.objects.update(iin="900101300002"), bar.delete):
        with pytest.raises((InternalError, ProgrammingError), match="append-only"), transaction.atomic():
            change()


def test_every_reason_is_on_record_and_the_callers_too(court: Organisation, file: MakeMotion) -> None:
    barred, other = judges(court, 2)
    motion = file()
    on_roster(other)
    participation.join(motion.case, barred.officer, Role.PROSECUTOR)
    Absence.objects.create(post=barred, ground="leave", starts_at=NOW - DAY)
    record = drawn(motion, barred={officer(barred): "recusal", "somebody else": "recusal"})
    assert record.excluded == {
        officer(barred): [
            {"code": "off_roster"},
            {"code": "absent"},
            {"code": "acted", "detail": "prosecutor"},
            {"code": "barred", "detail": "recusal"},
        ]
    }


def test_nobody_is_drawn_where_nobody_may_and_no_nonce_is_spent(court: Organisation, file: MakeMotion) -> None:
    (judge,) = judges(court, 1)
    seeds.commit(court)
    entries = Entry.objects.count()
    motion = file()
    assert services.draw(motion, court, motion.case, barred={officer(judge): "recusal"}) is None
    assert not Draw.objects.exists()
    assert Entry.objects.count() == entries + 1  # the investigator's act


def test_while_a_shift_takes_over_the_first_on_duty_who_can_gets_the_motion(
    court: Organisation, file: MakeMotion
) -> None:
    asleep, first, second, third = judges(court, 4)
    DutyShiftFactory(post=asleep, takes_over=True, ends_at=NOW)
    for rank, post in enumerate((first, second, third), 1):
        DutyShiftFactory(post=post, takes_over=True, rank=rank)
    motion = file()
    record = drawn(motion, at=NOW)
    assert (record.roster, among(record)) == (Draw.Roster.DUTY, [officer(first)])
    assert (codes(record, asleep), codes(record, third)) == (["not_on_duty"], ["later_on_duty"])
    record = drawn(motion, at=NOW, barred={officer(first): "recusal"})
    assert (among(record), codes(record, first)) == ([officer(second)], ["barred"])
    everybody = {officer(post): "recusal" for post in (first, second, third)}
    record = drawn(motion, at=NOW, barred=everybody)
    assert (record.roster, among(record)) == (Draw.Roster.NONE, [officer(asleep)])


def test_a_shift_that_does_not_take_over_leaves_the_draw_alone(court: Organisation, file: MakeMotion) -> None:
    held = judges(court)
    DutyShiftFactory(post=held[0])
    assert len(among(drawn(file()))) == 3


# -- with which weights -------------------------------------------------------------------------------------------


def parts(record: Draw, post: Post) -> dict[str, int]:
    (found,) = [candidate["made_of"] for candidate in record.candidates if candidate["officer"] == officer(post)]
    return found


def test_the_weight_is_made_of_share_speciality_and_load(court: Organisation, file: MakeMotion, settings: Any) -> None:
    settings.DRAW_SPECIALIST, settings.DRAW_DAYS = 4, 10
    busy, half, group, kind = judges(court, 4)
    on_roster(busy)
    on_roster(half, share=50, specialisations=["custody"])
    on_roster(group, specialisations=["custody", "investigative"])
    on_roster(kind, specialisations=["search"])
    for _open in range(2):
        file(judge=busy.officer)
    for days in (1, 9, 11):
        file(judge=busy.officer, decided_at=NOW - days * DAY)
    record = drawn(file("search"), at=NOW)
    assert parts(record, busy) == {"share": 100, "speciality": 1, "open": 2, "done": 2, "appeals": 0}
    assert weights(record) == {
        officer(busy): algorithm.weight(100, 1, 4),
        officer(half): algorithm.weight(50, 1, 0),
        officer(group): algorithm.weight(100, 4, 0),
        officer(kind): algorithm.weight(100, 4, 0),
    }


def test_appeals_weigh_on_appellate_judges(court: Organisation, file: MakeMotion) -> None:
    judges(court, 1)
    above = OrganisationFactory(court=True)
    judge, other = judges(above, 2)
    motion = file()
    assert services.draw(motion, above, motion.case, barred={officer(other): "decided"}) is not None
    record = services.draw(motion, above, motion.case)
    assert record is not None
    assert (parts(record, judge)["appeals"], parts(record, other)["appeals"]) == (1, 0)
