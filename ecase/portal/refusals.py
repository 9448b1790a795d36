"""Post-redirect-get for forms that are refused: the browser goes back to the form's own address, which says why.

The form finds the problems anew whenever it is opened with ``?refused``, so that a reload, the way back and another
language show what holds then. What no draft can store (a date that is none), and problems that a form cannot find
again, wait in the session until the form is saved or sent once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ecase.problems import Problem, Refused

MARK = "refused"
_HELD = "refused-form"


@dataclass(frozen=True)
class Held:
    """A refusal that was kept, in the words of that moment."""

    title: str
    problems: tuple[Problem, ...]


def send_back(
    request: HttpRequest,
    address: str,
    refusal: Refused,
    unsaved: Mapping[str, Any] | None = None,
    base: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Redirect to the form at ``address``, which shows the refusal.

    ``unsaved``: what no draft holds; ``base``: of fields in conflict, what the form had been given
    (``ecase.portal.conflicts``).
    """
    request.session[_HELD] = {
        "address": address,
        "title": str(refusal.title),
        "problems": [
            {"code": problem.code, "message": str(problem.message), "field": problem.field}
            for problem in refusal.problems
        ],
        "unsaved": dict(unsaved or {}),
        "base": dict(base or {}),
    }
    return HttpResponseRedirect(f"{address}?{MARK}=1", status=303)


def held(request: HttpRequest) -> Held | None:
    """The refusal of the form at this address; None if it was not sent back here."""
    kept = request.session.get(_HELD) if MARK in request.GET else None
    if not kept or kept["address"] != request.path:
        return None
    return Held(kept["title"], tuple(Problem(**problem) for problem in kept["problems"]))


def unsaved(request: HttpRequest, what: str = "unsaved") -> dict[str, Any]:
    """What was typed into the form at this address and no draft holds; or its ``base``."""
    kept = request.session.get(_HELD) if MARK in request.GET else None
    return cast("dict[str, Any]", kept[what]) if kept and kept["address"] == request.path else {}


def forget(request: HttpRequest) -> None:
    """The form has been saved since: what was refused no longer says how it stands."""
    if _HELD in request.session:
        del request.session[_HELD]
