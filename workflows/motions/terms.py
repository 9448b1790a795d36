"""Which clocks an act sets running: the catalogue says on which event each term of a kind begins."""

from collections.abc import Iterator
from datetime import datetime

from workflows.deadlines import services as deadlines
from workflows.motions.models import Act, Motion
from workflows.motions.states import ActType
from workflows.statute.schema import Term

FIELD = "field:"


def start_terms(motion: Motion, act: Act) -> int:
    """Start a deadline for every term that begins with this act, or with an instant that the motion states.

    Returns how many began to run.
    """
    begins = [(term, at) for term in motion.kind_entry.terms for at in _events(term, motion, act)]
    return sum(deadlines.start(motion, term, event_at, motion.payload) is not None for term, event_at in begins)


def _events(term: Term, motion: Motion, act: Act) -> Iterator[datetime]:
    for event in term.starts_on:
        if event == act.type:
            yield act.performed_at
        elif act.type == ActType.MOTION and event.startswith(FIELD):
            yield from _stated_instant(motion, event.removeprefix(FIELD))


def _stated_instant(motion: Motion, key: str) -> Iterator[datetime]:
    if text := motion.payload.get(key):
        yield datetime.fromisoformat(text)
