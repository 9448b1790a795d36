"""The states of a motion and of an appeal beside it, and the acts that move them."""

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
    """Where a motion stands."""

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
    """Where the appeal against a decision stands; it runs beside the motion as a machine of its own."""

    NONE = "none", _("No appeal")
    FILED = "filed", _("Appeal filed")
    LATE = "late", _("Appeal filed after its term")
    NOT_RESTORED = "not_restored", _("The term of the appeal was not restored")
    SENT_UP = "sent_up", _("Sent to the appeal court")
    WITH_JUDGE = "with_judge", _("With the appellate judge")
    RULED = "ruled", _("Decided on appeal")
    WITHDRAWN = "withdrawn", _("Appeal withdrawn")


DECISIONS = frozenset({ActType.PROTOCOL, ActType.ENDORSEMENT})
# What changes what a motion says or rests on: whoever has read it before has not read this.
BRING_MATERIALS = frozenset({ActType.MOTION, ActType.SUPPLEMENT, ActType.CORRECTION})
# Acts that state one of the outcomes that the catalogue gives.
WITH_OUTCOME = DECISIONS | {ActType.APPEAL_RULING}

# A draft: not filed yet, or returned to its author.
EDITABLE = (State.DRAFT, State.RETURNED)
# Before the court: what the author may still take back, and what he may still correct.
UNDER_WAY = (
    State.AWAITING_APPROVAL,
    State.SUBMITTED,
    State.AGREED,
    State.REGISTERED,
    State.ASSIGNED,
    State.HEARING,
)
WITH_A_JUDGE = (State.ASSIGNED, State.HEARING)
# A sanction in these states may be executed, extended, lifted, or run out.
IN_FORCE = (State.DECIDED, State.DELIVERED, State.EXECUTED, State.LIFTING_ASKED)
ENDED = (State.CLOSED, State.LIFTED, State.REPLACED, State.EXPIRED)
AFTER_DECISION = (*IN_FORCE, *ENDED)
FINAL_STATES = frozenset({State.REFUSED_BY_PROSECUTOR, State.WITHDRAWN, State.CANCELLED, *ENDED})
# An appeal that is still to be decided: others may join it, be withdrawn beside it, have their term ruled on.
OPEN_APPEAL = (AppealState.FILED, AppealState.LATE, AppealState.SENT_UP, AppealState.WITH_JUDGE)
PENDING_APPEAL = frozenset(OPEN_APPEAL)
# An appeal that keeps a decision from being executed, where the law lets it: one that was made in time.
SUSPENDING = (AppealState.FILED, AppealState.SENT_UP, AppealState.WITH_JUDGE)
