"""Acts of an appeal: made, ruled on by its term, withdrawn, sent up, heard and ruled on."""

import uuid
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.officers import duty
from ecase.officers.models import Officer, Organisation, Post, Role
from ecase.problems import Problem
from workflows.assignment import services as assignment
from workflows.assignment.models import Series
from workflows.motions import admissions, permissions
from workflows.motions import notifications as tell
from workflows.motions.acts import court, earlier_sanction, spec
from workflows.motions.acts.spec import CHAIR, JUDGE, SERVICE, ActSpec, Moves, Payload, Perform, Rank, moves_by
from workflows.motions.models import Act, Motion
from workflows.motions.permissions import authored_rows
from workflows.motions.rules import appeals, appellants, defence, kind_rules, validity
from workflows.motions.rules.appeals import Stated
from workflows.motions.rules.deadlines import end_ruling_on_appeal, run_deadlines
from workflows.motions.rules.kind_rules import KindRows
from workflows.motions.rules.payloads import NEW_OUTCOME
from workflows.motions.states import AFTER_DECISION, ActType, AppealState

APPELLANTS = frozenset({Role.PROSECUTOR, Role.DEFENDER, Role.CLERK})
# The transitions by which the appeals together come to a state.
_TO_STATE = {
    AppealState.FILED: "appeals_go_up",
    AppealState.LATE: "appeals_are_late",
    AppealState.NOT_RESTORED: "appeals_not_restored",
    AppealState.WITHDRAWN: "appeals_withdrawn",
}


def _where_appeals_stand(required: str, *names: str) -> Moves:
    """The state of all appeals together after this act; appeals that were sent up stay there."""

    def choose(motion: Motion, act: Stated) -> tuple[str, ...]:
        state = appeals.count_appeals(motion).take(act).state
        moved = (_TO_STATE[state],) if state != motion.appeal_state else ()
        return (required, *moved)

    return Moves(required, choose, (required, *names))


_APPEALED = _where_appeals_stand("appeal", "appeals_go_up", "appeals_are_late")
_RULED_ON_TERM = _where_appeals_stand("rule_on_term", "appeals_go_up", "appeals_not_restored")
_WITHDRAWN = _where_appeals_stand("withdraw_appeal", "appeals_are_late", "appeals_not_restored", "appeals_withdrawn")


# A cancelled decision ends the motion; one that is upheld or changed leaves its state unchanged.
_RULED = Moves(
    "rule",
    lambda motion, act: (
        ("rule", "cancel")
        if motion.kind_entry.appeal_outcome(act.payload["outcome"]).effect == "cancelled"
        else ("rule",)
    ),
    ("rule", "cancel"),
)


# -- availability, and whose turn it is ----------------------------------------------------------------------------


def _by_counsel(post: Post, kinds: KindRows) -> Q | None:
    """The term still runs, and counsel has not appealed: appeals by others take nothing from his client."""
    if post.role != Role.DEFENDER:
        return None
    made = Act.objects.filter(type=ActType.APPEAL, author__officer=post.officer_id).values("motion")
    open_now = Q(state__in=AFTER_DECISION, appeal_until__gte=timezone.now())
    own = authored_rows(post) & kinds.where(lambda kind, outcome: bool(defence.appellants(kind)))
    his = own | defence.rows_to_appeal(post.officer_id, kinds)
    return open_now & kind_rules.may_be_appealed.rows(kinds) & ~Q(pk__in=made) & his


def _with_late_appeal(post: Post, kinds: KindRows) -> Q:
    """A late appeal stands, and its term is not ruled on yet."""
    settled = Act.objects.filter(motion=OuterRef("motion"), type__in=appeals.NAMING, position__gt=OuterRef("position"))
    settled = settled.annotate(named=KeyTextTransform(appeals.APPEAL, "payload"))
    of_this = Q(named=Cast(OuterRef("pk"), TextField())) | Q(named=None)
    late = Act.objects.filter(
        motion=OuterRef("pk"), type=ActType.APPEAL, performed_at__gt=OuterRef("appeal_until")
    ).exclude(Exists(settled.filter(of_this)))
    return Q(Exists(late))


