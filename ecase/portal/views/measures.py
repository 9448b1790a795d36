"""Measures in force: who is held or otherwise restrained, until when, by which order."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_safe

from ecase.pagination import fetch_page, read_cursor
from ecase.portal.pages import PortalRequest, for_officers, page
from workflows.measures.models import Listed, MeasureQuerySet
from workflows.motions import queries
from workflows.motions.filters import MeasureFilter
from workflows.motions.rules.measures import type_of
from workflows.statute.catalogue import catalogue, in_force

# The picture shows how many terms end on each of the next days.
DAYS = 30
HEIGHT = 40
NARROWING = ("measure", "deprives_of_liberty")


@dataclass(frozen=True)
class Day:
    """A column of the picture, of a width of 10 and at most :data:`HEIGHT` high."""

    day: date
    number: int
    x: int
    y: str
    height: str


@require_safe
@for_officers
def index(request: PortalRequest) -> HttpResponse:
    """The measures of the motions that this post may open, the one that ends next first."""
    asked = _wishes(request.GET)
    now, visible = timezone.now(), queries.measures(request.post)
    narrowing = {name: asked[name] for name in NARROWING if asked[name]}
    narrowed = MeasureFilter(narrowing, visible.in_list(asked["scope"], now), post=request.post)
    rows = narrowed.qs if narrowed.is_valid() else narrowed.queryset.none()
    rows = rows.select_related(*queries.OF_MEASURE).defer(*queries.NOT_OF_MEASURE)
    measures = fetch_page(rows, "end", read_cursor(request.GET.get("after", "")), newest_first=False)
    context = {
        "asked": asked,
        "narrowed": urlencode({name: asked[name] for name in ("scope", *narrowing)}),
        "lists": Listed.choices,
        "known": catalogue(in_force(settings.JURISDICTION)).measures,
        "measures": measures,
        "rows": [(measure, type_of(measure), measure.has_run_out(now)) for measure in measures.rows],
        "days": draw_days(visible, now),
    }
    return page(request, "measures.html", context)


def draw_days(measures: MeasureQuerySet, now: datetime) -> list[Day]:
    """How many terms end on each of the next :data:`DAYS` local days, from today; empty if none does."""
    today = timezone.localdate(now)
    end = timezone.make_aware(datetime.combine(today + timedelta(days=DAYS), time.min))
    found = measures.count_ends(now, end)
    most = max(found.values(), default=0)
    return [_column(number, today + timedelta(days=number), found, most) for number in range(DAYS)] if most else []


def _column(position: int, day: date, found: dict[date, int], most: int) -> Day:
    number = found.get(day, 0)
    height = HEIGHT * number / most
    return Day(day, number, position * 10, f"{HEIGHT - height:.1f}", f"{height:.1f}")


def _wishes(given: QueryDict) -> dict[str, Any]:
    """What the address asks for; an unknown list is that of measures in force."""
    scope = given.get("scope", "")
    asked = {name: given.get(name, "")[:40] for name in NARROWING}
    return {**asked, "scope": scope if scope in Listed.values else Listed.IN_FORCE.value}
