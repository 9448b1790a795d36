"""Tasks of the watch that use the network, run by workers. Each may run twice, late or never."""

import logging

from celery import shared_task
from django.utils import timezone

from ecase.trust import evidence, seal_evidence
from signatures.clients.http import Unreachable
from workflows.motions.models import Act, Motion, PendingSignature
from workflows.motions.services import signature_retries
from workflows.watch.copies import RELATED
from workflows.watch.notifications import tell

logger = logging.getLogger(__name__)


@shared_task(name="signatures.retry")
def retry_signature(pk: int) -> str:
    """Retry a pending signature, and notify its author of the result: accepted, refused or waiting."""
    outcome = signature_retries.retry(pk)
    if outcome is None:
        return "waiting"
    result = "accepted" if isinstance(outcome, Act) else "refused"
    prepared = (
        PendingSignature.objects.select_related("prepared__author__officer", "prepared__author__organisation")
        .get(pk=pk)
        .prepared
    )
    motion = Motion.objects.select_related(*RELATED).get(pk=prepared.motion_id)
    codes = [] if isinstance(outcome, Act) else sorted({problem.code for problem in outcome.problems})
    facts = {"act": prepared.type, "why": ", ".join(codes)}
    # The author's own system follows it too: the officer may have signed there.
    bodies = [prepared.author.organisation]
    tell(motion, f"signature.{result}", [(prepared.author.officer, ())], facts, systems=bodies)
    return result


@shared_task(name="signatures.fetch")
def fetch_evidence(signature_sha256: str) -> bool:
    """Fetch the evidence of a seal of the service; whether it is complete and stored."""
    return seal_evidence.fetch(signature_sha256)


@shared_task(name="signatures.renew")
def renew_evidence() -> int:
    """Renew all evidence that expires soon with new timestamps, one batch at a time; returns the number of records."""
    total = 0
    try:
        while done := evidence.renew(timezone.now()):
            total += done
    except Unreachable as fault:
        # Nothing is lost: the watch asks again, long before the evidence expires.
        logger.warning("Evidence was not renewed, %d records before that were: %s", total, fault)
    evidence.forget_answers(timezone.now())
    return total
