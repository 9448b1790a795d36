"""The query parameters of every list and record. A parameter that is not known is refused."""

from rest_framework import serializers

from api.pagination import LIMIT, MAX_LIMIT
from api.serializers.base import Strict
from ecase.officers.models import Role
from workflows.motions.states import AppealState, State
from workflows.motions.worklists import worklist_keys

# As `all`; the name that it had first.
OPEN = "open"
# What would tell of a motion that one keeps what has come after one's own act.
TELLING = ("state", "appeal_state", "due_before", "valid_before", "assigned_to", "q")
ME = "me"


class QueueQuery(Strict):
    state = serializers.ChoiceField(State.choices, required=False)
    kind = serializers.SlugField(required=False, max_length=40)
    appeal_state = serializers.ChoiceField(AppealState.choices, required=False)
    due_before = serializers.DateTimeField(required=False, help_text="The next deadline is before this instant.")
    valid_before = serializers.DateTimeField(required=False, help_text="The sanction ends before this instant.")
    assigned_to = serializers.CharField(
        required=False, max_length=36, help_text="The judge, of either court: an officer's id, or `me` for the caller."
    )
    q = serializers.CharField(required=False, max_length=64, help_text="Part of the court's or of the case's number.")
    scope = serializers.ChoiceField(
        [OPEN, *worklist_keys()],
        required=False,
        default=OPEN,
        help_text="A list of the caller's role, as the portal has it. `waiting`: on which an act that is awaited is "
        "possible to the caller. `open` or `all`: what he may open. `kept`: motions that he may open no longer, as "
        "they stood with the last act that he signed; only `kind` narrows them.",
    )
    limit = serializers.IntegerField(required=False, default=LIMIT, min_value=1, max_value=MAX_LIMIT)
    cursor = serializers.CharField(required=False, max_length=200, help_text="From the `next` link of a page.")


class DecisionQuery(Strict):
    limit = serializers.IntegerField(required=False, default=LIMIT, min_value=1, max_value=MAX_LIMIT)
    cursor = serializers.CharField(required=False, max_length=200, help_text="From the `next` link of a page.")


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
    """No parameter is known."""


class PeriodQuery(Strict):
    """Local days, both inclusive."""

    since = serializers.DateField()
    until = serializers.DateField()
