"""Types of acts, by the names used in signed bytes, in the catalogue and in the wording of papers."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

# At run time Django's field takes no type parameters.
if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
else:
    _CharField = models.CharField


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


class ActTypeField(_CharField):
    """The type of an act. Its choices are left out of migrations: a new act needs none."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_length": 20, "choices": ActType.choices, **options})

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        options.pop("choices", None)
        return name, "django.db.models.CharField", args, options

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """As Django's. Displaying a type does not translate the labels of all others first."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, f"get_{name}_display", lambda row: str(ActType(getattr(row, name)).label))
