"""JSON answers about a motion's status: next consent, force of the sanction, related motions, draws, copies."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.reverse import reverse

from ecase.officers.models import Organisation, Post
from workflows.copies.models import Copy
from workflows.motions import queries
from workflows.motions.models import Motion
from workflows.motions.persons import addressee_of
from workflows.motions.rules import kind_rules
from workflows.motions.states import State

Answer = dict[str, Any]
RELATED = ("id", "kind", "number", "state")


def standing(request: Request, subject: Motion, post: Post) -> Answer:
    """The fields of a whole motion in addition to its list row."""
    judge = subject.appellate_judge
    return {
        "path": kind_rules.path(subject),
        "suspended": kind_rules.is_suspended(subject),
        "defence": subject.defence,
        "announced_at": subject.announced_at,
        "executed_at": subject.executed_at,
        "appeal_until": subject.appeal_until,
        "consents": _consents(subject),
        "court": office(subject.court),
        "appellate_court": office(subject.appellate_court) if subject.appellate_court else None,
        "appellate_judge": {"id": judge.pk, "name": judge.full_name} if judge else None,
        "appeal_number": subject.appeal_number,
        **_related(request, subject, post),
    }


def office(organisation: Organisation) -> Answer:
    """An organisation, with its name in the active language."""
    return {"bin": organisation.bin, "name": organisation.name()}


def _consents(subject: Motion) -> Answer:
    levels = kind_rules.consent_levels(subject) if kind_rules.needs_consent(subject) else ()
    return {"given": subject.consents, "levels": list(levels), "next": _next_consent(subject, levels)}


def _next_consent(subject: Motion, levels: tuple[str, ...]) -> Answer | None:
    if subject.state != State.SUBMITTED or not kind_rules.needs_consent(subject):
        return None
    level = levels[subject.consents] if subject.consents < len(levels) else ""
    return {"level": level, "office": office(subject.consenting or subject.prosecution)}


def _related(request: Request, subject: Motion, post: Post) -> Answer:
    """The earlier and the later motions that ``post`` may open: one query."""
    linked = queries.queue(post).filter(Q(pk=subject.earlier_id) | Q(earlier=subject.pk))
    found = [_reference(request, row) for row in linked.values(*RELATED)]
    earlier = [reference for reference in found if reference["id"] == subject.earlier_id]
    return {
        "earlier": earlier[0] if earlier else None,
        "later": [reference for reference in found if reference not in earlier],
    }


def _reference(request: Request, row: dict[str, Any]) -> Answer:
    return {**row, "url": reverse("api:motion", (row["id"],), request=request)}


def copy(request: Request, owed: Copy, post: Post) -> Answer:
    """A copy that an act owes: to whom, until when, and whether it was served. ``owed.motion`` is loaded."""
    by = owed.acknowledged_by
    return {
        "id": owed.pk,
        "url": reverse("api:copy", (owed.pk,), request=request),
        "motion": owed.motion_id,
        "act": owed.act_id,
        "what": "hearing" if owed.notice else "decision",
        "to": owed.to,
        "label": str(owed.label),
        "addressee": addressee_of(owed, post),
        "at_once": owed.at_once,
        "due_at": owed.due_at,
        "overdue": owed.is_overdue(timezone.now()),
        "how": owed.how,
        "sent_at": owed.sent_at,
        "acknowledged_at": owed.acknowledged_at,
        "acknowledged_by": by.officer.full_name if by else "",
        "note": owed.note,
        "proof": reverse("api:copy-proof", (owed.pk,), request=request) if owed.proof_id else None,
        "void": owed.voided_at is not None,
    }
