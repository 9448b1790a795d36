"""Acts of the author: filing, withdrawal, corrections and supplements; and those on format and admission."""

import uuid
from collections.abc import Iterator
from operator import attrgetter

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ecase.cases.models import Counsel
from ecase.officers.models import Officer, Role
from ecase.problems import Problem
from workflows.motions import admissions, permissions
from workflows.motions import notifications as tell
from workflows.motions.acts import court, spec
from workflows.motions.acts.spec import AUTHORS, JUDGE, ActSpec, Moves, Payload, Rank, moves_by
from workflows.motions.models import Act, Motion
from workflows.motions.rules import kind_rules, routing, volume
from workflows.motions.rules.deadlines import recount_deadlines, run_deadlines, run_deadlines_of_filing
from workflows.motions.states import AFTER_DECISION, ActType, State
from workflows.statute.conditions import is_empty
from workflows.statute.schema import Choice, Form
from workflows.statute.validation import required_attachments, validate

_FILING = Moves(
    "submit",
    lambda motion, act: ("submit_for_approval" if kind_rules.needs_approval(motion) else "submit",),
    ("submit_for_approval", "submit"),
)


def _may_author(motion: Motion) -> Problem | None:
    step = kind_rules.ladder_step(motion)
    roles = step.authors if step and step.authors else motion.kind_entry.author_roles
    if motion.author.role in roles:
        return None
    return Problem("wrong-author", _("The law does not let this role file a motion of this kind."))


# -- effects -------------------------------------------------------------------------------------------------------


