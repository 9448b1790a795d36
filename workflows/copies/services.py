"""Creating copies with an act, settling them, and claiming those with a reminder due.

Rows are written in the transaction of the act that owes them. A copy is acknowledged once: by its addressee, by the
addressee's own system, or by the person who served it by hand and has the proof. Every step is in the motion's chain of
the log.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from ecase.audit import services as audit
from ecase.cases.models import Document
from ecase.instants import format_instant, format_optional_instant
from ecase.officers.models import Post
from ecase.outbox import services as outbox
from ecase.outbox.models import Message, Subscription
from ecase.outbox.models import State as MessageState
from workflows import clock
from workflows.calendars.services import in_force
from workflows.copies.addressees import counsel_of, find_addressees
from workflows.copies.models import Copy, CopyQuerySet, Recipient, Way
from workflows.copies.ports import ServedAct, ServedMotion
from workflows.statute.catalogue import catalogue
from workflows.statute.schema import DECISIONS, Service

HEARING_ORDER = "hearing_order"
_DECIDED = tuple(f"motion.{act_type}" for act_type in DECISIONS)
LONG = ("days", "months", "years")


def owe(motion: ServedMotion, act: ServedAct, reaches: Callable[[Recipient], bool]) -> list[Recipient]:
    """Write a row for each copy that a decision owes by the service matrix, or an ordered hearing to its attendees.

    ``reaches`` says whom the service can notify by itself. Returns the recipients of a message of the act: those, and
    counsel of each person to whom a copy of a decision is owed.
    """
    about: dict[str, Any] = {"motion": motion, "act": act, "created_at": act.performed_at}
    owed = [Copy(**about, **columns) for columns in _owed(motion, act)]
    for copy in owed:
        if copy.recipient and reaches(copy.recipient):
            copy.how, copy.sent_at = Way.SYSTEM, act.performed_at
        # At the end of the term; without a term at once for service by hand, after a while for an addressee.
        copy.remind_at = act.performed_at + (settings.COPY_REMINDER if copy.sent_at else timedelta())
        if copy.due_at and copy.due_at > act.performed_at:
            copy.remind_at = copy.due_at
    if owed:
        Copy.objects.bulk_create(owed)
        _log(owed[0], "copies.owed", audit.service_actor(), {"copies": [_owed_line(copy) for copy in owed]})
    told = [copy.recipient for copy in owed if copy.recipient and copy.sent_at]
    return [*told, *counsel_of(copy.person for copy in owed if copy.person and not copy.notice)]


def void_notices(motion: ServedMotion, at: datetime) -> int:
    """Void the open notices of a hearing that will not take place as ordered. Returns how many."""
    notices = list(Copy.objects.outstanding().filter(motion=motion.pk, notice=True).select_related("motion__case"))
    if notices:
        Copy.objects.filter(pk__in=[copy.pk for copy in notices]).update(voided_at=at, remind_at=None)
        voided = {"at": format_instant(at), "copies": [str(copy.pk) for copy in notices]}
        _log(notices[0], "copies.voided", audit.service_actor(), voided)
    return len(notices)


@transaction.atomic
def acknowledge(copy: Copy, post: Post | None, at: datetime) -> bool:
    """Acknowledge receipt by ``post``, or (None) by the addressee's own system. False if it was acknowledged before."""
    if not _settle(copy, {"acknowledged_at": at, "acknowledged_by": post}):
        return False
    line = {**_line(copy), "at": format_instant(at)}
    _log(copy, "copy.acknowledged", post.as_actor() if post else audit.service_actor(), line)
    return True


@transaction.atomic
def record(copy: Copy, post: Post, *, how: Way, at: datetime, proof: Document | None, note: str) -> bool:
    """Record that the copy was served outside the service at ``at``. False if it was acknowledged before."""
    served = {"how": how, "sent_at": at, "acknowledged_at": at, "acknowledged_by": post, "proof": proof, "note": note}
    if not _settle(copy, served):
        return False
    sha256 = proof.blob_id if proof else ""
    _log(copy, "copy.served", post.as_actor(), {**_line(copy), "how": how, "at": format_instant(at), "proof": sha256})
    return True


def acknowledge_opened(motion: ServedMotion, post: Post, at: datetime, act: ServedAct | None = None) -> int:
    """Acknowledge the copies of the officer in ``post`` and of his organisation, as he opens the motion.

    With ``act``, only the copies of that act: it is all that he has opened. Returns how many.
    """
    his = Q(officer=post.officer_id) | Q(organisation=post.organisation_id)
    his &= Q() if act is None else Q(act=act.pk)
    waiting = Copy.objects.outstanding().filter(his, motion=motion.pk, how=Way.SYSTEM).select_related("motion__case")
    return sum(acknowledge(copy, post, at) for copy in waiting)


def answered_copies() -> CopyQuerySet:
    """The outstanding copies whose message an organisation's system has accepted, at the instant ``answered_at``."""
    hooks = Subscription.objects.values("organisation")
    waiting = Copy.objects.outstanding().filter(how=Way.SYSTEM, organisation__in=hooks)
    posted = outbox.receipts().annotate(act=KeyTextTransform("act", "payload"))
    answers = posted.filter(
        organisation=OuterRef("organisation"),
        key=Cast(OuterRef("motion"), CharField()),
        act=Cast(OuterRef("act"), CharField()),
    ).values("delivered_at")
    return waiting.annotate(answered_at=Subquery(answers[:1])).filter(answered_at__isnull=False).order_by()


