"""The columns of a motion that only acts change, as the log entry of each act states them: small, JSON-ready.

An act's entry lists under ``sets`` the columns that it changed, a motion's lists all; the latest value of each is what
the row must hold. Entries from before this rule list none, and then nothing is compared.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ecase.instants import format_instant
from workflows.motions.models import Motion

Values = dict[str, Any]

# Identity of a motion: fixed when it is filed, and again when it is filed once more.
IDENTITY = (
    "case_id",
    "kind",
    "catalogue_id",
    "language",
    "secret",
    "earlier_id",
    "author_id",
    "organisation_id",
    "prosecution_id",
)
# Changed by acts. ``payload`` is not included: it is read from the signed bytes (``signed``).
CHANGED = (
    "state",
    "appeal_state",
    "version",
    "consents",
    "consenting_id",
    "defence",
    "on_paper",
    "subject_id",
    "outcome",
    "court_id",
    "judge_id",
    "number",
    "appellate_court_id",
    "appellate_judge_id",
    "appeal_number",
    "submitted_at",
    "registered_at",
    "hearing_at",
    "decided_at",
    "announced_at",
    "executed_at",
    "ended_at",
    "valid_until",
    "appeal_until",
)
COLUMNS = (*IDENTITY, *CHANGED)
SETS = "sets"


class Difference(NamedTuple):
    """A column that differs from acts and log."""

    column: str
    found: Any
    expected: Any


def values_of_row(motion: Motion) -> Values:
    """The values of all these columns in the row."""
    values: Values = {}
    for column in COLUMNS:
        value = getattr(motion, column)
        if isinstance(value, datetime):
            value = format_instant(value)
        elif value is not None and not isinstance(value, bool | int):
            value = str(value)
        values[column] = value
    return values


def set_by(motion: Motion, *, everything: bool = False) -> Values:
    """The columns that differ from the recorded ones, or all; from now on they count as recorded."""
    before, motion.on_record = {} if everything else motion.on_record, values_of_row(motion)
    return {name: value for name, value in motion.on_record.items() if name not in before or before[name] != value}


def in_force(logged: Iterable[Mapping[str, Any]]) -> Values:
    """The values of the columns by the log entries of a motion's acts (their ``data``, in the order of the acts)."""
    values: Values = {}
    for data in logged:
        values |= data.get(SETS, {})
    return values


def differences(motion: Motion, expected: Values) -> list[Difference]:
    """The columns of the row that differ from ``expected``."""
    found = values_of_row(motion)
    # A returned motion is a draft again: the earlier sanction that it names may change.
    left_open = {"earlier_id"} if motion.is_editable else set()
    return [
        Difference(column, found[column], value)
        for column, value in expected.items()
        if column in found and column not in left_open and found[column] != value
    ]
