"""Two suspects, a victim, four counsel: what each may open and do, of every kind, at every stage of a motion's life.

Expected values are written by hand from the text of the law. Tested are the functions that portal and REST API call.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from ecase.cases.models import Counsel, Person
from ecase.officers.models import Officer, Post
from ecase.outbox.models import Notice
from tests.factories import PersonFactory, PostFactory
from tests.motions.world import World
from workflows.copies.models import Copy
from workflows.motions import queries, signers
from workflows.motions.models import Motion
from workflows.motions.rules import defence
from workflows.motions.services import acting
from workflows.motions.states import DECISIONS, ActType, AppealState, State
from workflows.statute.catalogue import catalogue, in_force
from workflows.watch import duties, notifications

pytestmark = pytest.mark.django_db
FIRST, SECOND, VICTIM, NOBODY = "first suspect", "second suspect", "victim", ""
JUDGE, DECISION, NEVER = "judge", "decision", "never"


@dataclass(frozen=True)
class Law:
    """For a kind: the field of the person whom it concerns and who that is here, from when counsel of that person may
    open it, which persons get a copy of a granting decision, and whether anyone but the prosecutor may appeal."""

    field: str
    about: str
    opens: str
    owed: tuple[str, ...] = ()
    appealed: bool = True
    beside: tuple[tuple[str, str], ...] = ()


LAW = {
    "approach_ban": Law("suspect", FIRST, DECISION, (FIRST, VICTIM), beside=(("protected", VICTIM),)),
    "bail": Law("suspect", FIRST, DECISION, (FIRST,)),
    "bail_forfeiture": Law("suspect", FIRST, DECISION, (FIRST,)),
    "complaint": Law("applicant", FIRST, JUDGE, (FIRST,)),
    "costs_recovery": Law("payer", FIRST, JUDGE, (FIRST,), appealed=False),
    "covert_action": Law("target", FIRST, NEVER, appealed=False),
    "covert_ending": Law("", NOBODY, NEVER, appealed=False),
    "covert_extension": Law("", NOBODY, NEVER, appealed=False),
    "covert_non_notification": Law("notified", FIRST, NEVER, appealed=False),
    "covert_notice_extension": Law("notified", FIRST, NEVER, appealed=False),
    "custody": Law("suspect", FIRST, JUDGE, (FIRST, VICTIM)),
    "custody_extension": Law("suspect", FIRST, JUDGE, (FIRST, VICTIM)),
    "deposition": Law("witness", VICTIM, JUDGE, appealed=False),
    "evidence_sale": Law("owner", VICTIM, JUDGE, (VICTIM,), appealed=False),
    "examination_for_defence": Law("client", FIRST, JUDGE, appealed=False),
    "exhumation": Law("deceased", VICTIM, DECISION),
    "extradition_arrest": Law("sought", NOBODY, JUDGE),
    "extradition_arrest_extension": Law("sought", NOBODY, JUDGE),
    "extradition_bail": Law("sought", NOBODY, JUDGE),
    "extradition_custody": Law("sought", NOBODY, JUDGE),
    "forced_examination": Law("examined", VICTIM, NEVER),
    "forced_samples": Law("sampled", VICTIM, NEVER),
    "house_arrest": Law("suspect", FIRST, JUDGE, (FIRST, VICTIM)),
    "house_arrest_extension": Law("suspect", FIRST, JUDGE, (FIRST, VICTIM)),
    "information_for_defence": Law("client", FIRST, JUDGE, appealed=False),
    "inspection": Law("", NOBODY, NEVER),
    "international_wanted": Law("suspect", FIRST, DECISION),
    "medical_placement": Law("person", FIRST, JUDGE, (FIRST,)),
    "medical_placement_extension": Law("person", FIRST, JUDGE, (FIRST,)),
    "mental_transfer": Law("suspect", FIRST, JUDGE, (FIRST,)),
    "monetary_penalty": Law("violator", FIRST, JUDGE, (FIRST,), appealed=False),
    "personal_search": Law("searched", FIRST, NEVER),
    "property_arrest": Law("liable", FIRST, DECISION, (FIRST, VICTIM)),
    "search": Law("", NOBODY, NEVER),
    "seizure": Law("", NOBODY, NEVER),
    "suspension": Law("suspect", FIRST, DECISION, (FIRST,)),
    "witness_appearance": Law("witness", NOBODY, JUDGE, appealed=False),
}


def test_every_kind_is_stated() -> None:
    assert set(LAW) == set(catalogue(in_force()).kinds)


class Case:
    """The world's case with two suspects and a victim, counsel for each, and one counsel without a client.

    The first suspect's counsel is the defender who files the motions of the defence.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.persons: dict[str, Person] = {
            FIRST: world.case.persons.get(capacity="suspect"),
            SECOND: PersonFactory(case=world.case, capacity="suspect"),
            VICTIM: world.case.persons.get(capacity="victim"),
        }
        self.counsel = {FIRST: world.posts["defender"], SECOND: self._counsel(SECOND), VICTIM: self._counsel(VICTIM)}
        self.counsel[NOBODY] = PostFactory(defender=True)

    def _counsel(self, name: str) -> Post:
        post = PostFactory(defender=True)
        Counsel.objects.create(case=self.world.case, officer=post.officer, person=self.persons[name])
        return post

    def given(self, law: Law) -> dict[str, str]:
        named = dict([*law.beside, *([(law.field, law.about)] if law.about else [])])
        return {field: str(self.persons[name].pk) for field, name in named.items()}


