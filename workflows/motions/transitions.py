"""The two state machines of a motion: its own way, and the appeal's beside it.

The transition methods are called from ``perform`` only. Those without a target keep the state: the act is a statement
that changes something else.
"""

from typing import TYPE_CHECKING, cast

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE, FSMField, transition

from workflows.motions.rules import appeals, kind_rules
from workflows.motions.rules.appeals import Stated
from workflows.motions.states import (
    AFTER_DECISION,
    IN_FORCE,
    UNDER_WAY,
    WITH_A_JUDGE,
    AppealState,
    State,
)

if TYPE_CHECKING:
    from workflows.motions.models import Motion

# While an appeal is still to be decided: others may join it, be withdrawn beside it, have their term ruled on.
OPEN_APPEAL = [AppealState.FILED, AppealState.LATE, AppealState.SENT_UP, AppealState.WITH_JUDGE]


def _filed(machine: "Machine") -> str:
    return State.AWAITING_APPROVAL if kind_rules.needs_approval(cast("Motion", machine)) else State.SUBMITTED


def _agreed(machine: "Machine") -> str:
    """Where several levels consent, one after another, all but the last leave it with the prosecutor."""
    motion = cast("Motion", machine)
    return State.SUBMITTED if motion.consents + 1 < len(kind_rules.consent_levels(motion)) else State.AGREED


def _lifted(machine: "Machine") -> str:
    return State.LIFTING_ASKED if kind_rules.needs_consent_to_lift(cast("Motion", machine)) else State.LIFTED


def _before_lifting(machine: "Machine") -> str:
    return State.EXECUTED if cast("Motion", machine).executed_at else State.DELIVERED


def _appeals_after(machine: "Machine", act: Stated) -> str:
    """Where all the appeals stand together once this act is performed too."""
    return appeals.after(cast("Motion", machine), act)


def has_late_appeal(machine: models.Model) -> bool:
    """The judge rules on the term of an appeal that is late."""
    return appeals.awaits_restoration(cast("Motion", machine))


def decided(machine: models.Model) -> bool:
    """An appeal follows a decision that the law lets be appealed."""
    motion = cast("Motion", machine)
    return motion.state in AFTER_DECISION and kind_rules.may_be_appealed(motion)


class Machine(models.Model):
    """``state`` and ``appeal_state``, and every transition of both."""

    state = FSMField(_("state"), default=State.DRAFT, choices=State.choices, protected=True, max_length=24)
    appeal_state = FSMField(
        _("appeal"), default=AppealState.NONE, choices=AppealState.choices, protected=True, max_length=16
    )

    class Meta:
        abstract = True

    # -- to the court --------------------------------------------------------------------------------------------------

    @transition(
        state,
        source=[State.DRAFT, State.RETURNED],
        target=GET_STATE(_filed, states=[State.AWAITING_APPROVAL, State.SUBMITTED]),
    )
    def submit(self) -> None: ...

    @transition(state, source=State.AWAITING_APPROVAL, target=State.SUBMITTED)
    def approve(self) -> None: ...

    @transition(state, source=State.SUBMITTED, target=GET_STATE(_agreed, states=[State.SUBMITTED, State.AGREED]))
    def agree(self) -> None: ...

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

    @transition(
        state,
        source=[State.DELIVERED, State.EXECUTED],
        target=GET_STATE(_lifted, states=[State.LIFTING_ASKED, State.LIFTED]),
    )
    def ask_lifting(self) -> None: ...

    @transition(state, source=State.LIFTING_ASKED, target=State.LIFTED)
    def lift(self) -> None: ...

    @transition(
        state,
        source=State.LIFTING_ASKED,
        target=GET_STATE(_before_lifting, states=[State.DELIVERED, State.EXECUTED]),
    )
    def keep_measure(self) -> None: ...

    @transition(state, source=list(IN_FORCE), target=None)
    def extend(self) -> None: ...

    @transition(state, source=list(IN_FORCE), target=State.REPLACED)
    def end_by_later(self) -> None: ...

    @transition(
        state,
        source=State.REPLACED,
        target=GET_STATE(_before_lifting, states=[State.DELIVERED, State.EXECUTED]),
    )
    def revive(self) -> None: ...

    @transition(state, source=list(IN_FORCE), target=State.EXPIRED)
    def expire(self) -> None: ...

    @transition(state, source=[State.DELIVERED, State.EXECUTED], target=State.CLOSED)
    def close(self) -> None: ...

    # -- the appeal ----------------------------------------------------------------------------------------------------

    @transition(
        appeal_state,
        source=[AppealState.NONE, AppealState.NOT_RESTORED, AppealState.WITHDRAWN, *OPEN_APPEAL],
        target=GET_STATE(_appeals_after, states=OPEN_APPEAL),
        conditions=[decided],
    )
    def appeal(self, act: Stated) -> None: ...

    @transition(
        appeal_state,
        source=OPEN_APPEAL,
        target=GET_STATE(_appeals_after, states=[AppealState.NOT_RESTORED, *OPEN_APPEAL]),
        conditions=[has_late_appeal],
    )
    def rule_on_term(self, act: Stated) -> None: ...

    @transition(
        appeal_state,
        source=OPEN_APPEAL,
        target=GET_STATE(_appeals_after, states=[AppealState.NOT_RESTORED, AppealState.WITHDRAWN, *OPEN_APPEAL]),
    )
    def withdraw_appeal(self, act: Stated) -> None: ...

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
