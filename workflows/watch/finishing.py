"""Duties for what ends by itself: expired sanctions, appeals ready to be sent up, finished motions."""

from datetime import datetime
from uuid import UUID

from workflows.motions.acts import appeal, execution
from workflows.motions.engine.service_acts import perform_service
from workflows.motions.models import Motion
from workflows.motions.rules import finality
from workflows.motions.states import IN_FORCE, AppealState
from workflows.watch import faults
from workflows.watch.batch import each, first_of, in_turn, locked
from workflows.watch.sanctions import warn


def expire_sanctions(now: datetime) -> int:
    """Record, once each, that sanctions have expired (a custody, a temporary freeze, any with an end).

    A warning that is still due, as after downtime, is given first: in the following state it would be lost.
    """
    waiting = Motion.objects.filter(valid_until__lt=now, ended_at=None, state__in=IN_FORCE)
    expire = locked(waiting, lambda motion: execution.has_run_out(motion, now) and _expire(motion))
    return each("expire_sanctions", first_of("expire_sanctions", waiting.order_by("valid_until"), now), expire)


def _expire(motion: Motion) -> bool:
    """A sanction whose warning fails ends without it: ``warn_of_end`` has put the warning aside and counted it."""
    if motion.warn_at is not None and not faults.known("warn_of_end", [motion.pk]):
        warn(motion)
    return bool(execution.expire(motion, perform_service))


def send_up_appeals(now: datetime) -> int:
    """Send appeals to the court above once their materials may be sent."""
    filed = Motion.objects.filter(appeal_state=AppealState.FILED)
    send_up = locked(
        filed, lambda motion: appeal.is_ripe(motion, now) and bool(appeal.send_up(motion, perform_service))
    )
    return each("send_up_appeals", _ripe(in_turn("send_up_appeals", filed, now), now), send_up)


def _ripe(filed: list[UUID], now: datetime) -> list[UUID]:
    """The appeals among ``filed`` that are ready, checked before any of them is locked."""
    found = Motion.objects.in_bulk(filed)
    return [pk for pk in filed if pk in found and appeal.is_ripe(found[pk], now)]


def assign_appeals(now: datetime) -> int:
    """Draw an appellate judge again for appeals without one."""
    waiting = Motion.objects.filter(appeal_state=AppealState.SENT_UP)
    draw = locked(waiting, lambda motion: bool(appeal.assign_appeal(motion, perform_service)))
    return each("assign_appeals", in_turn("assign_appeals", waiting, now), draw)


def close_finished(now: datetime) -> int:
    """Close motions whose decision is final and has nothing left to run or to be carried out."""
    waiting = Motion.objects.filter(close_at__lt=now)
    close = locked(waiting, lambda motion: _close(motion, now))
    return each("close_finished", first_of("close_finished", waiting.order_by("close_at"), now), close)


def _close(motion: Motion, now: datetime) -> bool:
    """A motion that cannot be closed yet is checked again after an act, or the end of a term, that allows it."""
    if finality.is_finished(motion, now):
        return bool(execution.close(motion, perform_service))
    Motion.objects.filter(pk=motion.pk).update(close_at=finality.closes_at(motion, now))
    return False
