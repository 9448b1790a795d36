"""What each act does to the measures that a motion has put in force, by the law under which it was filed.

An act that extends, ends or revives a sanction is performed on the motion that it names; if that one is itself an
extension, it concerns the motion at the root, whose measure goes on.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Manager, Q, QuerySet

from ecase.instants import parse_optional_instant
from workflows.measures import register
from workflows.measures.models import Measure
from workflows.measures.register import Begin, Effect, End, Hold, How, Mark, Revive, Standing, Suspend
from workflows.motions.models import Act, Motion
from workflows.motions.rules import validity
from workflows.motions.rules.payloads import NEW_OUTCOME
from workflows.motions.states import DECISIONS, SUSPENDING, ActType, State
from workflows.statute.catalogue import catalogue, measures_law
from workflows.statute.schema import Kind, MeasureType, Outcome

# Acts on a sanction that another motion extends, ends or revives.
CARRIED = frozenset({ActType.EXTENSION, ActType.REPLACEMENT, ActType.REVIVAL})
# Extensions of extensions of one sanction; no ladder of the law has as many steps.
LONGEST_CHAIN = 100


def effects_of(motion: Motion, act: Act) -> list[Effect]:
    """What ``act`` does to the measures of its own motion."""
    if not applies_measures(motion):
        return []
    return [*_stated(motion, act), *_suspended(motion, act)]


def carried_effects(act: Act) -> list[Effect]:
    """What an act of :data:`CARRIED` does to the measure concerned."""
    if act.type == ActType.EXTENSION:
        return [Hold(parse_optional_instant(act.payload.get("valid_until")))]
    if act.type == ActType.REVIVAL:
        return [Revive()]
    return [End(How.LIFTED if act.payload["by"]["effect"] == "lifted" else How.REPLACED)]


def type_of(measure: Measure) -> MeasureType:
    """What the law says of the measure: its name, its article, whether it deprives of liberty."""
    return measures_law(measure.motion.catalogue_id).measure(measure.key)


def extends_another(motion: Motion) -> bool:
    """Whether the motion's kind extends an earlier sanction that may apply a measure."""
    relation = catalogue(motion.catalogue_id).kinds[motion.kind].relation
    if relation is None or relation.effect != "extends":
        return False
    law = measures_law(motion.catalogue_id)
    return any(_names_measure(law.kinds[key]) for key in relation.kinds if key in law.kinds)


def root_of(motion: Motion) -> Motion | None:
    """The motion whose measure this one extends, directly or as an extension of an extension; one query a step."""
    for _step in range(LONGEST_CHAIN):
        earlier = Motion.objects.filter(pk=motion.earlier_id).first() if motion.earlier_id else None
        if earlier is None or not extends_another(earlier):
            return earlier
        motion = earlier
    raise ValueError(f"motion {motion.pk} extends more than {LONGEST_CHAIN} others")


def acts_concerning(
    motion: Motion, motions: "Manager[Motion]" = Motion.objects, acts: "Manager[Act]" = Act.objects
) -> QuerySet[Act]:
    """The acts that say what holds of the motion's measures, in the order in which they were performed.

    A migration hands in the managers of its own models.
    """
    extensions: set[Any] = set()
    newest = {motion.pk}
    for _step in range(LONGEST_CHAIN):
        later = motions.filter(earlier__in=newest).exclude(pk__in=extensions)
        newest = {other.pk for other in later if extends_another(other)}
        if not newest:
            break
        extensions |= newest
    carried = Q(motion__in=extensions, type__in=CARRIED)
    return acts.filter(Q(motion=motion.pk) | carried).order_by("entry")


def replay(motion: Motion, acts: Iterable[Act]) -> list[tuple[Act, list[Standing]]]:
    """The measures of ``motion`` after each of ``acts`` (:func:`acts_concerning`)."""
    standings, history = list[Standing](), []
    for act in acts:
        effects = effects_of(motion, act) if act.motion_id == motion.pk else carried_effects(act)
        standings = register.take(standings, effects, Mark(act.pk, act.performed_at))
        history.append((act, standings))
    return history


# -- what an act states --------------------------------------------------------------------------------------------


def _stated(motion: Motion, act: Act) -> list[Effect]:
    if act.type in DECISIONS:
        return _begun(motion, act.payload["outcome"], act.payload, act.performed_at)
    if act.type == ActType.APPEAL_RULING:
        return _ruled(motion, act)
    if act.type in CARRIED:
        return [] if extends_another(motion) else carried_effects(act)
    if act.type in (ActType.LIFTING, ActType.LIFTING_CONSENT) and act.to_state == State.LIFTED:
        return [End(How.LIFTED)]
    return [End(How.EXPIRED, by_clock=True)] if act.type == ActType.EXPIRY else []


def _ruled(motion: Motion, act: Act) -> list[Effect]:
    """An appellate ruling: it cancels the measure, puts another outcome in place, or states another end.

    A measure that was lifted meanwhile stays so: the ruling is on whether the decision was lawful.
    """
    stated, rule = act.payload, motion.kind_entry.validity
    effect = motion.kind_entry.appeal_outcome(stated["outcome"]).effect
    if effect == "cancelled":
        return [End(How.CANCELLED)]
    if effect != "changed" or act.from_state == State.LIFTED:
        return []
    if NEW_OUTCOME in stated:
        return _begun(motion, stated[NEW_OUTCOME], stated, act.performed_at) or [End(How.CANCELLED)]
    until = validity.end_stated(motion, stated, motion.decided_at)
    return [Hold(until, parse_optional_instant(stated.get(rule.starts_field)))] if until else []


def _begun(motion: Motion, outcome: str, payload: dict[str, Any], at: datetime) -> list[Effect]:
    """The measure that an outcome applies, from the instant that the law names, or else from the decision."""
    law, rule = measures_law(motion.catalogue_id), motion.kind_entry.validity
    stated = _outcome_in(law.kinds.get(motion.kind), outcome)
    key = _measure_of(stated, payload) if stated else ""
    if not key:
        return []
    since, until = at, None
    if motion.kind_entry.outcome(outcome).grants:
        starts = payload.get(rule.starts_field) or motion.payload.get(rule.starts_field)
        since, until = parse_optional_instant(starts) or at, validity.end_stated(motion, payload, at)
    return [Begin(key, since, until, law.measure(key).deprives_of_liberty)]


def _suspended(motion: Motion, act: Act) -> list[Effect]:
    """A suspensive appeal that stands after this act and did not before, or the reverse."""
    was, stands = act.from_appeal in SUSPENDING, act.to_appeal in SUSPENDING
    return [Suspend(stands)] if was != stands and motion.kind_entry.appeal.suspensive is True else []


# -- what the law says ---------------------------------------------------------------------------------------------


def applies_measures(motion: Motion) -> bool:
    """Whether an outcome of the motion's kind applies a measure."""
    kind = measures_law(motion.catalogue_id).kinds.get(motion.kind)
    return kind is not None and _names_measure(kind)


def _names_measure(kind: Kind) -> bool:
    return any(outcome.measure or outcome.measure_by for outcome in kind.outcomes)


def _outcome_in(kind: Kind | None, key: str) -> Outcome | None:
    return next((outcome for outcome in kind.outcomes if outcome.key == key), None) if kind else None


def _measure_of(outcome: Outcome, payload: dict[str, Any]) -> str:
    if outcome.measure_by is None:
        return outcome.measure
    return outcome.measure_by.measures.get(payload.get(outcome.measure_by.field, ""), "")
