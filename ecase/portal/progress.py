"""Progress of a motion for people: the pipeline of its steps, and the three times of each reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Role
from ecase.portal.sanction_status import AHEAD, CURRENT, DONE, STOPPED, Step
from workflows.motions.models import Act, Motion
from workflows.motions.rules import kind_rules
from workflows.motions.states import DECISIONS, ENDED, ActType, State

BODY, PROSECUTOR = "body", "prosecutor"
STEPS: tuple[tuple[str, Any, frozenset[State]], ...] = (
    ("draft", _("Draft"), frozenset({State.DRAFT, State.RETURNED})),
    (BODY, _("Head of the body"), frozenset({State.AWAITING_APPROVAL})),
    (PROSECUTOR, _("Prosecutor"), frozenset({State.SUBMITTED, State.AGREED, State.REFUSED_BY_PROSECUTOR})),
    ("registration", _("Registration"), frozenset({State.REGISTERED, State.TRANSFERRED})),
    ("judge", _("Judge"), frozenset({State.ASSIGNED, State.HEARING})),
    ("decision", _("Decision"), frozenset({State.DECIDED, State.CANCELLED})),
    ("delivery", _("Delivery"), frozenset({State.DELIVERED})),
    ("execution", _("Execution"), frozenset({State.EXECUTED, State.LIFTING_ASKED, *ENDED})),
)
STOPS = frozenset({State.REFUSED_BY_PROSECUTOR, State.WITHDRAWN, State.EXPIRED, State.CANCELLED})
FINISHED = frozenset({State.EXECUTED, State.CLOSED, State.LIFTED, State.REPLACED})
PROSECUTORS_WORD = frozenset({ActType.AGREEMENT, ActType.REFUSAL, ActType.RETURN})
COPY = {"notify_copy": _("Copy to the prosecutor"), "none": _("Filing"), "author": _("Filing")}


@dataclass(frozen=True)
class Stamps:
    """When the motion reached a reader, and when that reader opened and decided it."""

    label: Any
    received: datetime | None
    opened: datetime | None
    decided: datetime | None


def pipeline(motion: Motion) -> list[Step]:
    """The steps of the motion from draft to execution, the current one marked."""
    steps = [step for step in STEPS if step[0] != BODY or kind_rules.needs_approval(motion)]
    state = State(motion.state)
    if state == State.WITHDRAWN:
        state = State(motion.last_act.from_state) if motion.last_act else State.DRAFT
    place = next(number for number, (_key, _label, states) in enumerate(steps) if state in states)
    shown = []
    for number, (key, name, _states) in enumerate(steps):
        is_copied = key == PROSECUTOR and not kind_rules.needs_consent(motion)
        label = COPY.get(motion.kind_entry.prosecutor.role, name) if is_copied else name
        if number != place:
            shown.append(Step(label, DONE if number < place else AHEAD))
        else:
            status = DONE if motion.state in FINISHED else STOPPED if motion.state in STOPS else CURRENT
            shown.append(Step(label, status, motion.get_state_display()))
    return shown


def stamps(motion: Motion, acts: Sequence[Act]) -> list[Stamps]:
    """Received, opened and decided: by the prosecutor if his consent is needed, and by the judge.

    Only for the current version and the current judge. The history shows the others.
    """
    opened = list(motion.openings.filter(version=motion.version).order_by("opened_at"))
    current, found = [act for act in acts if act.version == motion.version], list[Stamps]()
    if kind_rules.needs_consent(motion):
        received = _last(current, ActType.APPROVAL if kind_rules.needs_approval(motion) else ActType.MOTION)
        read = (opening.opened_at for opening in opened if opening.role == Role.PROSECUTOR)
        found.append(Stamps(_("Prosecutor"), received, next(read, None), _last(current, *PROSECUTORS_WORD)))
    received = _last(current, ActType.ASSIGNMENT) if motion.judge_id else None
    by_judge = (opening for opening in opened if opening.role == Role.JUDGE and opening.officer_id == motion.judge_id)
    read = (opening.opened_at for opening in by_judge)
    return [*found, Stamps(_("Judge"), received, next(read, None), _last(current, *DECISIONS))]


def _last(acts: Sequence[Act], *types: ActType) -> datetime | None:
    return max((act.performed_at for act in acts if act.type in types), default=None)
