"""Statistics of a period, over the motions that the reader may see."""

import csv
from collections.abc import Callable
from dataclasses import astuple
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ecase.portal.pages import PortalRequest, for_officers, page, refused
from ecase.problems import Invalid, Problem, Refused
from workflows.motions import statistics
from workflows.motions.statistics import LABELS, Line
from workflows.statute.catalogue import catalogue, in_force

FATES = ("granted", "refused", "dropped", "waiting")
HOUR = timedelta(hours=1)
Period = dict[str, str]


@require_safe
@for_officers
def show(request: PortalRequest) -> HttpResponse:
    """How many motions of a period had which outcome, and how fast."""
    return _answer(request, lambda asked, lines: page(request, "statistics.html", _context(asked, lines)))


@require_safe
@for_officers
def table(request: PortalRequest) -> HttpResponse:
    """The same statistics as a CSV file."""
    return _answer(request, _csv)


def _answer(request: PortalRequest, made: Callable[[Period, list[Line]], HttpResponse]) -> HttpResponse:
    month = _periods()[0]
    asked = {name: request.GET.get(name) or month[name].isoformat() for name in ("since", "until")}
    try:
        days = {name: _day(name, typed) for name, typed in asked.items()}
        return made(asked, statistics.count_motions(request.post, days["since"], days["until"]))
    except Refused as refusal:
        return refused(request, "statistics.html", _context(asked, []), refusal)


def _context(asked: Period, lines: list[Line]) -> dict[str, Any]:
    rows = []
    for line in lines:
        # The parts of a bar of width 100, in the order of the legend.
        bar, begin = [], 0.0
        for fate in FATES:
            width = 100 * getattr(line.tally, fate) / line.tally.filed
            bar.append({"fate": fate, "x": f"{begin:.2f}", "width": f"{width:.2f}"})
            begin += width
        rows.append({"line": line, "name": _name(line), "numbers": astuple(line.tally), "bar": bar})
    legend = [(fate, LABELS[fate]) for fate in FATES]
    return {"asked": asked, "periods": _periods(), "rows": rows, "labels": LABELS.values(), "legend": legend}


def _csv(asked: Period, lines: list[Line]) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ecase-{asked["since"]}-{asked["until"]}.csv"'
    # In Kazakh and Russian a spreadsheet writes a decimal comma, and splits columns at semicolons (F-F19).
    has_comma = (get_language() or "kk")[:2] in ("kk", "ru")
    writer = csv.writer(response, delimiter=";" if has_comma else ",")
    writer.writerow([_("Kind"), *(str(label) for label in LABELS.values()), _("From registration to decision, hours")])
    for line in lines:
        hours = "" if line.median is None else f"{line.median / HOUR:.1f}".replace(".", "," if has_comma else ".")
        writer.writerow([_name(line), *astuple(line.tally), hours])
    return response


def _day(name: str, typed: str) -> date:
    try:
        day = parse_date(typed)
    except ValueError:
        day = None
    if day is None:
        raise Invalid(Problem("type", _("A date is expected here."), name))
    return day


def _name(line: Line) -> str:
    if line.kind is None:
        return _("All kinds")
    known = catalogue(in_force()).kinds
    return str(known[line.kind].name) if line.kind in known else line.kind


def _periods() -> list[dict[str, Any]]:
    """Common periods; the first is the one that is shown unless another is asked for."""
    today = timezone.localdate()
    first = today.replace(day=1)
    last = first - timedelta(days=1)
    return [
        {"label": _("This month"), "since": first, "until": today},
        {"label": _("Last month"), "since": last.replace(day=1), "until": last},
        {"label": _("This year"), "since": today.replace(month=1, day=1), "until": today},
    ]
