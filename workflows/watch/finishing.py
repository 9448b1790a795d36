"""What ends by itself: sanctions that run out, appeals whose time has come, motions of which nothing is left."""

from datetime import datetime

from django.db.models import Q

from workflows.motions.doing import appealing, closing
from workflows.motions.models import Motion, MotionQuerySet
from workflows.motions.states import IN_FORCE, PENDING_APPEAL, AppealState, State
from workflows.watch.rounds import ANY_ORDER, each


def expire_sanctions(now: datetime) -> int:
    """State that sanctions have run out (a custody, a temporary freeze, whatever has an end), each once."""
    waiting = _motions().filter(valid_until__lt=now, ended_at=None, state__in=IN_FORCE).order_by("valid_until")
    return each(waiting, lambda motion: closing.has_run_out(motion, now) and bool(closing.expire(motion)))


def send_up_appeals(now: datetime) -> int:
    """Send appeals to the court above once their materials may go up."""
    filed = _motions().filter(appeal_state=AppealState.FILED).order_by(ANY_ORDER)
    return each(filed, lambda motion: appealing.is_ripe(motion, now) and bool(appealing.send_up(motion)))


def assign_appeals(now: datetime) -> int:
    """Draw an appellate judge again for appeals that found none."""
    waiting = _motions().filter(appeal_state=AppealState.SENT_UP).order_by(ANY_ORDER)
    return each(waiting, lambda motion: bool(appealing.assign(motion)))


def close_finished(now: datetime) -> int:
    """Close motions whose decision is final and of which nothing is left to run or to be carried out."""
    ended = Q(appeal_until__lt=now) | Q(appeal_until=None)
    delivered = _motions().filter(ended, state__in=[State.DELIVERED, State.EXECUTED], valid_until=None)
    waiting = delivered.exclude(appeal_state__in=PENDING_APPEAL).order_by(ANY_ORDER)
    return each(waiting, lambda motion: closing.is_finished(motion, now) and bool(closing.close(motion)))


def _motions() -> MotionQuerySet:
    return MotionQuerySet(Motion)
