"""Preparing and performing acts, the only way to change a filed motion.

``prepare`` checks that the act is allowed and complete and freezes its bytes and its PDF under a challenge that
expires; ``perform`` takes the signature over exactly those bytes and writes the act, the transition, the deadlines, the
audit entry and the outbox messages in one transaction.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.audit import services as audit
from ecase.cases import documents, integrity
from ecase.officers import signing
from ecase.officers.models import Post
from ecase.problems import Conflict, Expired, Invalid, NotAllowed, Problem, Refused, Undecided
from ecase.statements import HotQuery, HotUpdate
from ecase.transactions import after_rollback, written_together
from ecase.trust import evidence
from ecase.trust import services as trusted
from workflows.motions import queries, signed
from workflows.motions.engine import checks
from workflows.motions.engine.follow_up import follow_up
from workflows.motions.engine.record import Statement, record
from workflows.motions.engine.refusals import recorded
from workflows.motions.exports import act_json, papers
from workflows.motions.locking import lock
from workflows.motions.models import Act, Motion, PreparedAct
from workflows.motions.rules import payloads, volume
from workflows.motions.services import pending_signatures
from workflows.motions.states import DECISIONS, ActType

available = checks.available
form = payloads.form


@recorded
def prepare(motion: Motion, what: str, author: Post, payload: Mapping[str, Any]) -> PreparedAct:
    """Freeze an act of the type ``what`` for signing.

    For :attr:`ActType.MOTION` the payload is the saved draft's and ``payload`` stays empty. Raises ``NotAllowed``,
    ``Conflict`` or ``Invalid`` (every fault at its field); each refusal is in the audit log.
    """
    act_type = ActType(what)
    checks.require_allowed(motion, act_type, author)
    # Read once for form and paper.
    prefetch_related_objects([motion.case], "persons")
    stated = checks.require_complete(motion, act_type, _stated(motion, act_type, payload), author)
    draft = act_json.Draft(uuid.uuid4(), motion, act_type, author, stated, timezone.now(), motion.last_act)
    pdf = documents.put_bytes(papers.render(draft), "application/pdf")
    frozen = act_json.freeze(papers.with_files(draft, pdf))
    volume.require_statement(len(frozen))
    return PreparedAct.objects.create(
        id=draft.id,
        motion=motion,
        type=act_type,
        author=author,
        payload=stated,
        act_json=frozen,
        sha256=act_json.digest(frozen),
        pdf=pdf,
        motion_revision=motion.revision,
        created_at=draft.at,
        expires_at=draft.at + settings.PREPARED_LIFETIME,
    )


def refusal_of(motion: Motion, act_type: ActType, author: Post, payload: Mapping[str, Any]) -> Refused | None:
    """Why :func:`prepare` would refuse this payload of a form now; nothing is stored or logged."""
    try:
        checks.require_allowed(motion, act_type, author)
        checks.require_complete(motion, act_type, _stated(motion, act_type, payload), author)
    except Refused as refusal:
        return refusal
    return None


def preview(motion: Motion, act_type: ActType | str, author: Post, payload: Mapping[str, Any]) -> bytes:
    """The PDF as it would be signed, marked as a preview. Nothing is stored; missing values stay blank.

    Raises ``Invalid`` for wrong values, at their fields.
    """
    act_type = ActType(act_type)
    stated = _stated(motion, act_type, payload)
    if faults := payloads.faults_of(motion, act_type, stated, author, complete=False):
        raise Invalid(faults)
    draft = act_json.Draft(uuid.uuid4(), motion, act_type, author, stated, timezone.now(), motion.last_act)
    return papers.render(draft, preview=True)


def perform(prepared: PreparedAct, cms: bytes, author: Post) -> Act:
    """Perform a prepared act with its signature (detached CAdES over ``prepared.act_json``, DER or PEM).

    Raises ``SignatureRefused``, ``Altered`` (the bytes of a file that the act names have changed), ``Expired``,
    ``Conflict`` or ``NotAllowed``; each refusal is in the audit log and nothing else has changed. Raises ``Undecided``
    while the signature cannot be verified: it is kept and retried without the author
    (``workflows.motions.services.pending_signatures``).
    """
    content, received_at = bytes(prepared.act_json), timezone.now()
    received = signing.receive(cms, content, author, received_at, prepared.created_at)
    try:
        return perform_received(prepared, received, author)
    except Undecided as undecided:
        after_rollback(partial(pending_signatures.keep_signature, prepared, received, undecided))
        raise


def perform_received(prepared: PreparedAct, received: signing.Received, author: Post) -> Act:
    """As :func:`perform`, with a signature that was received earlier; the time of receipt counts."""
    motion = prepared.motion
    try:
        with trusted.reading_once(*prepared.read_marks):
            return _perform(motion, ActType(prepared.type), author, prepared, received)
    except integrity.Altered as fault:
        subject = {"motion": str(motion.pk), "act": str(prepared.pk)}
        after_rollback(partial(integrity.report, fault, motion.chain, subject))
        raise


@recorded
def _perform(motion: Motion, what: str, author: Post, prepared: PreparedAct, received: signing.Received) -> Act:
    if prepared.author_id != author.pk:
        raise NotAllowed(Problem("not-yours", _("Somebody else prepared this act.")))
    audit.require_continued()
    content = bytes(prepared.act_json)
    report = signing.verify_received(received, content, author, prepared.created_at)
    # Only for a valid signature, and before the lock: nobody waits while large files are read.
    integrity.require_intact(act_json.files(content))
    prepared.author = author
    locked = lock(motion, signing=prepared)
    if locked.author_id == author.pk:
        locked.author, locked.organisation = author, author.organisation
    _require_signable(locked, prepared, received.at)
    checks.require_allowed(locked, ActType(what), author)
    with written_together():
        act = record(locked, Statement.signed(prepared, author, received.cms, report, received.at))
        if received.collected:
            evidence.keep(report, received.collected.evidence)
        if locked.has_pending_signature:
            pending_signatures.settle(prepared, received.at)
        follow_up(locked, act)
    return act


def _require_signable(motion: Motion, prepared: PreparedAct, now: datetime) -> None:
    """Claim the prepared act for this signature: of two concurrent signatures, one updates the row."""
    if not _CLAIM.update(prepared=prepared.pk, now=now):
        raise _not_waiting(prepared, now)
    if prepared.motion_revision != motion.revision:
        message = _("The motion has changed since this act was prepared. Look at it again.")
        raise Conflict(Problem("moved-on", message, params={"state": motion.state, "revision": motion.revision}))


def _replaced(until: datetime) -> Q:
    """The prepared acts whose author has prepared the same step with other content since, until this instant.

    A decision is one step, in whichever form it is made. What states the same on the same motion replaces nothing.
    """
    decisions = sorted(DECISIONS)
    later = PreparedAct.objects.filter(
        motion=OuterRef("motion"),
        author=OuterRef("author"),
        created_at__gt=OuterRef("created_at"),
        created_at__lte=until,
    )
    same = Q(type=OuterRef("type"), payload=OuterRef("payload"), motion_revision=OuterRef("motion_revision"))
    of_type = Exists(later.filter(~same, type=OuterRef("type")))
    return Q(of_type) | Q(Exists(later.filter(~same, type__in=decisions)), type__in=decisions)


_CLAIM = HotUpdate(
    lambda prepared, now: (
        PreparedAct.objects.filter(~_replaced(now), pk=prepared, performed_at=None, expires_at__gt=now),
        {"performed_at": now},
    )
)


def newest_instead(prepared: PreparedAct, at: datetime) -> PreparedAct | None:
    """What the author has prepared last in place of an act that can no longer be signed for it; else None."""
    if not PreparedAct.objects.filter(_replaced(at), pk=prepared.pk).exists():
        return None
    step = DECISIONS if prepared.type in DECISIONS else (prepared.type,)
    rows = PreparedAct.objects.filter(motion=prepared.motion_id, author=prepared.author_id, type__in=step)
    return rows.filter(created_at__lte=at).order_by("-created_at").first()


def _not_waiting(prepared: PreparedAct, now: datetime) -> Refused:
    if PreparedAct.objects.filter(pk=prepared.pk, performed_at__isnull=False).exists():
        message = _("This act has already been signed.")
        return Conflict(Problem("already-performed", message, params={"act": str(prepared.pk)}))
    if newest := newest_instead(prepared, now):
        message = _("You have since prepared this act again, with other content. Sign the newer one.")
        return Conflict(Problem("prepared-anew", message, params={"prepared": str(newest.pk)}))
    return Expired(Problem("prepared-expired", _("The time to sign has run out. Prepare the act again.")))


def _stated(motion: Motion, act_type: ActType, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    if act_type != ActType.MOTION:
        return payload
    if payload:
        raise Invalid(
            Problem("payload-of-draft", _("A motion is filed as its draft was saved: save it first."), "payload")
        )
    return signed.statement(motion)


def motion_for_act(post: Post, motion_id: uuid.UUID | str, act_type: str) -> Motion:
    """A motion on which ``post`` writes an act of this type. Raises ``Motion.DoesNotExist``.

    If only the decision is open, the motion is found only for acts that are possible.
    """
    motion = queries.decided(post, motion_id)
    if not motion.is_open_to(post) and act_type not in checks.available(motion, post):
        raise Motion.DoesNotExist
    return motion


def prepared_for(post: Post, prepared_id: uuid.UUID) -> PreparedAct:
    """The prepared act of exactly this post. Raises ``PreparedAct.DoesNotExist``."""
    found = _PREPARED.rows(prepared=prepared_id, author=post.pk)
    if not found:
        raise PreparedAct.DoesNotExist
    prepared = found[0]
    prepared.author, prepared.read_marks = post, (prepared.trust_mark,)
    return prepared


def _prepared(*, prepared: uuid.UUID, author: uuid.UUID) -> "QuerySet[PreparedAct]":
    related = ("motion__case", "motion__author__officer", "motion__court", "motion__prosecution")
    rows = PreparedAct.objects.select_related(*related).annotate(trust_mark=trusted.REVISION_MARK)
    return rows.filter(pk=prepared, author=author)


_PREPARED: HotQuery[Any] = HotQuery(_prepared)


@transaction.atomic
def forget_prepared(now: datetime) -> int:
    """Delete prepared acts that were not signed in time. Returns how many."""
    deleted, _by_model = PreparedAct.objects.filter(
        performed_at=None, pending=None, expires_at__lt=now - settings.PREPARED_LIFETIME
    ).delete()
    return deleted
