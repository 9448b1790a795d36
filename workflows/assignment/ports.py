"""The interface of a motion that draws and duty calls need; the model is in a higher layer."""

from typing import Any, Protocol
from uuid import UUID

from ecase.cases.models import Case
from workflows.statute.ports import MotionOfKind


class AssignedMotion(MotionOfKind, Protocol):
    """A motion for which a judge is drawn, or officers on duty are called.

    ``is_called``: whether a calling runs, if that was read with the row's lock; else ``None``.
    """

    kind: str
    secret: bool
    judge_id: UUID | None
    is_called: bool | None
    case: Case
    admissions: Any
