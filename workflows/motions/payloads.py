"""What an act must say: the catalogue's form for it, and whether a payload fills it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ecase.problems import Invalid, Problem
from workflows.motions.models import Motion
from workflows.motions.states import DECISIONS, ActType
from workflows.statute.schema import Form
from workflows.statute.validation import required_attachments, validate

Payload = dict[str, Any]
NOTHING = Form(fields=())
# Keys of a decision that every kind has, whatever its outcomes ask for.
OUTCOME, SUGGESTION = "outcome", "suggestion"


def form(motion: Motion, act_type: ActType, outcome: str = "") -> Form:
    """The catalogue's form for the act; for a decision, that of ``outcome``."""
    if act_type in DECISIONS and not outcome:
        return NOTHING
    return motion.kind_entry.form_for(act_type, outcome)


def require_valid(motion: Motion, act_type: ActType, payload: Mapping[str, Any]) -> Payload:
    """The payload as it will be signed. Raises :class:`Invalid` with every fault at its field."""
    faults = faults_of(motion, act_type, payload)
    if faults:
        raise Invalid(faults)
    return dict(payload)


def faults_of(motion: Motion, act_type: ActType, payload: Mapping[str, Any], *, complete: bool = True) -> list[Problem]:
    """Every fault of ``payload``; with ``complete=False`` what is merely missing is no fault."""
    if act_type in DECISIONS:
        return _faults_of_decision(motion, act_type, payload, complete=complete)
    faults = _faults_of_form(motion, form(motion, act_type), payload, complete=complete)
    if act_type == ActType.MOTION and complete:
        faults += _missing_attachments(motion)
    return faults


def _faults_of_decision(
    motion: Motion, act_type: ActType, payload: Mapping[str, Any], *, complete: bool
) -> list[Problem]:
    outcome = payload.get(OUTCOME)
    known = {entry.key: entry for entry in motion.kind_entry.outcomes if entry.output == act_type}
    if not outcome and not complete:
        return []
    if not isinstance(outcome, str) or outcome not in known:
        return [Problem("outcome", _("Choose one of the outcomes that the law knows."), f"payload.{OUTCOME}")]
    rest = {key: value for key, value in payload.items() if key not in (OUTCOME, SUGGESTION)}
    faults = _faults_of_form(motion, form(motion, act_type, outcome), rest, complete=complete)
    return [*faults, *_faults_of_suggestion(payload)]


def _faults_of_suggestion(payload: Mapping[str, Any]) -> list[Problem]:
    if SUGGESTION not in payload or isinstance(payload[SUGGESTION], str):
        return []
    return [Problem("type", _("The suggestion is named by its id."), f"payload.{SUGGESTION}")]


def _faults_of_form(motion: Motion, of: Form, payload: Mapping[str, Any], *, complete: bool) -> list[Problem]:
    persons = {str(pk): capacity for pk, capacity in motion.case.persons.values_list("pk", "capacity")}
    return list(validate(of, dict(payload), persons=persons, prefix="payload", complete=complete))


def _missing_attachments(motion: Motion) -> list[Problem]:
    present = set(motion.attachments.values_list("requirement", flat=True))
    needed = required_attachments(motion.kind_entry, motion.payload)
    return [
        Problem(
            "attachment-missing",
            _("Attach: %(what)s.") % {"what": requirement.label},
            f"attachments.{requirement.key}",
        )
        for requirement in needed
        if requirement.key not in present
    ]