def away_above_rows(post: Post, kinds: KindRows) -> Q:
    """Motions with an appellate judge who is absent or no longer sits in the court."""
    there = duty.present(post.organisation, Role.JUDGE).order_by().values("officer")
    with_judge = Q(appeal_state=AppealState.WITH_JUDGE, appellate_court=post.organisation_id)
    return with_judge & ~Q(appellate_judge__in=there)


# -- acts of the service -------------------------------------------------------------------------------------------


def is_ripe(motion: Motion, now: datetime) -> bool:
    """Whether the materials go up: at once if the law says so, else when the term of appeal has ended."""
    if motion.appeal_state != AppealState.FILED:
        return False
    at_once = motion.kind_entry.appeal.via == "appeal_court"
    return at_once or motion.appeal_until is None or now > motion.appeal_until


def send_up(motion: Motion, perform: Perform) -> Act | None:
    """Register the appeal with the court above and draw a judge there. None if there is no court above."""
    above = motion.court.parent
    if above is None:
        return None
    number = assignment.next_number(above, series=Series.of(motion))
    act = perform(motion, ActType.TRANSMISSION, {"number": number, "court": above.bin})
    assign_appeal(motion, perform)
    return act


def assign_appeal(motion: Motion, perform: Perform) -> Act | None:
    """Draw an appellate judge who neither decided the motion nor left its appeal.

    None if nobody may be drawn: the appeal waits.
    """
    if motion.appellate_court is None:
        return None
    decided = {str(motion.judge_id): "decided"} if motion.judge_id else {}
    barred = {**court.judges_who_left(motion, court.APPEAL), **decided}
    draw = assignment.draw(motion, motion.appellate_court, motion.case, barred=barred)
    if draw is None:
        return None
    officer = draw.chosen.officer
    payload = {"judge": {"officer": str(officer.pk), "name": officer.full_name}, "draw": draw.as_dict()}
    return perform(motion, ActType.APPEAL_ASSIGNMENT, payload)


# -- effects -------------------------------------------------------------------------------------------------------


