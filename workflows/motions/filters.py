"""Filters for lists of motions and of measures, used by portal and REST API alike."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, IsoDateTimeFilter, UUIDFilter

from ecase.officers.models import Post
from workflows.measures.models import Measure, MeasureQuerySet
from workflows.motions.models import Motion, MotionQuerySet
from workflows.motions.rules import kind_rules
from workflows.motions.rules.kind_rules import KindRows
from workflows.motions.search import filter_mentioning
from workflows.motions.states import AppealState, State
from workflows.statute.catalogue import catalogue, in_force

ME = "me"
GRANTED, DENIED = "granted", "refused"
DUE: dict[str, Callable[[datetime], Q]] = {
    "overdue": lambda now: Q(next_due_at__lt=now, due_at_once=False),
    "day": lambda now: Q(next_due_at__range=(now, now + timedelta(hours=24))),
    "three_days": lambda now: Q(next_due_at__range=(now, now + timedelta(days=3))),
}


class OfficerField(forms.CharField):
    """The id of an officer, or ``me``."""

    default_error_messages = {"assigned-to": _("An officer's id or “me” is expected.")}

    def clean(self, value: Any) -> Any:
        """:data:`ME`, a UUID, or None where nothing was given."""
        text = super().clean(value)
        try:
            return text if text == ME else uuid.UUID(text) if text else None
        except ValueError as fault:
            raise ValidationError(self.error_messages["assigned-to"], code="assigned-to") from fault


class SlugFilter(CharFilter):
    """A key of the catalogue."""

    field_class = forms.SlugField


class OfficerFilter(CharFilter):
    """An officer; ``me`` is the reader."""

    field_class = OfficerField


class PostFilter(FilterSet):
    """Narrows a list of what ``post`` may see; without a list, it only checks what is given."""

    def __init__(self, data: Mapping[str, Any], queryset: QuerySet[Any] | None = None, *, post: Post) -> None:
        super().__init__(data, self._meta.model.objects.none() if queryset is None else queryset)
        self.post = post


class MotionFilter(PostFilter):
    """Filters motions visible to ``post``, whose officer is ``me``; searches find only persons shown to it."""

    state = ChoiceFilter(choices=State.choices)
    kind = SlugFilter(max_length=40)
    group = SlugFilter(method="filter_group", max_length=40, help_text="A group of kinds of the catalogue.")
    appeal_state = ChoiceFilter(choices=AppealState.choices)
    decided = ChoiceFilter(
        method="filter_decided",
        choices=[(key, key) for key in (GRANTED, DENIED)],
        help_text="What was decided: the request was granted, in whole or in part, or refused.",
    )
    due = ChoiceFilter(
        method=lambda motions, _name, value: motions.filter(DUE[value](timezone.now())),
        choices=[(key, key) for key in DUE],
        help_text="When its next deadline is.",
    )
    due_before = IsoDateTimeFilter("next_due_at", "lt", help_text="The next deadline is before this instant.")
    valid_before = IsoDateTimeFilter("valid_until", "lt", help_text="The sanction ends before this instant.")
    assigned_to = OfficerFilter(
        method="filter_assigned",
        max_length=36,
        help_text="The judge, of either court: an officer's id, or `me` for the caller.",
    )
    q = CharFilter(
        method="filter_text",
        max_length=64,
        help_text="Words, in any order and however typed, each part of a number (of the court, the appeal court or the "
        "case), of an IIN, or of the name of a person whom the caller is shown.",
    )

    class Meta:
        model = Motion
        fields = ()

    def filter_group(self, motions: MotionQuerySet, name: str, value: str) -> MotionQuerySet:
        """By the group of their kind in the catalogue in force."""
        law = catalogue(in_force())
        return motions.filter(kind__in=[kind.key for kind in law.kinds.values() if kind.group == value])

    def filter_decided(self, motions: MotionQuerySet, name: str, value: str) -> MotionQuerySet:
        """By the outcome, as the catalogue of each motion has it."""
        granted = kind_rules.was_granted.rows(KindRows.load())
        return motions.filter(granted) if value == GRANTED else motions.exclude(outcome="").exclude(granted)

    def filter_assigned(self, motions: MotionQuerySet, name: str, value: uuid.UUID | str) -> MotionQuerySet:
        """By the judge, of the court or of the court above."""
        officer = self.post.officer_id if value == ME else value
        return motions.filter(Q(judge=officer) | Q(appellate_judge=officer))

    def filter_text(self, motions: MotionQuerySet, name: str, value: str) -> MotionQuerySet:
        """By words in the search column."""
        return filter_mentioning(motions, value, self.post)


class MeasureFilter(PostFilter):
    """Filters measures visible to ``post``."""

    measure = SlugFilter("key", max_length=40, help_text="A measure of the catalogue.")
    deprives_of_liberty = ChoiceFilter(
        method="filter_liberty", choices=[("true", "true"), ("false", "false")], help_text="Whether it does."
    )
    ends_before = IsoDateTimeFilter("until", "lt", help_text="Its term ends before this instant.")
    ends_after = IsoDateTimeFilter("until", "gt", help_text="Its term ends after this instant.")
    person = UUIDFilter(help_text="The id of a person.")
    case = CharFilter("motion__case__number", max_length=32, help_text="The case's number in the register.")

    class Meta:
        model = Measure
        fields = ()

    def filter_liberty(self, measures: MeasureQuerySet, name: str, value: str) -> MeasureQuerySet:
        """By whether it deprives of liberty."""
        return measures.filter(deprives_of_liberty=value == "true")
