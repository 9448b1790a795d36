"""The interface of a motion that its law needs; the model is in a higher layer."""

from typing import Protocol
from uuid import UUID

from workflows.statute.schema import Kind


class MotionOfKind(Protocol):
    """A motion of a kind of the catalogue, in the version under which it was filed."""

    @property
    def pk(self) -> UUID: ...

    @property
    def kind_entry(self) -> Kind: ...
