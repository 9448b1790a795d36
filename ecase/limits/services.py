"""Rate limits.

Anonymous requests are counted in PostgreSQL, so that all processes and machines share one limit. Requests of somebody
who has signed in are counted in the process, without a statement: each process allows its share of the limit.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.limits.clients import client_of
from ecase.limits.models import Window
from ecase.limits.rates import Allowance, Rate
from ecase.problems import Problem, TooMany

KEPT_FOR = timedelta(days=1)
REMOVED_AT_ONCE = 20

# The count stops one above the limit, so that a flood does not overflow the column.
_SPEND = """
    INSERT INTO limits_window AS held (scope, client, began_at, count) VALUES (%(scope)s, %(client)s, %(now)s, 1)
    ON CONFLICT (scope, client) DO UPDATE SET
        count = CASE WHEN held.began_at <= %(ended)s THEN 1 ELSE LEAST(held.count, %(limit)s) + 1 END,
        began_at = CASE WHEN held.began_at <= %(ended)s THEN %(now)s ELSE held.began_at END
    RETURNING count, began_at
"""


def spend(scope: str, request: HttpRequest) -> Allowance:
    """Count this request of an anonymous client at ``scope`` (a name in ``settings.LIMITS``). One statement."""
    rate: Rate = settings.LIMITS[scope]
    now = timezone.now()
    given: dict[str, Any] = {
        "scope": scope,
        "client": client_of(request),
        "now": now,
        "ended": now - timedelta(seconds=rate.seconds),
        "limit": rate.number,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, given)
        count, began_at = cursor.fetchone()
    if count == 1:
        # A new window: a few expired ones are deleted.
        old = Window.objects.filter(began_at__lt=now - KEPT_FOR).values_list("pk", flat=True)[:REMOVED_AT_ONCE]
        Window.objects.filter(pk__in=list(old)).delete()
    return Allowance(scope, rate, count, began_at)


def require(scope: str, request: HttpRequest) -> Allowance:
    """As :func:`spend`; raises :class:`ecase.problems.TooMany` if the limit is exceeded."""
    allowance = spend(scope, request)
    if allowance.is_exceeded:
        raise refusal(allowance)
    return allowance


def refusal(allowance: Allowance) -> TooMany:
    """The exception for a client that has exceeded its limit."""
    now = timezone.now()
    message = _("Too many requests in a short time. Try again after %(seconds)s s.")
    params = {"seconds": allowance.reset_seconds(now)}
    return TooMany(Problem("too-many-requests", message % params, params=params), allowance.headers(now))


@dataclass
class ProcessCounter:
    """Counts in the memory of this process, for a limited number of keys; the least recently used key is dropped."""

    most_keys: int = 10_000
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _windows: OrderedDict[tuple[str, str], tuple[datetime, int]] = field(default_factory=OrderedDict)

    def spend(self, scope: str, key: str, rate: Rate, now: datetime) -> Allowance:
        """Count one request of ``key``."""
        with self._lock:
            began_at, count = self._windows.pop((scope, key), (now, 0))
            if now - began_at >= timedelta(seconds=rate.seconds):
                began_at, count = now, 0
            self._windows[scope, key] = began_at, min(count, rate.number) + 1
            if len(self._windows) > self.most_keys:
                self._windows.popitem(last=False)
            return Allowance(scope, rate, min(count, rate.number) + 1, began_at)


_counter = ProcessCounter()


def spend_in_process(scope: str, key: str) -> Allowance:
    """Count one request of ``key`` (a post) at ``scope``, against this process's share. No statement."""
    rate: Rate = settings.LIMITS[scope]
    return _counter.spend(scope, key, rate.share(settings.WEB_PROCESSES), timezone.now())