def _note_appellate_judge(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    motion.appellate_judge = Officer.objects.get(pk=uuid.UUID(payload["judge"]["officer"]))
    return admissions.admit(motion, motion.appellate_judge, None, act.performed_at)


def _rule(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    """The ruling is final: a cancelled sanction ends, a changed one gets the values that the ruling states."""
    effect = motion.kind_entry.appeal_outcome(payload["outcome"]).effect
    if effect == "cancelled":
        validity.end(motion, act.performed_at)
    if effect == "changed":
        motion.outcome = payload.get(NEW_OUTCOME, motion.outcome)
        validity.change(motion, payload, act.performed_at, anew=NEW_OUTCOME in payload)
    return []


ACTS = (
    ActSpec(
        type=ActType.APPEAL,
        moves=_APPEALED,
        roles=APPELLANTS,
        relation=permissions.is_appellant,
        available=spec.kinds_where(kind_rules.may_be_appealed),
        possible=lambda motion: motion.state in AFTER_DECISION and kind_rules.may_be_appealed(motion),
        # The judge refused to restore the term of the officer's own appeal: he may not appeal again.
        conflict=spec.refuse_where(
            lambda motion, post: (
                motion.appeal_state != AppealState.NONE
                and bool(appellants.appeals_with(motion, appellants.NOT_RESTORED, post))
            ),
            Problem("term-not-restored", _("The term of your appeal was not restored.")),
        ),
        reads_first=False,
        on_paper=False,
        steps_aside=False,
        check=spec.require(
            lambda motion, payload: motion.court.parent_id is not None,
            Problem("no-court", _("No court is known above the one that decided."), "payload"),
        ),
        choices=spec.NO_CHOICES,
        effect=spec.no_effect,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.parties_and_judge,
        headline=_("A decision has been appealed"),
        answers_call=False,
        then=spec.nothing,
        expected=_by_counsel,
        rank=Rank.QUIET,
        label=_("Appeal the decision"),
    ),
    ActSpec(
        type=ActType.RESTORATION,
        moves=_RULED_ON_TERM,
        roles=JUDGE,
        relation=permissions.is_assigned_judge,
        available=spec.any_kind,
        possible=lambda motion: bool(appeals.count_appeals(motion).with_fates(appellants.LATE)),
        conflict=spec.no_conflict,
        reads_first=True,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=spec.no_effect,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.parties_to_appeal,
        headline=_("The judge has ruled on restoring the term"),
        answers_call=False,
        then=spec.nothing,
        expected=_with_late_appeal,
        rank=Rank.EXPECTED,
        label=_("Rule on restoring the term"),
    ),
    ActSpec(
        type=ActType.APPEAL_WITHDRAWAL,
        moves=_WITHDRAWN,
        roles=APPELLANTS,
        relation=permissions.is_whose_appeal_stands,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=spec.no_effect,
        deadlines=end_ruling_on_appeal,
        owes_copies=False,
        notifies=tell.all_of(tell.parties, tell.judge, tell.appellate_judge),
        headline=_("An appeal has been withdrawn"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.RARE,
        label=_("Withdraw the appeal"),
    ),
    ActSpec(
        type=ActType.TRANSMISSION,
        moves=moves_by("send_up"),
        roles=SERVICE,
        relation=permissions.is_nobody,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=True,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=spec.write_columns(
            appellate_court=lambda act, payload: Organisation.objects.get(bin=payload["court"]),
            # No judge has it before the draw, even if appeals had gone up before and were withdrawn.
            appellate_judge=None,
            appeal_number=lambda act, payload: payload["number"],
        ),
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.parties_to_appeal,
        headline=_("An appeal has gone to the appeal court"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.RARE,
        label=spec.NO_LABEL,
    ),
    ActSpec(
        type=ActType.APPEAL_ASSIGNMENT,
        moves=moves_by("assign_appeal"),
        roles=SERVICE,
        relation=permissions.is_nobody,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=True,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=_note_appellate_judge,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.appellate_judge,
        headline=_("An appeal has been assigned to you"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.RARE,
        label=spec.NO_LABEL,
    ),
    ActSpec(
        type=ActType.APPEAL_RECUSAL,
        moves=moves_by("leave_appellate_judge"),
        roles=JUDGE,
        relation=permissions.is_appellate_judge,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=True,
        on_paper=False,
        steps_aside=True,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=court.remove_judge,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.all_of(tell.parties, tell.court_above),
        headline=_("The appellate judge has stepped aside"),
        answers_call=False,
        then=assign_appeal,
        expected=spec.never,
        rank=Rank.RARE,
        label=_("Recuse yourself"),
    ),
    ActSpec(
        type=ActType.APPEAL_REASSIGNMENT,
        moves=moves_by("leave_appellate_judge"),
        roles=CHAIR,
        relation=permissions.is_chair_above,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=court.remove_judge,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.parties,
        headline=_("The appellate judge is replaced"),
        answers_call=False,
        then=assign_appeal,
        expected=away_above_rows,
        rank=Rank.RARE,
        label=_("Replace the appellate judge"),
    ),
    ActSpec(
        type=ActType.APPEAL_RULING,
        moves=_RULED,
        roles=JUDGE,
        relation=permissions.is_appellate_judge,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=True,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=_rule,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.all_of(tell.parties_to_appeal, tell.judge),
        headline=_("The appeal has been decided"),
        answers_call=False,
        then=earlier_sanction.apply_ruling,
        expected=spec.whenever_possible,
        rank=Rank.EXPECTED,
        label=_("Rule on the appeal"),
    ),
)
