"""Performs an act: one transaction, the motion's row locked."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from secrets import SystemRandom
from uuid import UUID

from auditlog.context import set_actor
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_fsm import TransitionNotAllowed
from rest_framework.exceptions import ValidationError

from bench.peer.models import Act, Deadline, Motion, Notification, Officer, Organisation, Post, Register
from bench.peer.signatures import is_signed_by


def perform(uid: UUID, cms: bytes, officer: Officer) -> Act:
    """The act with its signature. Raises ``ValidationError`` if the signature or the motion's state does not allow it.

    Raises ``Http404`` unless the act is one of this officer's.
    """
    with transaction.atomic(), set_actor(officer):
        act = get_object_or_404(Act.objects.select_related("author"), uid=uid, author__officer=officer)
        related = Motion.objects.select_related(
            "case", "kind", "author__officer", "organisation", "prosecution", "court"
        )
        motion = act.motion = related.select_for_update(of=("self",)).get(pk=act.motion_id)
        # Read again: another request may have performed it while this one waited for the lock.
        act.refresh_from_db(fields=["performed_at"])
        if act.performed_at is not None:
            raise ValidationError({"cms": "The act has been performed."})
        if not is_signed_by(officer.iin, bytes(act.content), cms):
            raise ValidationError({"cms": "It is not your signature of this act."})
        act.cms, act.performed_at = cms, timezone.now()
        act.save(update_fields=["cms", "performed_at"])
        try:
            EFFECTS[act.type](motion, officer)
        except TransitionNotAllowed as fault:
            raise ValidationError({"motion": "The motion's state does not allow this act."}) from fault
    return act


def withdraw(motion: Motion, officer: Officer) -> None:
    """End the motion and its deadlines."""
    motion.withdraw(by=officer)
    motion.next_due_at = None
    motion.revision += 1
    motion.save()
    motion.deadlines.filter(state="running").update(state="void")
    notify(motion, "withdrawal", motion.prosecution, motion.court)


def submit(motion: Motion, officer: Officer) -> None:
    """Submit a motion that goes to the court at once: it is registered and assigned in the same transaction."""
    motion.submit(by=officer)
    motion.submitted_at = timezone.now()
    motion.revision += 1
    motion.save()
    Deadline.objects.create(motion=motion, role="court", due_at=_due(motion))
    notify(motion, "submission", motion.prosecution)
    register(motion)
    assign(motion)


def register(motion: Motion) -> None:
    """Give the motion the court's next number."""
    motion.register(by=None)
    year = timezone.localdate().year
    Register.objects.get_or_create(court=motion.court, year=year)
    book = Register.objects.select_for_update().get(court=motion.court, year=year)
    book.last += 1
    book.save(update_fields=["last"])
    motion.number, motion.registered_at = f"{motion.court.code}-{year}-{book.last}", timezone.now()
    motion.revision += 1
    motion.save()
    record(motion, "registration", {"number": motion.number})
    notify(motion, "registration", motion.organisation, motion.prosecution)


def assign(motion: Motion) -> None:
    """Choose one of the court's judges."""
    judges = Post.objects.filter(organisation=motion.court, role="judge", until=None).select_related("officer")
    motion.assign(by=None)
    motion.judge, motion.next_due_at = SystemRandom().choice(list(judges)).officer, _due(motion)
    motion.revision += 1
    motion.save()
    record(motion, "assignment", {"judge": motion.judge.pk})
    motion.deadlines.filter(role="court", state="running").update(state="met")
    Deadline.objects.create(motion=motion, role="judge", due_at=motion.next_due_at)
    notify(motion, "assignment", motion.organisation, motion.court)


def record(motion: Motion, act_type: str, payload: dict[str, object]) -> None:
    """Write an act of the service's own."""
    content = json.dumps({"motion": str(motion.uid), "type": act_type, "payload": payload}).encode()
    digest = hashlib.sha256(content).hexdigest()
    Act.objects.create(
        motion=motion, type=act_type, payload=payload, content=content, sha256=digest, performed_at=timezone.now()
    )


def notify(motion: Motion, event: str, *organisations: Organisation) -> None:
    """Write one notification for each organisation."""
    Notification.objects.bulk_create(
        Notification(motion=motion, organisation=organisation, event=event) for organisation in organisations
    )


def _due(motion: Motion) -> object:
    return timezone.now() + timedelta(hours=motion.kind.hours)


EFFECTS: dict[str, Callable[[Motion, Officer], None]] = {"withdrawal": withdraw, "motion": submit}
