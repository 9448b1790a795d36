"""Measures how much of each suggestion was signed, after the act and outside its transaction."""

import logging

from celery import shared_task
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from workflows.drafting.differences import survived
from workflows.drafting.models import Suggestion, Survival
from workflows.motions.models import Act
from workflows.motions.states import DECISIONS

log = logging.getLogger(__name__)
WRITTEN = ("text", "long_text")


@shared_task(name="drafting.measure")
def measure() -> int:
    """Record the surviving share for every decision that names a suggestion. Returns how many were recorded.

    Idempotent: each decision is measured once.
    """
    recorded = 0
    for act in _unmeasured().iterator(chunk_size=100):
        suggestion = Suggestion.objects.get(pk=act.stated["payload"]["suggestion"])
        share = survived(suggestion.text, written_text(act))
        _survival, made = Survival.objects.get_or_create(act=act, defaults={"suggestion": suggestion, "share": share})
        log.info("suggestion %s: %.0f %% stands in act %s", suggestion.pk, share * 100, act.pk)
        recorded += made
    return recorded


def _unmeasured() -> QuerySet[Act]:
    """Decisions that name a suggestion made for their own motion, and are not measured yet."""
    named = Suggestion.objects.annotate(key=Cast("id", CharField())).filter(
        motion=OuterRef("motion"), key=KeyTextTransform("suggestion", OuterRef("payload"))
    )
    measured = Survival.objects.filter(act=OuterRef("pk"))
    candidates = Act.objects.filter(Q(type__in=DECISIONS), Exists(named), ~Exists(measured))
    return candidates.select_related("motion", "motion__catalogue").order_by("performed_at")


def written_text(act: Act) -> str:
    """All text that the judge wrote: the typed fields of the decision, one after another."""
    payload = act.stated["payload"]
    form = act.motion.kind_entry.form_for(act.type, payload.get("outcome", ""))
    typed = (payload.get(field.key) for field in form.fields if field.type in WRITTEN)
    return "\n\n".join(value for value in typed if isinstance(value, str))
