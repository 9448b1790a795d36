"""Progress of a motion for people: the pipeline of its steps, and the three times of each reader."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Role
from ecase.portal.sanction_status import AHEAD, CURRENT, DONE, STOPPED, Step
from workflows.motions.models import Act, Motion, Opening
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
    state = _left_from(motion) if motion.state == State.WITHDRAWN else State(motion.state)
    place = next(number for number, (_key, _label, states) in enumerate(steps) if state in states)
    return [_step(motion, _label_of(motion, *step[:2]), number, place) for number, step in enumerate(steps)]


def stamps(motion: Motion, acts: Sequence[Act]) -> list[Stamps]:
    """Received, opened and decided: by the prosecutor if his consent is needed, and by the judge.

    Only for the current version and the current judge. The history shows the others.
    """
    opened = list(motion.openings.filter(version=motion.version).order_by("opened_at"))
    return list(_readers(motion, [act for act in acts if act.version == motion.version], opened))


def _readers(motion: Motion, acts: Sequence[Act], opened: Sequence[Opening]) -> Iterator[Stamps]:
    if kind_rules.needs_consent(motion):
        received = _last(acts, ActType.APPROVAL if kind_rules.needs_approval(motion) else ActType.MOTION)
        read = _first(opening for opening in opened if opening.role == Role.PROSECUTOR)
        yield Stamps(_("Prosecutor"), received, read, _last(acts, *PROSECUTORS_WORD))
    received = _last(acts, ActType.ASSIGNMENT) if motion.judge_id else None
    read = _first(opening for opening in opened if opening.role == Role.JUDGE and opening.officer_id == motion.judge_id)
    yield Stamps(_("Judge"), received, read, _last(acts, *DECISIONS))


def _first(opened: Iterable[Opening]) -> datetime | None:
    return next((opening.opened_at for opening in opened), None)


def _last(acts: Sequence[Act], *types: ActType) -> datetime | None:
    return max((act.performed_at for act in acts if act.type in types), default=None)


def _label_of(motion: Motion, key: str, label: Any) -> Any:
    if key == PROSECUTOR and not kind_rules.needs_consent(motion):
        return COPY.get(motion.kind_entry.prosecutor.role, label)
    return label


def _left_from(motion: Motion) -> State:
    return State(motion.last_act.from_state) if motion.last_act else State.DRAFT


def _step(motion: Motion, label: Any, number: int, place: int) -> Step:
    if number != place:
        return Step(label, DONE if number < place else AHEAD)
    if motion.state in FINISHED:
        return Step(label, DONE, motion.get_state_display())
    return Step(label, STOPPED if motion.state in STOPS else CURRENT, motion.get_state_display())
