"""Temporary outages: each such exception becomes :class:`TryLater`, for portal and REST API alike."""

import errno

from django.db import DatabaseError, InterfaceError, InternalError, OperationalError
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError as BrokerError

from ecase.audit.clocks import ClockDiffers
from ecase.audit.sequencer import LogInconsistent
from ecase.problems import Problem, TryLater

# The service's connection waited for a row that somebody else had locked (PostgreSQL, appendix A: lock_not_available).
_LOCKED = "55P03"
# Of InternalError only: read_only_sql_transaction (a stand-by server), idle_in_transaction_session_timeout.
_PASSING = frozenset({"25006", "25P03"})
_DISK_FULL = "53100"
_STORAGE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE})

_MESSAGES = {
    "busy": _("Somebody else is working on the same thing. Try again in a moment; nothing has been changed."),
    "database": _("The database does not answer right now. Try again in a minute; nothing has been changed."),
    "storage": _("Files cannot be stored or read right now. Try again in a minute; nothing has been changed."),
    "broker": _("A part of the service does not answer right now. Try again in a minute; nothing has been changed."),
    "log": _("The audit log does not continue what it has signed. Until a person has looked into it, this waits."),
    "clock": _("The service's clocks contradict each other. Until they agree, nothing is signed or changed."),
}
_SOON, _LATER = "2", "10"


def of(fault: BaseException | None) -> TryLater | None:
    """The 503 with ``Retry-After`` for ``fault``; None if it is not temporary."""
    if isinstance(fault, DatabaseError | InterfaceError):
        code = _of_database(fault)
    elif isinstance(fault, OSError) and fault.errno in _STORAGE:
        code = "storage"
    else:
        named = ((BrokerError, "broker"), (LogInconsistent, "log"), (ClockDiffers, "clock"))
        code = next((code for kind, code in named if isinstance(fault, kind)), None)
    if code is None:
        return None
    refusal = TryLater(Problem(code, _MESSAGES[code]))
    refusal.headers = {"Retry-After": _SOON if code == "busy" else _LATER}
    return refusal


def first_line(fault: BaseException) -> str:
    """Kind and first line of the exception, for a line of the log."""
    lines = str(fault).strip().splitlines()
    return f"{type(fault).__name__}: {lines[0]}" if lines else type(fault).__name__


def _of_database(fault: Exception) -> str | None:
    state = getattr(fault.__cause__, "sqlstate", None)
    if isinstance(fault, InternalError):
        return "database" if state in _PASSING else None
    if not isinstance(fault, OperationalError | InterfaceError):
        return None
    return {_LOCKED: "busy", _DISK_FULL: "storage"}.get(str(state), "database")
