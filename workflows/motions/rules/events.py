"""Events recorded on a motion in addition to its acts: the catalogue says which, when, by whom."""

from django.utils import timezone

from workflows.motions.models import Act, Motion
from workflows.motions.states import IN_FORCE, WITH_A_JUDGE, ActType, State
from workflows.statute.conditions import all_hold
from workflows.statute.schema import EVENT_PREFIX, Event

# The key of the form's field that names the event.
EVENT = "event"


def open_now(motion: Motion) -> tuple[Event, ...]:
    """The events that may be recorded now, by the roles that the catalogue names."""
    stages = {"before_decision": WITH_A_JUDGE, "in_force": IN_FORCE}
    form, now = motion.kind_entry.form, timezone.now()
    possible = [
        event
        for event in motion.kind_entry.events
        if State(motion.state) in stages[event.when]
        and (not event.outcomes or motion.outcome in event.outcomes)
        and all_hold(event.applies_when, form, motion.payload, now)
    ]
    if not possible:
        return ()
    noted = set(motion.acts.filter(type=ActType.EVENT).values_list(f"payload__{EVENT}", flat=True))
    follows = [event for event in possible if not event.after or event.after in noted]
    return tuple(event for event in follows if event.repeated or event.key not in noted)


def event_of(act: Act) -> Event:
    """The event that the act records."""
    return act.motion.kind_entry.event(act.stated["payload"][EVENT])


def name_of(act: Act) -> str:
    """The event as terms of the catalogue name it: the act, or the event that it records."""
    return f"{EVENT_PREFIX}{act.payload[EVENT]}" if act.type == ActType.EVENT else act.type
