"""What an act must fulfil beside its form: that offices, courts, earlier motions and instants that it names exist."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Officer, Organisation, Role
from ecase.problems import Problem
from workflows.motions.models import Motion
from workflows.motions.rules import defence, events, kind_rules, leading, routing, volume
from workflows.motions.states import AFTER_DECISION, ActType
from workflows.statute.conditions import is_empty
from workflows.statute.schema import Form
from workflows.statute.validation import required_attachments, validate

Payload = Mapping[str, Any]


def faults(motion: Motion, act_type: ActType, payload: Payload) -> Iterator[Problem]:
    """Every such fault of a complete act, each at its field."""
    if check := _CHECKS.get(act_type):
        yield from check(motion, payload)


def _motion(motion: Motion, payload: Payload) -> Iterator[Problem]:
    yield from _missing_attachments(motion)
    yield from routing.faults(motion)
    if led := leading.fault(motion.case, motion.kind_entry, motion.author):
        yield led
    yield from _repeated(motion)
    yield from _unrelated(motion)
    if stranger := _not_a_client(motion):
        yield stranger


def _not_a_client(motion: Motion) -> Problem | None:
    """Counsel files for his own clients."""
    field = motion.kind_entry.client
    if not field or motion.author.role != Role.DEFENDER or is_empty(motion.payload.get(field)):
        return None
    if str(motion.payload[field]) in {str(one) for one in defence.persons_of(motion.case, motion.author.officer_id)}:
        return None
    return Problem("not-a-client", _("You are not counsel of this person."), f"payload.{field}")


def _missing_attachments(motion: Motion) -> Iterator[Problem]:
    attached = volume.held(motion)
    # What was attached before there were limits: nobody could verify the evidence.
    yield from volume.faults(attached, "attachments")
    present = {requirement for requirement, _size in attached}
    for requirement in required_attachments(motion.kind_entry, motion.payload):
        if requirement.key not in present:
            message = _("Attach: %(what)s.") % {"what": requirement.label}
            yield Problem("attachment-missing", message, f"attachments.{requirement.key}")


def _repeated(motion: Motion) -> Iterator[Problem]:
    """After a refusal the same is asked again only when something new has come up."""
    rule = motion.kind_entry.repeat
    if rule is None or not is_empty(motion.payload.get(rule.field)):
        return
    if any(not kind_rules.was_granted(one) for one in _decided_before(motion, rule.person_field)):
        message = _("This was refused before in this case. State the new circumstances (Art. %(article)s).")
        yield Problem("refused-before", message % {"article": rule.article}, f"payload.{rule.field}")


def _decided_before(motion: Motion, person_field: str) -> Iterator[Motion]:
    person = motion.payload.get(person_field)
    same = Motion.objects.filter(case=motion.case_id, kind=motion.kind, decided_at__isnull=False).exclude(pk=motion.pk)
    yield from same.filter(**{f"payload__{person_field}": person}) if person else ()


def _unrelated(motion: Motion) -> Iterator[Problem]:
    relation = motion.kind_entry.relation
    if relation and relation.required and motion.earlier_id is None:
        yield Problem("earlier-missing", _("Name the earlier decision that this motion is about."), "earlier")


def _correction(motion: Motion, payload: Payload) -> Iterator[Problem]:
    field = motion.kind_entry.form.field(str(payload.get("field")))
    if field is None or field.type != "instant":
        yield Problem("unknown-field", _("Only an instant that the motion states can be corrected."), "payload.field")
        return
    stated = {field.key: payload.get("value")}
    yield from validate(Form(fields=(field,)), stated, persons={}, prefix="payload")
    if stated[field.key] == motion.payload.get(field.key):
        yield Problem("same-value", _("The motion states this instant already."), "payload.value")


def _format(motion: Motion, payload: Payload) -> Iterator[Problem]:
    if (payload.get("format") == "paper") == motion.on_paper:
        yield Problem("same-format", _("The motion is kept in this format already."), "payload.format")


def _admission(motion: Motion, payload: Payload) -> Iterator[Problem]:
    if not Officer.objects.filter(iin=str(payload.get("iin"))).exists():
        yield Problem("unknown-officer", _("No officer with this IIN is known."), "payload.iin")


def _transfer(motion: Motion, payload: Payload) -> Iterator[Problem]:
    courts = Organisation.objects.filter(kind=Organisation.Kind.COURT).exclude(pk=motion.court_id)
    if not courts.filter(bin=str(payload.get("court"))).exists():
        yield Problem("unknown-court", _("Name another court by its BIN."), "payload.court")


def _supplement(motion: Motion, payload: Payload) -> Iterator[Problem]:
    if not motion.attachments.filter(filed_by=None).exists():
        yield Problem("nothing-attached", _("Attach what the supplement consists of first."), "attachments")


def _appeal(motion: Motion, payload: Payload) -> Iterator[Problem]:
    if motion.court.parent_id is None:
        yield Problem("no-court", _("No court is known above the one that decided."), "payload")


def _event(motion: Motion, payload: Payload) -> Iterator[Problem]:
    """Nothing is stated that only another event asks for."""
    stated = payload.get(events.EVENT)
    strange = {one.key for event in events.open_now(motion) if event.key != stated for one in event.form.fields}
    for key in strange & payload.keys():
        yield Problem("unknown-field", _("There is no such field in this form."), f"payload.{key}")


_CHECKS: dict[ActType, Callable[[Motion, Payload], Iterator[Problem]]] = {
    ActType.MOTION: _motion,
    ActType.CORRECTION: _correction,
    ActType.FORMAT_ORDER: _format,
    ActType.ADMISSION: _admission,
    ActType.TRANSFER: _transfer,
    ActType.SUPPLEMENT: _supplement,
    ActType.APPEAL: _appeal,
    ActType.EVENT: _event,
}


def may_be_earlier(motion: Motion, earlier: Motion) -> bool:
    """Whether ``earlier`` is a sanction of the same case that a motion of this kind may name."""
    relation = motion.kind_entry.relation
    fits = relation is not None and earlier.kind in relation.kinds
    decided = earlier.state in AFTER_DECISION and kind_rules.was_granted(earlier)
    return fits and decided and earlier.case_id == motion.case_id
