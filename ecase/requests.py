"""The id of the current request or task: in every line of the log and in the answer."""

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from celery.signals import task_postrun, task_prerun
from django.http import HttpRequest, HttpResponseBase

HEADER = "X-Request-ID"
NOBODY = "-"
current: ContextVar[str] = ContextVar("request_id", default=NOBODY)
# Allowed ids from a proxy or a client: nothing that could forge a line or a field of the log.
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}\Z")


def named(given: str | None) -> str:
    """``given`` if it is well-formed, else a new id."""
    return given if given and _WELL_FORMED.match(given) else uuid.uuid4().hex


@dataclass(frozen=True)
class RequestIdMiddleware:
    """Takes the request's id from ``X-Request-ID``, or creates one, and returns it."""

    get_response: Callable[[HttpRequest], HttpResponseBase]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = named(request.headers.get(HEADER))
        # Kept until the next request of this thread: Django writes its own line after the last middleware.
        current.set(name)
        response = self.get_response(request)
        response.headers[HEADER] = name
        return response


@task_prerun.connect
def _task_begins(task_id: str = NOBODY, **_named: object) -> None:
    current.set(task_id)


@task_postrun.connect
def _task_ends(**_named: object) -> None:
    current.set(NOBODY)
