"""Random acts by random officers, legal and illegal, for thousands of steps; invariants are checked after each.

CI runs the same few examples each time; ``make lives`` runs many others.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from typing import Any, ClassVar

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from ecase.cases.models import Participation
from ecase.instants import format_instant
from ecase.officers import signing
from ecase.officers.models import Organisation, Post, Role
from ecase.problems import Refused
from tests.factories import OrganisationFactory, PostFactory, judge_of
from tests.measures.holding import require_register
from tests.motions.payloads import now_minus
from tests.motions.waiting import require_agreement
from tests.motions.world import World
from workflows.deadlines.models import Deadline
from workflows.motions import queries
from workflows.motions.acts import court
from workflows.motions.acts.registry import SERVICE_ACTS, SPECS
from workflows.motions.models import Act, Motion
from workflows.motions.rules import payloads
from workflows.motions.services import acting
from workflows.motions.states import WITH_OUTCOME, ActType
from workflows.statute.catalogue import catalogue, in_force
from workflows.watch import duties

LIVES = os.environ.get("ECASE_STATE_MACHINE_EXAMPLES")
EXAMPLES = int(LIVES or "6")
STEPS_EACH = 6
WALK, LAWFUL = 30, 0.5
SEEDS = st.integers(0, 2**32)
OFFICERS_ACTS = sorted(set(ActType) - SERVICE_ACTS)
ROLES = [
    "investigator", "head_of_unit", "prosecutor", "judge", "court_chair", "clerk", "defender", "appellate_judge",
    "appellate_chair", "oblast", "national", "second_judge", "assigned", "author", "consenting",
]  # fmt: skip
KINDS = [
    "custody", "search", "property_arrest", "covert_action", "custody_extension", "complaint", "extradition_arrest",
]  # fmt: skip
DEAD_ENDS = {
    ActType.WITHDRAWAL, ActType.REFUSAL, ActType.RETURN, ActType.FORMAT_ORDER, ActType.CORRECTION,
    ActType.APPEAL_WITHDRAWAL,
}  # fmt: skip
STRANGERS = {
    Role.INVESTIGATOR: Organisation.Kind.INVESTIGATION,
    Role.HEAD_OF_UNIT: Organisation.Kind.INVESTIGATION,
    Role.PROSECUTOR: Organisation.Kind.PROSECUTION,
    Role.JUDGE: Organisation.Kind.COURT,
    Role.COURT_CHAIR: Organisation.Kind.COURT,
    Role.CLERK: Organisation.Kind.COURT,
    Role.DEFENDER: Organisation.Kind.BAR,
    Role.AUDITOR: Organisation.Kind.OPERATOR,
    Role.ADMINISTRATOR: Organisation.Kind.OPERATOR,
}


@contextmanager
def undone() -> Iterator[None]:
    """Roll everything back afterwards, in one transaction, which exports in other connections wait for."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Life(RuleBasedStateMachine):
    """One case with all its officers, and unrelated officers; random acts on its motions."""

    make_world: ClassVar[Callable[[], World]]
    performed: ClassVar[int] = 0
    refused: ClassVar[int] = 0
    motions = Bundle("motions")

    def __init__(self) -> None:
        super().__init__()
        self.undone = undone()
        self.undone.__enter__()
        self.world = Life.make_world()
        self.world.posts["second_judge"] = judge_of(self.world.case)
        self.changed = True
        self.other_court = PostFactory(judge=True).organisation
        strangers = [
            PostFactory(role=role, organisation=OrganisationFactory(kind=kind)) for role, kind in STRANGERS.items()
        ]
        # One query for all of them, built once: it is asked after every act, and building takes Django the longest.
        lists = [queries.queue(post).order_by().values("pk") for post in strangers]
        self.seen_by_strangers = lists[0].union(*lists[1:]).query.sql_with_params()

    def teardown(self) -> None:
        try:
            self.every_act_is_signed()
        finally:
            self.undone.__exit__(None, None, None)

    # -- what happens ------------------------------------------------------------------------------------------------

    @initialize(target=motions, seed=SEEDS)
    def begin(self, seed: int) -> Any:
        """Every example begins with a walk: hypothesis may omit rules from an example, but not ``initialize``."""
        pk = self.world.filed("custody").pk
        self.officers_walk(pk, seed)
        return pk

    @rule(target=motions, kind=st.sampled_from(KINDS), inquiry=st.booleans(), seed=SEEDS)
    def another(self, kind: str, inquiry: bool, seed: int) -> Any:
        body = self.world.case.organisation
        body.kind = Organisation.Kind.INQUIRY if inquiry else Organisation.Kind.INVESTIGATION
        body.save(update_fields=["kind"])
        if catalogue(in_force()).kinds[kind].relation:
            kind = "custody"
        pk = self._filed_or_drafted(kind)
        self.officers_walk(pk, seed)
        return pk

    def _filed_or_drafted(self, kind: str) -> Any:
        try:
            return self.world.filed(kind).pk
        except Refused:
            return self.world.draft(kind).pk

    @rule(pk=motions, tries=st.lists(st.tuples(st.sampled_from(OFFICERS_ACTS), st.sampled_from(ROLES)), min_size=5))
    def anybody_does_anything(self, pk: Any, tries: list[tuple[ActType, str]]) -> None:
        for number, (act_type, role) in enumerate(tries):
            self._try(self._motion(pk), act_type, role, number)

    @rule(pk=motions, seed=SEEDS)
    def officers_walk(self, pk: Any, seed: int) -> None:
        """Mostly permitted steps, with some forbidden ones; the smallest seed gives an equally useful walk."""
        chance = random.Random(seed)
        for _step in range(WALK):
            pick = chance.randrange(10_000)
            if chance.random() < LAWFUL:
                self._one_step(self._motion(pk), pick)
            else:
                self._try(self._motion(pk), chance.choice(OFFICERS_ACTS), chance.choice(ROLES), pick)
            if pick % 5 == 0:
                self.time_passes(days=pick % 8)
            self.it_all_holds()
            self.what_waits_can_be_done(self._motion(pk), ROLES[pick % len(ROLES)])

    def _one_step(self, motion: Motion, pick: int) -> None:
        """Perform a permitted act, preferring types performed least often; acts that end a motion are rarer."""
        kept = {ActType.SUPPLEMENT, *(DEAD_ENDS if pick % 20 else ())}
        posts = {role: post for role in ROLES if (post := self._post(motion, role))}
        may = {post: acting.available(motion, post) for post in set(posts.values())}
        can = {(act_type, role) for role, post in posts.items() for act_type in may[post] if act_type not in kept}
        if can:
            done = Counter(motion.acts.values_list("type", flat=True))
            fewest = min(done[act_type] for act_type, _role in can)
            rare = sorted((act_type, role) for act_type, role in can if done[act_type] == fewest)
            self._try(motion, *rare[pick % len(rare)], pick)

    @rule(days=st.integers(0, 90))
    def time_passes(self, days: int) -> None:
        now = timezone.now() + timedelta(days=days)
        duties.deliver_decisions(now)
        duties.expire_sanctions(now)
        duties.send_up_appeals(now)
        duties.assign_appeals(now)
        duties.close_finished(now)
        duties.report_missed(now)
        self.changed = True

    def _try(self, motion: Motion, act_type: ActType, role: str, pick: int) -> None:
        post = self._post(motion, role)
        if post is None:
            return
        before = (motion.state, motion.appeal_state, motion.revision, motion.acts.count())
        try:
            with transaction.atomic():
                self._act(motion, act_type, post, pick)
        except (Refused, Motion.DoesNotExist):
            Life.refused += 1
            left = self._motion(motion.pk)
            assert (left.state, left.appeal_state, left.revision, left.acts.count()) == before
        else:
            Life.performed += 1
            self.changed = True
            assert post.role in SPECS[act_type].roles

    def _act(self, motion: Motion, act_type: ActType, post: Post, pick: int) -> None:
        seen = queries.get(post, motion.pk)
        queries.open_materials(seen, post)
        prepared = acting.prepare(seen, act_type, post, self._payload(seen, act_type, post, pick))
        acting.perform(prepared, self.world.keys.sign(post, bytes(prepared.act_json)), post)

    def _payload(self, motion: Motion, act_type: ActType, post: Post, pick: int) -> dict[str, Any]:
        if act_type == ActType.MOTION:
            return {}
        if act_type not in WITH_OUTCOME:
            return self.world.filled(motion, act_type, post, **self._given(motion, act_type))
        known = payloads.outcomes(motion, act_type)
        if not known:
            return {}
        outcome = known[pick % len(known)].key
        ruling = act_type == ActType.APPEAL_RULING
        return self.world.ruling(motion, outcome) if ruling else self.world.decision(motion, outcome)

    def _given(self, motion: Motion, act_type: ActType) -> dict[str, Any]:
        """Values that cannot be derived from the form."""
        tomorrow = format_instant(timezone.now() + timedelta(days=1))
        given = {
            ActType.HEARING_ORDER: {"scheduled_at": tomorrow},
            ActType.CORRECTION: {"field": "detained_at", "value": now_minus(hours=3)},
            ActType.TRANSFER: {"court": self.other_court.bin},
            ActType.FORMAT_ORDER: {"format": "electronic" if motion.on_paper else "paper"},
            ActType.ADMISSION: {"iin": self.world.posts["prosecutor"].officer.iin},
        }
        return given.get(act_type, {})

    def _motion(self, pk: Any) -> Motion:
        return self.world.fresh(Motion(pk=pk))

    def _post(self, motion: Motion, role: str) -> Post | None:
        if role == "assigned":
            return next((post for post in self.world.posts.values() if post.officer_id == motion.judge_id), None)
        return self.world.post(motion, role)

    # -- what holds --------------------------------------------------------------------------------------------------

    @invariant()
    def it_all_holds(self) -> None:
        """Checked after each act and after time has passed."""
        if not self.changed:
            return
        self.every_state_is_explained_by_an_act()
        self.no_deadline_runs_or_is_reported_twice()
        self.no_judge_is_in_conflict()
        self.strangers_see_nothing()
        self.secrets_are_seen_by_those_admitted_only()
        self.the_register_follows_from_the_acts()
        self.changed = False

    def what_waits_can_be_done(self, motion: Motion, role: str) -> None:
        if post := self._post(motion, role):
            require_agreement(motion, post)

    def every_state_is_explained_by_an_act(self) -> None:
        for motion in Motion.objects.select_related("last_act"):
            acts = list(motion.acts.order_by("position"))
            stood = [("draft", "none"), *((act.to_state, act.to_appeal) for act in acts)]
            came = [(act.from_state, act.from_appeal) for act in acts]
            assert came == stood[:-1]
            assert (motion.state, motion.appeal_state) == stood[-1]
            assert [act.position for act in acts] == list(range(1, len(acts) + 1))
            assert all(after.previous_id == before.pk for before, after in pairwise(acts))

    def no_deadline_runs_or_is_reported_twice(self) -> None:
        running = Deadline.objects.filter(state="running").values_list("motion", "term")
        assert len(running) == len(set(running))

    def no_judge_is_in_conflict(self) -> None:
        for motion in Motion.objects.exclude(judge=None):
            with_him = motion.state in ("assigned", "hearing")
            assert str(motion.judge_id) not in court.judges_who_left(motion, court.FIRST) or not with_him
            assert str(motion.appellate_judge_id) not in court.judges_who_left(motion, court.APPEAL)
            assert motion.appellate_judge_id != motion.judge_id
            acted = Participation.objects.filter(case=motion.case_id, officer=motion.judge_id)
            assert not acted.exclude(role=Role.JUDGE).exists()

    def strangers_see_nothing(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(*self.seen_by_strangers)
            assert cursor.fetchone() is None

    def secrets_are_seen_by_those_admitted_only(self) -> None:
        for motion in Motion.objects.filter(secret=True):
            admitted = set(motion.admissions.values_list("officer", flat=True))
            for post in self.world.posts.values():
                assert post.officer_id in admitted or not queries.queue(post).filter(pk=motion.pk).exists()

    def the_register_follows_from_the_acts(self) -> None:
        for motion in Motion.objects.exclude(decided_at=None):
            require_register(motion)

    def every_act_is_signed(self) -> None:
        for act in Act.objects.select_related("author__officer", "author__organisation"):
            frozen, cms = bytes(act.act_json), bytes(act.cms)
            if act.author is None:
                assert signing.verify_seal(cms, frozen, act.performed_at).signature_sha256 == act.signature_sha256
            else:
                report = signing.verify_signature(cms, frozen, act.author, act.performed_at)
                assert report.signature_sha256 == act.signature_sha256


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_whatever_anybody_does(make_world: Callable[[], World]) -> None:
    Life.make_world, Life.performed, Life.refused = staticmethod(make_world), 0, 0
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    how = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS_EACH,
        deadline=None,
        suppress_health_check=slow,
        derandomize=LIVES is None,
        print_blob=True,
    )

    run_state_machine_as_test(Life, settings=how)

    assert Life.performed > EXAMPLES * 10
    assert Life.performed + Life.refused > EXAMPLES * 60
