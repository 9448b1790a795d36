"""Rows that hold from one instant to another: no two of the same thing at once."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db.models import Func


def forbid_overlap(name: str, *fields: str, **options: Any) -> ExclusionConstraint:
    """No two rows with the same ``fields`` hold at the same time, from ``valid_from`` until before ``valid_to``."""
    period = Func("valid_from", "valid_to", RangeBoundary(), function="TSTZRANGE", output_field=DateTimeRangeField())
    same = [(field, RangeOperators.EQUAL) for field in fields]
    return ExclusionConstraint(name=name, expressions=[*same, (period, RangeOperators.OVERLAPS)], **options)