def lives(case: Case, kind: str, law: Law) -> Iterator[tuple[Motion, bool, bool]]:
    """The motion at each stage, with whether it has a judge and whether it is decided."""
    world, entry = case.world, case.world.kind(kind)
    motion = world.filed(kind, **case.given(law))
    yield motion, motion.judge_id is not None, False
    while motion.state in (State.AWAITING_APPROVAL, State.SUBMITTED):
        approves = motion.state == State.AWAITING_APPROVAL
        motion = world.does(
            motion, *((ActType.APPROVAL, "head_of_unit") if approves else (ActType.AGREEMENT, "consenting"))
        )
        yield motion, motion.judge_id is not None, False
    outcome = next(outcome.key for outcome in entry.outcomes if outcome.grants and outcome.path == "ordinary")
    world.act(motion, entry.outcome(outcome).output, "judge", world.decision(motion, outcome))
    yield world.fresh(motion), True, True
    duties.deliver_decisions(timezone.now())
    yield world.fresh(motion), True, True
    if law.appealed:
        yield world.does(world.fresh(motion), ActType.APPEAL, "clerk"), True, True


@pytest.mark.parametrize("kind", sorted(LAW))
def test_each_sees_and_does_what_the_law_gives_his_client(world: World, kind: str) -> None:
    case, law = Case(world), LAW[kind]
    for motion, is_with_judge, is_decided in lives(case, kind, law):
        opened = {JUDGE: is_with_judge, DECISION: is_decided, NEVER: False}[law.opens]
        for name, post in case.counsel.items():
            own = motion.author.officer_id == post.officer_id
            reads = own or (opened and bool(name) and name == law.about)
            owed = is_decided and name in law.owed
            at = (motion.state, motion.appeal_state, name)
            assert_opens(motion, post, reads=reads, decision=owed, at=at)
            assert_acts(
                motion, post, own=own, reads=reads, appeals=is_decided and law.appealed and (reads or owed), at=at
            )
            assert_told(motion, post, reads=reads, owed=owed, at=at)
    if law.appealed:
        assert_each_ends_his_own(case, kind, law)


