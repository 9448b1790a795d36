"""Duties for signatures: retry pending ones, show them to people in time, fetch and renew evidence."""

from datetime import datetime, timedelta
from uuid import UUID

from ecase.audit import services as audit
from ecase.instants import format_instant
from ecase.trust import evidence, seal_evidence
from workflows.motions.models import Motion
from workflows.motions.services import pending_signatures
from workflows.watch import tasks
from workflows.watch.batch import BATCH, row_by_row
from workflows.watch.copies import RELATED
from workflows.watch.notifications import Addressee, responsible, tell

# A failed renewal is tried again after this time.
RENEWAL_PAUSE = timedelta(hours=1)


def retry_signatures(now: datetime) -> int:
    """Hand the signatures whose next attempt is due to the workers, which may use the network."""
    claimed = pending_signatures.claim_due(now, BATCH)
    for pk in claimed:
        tasks.retry_signature.delay(pk)
    return len(claimed)


@row_by_row(pending_signatures.signatures_to_show, key="prepared")
def show_signatures(key: UUID, now: datetime) -> bool:
    """Notify people, once each, of a signature that is undecided when its motion's deadline comes."""
    waiting = pending_signatures.claim_to_show(now, only=key)
    if waiting is None:
        return False
    prepared = waiting.prepared
    motion = Motion.objects.select_related(*RELATED).get(pk=prepared.motion_id)
    received = format_instant(waiting.received_at)
    audit.append(
        "signature.undecided",
        chain=audit.own_chain(prepared.author.officer_id, motion.pk),
        actor=audit.service_actor(),
        subject={"motion": str(motion.pk), "act": str(prepared.pk), "officer": str(prepared.author.officer_id)},
        data={"type": prepared.type, "received_at": received, "tries": waiting.tries},
    )
    signer: Addressee = (prepared.author.officer, ())
    wanted = [signer, *responsible(motion, "clerk")]
    tell(motion, "signature.undecided", wanted, {"act": prepared.type, "received_at": received})
    return True


def fetch_evidence(now: datetime) -> int:
    """Have a worker, which may use the network, fetch the evidence of the service's seals."""
    claimed = seal_evidence.claim_due(now, BATCH)
    for signature in claimed:
        tasks.fetch_evidence.delay(signature)
    return len(claimed)


def renew_evidence(now: datetime) -> int:
    """Have a worker renew evidence with a new timestamp before it expires; once an hour while any is due."""
    if not evidence.is_configured() or not evidence.claim_renewal(now, RENEWAL_PAUSE):
        return 0
    tasks.renew_evidence.delay()
    return 1
