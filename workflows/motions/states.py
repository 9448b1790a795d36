"""The states of a motion and of an appeal beside it, and the acts that move them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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


class ActType(models.TextChoices):
    """A signed statement of one officer that moves a motion one step."""

    MOTION = "motion", _("Motion")
    APPROVAL = "approval", _("Approval by the head of the body")
    AGREEMENT = "agreement", _("Agreement")
    REFUSAL = "refusal", _("Prosecutor's refusal")
    RETURN = "return", _("Return for completion")
    WITHDRAWAL = "withdrawal", _("Withdrawal")
    CORRECTION = "correction", _("Correction of an event")
    FORMAT_ORDER = "format_order", _("Order on the format of proceedings")
    ADMISSION = "admission", _("Admission of a person to a secret motion")
    REGISTRATION = "registration", _("Registration")
    ASSIGNMENT = "assignment", _("Assignment to a judge")
    RECUSAL = "recusal", _("Recusal of the judge")
    REASSIGNMENT = "reassignment", _("Replacement of the judge")
    TRANSFER = "transfer", _("Transfer to another court")
    MATERIALS_REQUEST = "materials_request", _("Request for more materials")
    SUPPLEMENT = "supplement", _("Supplement to the motion")
    HEARING_ORDER = "hearing_order", _("Order of a hearing")
    MINUTES = "minutes", _("Minutes of the hearing")
    PROTOCOL = "protocol", _("Protocol")
    ENDORSEMENT = "endorsement", _("Endorsement")
    DELIVERY = "delivery", _("Delivery")
    EXECUTION_REPORT = "execution_report", _("Execution report")
    LIFTING = "lifting", _("Lifting of the measure")
    LIFTING_CONSENT = "lifting_consent", _("Consent to the lifting")
    LIFTING_REFUSAL = "lifting_refusal", _("Refusal of the lifting")
    EXTENSION = "extension", _("Extension of the sanction")
    REPLACEMENT = "replacement", _("End by a later decision")
    REVIVAL = "revival", _("The sanction holds again")
    EXPIRY = "expiry", _("Expiry")
    CLOSURE = "closure", _("Closure")
    APPEAL = "appeal", _("Appeal")
    RESTORATION = "restoration", _("Ruling on restoring the term")
    APPEAL_WITHDRAWAL = "appeal_withdrawal", _("Withdrawal of the appeal")
    TRANSMISSION = "transmission", _("Transmission to the appeal court")
    APPEAL_ASSIGNMENT = "appeal_assignment", _("Assignment to an appellate judge")
    APPEAL_RECUSAL = "appeal_recusal", _("Recusal of the appellate judge")
    APPEAL_REASSIGNMENT = "appeal_reassignment", _("Replacement of the appellate judge")
    APPEAL_RULING = "appeal_ruling", _("Ruling on the appeal")
    EVENT = "event", _("Event on record")


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
