"""Events recorded on a motion in addition to its acts: the catalogue says which, when, by whom."""

from collections.abc import Iterator

from django.utils import timezone

from workflows.motions.models import Act, Motion
from workflows.motions.states import IN_FORCE, WITH_A_JUDGE, ActType, State
from workflows.statute.conditions import all_hold
from workflows.statute.schema import EVENT_PREFIX, Event

# The key of the form's field that names the event.
EVENT = "event"


def open_now(motion: Motion) -> tuple[Event, ...]:
    """The events that may be recorded now, by the roles that the catalogue names."""
    possible = [event for event in motion.kind_entry.events if _fits(event, motion)]
    noted = set(_noted(motion)) if possible else set()
    return tuple(event for event in possible if _is_next(event, noted))


def event_of(act: Act) -> Event:
    """The event that the act records."""
    return act.motion.kind_entry.event(act.stated["payload"][EVENT])


def name_of(act: Act) -> str:
    """The event as terms of the catalogue name it: the act, or the event that it records."""
    return f"{EVENT_PREFIX}{act.payload[EVENT]}" if act.type == ActType.EVENT else act.type


def _fits(event: Event, motion: Motion) -> bool:
    stages = {"before_decision": WITH_A_JUDGE, "in_force": IN_FORCE}
    decided = not event.outcomes or motion.outcome in event.outcomes
    if State(motion.state) not in stages[event.when] or not decided:
        return False
    return all_hold(event.applies_when, motion.kind_entry.form, motion.payload, timezone.now())


def _noted(motion: Motion) -> Iterator[str]:
    yield from motion.acts.filter(type=ActType.EVENT).values_list(f"payload__{EVENT}", flat=True)


def _is_next(event: Event, noted: set[str]) -> bool:
    return (event.repeated or event.key not in noted) and (not event.after or event.after in noted)
