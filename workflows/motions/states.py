"""The states of a motion and the acts that move it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a motion stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("With the prosecutor")
    AGREED = "agreed", _("Agreed by the prosecutor")
    RETURNED = "returned", _("Returned for completion")
    REFUSED_BY_PROSECUTOR = "refused_by_prosecutor", _("Refused by the prosecutor")
    REGISTERED = "registered", _("Registered with the court")
    ASSIGNED = "assigned", _("With the judge")
    HEARING = "hearing", _("Hearing ordered")
    DECIDED = "decided", _("Decided")
    DELIVERED = "delivered", _("Delivered")
    EXECUTED = "executed", _("Executed")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class ActType(models.TextChoices):
    """A signed statement of one officer that moves a motion one step."""

    MOTION = "motion", _("Motion")
    AGREEMENT = "agreement", _("Agreement")
    REFUSAL = "refusal", _("Prosecutor's refusal")
    RETURN = "return", _("Return for completion")
    WITHDRAWAL = "withdrawal", _("Withdrawal")
    REGISTRATION = "registration", _("Registration")
    ASSIGNMENT = "assignment", _("Assignment to a judge")
    HEARING_ORDER = "hearing_order", _("Order of a hearing")
    PROTOCOL = "protocol", _("Protocol")
    ENDORSEMENT = "endorsement", _("Endorsement")
    DELIVERY = "delivery", _("Delivery")
    EXECUTION_REPORT = "execution_report", _("Execution report")
    CLOSURE = "closure", _("Closure")
    EXPIRY = "expiry", _("Expiry")


# Performed by the service itself, under its own seal.
SERVICE_ACTS = frozenset({ActType.REGISTRATION, ActType.ASSIGNMENT, ActType.DELIVERY, ActType.CLOSURE, ActType.EXPIRY})
DECISIONS = frozenset({ActType.PROTOCOL, ActType.ENDORSEMENT})
FINAL_STATES = frozenset({State.REFUSED_BY_PROSECUTOR, State.CLOSED, State.WITHDRAWN, State.EXPIRED})
