"""Signatures that wait until it is known whether they stand: kept, tried again, and shown to a human in time.

What decides is ``acting``; here is what is kept between two attempts. An attempt that is refused settles the signature
as well, and its author learns why.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils.translation import override

from ecase.officers.models import Post, Role
from ecase.officers.signing import Received
from ecase.pauses import pause_after
from ecase.problems import Refused, Undecided
from signatures import DEFAULT, Evidence
from workflows.motions.models import Admission, PendingSignature, PreparedAct


def keep_signature(prepared: PreparedAct, received: Received, undecided: Undecided) -> None:
    """Keep a signature that came in now: the first of a prepared act, and what is known about it."""
    known: dict[str, Any] = {"evidence": _dumped(received), "missing": _missing(received, undecided)}
    due = prepared.motion.next_due_at
    PendingSignature.objects.get_or_create(
        prepared=prepared,
        defaults={
            **known,
            "cms": received.cms,
            "received_at": received.at,
            "next_try_at": received.at + pause_after(1, settings.SIGNATURE_RETRY_SECONDS),
            "show_at": due if due and due < prepared.expires_at else prepared.expires_at,
        },
    )


def _dumped(received: Received) -> bytes | None:
    return received.collected.evidence.dumps() if received.collected else None


def _missing(received: Received, undecided: Undecided) -> list[str]:
    fetched = received.collected.missing if received.collected else ()
    with override("en"):
        return list(fetched) or [str(problem.params.get("detail", problem.code)) for problem in undecided.problems]


def settle(prepared: PreparedAct, at: datetime, refusal: Refused | None = None) -> None:
    """Wait no longer: it was accepted, or refused for good."""
    problems = [problem.as_dict() for problem in refusal.problems] if refusal else []
    PendingSignature.objects.filter(prepared=prepared, settled_at=None).update(settled_at=at, problems=problems)


def put_off(waiting: PendingSignature, received: Received, undecided: Undecided) -> None:
    """Still not known: remember what has been fetched; the next attempt has been set when this one was claimed."""
    waiting.evidence, waiting.missing = _dumped(received), _missing(received, undecided)
    waiting.save(update_fields=["evidence", "missing"])


def evidence_of(waiting: PendingSignature) -> Evidence | None:
    """What the attempts so far have fetched."""
    data = waiting.evidence
    return None if data is None else Evidence.loads(bytes(data), DEFAULT.max_evidence_bytes)


def claim_due(now: datetime, batch: int) -> list[int]:
    """The signatures to try now; each is claimed by setting its next attempt, further off each time."""
    waiting = PendingSignature.objects.filter(settled_at=None, next_try_at__lte=now).order_by("next_try_at")
    return [pk for pk, tries in waiting.values_list("pk", "tries")[:batch] if _claimed(pk, tries, now)]


def _claimed(pk: int, tries: int, now: datetime) -> bool:
    rows = PendingSignature.objects.filter(pk=pk, tries=tries, settled_at=None)
    pause = pause_after(tries + 1, settings.SIGNATURE_RETRY_SECONDS)
    return bool(rows.update(tries=F("tries") + 1, next_try_at=now + pause))


def to_show(now: datetime) -> QuerySet[PendingSignature]:
    """The signatures of which a human has to learn that they still wait, the longest due first."""
    return PendingSignature.objects.filter(settled_at=None, shown_at=None, show_at__lte=now).order_by("show_at")


def claim_to_show(now: datetime, only: UUID | None = None) -> PendingSignature | None:
    """The next signature to show (``only``: of this prepared act); in the caller's transaction."""
    rows = to_show(now).filter(prepared=only) if only else to_show(now)
    found = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if found:
        found.shown_at = now
        found.save(update_fields=["shown_at"])
    return found


def waiting_for(post: Post) -> QuerySet[PendingSignature]:
    """The signatures that wait and concern a post, the oldest first: its own, and for a clerk those of the court.

    Of secret motions a clerk learns only where he or she is admitted.
    """
    related = ("prepared__motion__case", "prepared__author__officer", "prepared__author__organisation")
    wanted = Q(prepared__author=post)
    if post.role == Role.CLERK:
        wanted |= _of_court(post)
    return PendingSignature.objects.filter(wanted, settled_at=None).select_related(*related).order_by("received_at")


def _of_court(post: Post) -> Q:
    court = post.organisation_id
    there = Q(prepared__motion__court=court) | Q(prepared__motion__appellate_court=court)
    admitted = Admission.objects.filter(officer=post.officer_id).values("motion")
    return there & (Q(prepared__motion__secret=False) | Q(prepared__motion__in=admitted))


def is_waiting(prepared: PreparedAct) -> bool:
    """Whether a signature of the prepared act is still undecided."""
    return PendingSignature.objects.filter(prepared=prepared, settled_at=None).exists()
