"""Refusals that a client repeats in a loop: the first is logged at once, the rest as one entry per minute.

The log is append-only: a program that repeats an attempt twenty-five times a second would fill it. An entry for
several attempts states their number in ``data.times``; an entry without it is a single attempt. Every attempt is
counted.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from ecase.audit import services
from ecase.audit.models import Entry, RepeatedRefusal
from signatures.canonical import canonical

QUIET_FOR = timedelta(minutes=1)
KEPT_FOR = timedelta(days=1)
AT_ONCE = 50


@transaction.atomic
def append_refusal(
    event: str, *, chain: str, actor: dict[str, Any], subject: dict[str, str], data: dict[str, Any]
) -> Entry | None:
    """As ``services.append``, for a refused attempt; ``None`` if an equal one was logged within a minute.

    Refusals are equal if event, chain, actor, subject and data are. Repetitions are counted, and logged by the next
    equal refusal after the minute or by :func:`enter_refusals`.
    """
    content: dict[str, Any] = {"event": event, "chain": chain, "actor": actor, "subject": subject, "data": data}
    row, created = RepeatedRefusal.objects.select_for_update().get_or_create(
        key=hashlib.sha256(canonical(content)).hexdigest(),
        defaults={"content": content, "entered_at": timezone.now()},
    )
    if created:
        return services.append(**content)
    row.waiting += 1
    if timezone.now() - row.entered_at >= QUIET_FOR:
        return _enter(row)
    row.save(update_fields=["waiting"])
    return None


def enter_refusals(now: datetime) -> int:
    """Log the counts that are older than a minute, and delete those of a day ago; returns how many were logged.

    One batch at most.
    """
    with transaction.atomic():
        due = RepeatedRefusal.objects.filter(waiting__gt=0, entered_at__lte=now - QUIET_FOR).order_by("entered_at")
        rows = list(due.select_for_update(skip_locked=True)[:AT_ONCE])
        for row in rows:
            _enter(row)
        old = RepeatedRefusal.objects.filter(waiting=0, entered_at__lt=now - KEPT_FOR).values_list("pk", flat=True)
        RepeatedRefusal.objects.filter(pk__in=list(old[:AT_ONCE])).delete()
    return len(rows)


def _enter(row: RepeatedRefusal) -> Entry:
    content = dict(row.content)
    if row.waiting > 1:
        content["data"] = {**content["data"], "times": row.waiting}
    row.waiting, row.entered_at = 0, timezone.now()
    row.save(update_fields=["waiting", "entered_at"])
    return services.append(**content)
