"""Evidence of the service's own seals: fetched after the act, so that no act waits for an external server.

The act's transaction writes a row that its evidence is awaited; the watch claims the row, and a worker fetches token,
responses and lists as for an officer's signature. In the meantime the audit log proves the time of the seal.
"""

import dataclasses
import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ecase.retry import pause_after
from ecase.trust import evidence, services
from ecase.trust.models import AwaitedEvidence
from signatures import DEFAULT, Evidence, Expected, Report, verify

logger = logging.getLogger(__name__)


def expect(report: Report, cms: bytes, content: bytes, sealed_at: datetime) -> None:
    """Fetch the evidence of a seal after the caller's transaction commits; nothing if no services are configured."""
    if evidence.is_configured():
        bare = Evidence(cms, content, policy=report.policy)
        AwaitedEvidence.objects.create(
            signature_sha256=report.signature_sha256, data=bare.dumps(), sealed_at=sealed_at, next_try_at=sealed_at
        )


def claim_due(now: datetime, batch: int) -> list[str]:
    """The seals whose evidence is to be fetched now; each is claimed by moving its next attempt into the future."""
    if not evidence.is_configured():
        return []
    claimed = []
    waiting = AwaitedEvidence.objects.filter(next_try_at__lte=now).order_by("next_try_at")
    for pk, tries in waiting.values_list("pk", "tries")[:batch]:
        next_try_at = now + pause_after(tries + 1, settings.SIGNATURE_RETRY_SECONDS)
        unclaimed = AwaitedEvidence.objects.filter(pk=pk, tries=tries)
        if unclaimed.update(tries=F("tries") + 1, next_try_at=next_try_at):
            claimed.append(pk)
    return claimed


def fetch(signature_sha256: str) -> bool:
    """Fetch missing evidence, outside of a transaction, and store it if it proves the seal; true if it is stored."""
    waiting = AwaitedEvidence.objects.filter(pk=signature_sha256).first()
    if waiting is None:
        return False
    earlier = Evidence.loads(bytes(waiting.data), DEFAULT.max_evidence_bytes)
    found = evidence.collect(earlier.cms, earlier.content, earlier)
    report = _judged(found.evidence, waiting.sealed_at)
    if report.passed:
        with transaction.atomic():
            # Of two workers, the one that deletes the row keeps the evidence.
            taken, _by_model = AwaitedEvidence.objects.filter(pk=waiting.pk).delete()
            if taken:
                evidence.keep(report, found.evidence)
        return bool(taken)
    missing = [*found.missing, *(f"{check.name}: {check.detail}" for check in report.failures)]
    logger.warning("The evidence of seal %s is not complete: %s", waiting.pk, "; ".join(missing))
    AwaitedEvidence.objects.filter(pk=waiting.pk).update(data=found.evidence.dumps(), missing=missing)
    return False


def _judged(found: Evidence, sealed_at: datetime) -> Report:
    policy = dataclasses.replace(DEFAULT, needs_timestamp=bool(settings.TSA_URLS))
    return verify(
        found.cms,
        found.content,
        trust=services.known().store,
        expected=Expected(usage="seal"),
        at=sealed_at,
        policy=policy,
        evidence=found,
        now=max(timezone.now(), sealed_at),
    )
