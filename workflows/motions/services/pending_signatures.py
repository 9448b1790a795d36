"""Signatures that cannot be verified yet: kept, retried, and reported to a person in time.

``acting`` decides; this module keeps the state between two attempts. A refused attempt also settles the signature, and
its author is notified of the reason.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils.translation import override

from ecase.officers.models import Post, Role
from ecase.officers.signing import Received
from ecase.problems import Refused, Undecided
from ecase.retry import pause_after
from signatures import DEFAULT, Evidence
from workflows.motions.models import Admission, PendingSignature, PreparedAct


def keep_signature(prepared: PreparedAct, received: Received, undecided: Undecided) -> None:
    """Keep a signature received now, the first of a prepared act, with the evidence fetched so far."""
    due = prepared.motion.next_due_at
    PendingSignature.objects.get_or_create(
        prepared=prepared,
        defaults={
            **_fetched(received, undecided),
            "cms": received.cms,
            "received_at": received.at,
            "next_try_at": received.at + pause_after(1, settings.SIGNATURE_RETRY_SECONDS),
            "show_at": due if due and due < prepared.expires_at else prepared.expires_at,
        },
    )


def _fetched(received: Received, undecided: Undecided) -> dict[str, Any]:
    """The columns for what an attempt has fetched, and what not."""
    collected = received.collected
    with override("en"):
        unknown = [str(problem.params.get("detail", problem.code)) for problem in undecided.problems]
    missing = list(collected.missing) if collected else []
    return {"evidence": collected.evidence.dumps() if collected else None, "missing": missing or unknown}


def settle(prepared: PreparedAct, at: datetime, refusal: Refused | None = None) -> None:
    """Settle the signature: it was accepted, or refused for good."""
    problems = [problem.as_dict() for problem in refusal.problems] if refusal else []
    PendingSignature.objects.filter(prepared=prepared, settled_at=None).update(settled_at=at, problems=problems)


def put_off(waiting: PendingSignature, received: Received, undecided: Undecided) -> None:
    """Store the evidence fetched so far; the next attempt was scheduled when this one was claimed."""
    PendingSignature.objects.filter(pk=waiting.pk).update(**_fetched(received, undecided))


def evidence_of(waiting: PendingSignature) -> Evidence | None:
    """The evidence fetched by the attempts so far."""
    data = waiting.evidence
    return None if data is None else Evidence.loads(bytes(data), DEFAULT.max_evidence_bytes)


def claim_due(now: datetime, batch: int) -> list[int]:
    """Claim the signatures to try now, each by setting its next attempt, with growing intervals."""
    waiting = PendingSignature.objects.filter(settled_at=None, next_try_at__lte=now).order_by("next_try_at")
    claimed = []
    for pk, tries in waiting.values_list("pk", "tries")[:batch]:
        pause = pause_after(tries + 1, settings.SIGNATURE_RETRY_SECONDS)
        unclaimed = PendingSignature.objects.filter(pk=pk, tries=tries, settled_at=None)
        if unclaimed.update(tries=F("tries") + 1, next_try_at=now + pause):
            claimed.append(pk)
    return claimed


def signatures_to_show(now: datetime) -> QuerySet[PendingSignature]:
    """The pending signatures to report to a person, longest due first."""
    return PendingSignature.objects.filter(settled_at=None, shown_at=None, show_at__lte=now).order_by("show_at")


def claim_to_show(now: datetime, only: UUID | None = None) -> PendingSignature | None:
    """The next signature to report (``only``: of this prepared act); in the caller's transaction."""
    rows = signatures_to_show(now).filter(prepared=only) if only else signatures_to_show(now)
    found = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if found:
        found.shown_at = now
        found.save(update_fields=["shown_at"])
    return found


def waiting_for(post: Post) -> QuerySet[PendingSignature]:
    """The pending signatures of a post, oldest first: its own, and for a clerk those of the court.

    For secret motions a clerk sees only those to which he or she is admitted.
    """
    related = ("prepared__motion__case", "prepared__author__officer", "prepared__author__organisation")
    wanted = Q(prepared__author=post)
    if post.role == Role.CLERK:
        court = post.organisation_id
        there = Q(prepared__motion__court=court) | Q(prepared__motion__appellate_court=court)
        admitted = Admission.objects.filter(officer=post.officer_id).values("motion")
        wanted |= there & (Q(prepared__motion__secret=False) | Q(prepared__motion__in=admitted))
    return PendingSignature.objects.filter(wanted, settled_at=None).select_related(*related).order_by("received_at")


def signature_of(prepared: PreparedAct) -> PendingSignature | None:
    """The signature of the prepared act that could not be verified at once, settled or not."""
    return PendingSignature.objects.filter(prepared=prepared).first()
