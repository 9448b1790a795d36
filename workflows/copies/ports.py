"""The interface of motions and acts that copies need; the models are in a higher layer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from ecase.cases.models import Case
from ecase.officers.models import Officer, Organisation, Post
from workflows.statute.ports import MotionOfKind


class ServedMotion(MotionOfKind, Protocol):
    """A motion whose decision or hearing is notified to others."""

    catalogue_id: int
    payload: Mapping[str, Any]
    outcome: str
    hearing_at: datetime | None
    defence: bool
    subject_id: UUID | None
    organisation_id: UUID
    author: Post
    case: Case
    judge: Officer | None
    organisation: Organisation


class ServedAct(Protocol):
    """A decision or the order of a hearing, of which copies are sent."""

    type: str
    performed_at: datetime

    @property
    def pk(self) -> UUID: ...
