"""The draw of a judge: among whom, with which weights, on which seed, and that its record proves it."""

import io
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, ProgrammingError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.cases import participation
from ecase.officers.models import Absence, Organisation, Post, Role
from tests.assignment.conftest import MakeMotion, judges, officer, on_roster, sign
from tests.factories import (
    CaseFactory,
    DutyShiftFactory,
    OfficerFactory,
    OrganisationFactory,
    PersonFactory,
    PostFactory,
    investigator_of,
)
from tests.threads import together
from workflows.assignment import algorithm, conflicts, seeds, services
from workflows.assignment.models import Bar, Draw
from workflows.motions.models import Motion

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DAY = timedelta(days=1)


def drawn(motion: Motion, **options: Any) -> Draw:
    record = services.draw(motion, motion.court, motion.case, **options)
    assert record is not None
    return record


def among(record: Draw) -> list[str]:
    return [one["officer"] for one in record.candidates]


def weights(record: Draw) -> dict[str, int]:
    return {one["officer"]: one["weight"] for one in record.candidates}


def codes(record: Draw, post: Post) -> list[str]:
    return [one["code"] for one in record.excluded.get(officer(post), [])]


# -- among whom ---------------------------------------------------------------------------------------------------


def test_without_a_roster_all_judges_of_the_court_are_drawn_among_and_the_record_says_so(
    court: Organisation, file: MakeMotion
) -> None:
    held = judges(court)
    PostFactory(judge=True)
    PostFactory(judge=True, organisation=court, valid_to=NOW - DAY)
    record = drawn(file())
    assert among(record) == [officer(one) for one in held]
    assert record.roster == Draw.Roster.NONE
    assert set(weights(record).values()) == {100_000}
    assert record.chosen in held


def test_with_a_roster_only_those_on_it_with_a_share(court: Organisation, file: MakeMotion) -> None:
    one, idle, former, unlisted = judges(court, 4)
    on_roster(one)
    on_roster(idle, share=0)
    on_roster(former, valid_to=NOW)
    record = drawn(file(), at=NOW)
    assert record.roster == Draw.Roster.ROSTER
    assert among(record) == [officer(one)]
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
    (found,) = [one["made_of"] for one in record.candidates if one["officer"] == officer(post)]
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


# -- on which seed ------------------------------------------------------------------------------------------------


def committed(court: Organisation) -> list[Entry]:
    return list(Entry.objects.filter(chain=f"court:{court.pk}").order_by("seq"))


def test_the_nonce_was_committed_to_before_and_the_next_one_is_at_once(court: Organisation, file: MakeMotion) -> None:
    judges(court)
    seeds.commit(court)
    seeds.commit(court)
    (before,) = committed(court)
    motion = file()
    record = drawn(motion)
    assert record.made_of["committed_in"] == {"entry": before.pk, "number": 1}
    assert record.made_of["commitment"] == before.content["data"]["commitment"]
    assert record.made_of["act"]["sha256"] == motion.acts.get().sha256
    first, following = committed(court)
    assert first == before
    again = drawn(motion)
    assert again.made_of["committed_in"] == {"entry": following.pk, "number": 2}
    assert again.made_of["nonce"] != record.made_of["nonce"]
    assert again.seed != record.seed


def test_a_nonce_is_secret_until_it_is_used(court: Organisation, file: MakeMotion) -> None:
    judges(court)
    record = drawn(file())
    waiting = seeds.Commitment.objects.get(court=court)
    logged = b"".join(bytes(entry.body) for entry in Entry.objects.all())
    assert record.made_of["nonce"].encode() in logged
    assert waiting.nonce.encode() not in logged
    assert algorithm.commitment(waiting.nonce).encode() in logged


def test_the_seed_rests_on_the_last_act_that_an_officer_signed(court: Organisation, file: MakeMotion) -> None:
    (judge, *_others) = judges(court)
    motion = file()
    later = sign(motion, judge)
    assert drawn(motion).made_of["act"] == {"id": str(later.pk), "sha256": later.sha256}