def take_answers(limit: int = 100, only: UUID | None = None) -> int:
    """Acknowledge up to ``limit`` copies whose message an organisation's own system has accepted. Returns how many.

    ``only`` names one copy.
    """
    rows: Any = answered_copies().filter(pk=only) if only else answered_copies()
    return sum(acknowledge(copy, None, copy.answered_at) for copy in rows.select_related("motion__case")[:limit])


@transaction.atomic
def claim_overdue(now: datetime, limit: int = 100, only: UUID | None = None) -> list[Copy]:
    """Claim up to ``limit`` outstanding copies of the motion whose reminder is due first.

    Each copy is claimed once. The motion's lock is the claim: motions that another caller holds are skipped. The caller
    notifies the people concerned in the same transaction: if that fails, the claim is undone with it. ``only`` names
    one motion.
    """
    overdue = Copy.objects.to_remind(now)
    due = (overdue.filter(motion=only) if only else overdue).order_by("remind_at").select_related("motion__case")
    first = due.select_for_update(skip_locked=True, of=("motion",)).first()
    won = list(due.filter(motion=first.motion_id).select_for_update(of=("self",))[:limit]) if first else []
    if won:
        Copy.objects.filter(pk__in=[copy.pk for copy in won]).update(remind_at=None)
        _log(won[0], "copies.overdue", audit.service_actor(), {"copies": [_line(copy) for copy in won]})
    return won


def _arrivals(motion: ServedMotion) -> list[dict[str, Any]]:
    """The messages of the decision that have arrived: recipient, channel, instant; JSON-ready, organisations by BIN."""
    told = Message.objects.filter(key=str(motion.pk), topic__in=_DECIDED, state=MessageState.DELIVERED)
    rows = told.order_by("pk").values_list("organisation__bin", "officer", "channel", "delivered_at")
    return [
        {
            **({"organisation": bin_} if bin_ else {"officer": str(officer)}),
            "channel": channel,
            "at": format_optional_instant(at),
        }
        for bin_, officer, channel, at in rows
    ]


def payload_of_delivery(motion: ServedMotion) -> dict[str, Any]:
    """The content of the act of delivery, JSON-ready and without names: messages that have arrived, and every copy.

    Of each copy: addressee, way, sent and acknowledged when.
    """
    stated = [
        {
            **_line(copy),
            "sent_at": format_optional_instant(copy.sent_at),
            "acknowledged_at": format_optional_instant(copy.acknowledged_at),
        }
        for copy in Copy.objects.filter(motion=motion.pk)
    ]
    return {"arrived": _arrivals(motion), "copies": stated}


# -- what is owed --------------------------------------------------------------------------------------------------


def _owed(motion: ServedMotion, act: ServedAct) -> Iterator[dict[str, Any]]:
    """Addressee and term of each copy, as columns."""
    if act.type in DECISIONS:
        for entry in motion.kind_entry.service:
            if not entry.outcomes or motion.outcome in entry.outcomes:
                end = act.performed_at if entry.immediately else _end(motion, entry, act.performed_at)
                about = {"to": entry.to, "at_once": entry.immediately, "due_at": end}
                yield from ({**about, **vars(addressee)} for addressee in find_addressees(motion, entry.to))
    elif act.type == HEARING_ORDER:
        for attendee in motion.kind_entry.hearing.attendees:
            found = find_addressees(motion, attendee.who, required=attendee.attendance == "must")
            about = {"to": attendee.who, "notice": True, "due_at": motion.hearing_at}
            yield from ({**about, **vars(addressee)} for addressee in found)


def _end(motion: ServedMotion, entry: Service, start: datetime) -> datetime | None:
    """The end of the matrix's term, counted from the minute and never moved: the shortest reading."""
    if entry.within is None:
        return None
    amount, unit = entry.within.amount, entry.within.unit
    table = in_force(catalogue(motion.catalogue_id).jurisdiction).calendar if unit in LONG else None
    return clock.due(start, amount, unit, skip_first=False, roll=False, calendar=table).due_at


# -- what becomes of it --------------------------------------------------------------------------------------------


def _settle(copy: Copy, fields: dict[str, Any]) -> bool:
    """Write ``fields`` if the copy is not settled yet; whether this caller was the first."""
    open_one = Copy.objects.outstanding().filter(pk=copy.pk)
    if not open_one.update(**fields, remind_at=None):
        return False
    for name, value in fields.items():
        setattr(copy, name, value)
    return True


def _log(copy: Copy, event: str, actor: dict[str, Any], data: dict[str, Any]) -> None:
    subject = {"motion": str(copy.motion_id), "act": str(copy.act_id)}
    audit.append(event, chain=copy.motion.chain, actor=actor, subject=subject, data=data)


def _line(copy: Copy) -> dict[str, Any]:
    return {"copy": str(copy.pk), "to": copy.to, "how": copy.how}


def _owed_line(copy: Copy) -> dict[str, Any]:
    """Addressee and term, as the row states them permanently: ``manage.py audit verify`` compares the row with it."""
    addressee = {name: str(pk) for name in ("officer", "organisation", "person") if (pk := getattr(copy, f"{name}_id"))}
    about = {
        "notice": copy.notice,
        "due_at": format_optional_instant(copy.due_at),
        "sent_at": format_optional_instant(copy.sent_at),
    }
    return {**_line(copy), **about, **addressee}
