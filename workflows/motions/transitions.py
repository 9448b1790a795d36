"""The two state machines of a motion: its own, and that of its appeal.

Only the engine calls the transition methods; the act's entry in ``acts`` names those that it takes. Transitions without
a target keep the state: the act changes something else, or enables another transition.
"""

from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from workflows.motions.states import (
    AFTER_DECISION,
    EDITABLE,
    IN_FORCE,
    OPEN_APPEAL,
    UNDER_WAY,
    WITH_A_JUDGE,
    AppealState,
    State,
)

# No appeal stands: one may be made.
_BEFORE_APPEAL = (AppealState.NONE, AppealState.NOT_RESTORED, AppealState.WITHDRAWN)
_UP = (AppealState.FILED, AppealState.SENT_UP, AppealState.WITH_JUDGE)


class Transition(NamedTuple):
    """Of a column: the states from which it leads, and the state to which (None: the column keeps its state)."""

    column: str
    sources: tuple[str, ...]
    target: str | None


TRANSITIONS: dict[str, Transition] = {
    # To the court.
    "submit": Transition("state", EDITABLE, State.SUBMITTED),
    "submit_for_approval": Transition("state", EDITABLE, State.AWAITING_APPROVAL),
    "approve": Transition("state", (State.AWAITING_APPROVAL,), State.SUBMITTED),
    "agree": Transition("state", (State.SUBMITTED,), State.AGREED),
    "agree_in_part": Transition("state", (State.SUBMITTED,), State.SUBMITTED),
    "refuse": Transition("state", (State.SUBMITTED,), State.REFUSED_BY_PROSECUTOR),
    "send_back": Transition("state", (State.AWAITING_APPROVAL, State.SUBMITTED), State.RETURNED),
    "withdraw": Transition("state", UNDER_WAY, State.WITHDRAWN),
    "correct": Transition("state", UNDER_WAY, None),
    "order_format": Transition("state", (*UNDER_WAY, *IN_FORCE), None),
    "admit": Transition("state", (*UNDER_WAY, *AFTER_DECISION), None),
    # Before the judge.
    "register": Transition("state", (State.SUBMITTED, State.AGREED, State.TRANSFERRED), State.REGISTERED),
    "assign": Transition("state", (State.REGISTERED, State.ASSIGNED), State.ASSIGNED),
    "leave_judge": Transition("state", WITH_A_JUDGE, State.REGISTERED),
    "transfer": Transition("state", (State.REGISTERED, *WITH_A_JUDGE), State.TRANSFERRED),
    "ask_materials": Transition("state", WITH_A_JUDGE, None),
    "supplement": Transition("state", WITH_A_JUDGE, None),
    "order_hearing": Transition("state", WITH_A_JUDGE, State.HEARING),
    "take_minutes": Transition("state", (State.HEARING, State.DECIDED, State.DELIVERED), None),
    "note": Transition("state", (*WITH_A_JUDGE, *IN_FORCE), None),
    "decide": Transition("state", WITH_A_JUDGE, State.DECIDED),
    # After the decision.
    "deliver": Transition("state", (State.DECIDED,), State.DELIVERED),
    "execute": Transition("state", (State.DELIVERED,), State.EXECUTED),
    "ask_lifting": Transition("state", (State.DELIVERED, State.EXECUTED), State.LIFTING_ASKED),
    "lift_at_once": Transition("state", (State.DELIVERED, State.EXECUTED), State.LIFTED),
    "lift": Transition("state", (State.LIFTING_ASKED,), State.LIFTED),
    "keep_measure": Transition("state", (State.LIFTING_ASKED,), State.DELIVERED),
    "keep_executed_measure": Transition("state", (State.LIFTING_ASKED,), State.EXECUTED),
    "extend": Transition("state", IN_FORCE, None),
    "end_by_later": Transition("state", IN_FORCE, State.REPLACED),
    "revive": Transition("state", (State.REPLACED,), State.DELIVERED),
    "revive_executed": Transition("state", (State.REPLACED,), State.EXECUTED),
    "expire": Transition("state", IN_FORCE, State.EXPIRED),
    "close": Transition("state", (State.DELIVERED, State.EXECUTED), State.CLOSED),
    # The appeal.
    "appeal": Transition("appeal_state", (*_BEFORE_APPEAL, *OPEN_APPEAL), None),
    "rule_on_term": Transition("appeal_state", OPEN_APPEAL, None),
    "withdraw_appeal": Transition("appeal_state", OPEN_APPEAL, None),
    "appeals_go_up": Transition("appeal_state", (*_BEFORE_APPEAL, AppealState.LATE), AppealState.FILED),
    "appeals_are_late": Transition("appeal_state", (*_BEFORE_APPEAL, *_UP), AppealState.LATE),
    "appeals_not_restored": Transition("appeal_state", OPEN_APPEAL, AppealState.NOT_RESTORED),
    "appeals_withdrawn": Transition("appeal_state", OPEN_APPEAL, AppealState.WITHDRAWN),
    "send_up": Transition("appeal_state", (AppealState.FILED,), AppealState.SENT_UP),
    "assign_appeal": Transition("appeal_state", (AppealState.SENT_UP,), AppealState.WITH_JUDGE),
    "leave_appellate_judge": Transition("appeal_state", (AppealState.WITH_JUDGE,), AppealState.SENT_UP),
    "rule": Transition("appeal_state", (AppealState.WITH_JUDGE,), AppealState.RULED),
    "cancel": Transition("state", AFTER_DECISION, State.CANCELLED),
}


class Machine(models.Model):
    """``state`` and ``appeal_state``, and every transition of both."""

    state = FSMField(_("state"), default=State.DRAFT, choices=State.choices, protected=True, max_length=24)
    appeal_state = FSMField(
        _("appeal"), default=AppealState.NONE, choices=AppealState.choices, protected=True, max_length=16
    )

    class Meta:
        abstract = True


def _method(name: str, row: Transition) -> Any:
    """The method by which django-fsm takes a transition; it changes nothing besides the column."""

    def take(motion: Machine) -> None: ...

    take.__name__ = name
    return transition(row.column, source=list(row.sources), target=row.target)(take)


for _name, _row in TRANSITIONS.items():
    setattr(Machine, _name, _method(_name, _row))