def test_a_motion_that_nobody_has_signed_is_not_drawn(court: Organisation, file: MakeMotion) -> None:
    judges(court)
    motion = Motion.objects.get(pk=file().pk)
    bare = Motion.objects.create(
        case=motion.case,
        kind="search",
        catalogue=motion.catalogue,
        language="kk",
        author=motion.author,
        organisation=motion.organisation,
        prosecution=motion.prosecution,
        court=court,
    )
    with pytest.raises(seeds.NothingSigned):
        services.draw(bare, court, bare.case)


# -- and the record proves it -------------------------------------------------------------------------------------


@pytest.fixture
def record(court: Organisation, file: MakeMotion, tmp_path: Path, settings: Any) -> Draw:
    one, two, three = judges(court)
    on_roster(one)
    on_roster(two, share=40, specialisations=["search"])
    return drawn(file(), barred={officer(three): "recusal"})


def test_a_record_verifies_by_itself_and_against_the_log(record: Draw) -> None:
    assert services.faults(record) == []
    assert services.verify(Draw.objects.get(pk=record.pk))


def changed(record: Draw, path: str, value: Any) -> Draw:
    other = Draw.objects.get(pk=record.pk)
    name, *keys = path.split(".")
    if not keys:
        setattr(other, name, value)
    place: Any = getattr(other, name)
    for key in keys[:-1]:
        place = place[int(key) if key.isdigit() else key]
    if keys:
        place[keys[-1]] = value
    return other


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("seed", "00", "the seed is not the hash of its parts"),
        ("made_of.nonce", "00", "the nonce is not the one that was committed to"),
        ("made_of.act.sha256", "00", "the motion has no such act"),
        ("made_of.motion", "another", "the seed is of another motion or court"),
        ("made_of.commitment", "00", "the audit log does not hold the commitment"),
        ("made_of.committed_in.entry", 0, "the audit log does not hold the commitment"),
        ("made_of.committed_in.number", 3, "a commitment of the court was passed over"),
        ("candidates.0.weight", 1, "a weight is not what its parts make"),
        ("candidates.0.made_of.open", 1, "a weight is not what its parts make"),
        ("excluded", None, "the candidates are not in order"),
        ("algorithm", "ecase.draw/3", "the algorithm 'ecase.draw/3' is not known"),
    ],
)
def test_what_does_not_add_up_is_named(record: Draw, path: str, value: Any, fault: str) -> None:
    forged = changed(record, path, {record.candidates[0]["officer"]: []} if path == "excluded" else value)
    assert fault in services.faults(forged)
    assert not services.verify(forged)


def test_a_nonce_that_was_thrown_away_is_found(court: Organisation, file: MakeMotion) -> None:
    judges(court)
    drawn(file())
    seeds.Commitment.objects.all().delete()
    seeds.commit(court)
    assert services.faults(drawn(file())) == ["a commitment of the court was passed over"]


def test_another_judge_than_the_one_drawn_is_found(record: Draw) -> None:
    posts = {officer(post): post for post in Post.objects.filter(organisation=record.court)}
    for other in set(posts) - {officer(record.chosen)}:
        assert "another judge should have been drawn" in services.faults(changed(record, "chosen", posts[other]))


def test_the_record_is_in_the_audit_log_as_it_is(record: Draw) -> None:
    entry = Entry.objects.filter(chain=record.motion.case.chain).order_by("-seq")[0]
    assert entry.event == "draw.made"
    assert entry.content["data"] == record.as_dict()


def test_the_command_prints_the_record_and_says_that_it_stands(record: Draw) -> None:
    out, err = io.StringIO(), io.StringIO()
    call_command("verify_draw", str(record.pk), stdout=out, stderr=err)
    assert json.loads(out.getvalue()) == record.as_dict()
    with pytest.raises(CommandError):
        call_command("verify_draw", "00000000-0000-0000-0000-000000000000")


def test_the_command_fails_for_a_draw_that_does_not_stand(record: Draw) -> None:
    forged = Draw.objects.create(
        motion=record.motion,
        court=record.court,
        chosen=record.chosen,
        algorithm=record.algorithm,
        seed="00",
        made_of=record.made_of,
        candidates=record.candidates,
    )
    err = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_draw", str(forged.pk), stdout=io.StringIO(), stderr=err)
    assert "the seed is not the hash of its parts" in err.getvalue()


