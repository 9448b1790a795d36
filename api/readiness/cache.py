"""Runs all readiness checks with a timeout of seconds, and caches the findings briefly against floods of requests.

Checks that may hang for ever (a network folder, a broker) run in threads of their own. A check that has not returned
is not started again, and is reported as not answering.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from api.readiness import database, environment
from api.readiness.errors import Lacking
from ecase import outages

logger = logging.getLogger(__name__)
# Seconds: the timeout of one check, and how long findings are cached.
PATIENCE, KEPT = 2.0, 2.0
Check = Callable[[], None]


@dataclass(frozen=True)
class Finding:
    """The state of one thing that the service needs. ``why`` is a sentence for people, empty if it is available."""

    name: str
    why: str | Promise = ""

    @property
    def ok(self) -> bool:
        return not self.why

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form, in the active language."""
        return {"name": self.name, "ok": self.ok, "why": str(self.why)}


class _Outside:
    """Checks that run in threads of their own, each at most once at a time."""

    def __init__(self, checks: dict[str, Check]) -> None:
        self._checks = checks
        self._pool = ThreadPoolExecutor(len(checks), "readiness")
        self._running: dict[str, Future[Finding]] = {}

    def begin(self) -> None:
        """Start every check that is not still running."""
        for name, check in self._checks.items():
            if name not in self._running or self._running[name].done():
                self._running[name] = self._pool.submit(_found, name, check)

    def end(self) -> list[Finding]:
        """The findings; a check that is still running is reported as not answering."""
        until = time.monotonic() + PATIENCE
        found = []
        for name, running in self._running.items():
            try:
                found.append(running.result(max(0.0, until - time.monotonic())))
            except TimeoutError:
                found.append(Finding(name, _("It does not answer.")))
        return found


_OUTSIDE = _Outside(environment.CHECKS)
_LOCK = Lock()
_kept: tuple[float, list[Finding]] = (-KEPT, [])


def findings() -> list[Finding]:
    """Everything that the service needs, each with its state."""
    global _kept  # noqa: PLW0603 - of this process: what has just been found
    with _LOCK:
        now = time.monotonic()
        if now - _kept[0] >= KEPT:
            _OUTSIDE.begin()
            found = [_found("database", database.check_connection)]
            if found[0].ok:
                found += [_found(name, check, briefly=True) for name, check in database.CHECKS.items()]
            _kept = (now, [*found, *_OUTSIDE.end()])
        return _kept[1]


def forget() -> None:
    """Clear the cache: the next call runs the checks again."""
    global _kept  # noqa: PLW0603
    _kept = (-KEPT, [])


def _found(name: str, check: Check, *, briefly: bool = False) -> Finding:
    """What the check finds; ``briefly`` for checks of the database, whose statements then get a timeout."""
    try:
        with transaction.atomic() if briefly else nullcontext():
            if briefly:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(PATIENCE * 1000))])
            check()
    except Lacking as fault:
        logger.warning("not ready: %s: %s", name, fault.detail)
        return Finding(name, fault.why)
    except (DatabaseError, OSError, ValueError) as fault:
        logger.warning("not ready: %s: %s", name, outages.first_line(fault))
        return Finding(name, _("It cannot be asked."))
    except Exception:
        logger.exception("not ready: %s", name)
        return Finding(name, _("It cannot be asked."))
    return Finding(name)
