"""Whether a draw was made as its record says: the arithmetic, and what the record claims to rest on."""

from collections.abc import Iterator
from typing import Any

from ecase.audit.models import Entry
from workflows.assignment import algorithm
from workflows.assignment.models import Draw


def verify(draw: Draw) -> bool:
    """Whether nothing is wrong with the draw."""
    return not faults(draw)


def faults(draw: Draw) -> list[str]:
    """What does not add up in the draw's record, or does not agree with the audit log and the motion's acts."""
    stated = algorithm.faults(draw.as_dict())
    return stated if draw.algorithm == algorithm.FIRST else [*stated, *_unfounded(draw)]


def _unfounded(draw: Draw) -> Iterator[str]:
    parts = draw.made_of
    if (parts["motion"], parts["court"]) != (str(draw.motion_id), draw.court.bin):
        yield "the seed is of another motion or court"
    if not draw.motion.acts.filter(pk=parts["act"]["id"], sha256=parts["act"]["sha256"]).exists():
        yield "the motion has no such act"
    if not _committed(draw, parts):
        yield "the audit log does not hold the commitment"
    if _earlier(draw) != parts["committed_in"]["number"] - 1:
        yield "a commitment of the court was passed over"


def _committed(draw: Draw, parts: dict[str, Any]) -> bool:
    chain, number = f"court:{draw.court_id}", parts["committed_in"]["number"]
    entry = Entry.objects.filter(pk=parts["committed_in"]["entry"], chain=chain, seq=number).first()
    return entry is not None and entry.content["data"] == {"commitment": parts["commitment"]}


def _earlier(draw: Draw) -> int:
    """How many draws of the court have spent an earlier nonce: each spends the one after."""
    spent = Draw.objects.filter(court=draw.court_id).exclude(algorithm=algorithm.FIRST)
    return spent.filter(made_of__committed_in__number__lt=draw.made_of["committed_in"]["number"]).count()
