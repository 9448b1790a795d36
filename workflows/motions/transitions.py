"""The two state machines of a motion: its own, and that of its appeal.

Only the engine calls the transition methods; the act's entry in ``acts`` names those that it takes. Transitions without
a target keep the state: the act changes something else, or enables another transition.
"""

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


class Machine(models.Model):
    """``state`` and ``appeal_state``, and every transition of both."""

    state = FSMField(_("state"), default=State.DRAFT, choices=State.choices, protected=True, max_length=24)
    appeal_state = FSMField(
        _("appeal"), default=AppealState.NONE, choices=AppealState.choices, protected=True, max_length=16
    )

    class Meta:
        abstract = True

    # -- to the court --------------------------------------------------------------------------------------------------

    @transition(state, source=list(EDITABLE), target=State.SUBMITTED)
    def submit(self) -> None: ...

    @transition(state, source=list(EDITABLE), target=State.AWAITING_APPROVAL)
    def submit_for_approval(self) -> None: ...

    @transition(state, source=State.AWAITING_APPROVAL, target=State.SUBMITTED)
    def approve(self) -> None: ...

    @transition(state, source=State.SUBMITTED, target=State.AGREED)
    def agree(self) -> None: ...

    @transition(state, source=State.SUBMITTED, target=State.SUBMITTED)
    def agree_in_part(self) -> None: ...

    @transition(state, source=State.SUBMITTED, target=State.REFUSED_BY_PROSECUTOR)
    def refuse(self) -> None: ...

    @transition(state, source=[State.AWAITING_APPROVAL, State.SUBMITTED], target=State.RETURNED)
    def send_back(self) -> None: ...

    @transition(state, source=list(UNDER_WAY), target=State.WITHDRAWN)
    def withdraw(self) -> None: ...

    @transition(state, source=list(UNDER_WAY), target=None)
    def correct(self) -> None: ...

    @transition(state, source=[*UNDER_WAY, *IN_FORCE], target=None)
    def order_format(self) -> None: ...

    @transition(state, source=[*UNDER_WAY, *AFTER_DECISION], target=None)
    def admit(self) -> None: ...

    # -- before the judge ----------------------------------------------------------------------------------------------

    @transition(state, source=[State.SUBMITTED, State.AGREED, State.TRANSFERRED], target=State.REGISTERED)
    def register(self) -> None: ...

    @transition(state, source=[State.REGISTERED, State.ASSIGNED], target=State.ASSIGNED)
    def assign(self) -> None: ...

    @transition(state, source=list(WITH_A_JUDGE), target=State.REGISTERED)
    def leave_judge(self) -> None: ...

    @transition(state, source=[State.REGISTERED, *WITH_A_JUDGE], target=State.TRANSFERRED)
    def transfer(self) -> None: ...

    @transition(state, source=list(WITH_A_JUDGE), target=None)
    def ask_materials(self) -> None: ...

    @transition(state, source=list(WITH_A_JUDGE), target=None)
    def supplement(self) -> None: ...

    @transition(state, source=list(WITH_A_JUDGE), target=State.HEARING)
    def order_hearing(self) -> None: ...

    @transition(state, source=[State.HEARING, State.DECIDED, State.DELIVERED], target=None)
    def take_minutes(self) -> None: ...

    @transition(state, source=[*WITH_A_JUDGE, *IN_FORCE], target=None)
    def note(self) -> None: ...

    @transition(state, source=list(WITH_A_JUDGE), target=State.DECIDED)
    def decide(self) -> None: ...

    # -- after the decision --------------------------------------------------------------------------------------------

    @transition(state, source=State.DECIDED, target=State.DELIVERED)
    def deliver(self) -> None: ...

    @transition(state, source=State.DELIVERED, target=State.EXECUTED)
    def execute(self) -> None: ...

    @transition(state, source=[State.DELIVERED, State.EXECUTED], target=State.LIFTING_ASKED)
    def ask_lifting(self) -> None: ...

    @transition(state, source=[State.DELIVERED, State.EXECUTED], target=State.LIFTED)
    def lift_at_once(self) -> None: ...

    @transition(state, source=State.LIFTING_ASKED, target=State.LIFTED)
    def lift(self) -> None: ...

    @transition(state, source=State.LIFTING_ASKED, target=State.DELIVERED)
    def keep_measure(self) -> None: ...

    @transition(state, source=State.LIFTING_ASKED, target=State.EXECUTED)
    def keep_executed_measure(self) -> None: ...

    @transition(state, source=list(IN_FORCE), target=None)
    def extend(self) -> None: ...

    @transition(state, source=list(IN_FORCE), target=State.REPLACED)
    def end_by_later(self) -> None: ...

    @transition(state, source=State.REPLACED, target=State.DELIVERED)
    def revive(self) -> None: ...

    @transition(state, source=State.REPLACED, target=State.EXECUTED)
    def revive_executed(self) -> None: ...

    @transition(state, source=list(IN_FORCE), target=State.EXPIRED)
    def expire(self) -> None: ...

    @transition(state, source=[State.DELIVERED, State.EXECUTED], target=State.CLOSED)
    def close(self) -> None: ...

    # -- the appeal ----------------------------------------------------------------------------------------------------

    @transition(appeal_state, source=[*_BEFORE_APPEAL, *OPEN_APPEAL], target=None)
    def appeal(self) -> None: ...

    @transition(appeal_state, source=list(OPEN_APPEAL), target=None)
    def rule_on_term(self) -> None: ...

    @transition(appeal_state, source=list(OPEN_APPEAL), target=None)
    def withdraw_appeal(self) -> None: ...

    @transition(appeal_state, source=[*_BEFORE_APPEAL, AppealState.LATE], target=AppealState.FILED)
    def appeals_go_up(self) -> None: ...

    @transition(appeal_state, source=[*_BEFORE_APPEAL, *_UP], target=AppealState.LATE)
    def appeals_are_late(self) -> None: ...

    @transition(appeal_state, source=list(OPEN_APPEAL), target=AppealState.NOT_RESTORED)
    def appeals_not_restored(self) -> None: ...

    @transition(appeal_state, source=list(OPEN_APPEAL), target=AppealState.WITHDRAWN)
    def appeals_withdrawn(self) -> None: ...

    @transition(appeal_state, source=AppealState.FILED, target=AppealState.SENT_UP)
    def send_up(self) -> None: ...

    @transition(appeal_state, source=AppealState.SENT_UP, target=AppealState.WITH_JUDGE)
    def assign_appeal(self) -> None: ...

    @transition(appeal_state, source=AppealState.WITH_JUDGE, target=AppealState.SENT_UP)
    def leave_appellate_judge(self) -> None: ...

    @transition(appeal_state, source=AppealState.WITH_JUDGE, target=AppealState.RULED)
    def rule(self) -> None: ...

    @transition(state, source=list(AFTER_DECISION), target=State.CANCELLED)
    def cancel(self) -> None: ...