def stranger(folder: Path, record: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Runs the program of the documentation, with nothing but Python's own library, over a record."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "draw.md").read_text()
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (folder / "record.json").write_text(json.dumps(record))
    (folder / "repeat.py").write_text(program)
    command = [sys.executable, "-I", "repeat.py", "record.json"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_stranger_repeats_the_draw_with_the_program_of_the_documentation(record: Draw, tmp_path: Path) -> None:
    answer = stranger(tmp_path, record.as_dict())
    assert (answer.returncode, answer.stdout.strip()) == (0, officer(record.chosen)), answer.stderr


@pytest.mark.parametrize(("key", "value"), [("seed", "00"), ("chosen", "somebody else")])
def test_the_strangers_program_finds_a_forged_record(record: Draw, tmp_path: Path, key: str, value: str) -> None:
    assert stranger(tmp_path, {**record.as_dict(), key: value}).returncode != 0


def test_draws_before_weights_are_verified_as_they_were_made(record: Draw) -> None:
    held = sorted(officer(post) for post in Post.objects.filter(organisation=record.court))
    first = min(held, key=lambda one: algorithm._hashed(f"aa:{one}"))
    old = Draw(pk=record.pk, motion=record.motion, court=record.court, seed="aa", candidates=held)
    old.chosen = Post.objects.get(officer=first)
    assert services.verify(old)


# -- in how many statements, and at the same time -----------------------------------------------------------------


def statements(motion: Motion) -> int:
    with CaptureQueriesContext(connection) as queries:
        drawn(motion)
    return len(queries)


def test_a_draw_takes_as_many_statements_however_many_judges_and_cases(court: Organisation, file: MakeMotion) -> None:
    judges(court, 2)
    drawn(file())
    small = statements(file())
    by = PostFactory(administrator=True)
    for post in judges(court, 12):
        on_roster(post, specialisations=["search"])
        DutyShiftFactory(post=post)
        Absence.objects.create(post=post, ground="leave", starts_at=NOW - 2 * DAY, ends_at=NOW - DAY)
        conflicts.declare(post.officer, Bar.Ground.KIN, by, iin="900101300001")
        file(judge=post.officer)
    case = CaseFactory(court=court)
    for _person in range(5):
        PersonFactory(case=case)
    assert statements(file(case=case)) == small
    assert small <= 8


@pytest.mark.django_db(transaction=True)
def test_draws_at_the_same_time_spend_a_nonce_each(court: Organisation, file: MakeMotion) -> None:
    judges(court)
    motions = [file() for _number in range(6)]

    def draw(motion: Motion) -> Callable[[], Draw]:
        return lambda: drawn(motion)

    records = together(*map(draw, motions))
    assert len({record.made_of["nonce"] for record in records}) == 6
    entries = sorted(record.made_of["committed_in"]["entry"] for record in records)
    assert entries == [entry.pk for entry in committed(court)][:6]
    assert all(map(services.verify, records))


@pytest.mark.django_db(transaction=True)
def test_a_draw_that_has_waited_for_another_takes_the_row_at_once(court: Organisation, file: MakeMotion) -> None:
    """And does not look for it a second time, when it could be waiting again: the court's own row is out of reach."""
    judges(court)
    drawn(file())
    first, second, over, records = file(), file(), threading.Event(), []

    def keep_the_court() -> None:
        with alone(), transaction.atomic():
            Organisation.objects.select_for_update(no_key=True).get(pk=court.pk)
            over.wait(120)

    def draw_second() -> None:
        with alone():
            records.append(drawn(second))

    keeper, waiter = threading.Thread(target=keep_the_court), threading.Thread(target=draw_second)
    keeper.start()
    try:
        with transaction.atomic():
            records.append(drawn(first))
            waiter.start()
            until(somebody_waits)
        waiter.join(30)
        assert [record.motion for record in records] == [first, second]
    finally:
        over.set()
        keeper.join()
        waiter.join()
    assert all(map(services.verify, records))


@contextmanager
def alone() -> Iterator[None]:
    """In a thread: whatever it has connected to is closed."""
    try:
        yield
    finally:
        connections.close_all()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # PostgreSQL keeps one for each transaction
        waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        cursor.execute(f"SELECT EXISTS ({waiting})")
        return bool(cursor.fetchone()[0])


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, "nobody waits"
        time.sleep(0.02)
