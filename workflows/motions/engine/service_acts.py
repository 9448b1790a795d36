"""Acts that the service performs under its own seal: registration, assignment, delivery, closure, expiry."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from ecase.audit import services as audit
from ecase.officers import signing
from ecase.trust import seal_evidence
from ecase.trust import services as trusted
from workflows.motions.acts.registry import SERVICE_ACTS
from workflows.motions.engine.record import Statement, record
from workflows.motions.exports.act_json import Draft, freeze
from workflows.motions.models import Act, Motion
from workflows.motions.states import ActType


def perform_service(motion: Motion, act_type: ActType, payload: Mapping[str, Any]) -> Act:
    """Seal and record an act of the service. ``motion`` is locked by the caller's transaction.

    Raises ``ValueError`` for an act that belongs to an officer, ``TransitionNotAllowed`` for a wrong state,
    ``TryLater`` while the log does not continue what it has signed.
    """
    audit.require_continued()
    if act_type not in SERVICE_ACTS:
        raise ValueError(f"{act_type} is for an officer to sign")
    now = timezone.now()
    draft = Draft(uuid.uuid4(), motion, act_type, None, payload, now, motion.last_act)
    frozen = freeze(draft)
    with trusted.reading_once():
        cms = signing.sealer().sign(frozen)
        report = signing.verify_seal(cms, frozen, now)
    seal_evidence.expect(report, cms, frozen, now)
    return record(motion, Statement(draft.id, act_type, None, payload, frozen, cms, report, None, now))