def assert_opens(motion: Motion, post: Post, *, reads: bool, decision: bool, at: Any) -> None:
    """Check the queries on which materials, printable file, versions, draws, copies and lists are based."""
    assert Motion.objects.visible_to(post).filter(pk=motion.pk).exists() == reads, at
    assert finds(queries.get, post, motion.pk) == reads, at
    assert finds(queries.decided, post, motion.pk) == (reads or decision), at
    assert queries.decisions(post).filter(pk=motion.pk).exists() == (decision and not reads), at
    attached = motion.attachments.values("document")
    assert queries.documents(motion.case, post).filter(pk__in=attached).exists() == (reads and attached.exists()), at
    for act in motion.acts.exclude(author=post):
        assert finds(signers.act, post, act.pk) == (reads or (decision and act.type in DECISIONS)), (at, act.type)
        assert finds(evidence, post, act.pk) == reads, (at, act.type)


def finds(find: Any, *args: Any) -> bool:
    try:
        find(*args)
    except ObjectDoesNotExist:
        return False
    return True


def evidence(post: Post, act_id: Any) -> None:
    """Get the container, which holds all earlier acts."""
    signers.require_evidence(signers.act(post, act_id), post)


def assert_acts(motion: Motion, post: Post, *, own: bool, reads: bool, appeals: bool, at: Any) -> None:
    """Check the available acts; an author's acts on the author's own motion are not checked here."""
    found = set(acting.available(motion, post))
    assert (ActType.APPEAL in found) == appeals, at
    assert ActType.APPEAL_WITHDRAWAL not in found, at
    if not own:
        allowed = {ActType.APPEAL} | ({ActType.EVENT} if reads else set())
        assert found <= allowed, at


def assert_told(motion: Motion, post: Post, *, reads: bool, owed: bool, at: Any) -> None:
    """Notices, copies and reminders reach only those to whom the motion, or its decision, is open."""
    notices = set(Notice.objects.filter(key=str(motion.pk), officer=post.officer).values_list("topic", flat=True))
    decided = {f"motion.{decision}" for decision in DECISIONS}
    assert reads or notices <= (decided if owed else set()), (at, notices)
    assert not owed or notices & decided, at
    assert reads or not Copy.objects.filter(motion=motion, officer=post.officer).exists(), at
    assert reads or post.officer not in officers(notifications.responsible(motion, "defender")), at
    assert reads or post.officer not in set(defence.counsel_of_subject(motion)), at


def officers(told: Any) -> set[Officer]:
    return {recipient for recipient, _roles in told if isinstance(recipient, Officer)}


def assert_each_ends_his_own(case: Case, kind: str, law: Law) -> None:
    """All who may appeal do so; each may then withdraw, and only the last withdrawal ends the appeal."""
    world = case.world
    motion = Motion.objects.filter(kind=kind, case=world.case).latest("created_at")
    appellants = [post for post in case.counsel.values() if ActType.APPEAL in acting.available(motion, post)]
    assert len(appellants) == len({law.about, *law.owed} - {NOBODY} if law.opens != NEVER else set(law.owed))
    for post in appellants:
        perform(case, motion, ActType.APPEAL, post)
    for post in case.counsel.values():
        can = ActType.APPEAL_WITHDRAWAL in acting.available(world.fresh(motion), post)
        assert can == (post in appellants), post
    for post in appellants:
        perform(case, motion, ActType.APPEAL_WITHDRAWAL, post)
        assert world.fresh(motion).appeal_state == AppealState.FILED
    assert world.does(world.fresh(motion), ActType.APPEAL_WITHDRAWAL, "clerk").appeal_state == AppealState.WITHDRAWN


def perform(case: Case, motion: Motion, act_type: ActType, post: Post) -> None:
    motion = queries.decided(post, motion.pk)
    payload = case.world.filled(motion, act_type, author=post)
    prepared = acting.prepare(motion, act_type, post, payload)
    acting.perform(prepared, case.world.keys.sign(post, bytes(prepared.act_json)), post)
