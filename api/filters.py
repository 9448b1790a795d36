"""The query parameters of every list and record. Unknown parameters are refused."""

from collections.abc import Mapping
from typing import Any

from django_filters import FilterSet
from django_filters.utils import translate_validation
from rest_framework import serializers

from api.pagination import LIMIT, MAX_LIMIT, CursorField
from api.serializers.base import LOCAL, Strict, is_local
from ecase.officers.models import Role
from workflows.measures.models import Listed
from workflows.motions.filters import ME
from workflows.motions.statistics import FIRST, LAST
from workflows.motions.worklists import worklist_keys

# Alias of `all`, the original name.
OPEN = "open"
# Filters that would reveal, of a motion of the list `kept`, what happened after the caller's own act.
TELLING = ("state", "appeal_state", "decided", "due", "due_before", "valid_before", "assigned_to", "q")
# Filters by an instant, which is none without its offset from UTC (RFC 3339).
INSTANTS = ("due_before", "valid_before", "ends_before", "ends_after")
BLANK = serializers.CharField.default_error_messages["blank"]

BOUNDS = f"From {FIRST} to {LAST}."


class QueueQuery(Strict):
    """Parameters of a list in addition to the filters (``workflows.motions.filters.MotionFilter``)."""

    scope = serializers.ChoiceField(
        [OPEN, *worklist_keys()],
        required=False,
        default=OPEN,
        help_text="A list of the caller's role, as the portal has it. `waiting`: on which an act that is awaited is "
        "possible to the caller. `open` or `all`: what he may open. `kept`: motions that he may open no longer, as "
        "they stood with the last act that he signed; only `kind` and `group` narrow them.",
    )
    limit = serializers.IntegerField(required=False, default=LIMIT, min_value=1, max_value=MAX_LIMIT)
    cursor = CursorField(required=False)


class MeasureQuery(Strict):
    """Parameters of the list of measures in addition to ``workflows.motions.filters.MeasureFilter``."""

    scope = serializers.ChoiceField(
        Listed.values,
        required=False,
        default=Listed.IN_FORCE.value,
        help_text="`in_force`: no act has ended them; `run_out`: of these, whose term has run without a decision; "
        "`ended`: ended by an act.",
    )
    limit = serializers.IntegerField(required=False, default=LIMIT, min_value=1, max_value=MAX_LIMIT)
    cursor = CursorField(required=False)


class DecisionQuery(Strict):
    limit = serializers.IntegerField(required=False, default=LIMIT, min_value=1, max_value=MAX_LIMIT)
    cursor = CursorField(required=False)


class NameQuery(Strict):
    limit = serializers.IntegerField(required=False, default=LIMIT, min_value=1, max_value=MAX_LIMIT)
    cursor = serializers.SlugField(required=False, default="", max_length=40, help_text="From a `next` link.")


class KindQuery(NameQuery):
    group = serializers.SlugField(required=False, max_length=40, help_text="A key of `groups`.")
    author = serializers.ChoiceField(
        [ME, *Role.values], required=False, help_text="Only kinds that this role, or the caller's post, may author."
    )


class SchemaQuery(Strict):
    outcome = serializers.SlugField(
        required=False, default="", max_length=40, help_text="Of a decision, or of a ruling on an appeal: its outcome."
    )


class NoQuery(Strict):
    """No parameters are allowed."""


class PeriodQuery(Strict):
    """Local days, both inclusive."""

    since = serializers.DateField(help_text=BOUNDS)
    until = serializers.DateField(help_text=BOUNDS)


def filter_faults(filters: FilterSet, given: Mapping[str, str]) -> dict[str, Any]:
    """Errors in the filter parameters, by name. An empty parameter filters nothing, and is refused."""
    blank = {name: [serializers.ErrorDetail(str(BLANK), "blank")] for name, value in given.items() if not value}
    local = {
        name: [serializers.ErrorDetail(str(LOCAL), "offset-missing")]
        for name in INSTANTS
        if given.get(name) and is_local(given[name])
    }
    return {**local, **translate_validation(filters.errors).detail, **blank}
