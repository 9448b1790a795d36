"""Measures how much of each suggestion was signed, after the act and outside its transaction."""

import logging

from celery import shared_task
from django.db.models import Exists, OuterRef, QuerySet

from workflows.drafting.differences import count_kept
from workflows.drafting.models import Suggestion, Survival
from workflows.drafting.uses import shown_to, written_text
from workflows.motions.models import Act
from workflows.motions.rules.payloads import SUGGESTION
from workflows.motions.states import DECISIONS

log = logging.getLogger(__name__)


@shared_task(name="drafting.measure")
def measure() -> int:
    """Compare every decision with every suggestion that its judge was shown for it. Returns how many were compared.

    Idempotent: each pair is compared once, whether the decision names the suggestion or not.
    """
    compared = 0
    for act in _unmeasured().iterator(chunk_size=100):
        payload = act.stated["payload"]
        text = written_text(act.motion.kind_entry, payload)
        judge = act.author.officer_id if act.author else None
        for shown in shown_to(act.motion_id, judge).filter(created_at__lte=act.performed_at):
            kept, used = count_kept(shown.pieces, text), payload.get(SUGGESTION) == str(shown.pk)
            values = {"used": used, "share": kept.share, **kept.as_numbers()}
            _survival, made = Survival.objects.get_or_create(act=act, suggestion=shown, defaults=values)
            log.info("suggestion %s: %.0f %% of its own words stand in act %s", shown.pk, kept.share * 100, act.pk)
            compared += made
    return compared


def _unmeasured() -> "QuerySet[Act]":
    """Decisions with a suggestion shown before them that they are not compared with yet."""
    measured = Survival.objects.filter(act=OuterRef(OuterRef("pk")), suggestion=OuterRef("pk"))
    shown = Suggestion.objects.filter(
        ~Exists(measured),
        motion=OuterRef("motion"),
        post__officer=OuterRef("author__officer"),
        created_at__lte=OuterRef("performed_at"),
    )
    candidates = Act.objects.filter(Exists(shown), type__in=DECISIONS)
    return candidates.select_related("author", "motion").order_by("performed_at")
