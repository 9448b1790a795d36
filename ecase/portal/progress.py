"""Where a motion stands, as pictures for people: the pipeline of its steps, and the three stamps of each reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Role
from workflows.motions.models import Act, Motion
from workflows.motions.states import DECISIONS, ActType, State

DONE, CURRENT, STOPPED, AHEAD = "done", "current", "stopped", "ahead"
STEPS: tuple[tuple[Any, frozenset[State]], ...] = (
    (_("Draft"), frozenset({State.DRAFT, State.RETURNED})),
    (_("Prosecutor"), frozenset({State.SUBMITTED, State.AGREED, State.REFUSED_BY_PROSECUTOR})),
    (_("Registration"), frozenset({State.REGISTERED})),
    (_("Judge"), frozenset({State.ASSIGNED, State.HEARING})),
    (_("Decision"), frozenset({State.DECIDED})),
    (_("Delivery"), frozenset({State.DELIVERED, State.EXPIRED})),
    (_("Execution"), frozenset({State.EXECUTED, State.CLOSED})),
)
STOPS = frozenset({State.REFUSED_BY_PROSECUTOR, State.WITHDRAWN, State.EXPIRED})
COPY_ONLY = {"notify_copy": _("Copy to the prosecutor"), "none": _("Filing"), "author": _("Filing")}
PROSECUTORS_WORD = frozenset({ActType.AGREEMENT, ActType.REFUSAL, ActType.RETURN})


@dataclass(frozen=True)
class Step:
    """One step of the picture. ``status`` is ``done``, ``current``, ``stopped`` or ``ahead``."""

    label: Any
    status: str
    note: Any = ""


@dataclass(frozen=True)
class Stamps:
    """When something reached a reader, was opened by, and was decided by that reader."""

    label: Any
    received: datetime | None
    opened: datetime | None
    decided: datetime | None


def pipeline(motion: Motion) -> list[Step]:
    """The steps of the motion from draft to execution, the current one marked."""
    place = _place(motion)
    labels = [label for label, _states in STEPS]
    labels[1] = COPY_ONLY.get(motion.kind_entry.prosecutor.role, labels[1])
    return [_step(motion, label, number, place) for number, label in enumerate(labels)]


def stamps(motion: Motion) -> list[Stamps]:
    """Received, opened and decided: by the prosecutor where he consents, and by the judge."""
    acts = list(motion.acts.only("type", "performed_at", "position"))
    opened = {opening.role: opening.opened_at for opening in motion.openings.order_by("-opened_at")}
    return list(_readers(motion, acts, opened))


def _readers(motion: Motion, acts: list[Act], opened: dict[str, datetime]) -> Iterator[Stamps]:
    if motion.kind_entry.prosecutor.role == "consent":
        decided = _last(acts, PROSECUTORS_WORD)
        yield Stamps(_("Prosecutor"), motion.submitted_at, opened.get(Role.PROSECUTOR), decided)
    received = _last(acts, frozenset({ActType.ASSIGNMENT}))
    yield Stamps(_("Judge"), received, opened.get(Role.JUDGE), _last(acts, DECISIONS))


def _last(acts: list[Act], types: frozenset[ActType]) -> datetime | None:
    return max((act.performed_at for act in acts if act.type in types), default=None)


def _place(motion: Motion) -> int:
    state = _left_from(motion) if motion.state == State.WITHDRAWN else State(motion.state)
    return next(number for number, (_label, states) in enumerate(STEPS) if state in states)


def _left_from(motion: Motion) -> State:
    return State(motion.last_act.from_state) if motion.last_act else State.DRAFT


def _step(motion: Motion, label: Any, number: int, place: int) -> Step:
    if number != place:
        return Step(label, DONE if number < place else AHEAD)
    status = {True: STOPPED, False: CURRENT}[motion.state in STOPS]
    finished = motion.state in (State.EXECUTED, State.CLOSED)
    return Step(label, DONE if finished else status, motion.get_state_display())
