"""Verifies that a draw was made as its record says: the arithmetic, and the facts that the record refers to."""

from collections.abc import Iterator
from typing import Any

from ecase.audit.models import Entry
from workflows.assignment import algorithm
from workflows.assignment.models import Draw, Series
from workflows.assignment.seeds import chain_of, series_in


def verify(draw: Draw) -> bool:
    """Whether the draw has no faults."""
    return not faults(draw)


def faults(draw: Draw) -> list[str]:
    """Inconsistencies within the draw's record, or between it and the audit log or the motion's acts."""
    stated = algorithm.faults(draw.as_dict())
    return stated if draw.algorithm == algorithm.FIRST else [*stated, *_unfounded(draw)]


def _unfounded(draw: Draw) -> Iterator[str]:
    parts = draw.made_of
    if (parts["motion"], parts["court"]) != (str(draw.motion_id), draw.court.bin):
        yield "the seed is of another motion or court"
    if not draw.motion.acts.filter(pk=parts["act"]["id"], sha256=parts["act"]["sha256"]).exists():
        yield "the motion has no such act"
    if series_in(parts) == Series.COVERT and not draw.motion.secret:
        yield "an ordinary motion has a seed of the covert ones"
    if not _committed(draw, parts):
        yield "the audit log does not hold the commitment"
    if _earlier(draw) != parts["committed_in"]["number"] - 1:
        yield "a commitment of the court was passed over"


def _committed(draw: Draw, parts: dict[str, Any]) -> bool:
    chain, number = chain_of(draw.court_id, series_in(parts)), parts["committed_in"]["number"]
    entry = Entry.objects.filter(pk=parts["committed_in"]["entry"], chain=chain, seq=number).first()
    return entry is not None and entry.content["data"] == {"commitment": parts["commitment"]}


def _earlier(draw: Draw) -> int:
    """The number of earlier draws of the court and series, each of which used one nonce."""
    is_ordinary = series_in(draw.made_of) == Series.ORDINARY
    spent = Draw.objects.filter(court=draw.court_id, made_of__series__isnull=is_ordinary)
    spent = spent.exclude(algorithm=algorithm.FIRST)
    return spent.filter(made_of__committed_in__number__lt=draw.made_of["committed_in"]["number"]).count()
