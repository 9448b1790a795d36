"""Calls of officers on duty for a motion: the first at once, each next one after some minutes, until one answers.

Opening the motion's materials counts as the answer. Not called: officers who acted in the case in another role or are
barred from it and, for a secret motion, officers who are not admitted to it. When nobody is left, the head is notified.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from ecase.audit import services as audit
from ecase.instants import format_instant
from ecase.officers import duty, posts
from ecase.officers.models import Officer, Organisation, Post, Role
from ecase.outbox import services as outbox
from workflows.assignment.conflicts import conflicts
from workflows.assignment.models import DutyCall, Series
from workflows.assignment.ports import AssignedMotion

CALLED, EXHAUSTED = "duty.called", "duty.exhausted"

Answered = Callable[[UUID, UUID], bool]
State = DutyCall.State


@transaction.atomic(savepoint=False)
def call_first(motion: AssignedMotion, organisation: Organisation, role: str, at: datetime) -> DutyCall | None:
    """Call the first officer on duty as ``role`` in ``organisation`` at ``at``; None if nobody has to be called.

    The motion's row is locked by the caller. A calling that runs already is returned as it is. If the motion has a
    judge, only that judge is called, and only while on duty.
    """
    calls = DutyCall.objects.filter(motion=motion.pk, organisation=organisation, role=role, state=State.RUNNING)
    if motion.is_called is not False and (running := calls.first()):
        return running
    on_duty = _on_duty(motion, organisation, role, at)
    if role == Role.JUDGE and motion.judge_id:
        on_duty = [post for post in on_duty if post.officer_id == motion.judge_id]
    calling: dict[str, Any] = {"motion": motion, "organisation": organisation, "role": role}
    began = DutyCall(**calling, position=0, began_at=at)
    if not on_duty:
        return None
    motion.is_called = True
    return _call(began, on_duty[0], at)


def due(now: datetime) -> QuerySet[DutyCall]:
    """The calls whose time has run out, longest overdue first."""
    return DutyCall.objects.filter(state=State.RUNNING, next_at__lte=now).order_by("next_at")


@transaction.atomic
def call_next(now: datetime, answered: Answered, limit: int = 100, only: UUID | None = None) -> list[DutyCall]:
    """Pass on up to ``limit`` calls whose time has run out; returns the calls made in their place.

    ``answered(motion_id, officer_id)`` says whether an officer has opened the motion's materials: if one of those
    called has, the calling ends. Each call is passed on once, even with several callers; at most one new call a motion
    is made, however long after the end of the time. A judge who is called next can act once the caller has replaced the
    one before. ``only`` names one motion.
    """
    waiting = due(now).filter(motion=only) if only else due(now)
    rows = waiting.select_related("motion__case", "organisation")
    won = list(rows.select_for_update(skip_locked=True, of=("self", "motion"))[:limit])
    return [made for call in won if (made := _pass_on(call, now, answered))]


def answer(motion: AssignedMotion, officer: Officer, at: datetime | None = None) -> int:
    """An officer has opened the materials: end the motion's callings that could reach him. Returns how many."""
    at = at or timezone.now()
    his = Post.objects.current(at).filter(officer=officer, organisation=OuterRef("organisation"), role=OuterRef("role"))
    ended = DutyCall.objects.filter(Exists(his), motion=motion.pk, state=State.RUNNING)
    return ended.update(state=State.ANSWERED, ended_at=at, answered_by=officer)


def stop(motion: AssignedMotion, at: datetime | None = None) -> int:
    """End the callings of a motion that has moved on or was withdrawn. Returns how many."""
    if motion.is_called is False:
        return 0
    running = DutyCall.objects.filter(motion=motion.pk, state=State.RUNNING)
    return running.update(state=State.STOPPED, ended_at=at or timezone.now())


def _on_duty(motion: AssignedMotion, organisation: Organisation, role: str, at: datetime) -> list[Post]:
    """The officers on duty who may act on the motion, in the order of calls."""
    found = _admitted(motion, duty.on_duty(organisation, role, at))
    officers = [post.officer_id for post in found]
    barred = conflicts(motion.case, officers, role, organisation, at, Series.of(motion)) if found else {}
    return [post for post in found if post.officer_id not in barred]


def _admitted(motion: AssignedMotion, held: Iterable[Post]) -> list[Post]:
    if not motion.secret:
        return list(held)
    admitted = set(motion.admissions.values_list("officer", flat=True))
    return [post for post in held if post.officer_id in admitted]


def _call(before: DutyCall, post: Post, at: datetime) -> DutyCall:
    """Call ``post`` after ``before``, and log it."""
    made = DutyCall.objects.create(
        motion=before.motion,
        organisation=before.organisation,
        role=before.role,
        post=post,
        position=before.position + 1,
        began_at=before.began_at,
        called_at=at,
        next_at=at + timedelta(minutes=settings.DUTY_CALL_MINUTES),
    )
    _tell(CALLED, made, [(post.officer, ())])
    return made


def _pass_on(call: DutyCall, now: datetime, answered: Answered) -> DutyCall | None:
    """End a call whose time has run out; the next call, or None."""
    same = DutyCall.objects.filter(motion=call.motion_id, organisation=call.organisation_id, role=call.role)
    calling = same.filter(began_at=call.began_at).select_related("post").order_by("position")
    called = {made.post_id: made.post.officer_id for made in calling}
    who = next((officer for officer in called.values() if answered(call.motion_id, officer)), None)
    if who:
        _end(call, State.ANSWERED, now, who)
        return None
    left = [post for post in _on_duty(call.motion, call.organisation, call.role, now) if post.pk not in called]
    _end(call, State.PASSED_ON if left else State.EXHAUSTED, now)
    if left:
        return _call(call, left[0], now)
    _tell(EXHAUSTED, call, _heads(call))
    return None


def _end(call: DutyCall, state: State, at: datetime, answered_by: UUID | None = None) -> None:
    call.state, call.ended_at, call.answered_by_id = state, at, answered_by
    call.save(update_fields=["state", "ended_at", "answered_by"])


def _heads(call: DutyCall) -> list[tuple[Officer | Organisation, Collection[str]]]:
    """The court's chair, or the head of the office; all of the role there if there is none. Respects secrecy."""
    body = call.organisation
    role = Role.COURT_CHAIR if body.kind == Organisation.Kind.COURT else Role.HEAD_OF_UNIT
    heads = _admitted(call.motion, posts.holding(role, body))
    if heads or call.motion.secret:
        return [(post.officer, ()) for post in heads]
    return [(body, (call.role,))]


def _tell(event: str, call: DutyCall, to: list[tuple[Officer | Organisation, Collection[str]]]) -> None:
    motion = call.motion
    payload = {
        "motion": str(motion.pk),
        "number": motion.number or "",
        "case": motion.case.number,
        "role": call.role,
        "position": call.position,
        "answer_by": format_instant(call.next_at),
    }
    if to:
        outbox.send_together(event, key=str(motion.pk), to=to, payload=payload)
    subject = {"motion": str(call.motion_id), "call": str(call.pk)}
    data = {"organisation": call.organisation.bin, "role": call.role, "position": call.position}
    stated = {**data, "officer": str(call.post.officer_id)} if event == CALLED else data
    audit.append(event, chain=call.motion.chain, actor=audit.service_actor(), subject=subject, data=stated)
