"""Retries a pending signature: the same ``perform``, without its author."""

from django.utils import timezone

from ecase.officers import signing
from ecase.problems import Refused, Undecided
from workflows.motions.models import Act, PendingSignature
from workflows.motions.services import acting, pending_signatures

RELATED = ("prepared__motion__case", "prepared__author__officer", "prepared__author__organisation")


def retry(pk: int) -> Act | Refused | None:
    """Fetch what is missing and perform the act as of the receipt of its signature.

    Returns the act, the refusal that settles it, or ``None`` if it was settled before or has to wait longer.
    """
    waiting = PendingSignature.objects.select_related(*RELATED).filter(pk=pk, settled_at=None).first()
    if waiting is None:
        return None
    prepared, known = waiting.prepared, pending_signatures.evidence_of(waiting)
    cms, content = bytes(waiting.cms), bytes(prepared.act_json)
    received = signing.receive(cms, content, prepared.author, waiting.received_at, prepared.created_at, known)
    try:
        return acting.perform_received(prepared, received, prepared.author)
    except Undecided as undecided:
        pending_signatures.put_off(waiting, received, undecided)
        return None
    except Refused as refusal:
        pending_signatures.settle(prepared, timezone.now(), refusal)
        return refusal
