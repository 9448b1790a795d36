"""Verifies that a draw was made as its record says: the arithmetic, and the facts that the record refers to."""

from collections.abc import Iterator

from ecase.audit.models import Entry
from workflows.assignment import algorithm
from workflows.assignment.models import Draw, Series
from workflows.assignment.seeds import chain_of


def faults(draw: Draw) -> list[str]:
    """Inconsistencies within the draw's record, or between it and the audit log or the motion's acts; else empty."""
    stated = algorithm.faults(draw.as_dict())
    return stated if draw.algorithm == algorithm.FIRST else [*stated, *_unfounded(draw)]


def _unfounded(draw: Draw) -> Iterator[str]:
    parts = draw.made_of
    # Parts from before there were two series name none.
    series = Series(parts.get("series", Series.ORDINARY))
    number = parts["committed_in"]["number"]
    if (parts["motion"], parts["court"]) != (str(draw.motion_id), draw.court.bin):
        yield "the seed is of another motion or court"
    if not draw.motion.acts.filter(pk=parts["act"]["id"], sha256=parts["act"]["sha256"]).exists():
        yield "the motion has no such act"
    if series == Series.COVERT and not draw.motion.secret:
        yield "an ordinary motion has a seed of the covert ones"
    logged = Entry.objects.filter(pk=parts["committed_in"]["entry"], chain=chain_of(draw.court_id, series), seq=number)
    if [entry.content["data"] for entry in logged] != [{"commitment": parts["commitment"]}]:
        yield "the audit log does not hold the commitment"
    # Each earlier draw of the court and series has used one nonce.
    earlier = Draw.objects.filter(court=draw.court_id, made_of__series__isnull=series == Series.ORDINARY)
    earlier = earlier.exclude(algorithm=algorithm.FIRST).filter(made_of__committed_in__number__lt=number)
    if earlier.count() != number - 1:
        yield "a commitment of the court was passed over"
