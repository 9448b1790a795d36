"""What the draw of a judge and the calls of duty ask of a motion, which stands a floor above."""

from typing import Any, Protocol
from uuid import UUID

from ecase.cases.models import Case
from workflows.statute.schema import Kind


class AssignedMotion(Protocol):
    """A motion that a judge is drawn for, or that somebody on duty is called to."""

    kind: str
    secret: bool
    judge_id: UUID | None
    case: Case
    admissions: Any

    @property
    def pk(self) -> UUID: ...

    @property
    def kind_entry(self) -> Kind: ...
