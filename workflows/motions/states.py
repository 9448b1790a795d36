"""The states of a motion and of its appeal, and the acts that change them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.act_types import ActType

__all__ = [
    "AFTER_DECISION",
    "BRING_MATERIALS",
    "DECISIONS",
    "EDITABLE",
    "ENDED",
    "FINAL_STATES",
    "IN_FORCE",
    "OPEN_APPEAL",
    "PENDING_APPEAL",
    "SUSPENDING",
    "UNDER_WAY",
    "WITH_A_JUDGE",
    "WITH_OUTCOME",
    "ActType",
    "AppealState",
    "State",
]


class State(models.TextChoices):
    """State of a motion."""

    DRAFT = "draft", _("Draft")
    AWAITING_APPROVAL = "awaiting_approval", _("With the head of the body")
    SUBMITTED = "submitted", _("With the prosecutor")
    AGREED = "agreed", _("Agreed by the prosecutor")
    RETURNED = "returned", _("Returned for completion")
    REFUSED_BY_PROSECUTOR = "refused_by_prosecutor", _("Refused by the prosecutor")
    REGISTERED = "registered", _("Registered with the court")
    TRANSFERRED = "transferred", _("Transferred to another court")
    ASSIGNED = "assigned", _("With the judge")
    HEARING = "hearing", _("Hearing ordered")
    DECIDED = "decided", _("Decided")
    DELIVERED = "delivered", _("Delivered")
    EXECUTED = "executed", _("Executed")
    LIFTING_ASKED = "lifting_asked", _("Lifting awaits the prosecutor's consent")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LIFTED = "lifted", _("Lifted")
    REPLACED = "replaced", _("Ended by a later decision")
    CANCELLED = "cancelled", _("Cancelled on appeal")
    EXPIRED = "expired", _("Expired")


class AppealState(models.TextChoices):
    """State of the appeal against a decision, a second state machine of the motion."""

    NONE = "none", _("No appeal")
    FILED = "filed", _("Appeal filed")
    LATE = "late", _("Appeal filed after its term")
    NOT_RESTORED = "not_restored", _("The term of the appeal was not restored")
    SENT_UP = "sent_up", _("Sent to the appeal court")
    WITH_JUDGE = "with_judge", _("With the appellate judge")
    RULED = "ruled", _("Decided on appeal")
    WITHDRAWN = "withdrawn", _("Appeal withdrawn")


DECISIONS = frozenset({ActType.PROTOCOL, ActType.ENDORSEMENT})
# Acts that change the content of a motion: earlier readings do not cover the new content.
BRING_MATERIALS = frozenset({ActType.MOTION, ActType.SUPPLEMENT, ActType.CORRECTION})
# Acts that state one of the outcomes of the catalogue.
WITH_OUTCOME = DECISIONS | {ActType.APPEAL_RULING}

# Draft states: not filed yet, or returned to its author.
EDITABLE = (State.DRAFT, State.RETURNED)
# Before the court: states in which the author may still withdraw or correct the motion.
UNDER_WAY = (
    State.AWAITING_APPROVAL,
    State.SUBMITTED,
    State.AGREED,
    State.REGISTERED,
    State.ASSIGNED,
    State.HEARING,
)
WITH_A_JUDGE = (State.ASSIGNED, State.HEARING)
# States in which a sanction may be executed, extended, lifted, or expire.
IN_FORCE = (State.DECIDED, State.DELIVERED, State.EXECUTED, State.LIFTING_ASKED)
ENDED = (State.CLOSED, State.LIFTED, State.REPLACED, State.EXPIRED)
AFTER_DECISION = (*IN_FORCE, *ENDED)
FINAL_STATES = frozenset({State.REFUSED_BY_PROSECUTOR, State.WITHDRAWN, State.CANCELLED, *ENDED})
# States of an undecided appeal: others may join, be withdrawn, or have their term ruled on.
OPEN_APPEAL = (AppealState.FILED, AppealState.LATE, AppealState.SENT_UP, AppealState.WITH_JUDGE)
PENDING_APPEAL = frozenset(OPEN_APPEAL)
# States of an appeal in time, which suspends the decision if the law says so.
SUSPENDING = (AppealState.FILED, AppealState.SENT_UP, AppealState.WITH_JUDGE)
