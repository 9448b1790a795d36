"""The judge's decision, in the form that the law requires, and its delivery by the service."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from ecase.instants import parse_optional_instant
from ecase.officers.models import Officer
from workflows.deadlines import counting
from workflows.motions import notifications as tell
from workflows.motions import permissions
from workflows.motions.acts import earlier_sanction, spec
from workflows.motions.acts.spec import JUDGE, SERVICE, ActSpec, Payload, Rank, moves_by
from workflows.motions.models import Act, Motion
from workflows.motions.rules import kind_rules, suggestions, validity
from workflows.motions.rules.deadlines import run_deadlines
from workflows.motions.states import ActType

ANNOUNCED_AT = "announced_at"


def _decided_by(form: str) -> Callable[[Motion], bool]:
    return lambda motion: bool(kind_rules.outcomes(motion, form))


def _decide(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    motion.decided_at, motion.outcome = act.performed_at, payload["outcome"]
    motion.announced_at = parse_optional_instant(payload.get(ANNOUNCED_AT)) or act.performed_at
    motion.appeal_until = counting.appeal_until(motion.kind_entry, motion.announced_at, kind_rules.jurisdiction(motion))
    if kind_rules.was_granted(motion):
        validity.prolong(motion, validity.end_stated(motion, payload, motion.decided_at))
    motion.defence = motion.defence or motion.kind_entry.secrecy.defence == "decision"
    return []


ACTS = (
    ActSpec(
        type=ActType.PROTOCOL,
        moves=moves_by("decide"),
        roles=JUDGE,
        relation=permissions.is_assigned_judge,
        available=spec.kinds_where(_decided_by("protocol")),
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=True,
        on_paper=False,
        steps_aside=False,
        check=suggestions.faults_of,
        choices=spec.NO_CHOICES,
        effect=_decide,
        deadlines=run_deadlines,
        owes_copies=True,
        notifies=tell.parties,
        headline=_("The judge has decided"),
        answers_call=True,
        then=earlier_sanction.apply_decision,
        expected=spec.whenever_possible,
        rank=Rank.EXPECTED,
        label=_("Decide"),
    ),
    ActSpec(
        type=ActType.ENDORSEMENT,
        moves=moves_by("decide"),
        roles=JUDGE,
        relation=permissions.is_assigned_judge,
        available=spec.kinds_where(_decided_by("endorsement")),
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=True,
        on_paper=False,
        steps_aside=False,
        check=suggestions.faults_of,
        choices=spec.NO_CHOICES,
        effect=_decide,
        deadlines=run_deadlines,
        owes_copies=True,
        notifies=tell.parties,
        headline=_("The judge has decided"),
        answers_call=True,
        then=earlier_sanction.apply_decision,
        expected=spec.whenever_possible,
        rank=Rank.EXPECTED,
        label=_("Decide"),
    ),
    ActSpec(
        type=ActType.DELIVERY,
        moves=moves_by("deliver"),
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
        effect=spec.no_effect,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.NOBODY,
        headline=spec.NO_HEADLINE,
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.RARE,
        label=spec.NO_LABEL,
    ),
)
