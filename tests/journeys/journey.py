"""One motion's whole life, by a plan and through a door."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone

from ecase.cases.models import Case, Counsel
from ecase.instants import format_instant
from ecase.officers.models import Organisation, Post, Role
from tests.factories import CaseFactory, OrganisationFactory, PostFactory, investigator_of
from tests.journeys.doors import Door
from tests.journeys.plans import Plan
from tests.motions.payloads import fill
from tests.motions.world import World
from tests.past_guards import move, rehash
from workflows.copies.models import Copy, Way
from workflows.motions.models import Motion
from workflows.motions.rules import events, kind_rules
from workflows.motions.states import DECISIONS, ActType, AppealState, State
from workflows.statute.schema import Form
from workflows.watch import duties

A_MOMENT = timedelta(seconds=1)
# A sanction's end and a hearing lie ahead; short enough for every limit that the law sets.
AHEAD = timedelta(days=9)


class Journey:
    """A case of its own, with everybody who may act in it."""

    def __init__(self, world: World, plan: Plan, door: Door) -> None:
        self.world, self.plan, self.door = world, plan, door
        self.kind, self.pk = plan.kind, ""
        self.earlier: Motion | None = None
        self.stranger = investigator_of(CaseFactory())
        self.colleague = investigator_of(world.case)

    @property
    def motion(self) -> Motion:
        return self.world.fresh(Motion(pk=self.pk))

    @cached_property
    def author(self) -> Post:
        return self.world.posts[self.plan.author]

    @property
    def executor(self) -> Post:
        """The author carries out what he was given; what the defence was given, the investigator of the case."""
        return self.world.posts["investigator" if self.plan.author == "defender" else self.plan.author]

    def act(self, act_type: str, post: Post, payload: dict[str, Any] | None = None) -> Motion:
        """By the door, with a payload that the form accepts if none is given."""
        stated = self.world.filled(self.motion, ActType(act_type)) if payload is None else payload
        self.door.act(post, self.pk, act_type, stated)
        assert self.motion.acts.order_by("position").filter(author=post).last().type == act_type
        return self.motion

    # -- to the court ------------------------------------------------------------------------------------------------

    def sets_out(self) -> None:
        """From the draft to the desk of the judge."""
        if self.plan.inquiry:
            _make_inquiry(self.world.case)
        if self.kind.relation:
            self.earlier = self._earlier()
        if self.plan.immune:
            self._immunity()
        self._files()
        self._is_agreed()
        assert self.motion.state == State.ASSIGNED
        self.is_kept_from_strangers()

    def _earlier(self) -> Motion:
        """The decision that this one is about, which a secret's own author lets the author of this one see."""
        earlier = self.world.earlier(self.kind, self.plan.number)
        if earlier.secret and not self.door.finds(self.author, str(earlier.pk)):
            self.world.does(earlier, ActType.ADMISSION, "author", iin=self.author.officer.iin)
        return earlier

    def _immunity(self) -> None:
        """A court for persons with immunity, whose people have the motion from here on."""
        above = OrganisationFactory(court=True, level="oblast")
        court = OrganisationFactory(court=True, hears_immunity=True, parent=above)
        for role, place in (("judge", court), ("clerk", court), ("appellate_judge", above)):
            self.world.posts[role] = PostFactory(**{role.removeprefix("appellate_"): True}, organisation=place)

    def _files(self) -> None:
        case, earlier = self.world.case, str(self.earlier.pk) if self.earlier else ""
        payload = fill(self.kind.form, case, **self.plan.given)
        self._defends(payload.get(self.kind.subject))
        self.pk = self.door.draft(self.author, case, self.kind, earlier)
        self.door.file(self.author, self.pk, payload)

    def _defends(self, subject: str | None) -> None:
        """The defence is offered its clients alone to choose from: a motion of its own is about one of them."""
        if subject and self.author.role == Role.DEFENDER:
            client = self.world.case.persons.get(pk=subject)
            Counsel.objects.get_or_create(case=self.world.case, officer=self.author.officer, person=client)

    def _is_agreed(self) -> None:
        """By the head of the body, then by each prosecutor whose consent the law asks, one after another."""
        if self.plan.inquiry:
            assert self.motion.state == State.AWAITING_APPROVAL
            self.act(ActType.APPROVAL, self.world.posts["head_of_unit"])
        levels = kind_rules.consent_levels(self.motion) or ("district",) * kind_rules.needs_consent(self.motion)
        for level in levels:
            assert self.motion.state == State.SUBMITTED, level
            self.act(ActType.AGREEMENT, self.world.post(self.motion, "consenting"))

    # -- the decision ------------------------------------------------------------------------------------------------

    def is_decided(self) -> None:
        """By the judge who was drawn, after a hearing where there is one."""
        if self.plan.heard:
            self._is_heard()
        outcome = self.plan.outcome
        form = self.kind.form_for(outcome.output, outcome.key)
        payload = {"outcome": outcome.key, **fill(form, self.world.case, **self._ends(form))}
        assert self.act(outcome.output, self.world.posts["judge"], payload).state == State.DECIDED
        self._moves_the_earlier()
        self._goes_on_record()

    def _goes_on_record(self) -> None:
        """What the catalogue lets be put on record once of such a decision, one after another."""
        while possible := events.open_now(self.motion):
            post = self.world.posts[possible[0].by[0]]
            self._is_admitted(post)
            self.act(ActType.EVENT, post)

    def _ends(self, form: Form) -> dict[str, str]:
        """The end of the sanction, where a decision or a ruling states one."""
        field = self.kind.validity.ends_field
        return {field: format_instant(timezone.now() + AHEAD)} if form.field(field) else {}

    def _is_heard(self) -> None:
        judge, clerk = self.world.posts["judge"], self.world.posts["clerk"]
        if events.open_now(self.motion):
            self.act(ActType.EVENT, self.author)
        at = {"scheduled_at": format_instant(timezone.now() + AHEAD)}
        self.act(ActType.HEARING_ORDER, judge, self.world.filled(self.motion, ActType.HEARING_ORDER, **at))
        must = {attendee.who for attendee in self.kind.hearing.attendees if attendee.attendance == "must"}
        assert must <= set(self.motion.copies.filter(notice=True).values_list("to", flat=True))
        assert self.act(ActType.MINUTES, clerk).state == State.HEARING

    def _moves_the_earlier(self) -> None:
        """What the decision, and a ruling on it, do to the sanction that it is about: extended, ended, or as it was."""
        if self.earlier is None or self.kind.relation is None:
            return
        was, now, motion = self.earlier, self.world.fresh(self.earlier), self.motion
        extends, granted = self.kind.relation.effect == "extends", kind_rules.was_granted(motion)
        ended = not extends if granted or self.plan.outcome.grants else self.plan.outcome.ends_earlier
        assert (now.state == State.REPLACED) == (ended and motion.state != State.CANCELLED)
        holds_longer = extends and granted and motion.state != State.CANCELLED
        assert now.valid_until == (motion.valid_until if holds_longer else was.valid_until)

    def is_delivered(self) -> None:
        """Every copy that is owed reaches whom it is owed to, and the service declares the decision delivered."""
        owed = {
            addressee.to
            for addressee in self.kind.service
            if not addressee.outcomes or self.plan.outcome.key in addressee.outcomes
        }
        copies = self.motion.copies.filter(act__type__in=DECISIONS)
        assert {copy.to for copy in copies} == owed
        for copy in self._outstanding():
            self._receives(copy)
        assert not self._outstanding()
        assert duties.deliver_decisions(timezone.now()) >= 1
        assert self.motion.state == State.DELIVERED

    def _outstanding(self) -> list[Copy]:
        return list(self.motion.copies.filter(acknowledged_at=None, voided_at=None))

    def _receives(self, copy: Copy) -> None:
        copy.refresh_from_db()
        if copy.acknowledged_at:
            return
        if copy.how == Way.SYSTEM:
            self.door.receive(self._addressee(copy), copy)
        else:
            self.door.serve(self.author, copy)

    def _addressee(self, copy: Copy) -> Post:
        of = [post for post in self.world.posts.values() if copy.officer_id in (None, post.officer_id)]
        return next(post for post in of if copy.organisation_id in (None, post.organisation_id))

    # -- to the end --------------------------------------------------------------------------------------------------

    def is_appealed(self) -> None:
        """By whom the plan names, in time or late, up to the ruling of another judge."""
        appeal = self.plan.appeal
        if appeal is None:
            return
        post = self.world.posts[appeal.role]
        if appeal.late:
            self._lets_the_term_pass()
        self._is_admitted(post)
        self._is_counsel(post)
        self.act(ActType.APPEAL, post)
        if appeal.late:
            assert self.motion.appeal_state == AppealState.LATE
            form = self.world.filled(self.motion, ActType.RESTORATION, restored="yes")
            self.act(ActType.RESTORATION, self.world.posts["judge"], form)
        assert duties.send_up_appeals(self._final()) == 1
        self._is_ruled()

    def _is_ruled(self) -> None:
        assert self.plan.appeal
        ruling, instead = self.plan.appeal.ruling, self.plan.appeal.instead
        form = self.kind.form_for(ActType.APPEAL_RULING, ruling.key, instead.key if instead else "")
        stated = self.world.ruling(self.motion, ruling.key, instead.key if instead else "")
        payload = {**stated, **self._ends(form)}
        motion = self.act(ActType.APPEAL_RULING, self.world.posts["appellate_judge"], payload)
        assert motion.appeal_state == AppealState.RULED
        assert motion.outcome == (instead or self.plan.outcome).key
        if form.field(self.kind.validity.ends_field) and kind_rules.was_granted(motion):
            stated = motion.acts.get(type=ActType.APPEAL_RULING).payload[self.kind.validity.ends_field]
            assert motion.valid_until == datetime.fromisoformat(stated)
        assert (motion.state == State.CANCELLED) == (ruling.effect == "cancelled")
        self._moves_the_earlier()

    def comes_to_its_end(self) -> None:
        """Carried out if it was granted; then closed, run out or lifted, as the law lets it."""
        if self.plan.ending == "cancelled":
            return
        if kind_rules.was_granted(self.motion):
            assert self.act(ActType.EXECUTION_REPORT, self.executor).state == State.EXECUTED
        {"closed": self._is_closed, "expired": self._expires, "lifted": self._is_lifted}[self.plan.ending]()

    def _is_closed(self) -> None:
        assert duties.close_finished(self._final()) == 1

    def _expires(self) -> None:
        until = self.motion.valid_until
        assert until
        duties.expire_sanctions(until - A_MOMENT)
        assert self.motion.state == State.EXECUTED
        duties.expire_sanctions(until + A_MOMENT)

    def _is_lifted(self) -> None:
        prosecutor, asked = self.world.posts["prosecutor"], kind_rules.needs_consent_to_lift(self.motion)
        assert self.act(ActType.LIFTING, self.executor).state == (State.LIFTING_ASKED if asked else State.LIFTED)
        if not asked:
            return
        self._is_admitted(prosecutor)
        self.act(ActType.LIFTING_CONSENT, prosecutor)

    def _is_admitted(self, post: Post) -> None:
        """To a secret motion the author lets whoever has to act on it; until then nothing is there for him."""
        if not self.motion.secret or self.motion.admissions.filter(officer=post.officer).exists():
            return
        assert not self.door.finds(post, self.pk)
        form = self.world.filled(self.motion, ActType.ADMISSION, iin=post.officer.iin)
        self.act(ActType.ADMISSION, self.author, form)
        assert self.door.finds(post, self.pk)

    def _is_counsel(self, post: Post) -> None:
        """Counsel is for a person: of whomever the motion is about."""
        subject = self.motion.subject
        if post.role == Role.DEFENDER and subject:
            Counsel.objects.get_or_create(case=self.motion.case, officer=post.officer, person=subject)

    def _lets_the_term_pass(self) -> None:
        move(self.motion, appeal_until=timezone.now() - A_MOMENT)
        rehash(self.motion.chain)

    def _final(self) -> datetime:
        """An instant at which the term of appeal has passed."""
        return (self.motion.appeal_until or timezone.now()) + A_MOMENT

    # -- always ------------------------------------------------------------------------------------------------------

    def is_kept_from_strangers(self) -> None:
        """Nothing is there for another body's investigator; nor, of a secret motion, for the team of the case."""
        assert not self.door.finds(self.stranger, self.pk)
        if self.motion.secret:
            assert not self.door.finds(self.colleague, self.pk)


def _make_inquiry(case: Case) -> None:
    case.organisation.kind = Organisation.Kind.INQUIRY
    case.organisation.save()
