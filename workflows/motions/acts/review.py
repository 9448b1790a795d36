"""Acts of those who review a motion before the court has it: approval, agreement, refusal, return."""

from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Officer, Role
from workflows.motions import admissions, permissions
from workflows.motions import notifications as tell
from workflows.motions.acts import court, spec
from workflows.motions.acts.spec import PROSECUTOR, ActSpec, Moves, Payload, Rank, moves_by
from workflows.motions.models import Act, Motion
from workflows.motions.rules import kind_rules, routing
from workflows.motions.rules.deadlines import run_deadlines
from workflows.motions.states import ActType, State

HEAD = frozenset({Role.HEAD_OF_UNIT})
REVIEWERS = HEAD | PROSECUTOR
# If several levels consent in succession, all but the last leave the motion with the prosecutor.
_AGREEMENT = Moves(
    "agree",
    lambda motion, act: ("agree_in_part" if motion.consents + 1 < len(kind_rules.consent_levels(motion)) else "agree",),
    ("agree_in_part", "agree"),
)


def _count_consent(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    motion.consents += 1
    if motion.state != State.SUBMITTED:
        return []
    motion.consenting = routing.consenting_office(motion)
    return admissions.admit_office(motion, motion.consenting, act.performed_at)


def _return(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    motion.version, motion.consents, motion.consenting = motion.version + 1, 0, None
    return []


ACTS = (
    ActSpec(
        type=ActType.APPROVAL,
        moves=moves_by("approve"),
        roles=HEAD,
        relation=permissions.is_approver,
        available=spec.kinds_where(kind_rules.needs_approval),
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=True,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=spec.no_effect,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.author_and_prosecution,
        headline=_("The head of the body has approved"),
        answers_call=True,
        then=court.send_onward,
        expected=spec.whenever_possible,
        rank=Rank.EXPECTED,
        label=_("Approve"),
    ),
    ActSpec(
        type=ActType.AGREEMENT,
        moves=_AGREEMENT,
        roles=PROSECUTOR,
        relation=permissions.is_consenting_prosecutor,
        available=spec.kinds_where(kind_rules.needs_consent),
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=True,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=_count_consent,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.prosecution,
        headline=_("The prosecutor has agreed"),
        answers_call=True,
        then=court.send_onward,
        expected=spec.whenever_possible,
        rank=Rank.EXPECTED,
        label=_("Agree"),
    ),
    ActSpec(
        type=ActType.REFUSAL,
        moves=moves_by("refuse"),
        roles=PROSECUTOR,
        relation=permissions.is_consenting_prosecutor,
        available=spec.kinds_where(kind_rules.needs_consent),
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=True,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=spec.no_effect,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.author,
        headline=_("The prosecutor has refused"),
        answers_call=True,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.QUIET,
        label=_("Refuse"),
    ),
    ActSpec(
        type=ActType.RETURN,
        moves=moves_by("send_back"),
        roles=REVIEWERS,
        relation=permissions.is_reviewer,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=True,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=_return,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.author,
        headline=_("A motion has been returned for completion"),
        answers_call=True,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.QUIET,
        label=_("Send back for completion"),
    ),
)
