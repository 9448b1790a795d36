"""The interface of a motion that deadlines need; the model is in a higher layer."""

from collections.abc import Mapping
from typing import Any, Protocol

from workflows.statute.ports import MotionOfKind


class TimedMotion(MotionOfKind, Protocol):
    """A motion whose terms are counted. ``payload`` is what its form states, ``open_deadlines`` is ``timetable``'s."""

    catalogue_id: int
    payload: Mapping[str, Any]
    open_deadlines: list[Any] | None