def _file(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    motion.submitted_at, motion.consents = act.performed_at, 0
    subject = motion.payload.get(motion.kind_entry.subject)
    motion.subject_id = uuid.UUID(subject) if isinstance(subject, str) and subject else None
    motion.consenting, motion.court = routing.consenting_office(motion), routing.court(motion)
    motion.attachments.filter(filed_by=None).update(filed_by=act)
    if not kind_rules.needs_consent(motion):
        return []
    return admissions.admit_office(motion, motion.consenting or motion.prosecution, act.performed_at)


def _correct(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    """The signed act stays unchanged; the row holds the corrected instant."""
    motion.payload = {**motion.payload, payload["field"]: payload["value"]}
    return []


def _supplement(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    motion.attachments.filter(filed_by=None).update(filed_by=act)
    return []


# -- checks --------------------------------------------------------------------------------------------------------


def _check_motion(motion: Motion, payload: Payload) -> Iterator[Problem]:
    yield from _missing_attachments(motion)
    yield from routing.faults(motion)
    if problem := routing.leader_problem(motion.case, motion.kind_entry, motion.author):
        yield problem
    yield from _repeated(motion)
    relation = motion.kind_entry.relation
    if relation and relation.required and motion.earlier_id is None:
        yield Problem("earlier-missing", _("Name the earlier decision that this motion is about."), "earlier")
    client = motion.payload.get(motion.kind_entry.client)
    if motion.author.role == Role.DEFENDER and not is_empty(client):
        clients = Counsel.objects.filter(case=motion.case_id, officer=motion.author.officer_id)
        if str(client) not in map(str, clients.values_list("person", flat=True)):
            yield Problem(
                "not-a-client", _("You are not counsel of this person."), f"payload.{motion.kind_entry.client}"
            )


def _missing_attachments(motion: Motion) -> Iterator[Problem]:
    attached = volume.held(motion)
    # Attachments from before limits existed: nobody could verify the evidence.
    yield from volume.faults(attached, "attachments")
    present = {requirement for requirement, _size in attached}
    for requirement in required_attachments(motion.kind_entry, motion.payload):
        if requirement.key not in present:
            message = _("Attach: %(what)s.") % {"what": requirement.label}
            yield Problem("attachment-missing", message, f"attachments.{requirement.key}")


def _repeated(motion: Motion) -> Iterator[Problem]:
    """After a refusal the same request is admissible only with new circumstances."""
    rule = motion.kind_entry.repeat
    if rule is None or not is_empty(motion.payload.get(rule.field)):
        return
    person = motion.payload.get(rule.person_field)
    if not person:
        return
    same = Motion.objects.filter(case=motion.case_id, kind=motion.kind, decided_at__isnull=False).exclude(pk=motion.pk)
    about = same.filter(**{f"payload__{rule.person_field}": person})
    if not all(kind_rules.was_granted(earlier) for earlier in about):
        message = _("This was refused before in this case. State the new circumstances (Art. %(article)s).")
        yield Problem("refused-before", message % {"article": rule.article}, f"payload.{rule.field}")


def may_be_earlier(motion: Motion, earlier: Motion) -> bool:
    """Whether ``earlier`` is a sanction of the same case that a motion of this kind may name."""
    relation = motion.kind_entry.relation
    fits = relation is not None and earlier.kind in relation.kinds
    decided = earlier.state in AFTER_DECISION and kind_rules.was_granted(earlier)
    return fits and decided and earlier.case_id == motion.case_id


def _check_correction(motion: Motion, payload: Payload) -> Iterator[Problem]:
    field = motion.kind_entry.form.field(str(payload.get("field")))
    if field is None or field.type != "instant":
        yield Problem("unknown-field", _("Only an instant that the motion states can be corrected."), "payload.field")
        return
    stated = {field.key: payload.get("value")}
    yield from validate(Form(fields=(field,)), stated, persons={}, prefix="payload")
    if stated[field.key] == motion.payload.get(field.key):
        yield Problem("same-value", _("The motion states this instant already."), "payload.value")


ACTS = (
    ActSpec(
        type=ActType.MOTION,
        moves=_FILING,
        roles=AUTHORS,
        relation=permissions.is_author,
        available=_may_author,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=False,
        steps_aside=False,
        check=_check_motion,
        choices=spec.NO_CHOICES,
        effect=_file,
        deadlines=run_deadlines_of_filing,
        owes_copies=False,
        # The head of the author's body, if he has to agree; else the prosecutor, who consents or is sent a copy.
        notifies=lambda motion: (
            [motion.organisation] if motion.state == State.AWAITING_APPROVAL else tell.prosecution(motion)
        ),
        headline=_("A motion has arrived"),
        answers_call=False,
        then=court.send_onward,
        expected=spec.whenever_possible,
        rank=Rank.EXPECTED,
        label=_("Correct and file again"),
    ),
    ActSpec(
        type=ActType.WITHDRAWAL,
        moves=moves_by("withdraw"),
        roles=AUTHORS,
        relation=permissions.is_author,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=spec.no_effect,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.all_of(tell.prosecution, tell.judge),
        headline=_("A motion has been withdrawn"),
        answers_call=True,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.RARE,
        label=_("Withdraw the motion"),
    ),
    ActSpec(
        type=ActType.CORRECTION,
        moves=moves_by("correct"),
        roles=AUTHORS,
        relation=permissions.is_author,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=False,
        steps_aside=False,
        check=_check_correction,
        choices={
            "field": lambda motion: (
                Choice(key=field.key, label=field.label)
                for field in motion.kind_entry.form.fields
                if field.type == "instant"
            )
        },
        effect=_correct,
        deadlines=recount_deadlines,
        owes_copies=False,
        notifies=tell.all_of(tell.prosecution, tell.judge),
        headline=_("An instant of a motion has been corrected"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.RARE,
        label=_("Correct an instant"),
    ),
    ActSpec(
        type=ActType.FORMAT_ORDER,
        moves=moves_by("order_format"),
        roles=AUTHORS,
        relation=permissions.is_author,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=True,
        steps_aside=False,
        check=spec.require(
            lambda motion, payload: (payload.get("format") == "paper") != motion.on_paper,
            Problem("same-format", _("The motion is kept in this format already."), "payload.format"),
        ),
        choices=spec.NO_CHOICES,
        effect=spec.write_columns(on_paper=lambda act, payload: payload["format"] == "paper"),
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.all_of(tell.prosecution, tell.judge),
        headline=_("The format of a motion has changed"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.RARE,
        label=_("Change the format"),
    ),
    ActSpec(
        type=ActType.ADMISSION,
        moves=moves_by("admit"),
        roles=AUTHORS | JUDGE,
        relation=permissions.is_author_or_judge,
        available=spec.kinds_where(attrgetter("secret")),
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=False,
        steps_aside=False,
        check=spec.require(
            lambda motion, payload: Officer.objects.filter(iin=str(payload.get("iin"))).exists(),
            Problem("unknown-officer", _("No officer with this IIN is known."), "payload.iin"),
        ),
        choices=spec.NO_CHOICES,
        effect=lambda motion, act, payload: admissions.admit(
            motion, Officer.objects.get(iin=payload["iin"]), act.author, act.performed_at
        ),
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.admitted,
        headline=_("You were admitted to a secret motion"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.RARE,
        label=_("Admit a person"),
    ),
    ActSpec(
        type=ActType.SUPPLEMENT,
        moves=moves_by("supplement"),
        roles=AUTHORS,
        relation=permissions.is_author,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=False,
        steps_aside=False,
        check=spec.require(
            lambda motion, payload: motion.attachments.filter(filed_by=None).exists(),
            Problem("nothing-attached", _("Attach what the supplement consists of first."), "attachments"),
        ),
        choices=spec.NO_CHOICES,
        effect=_supplement,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.judge,
        headline=_("A motion has been supplemented"),
        answers_call=False,
        then=spec.nothing,
        # The judge has asked for more materials, and none have come since.
        expected=lambda post, kinds: Q(last_act__type=ActType.MATERIALS_REQUEST),
        rank=Rank.QUIET,
        label=_("Supplement the motion"),
    ),
)
