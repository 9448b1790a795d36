"""Rows that are valid from one instant to another, without overlap."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db.models import Func


def forbid_overlap(name: str, *fields: str, **options: Any) -> ExclusionConstraint:
    """No two rows with the same ``fields`` are valid at once; ``valid_from`` is inclusive, ``valid_to`` exclusive."""
    period = Func("valid_from", "valid_to", RangeBoundary(), function="TSTZRANGE", output_field=DateTimeRangeField())
    same = [(field, RangeOperators.EQUAL) for field in fields]
    return ExclusionConstraint(name=name, expressions=[*same, (period, RangeOperators.OVERLAPS)], **options)
