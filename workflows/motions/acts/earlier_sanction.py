"""Effects of a motion on an earlier sanction: it extends it, ends it, or is undone by an appellate ruling."""

from datetime import datetime

from ecase.instants import format_optional_instant, parse_optional_instant
from workflows.motions.acts.spec import Perform
from workflows.motions.locking import lock
from workflows.motions.models import Motion
from workflows.motions.rules import kind_rules
from workflows.motions.rules.payloads import NEW_OUTCOME
from workflows.motions.states import IN_FORCE, ActType, State


def apply_decision(motion: Motion, perform: Perform) -> None:
    """Apply the decision to the sanction that the motion names: extend it, end it, or replace it.

    An outcome may end that sanction even if the request is refused. An extension that states no end extends nothing.
    """
    relation, effect = motion.kind_entry.relation, ""
    if kind_rules.was_granted(motion):
        effect = relation.effect if relation else ""
    elif motion.kind_entry.outcome(motion.outcome).ends_earlier:
        effect = "ends"
    if not effect or motion.earlier_id is None:
        return
    earlier = lock(Motion.objects.get(pk=motion.earlier_id))
    if earlier.state not in IN_FORCE:
        return
    if effect == "extends" and motion.valid_until:
        _move_end(earlier, motion, motion.valid_until, perform)
    elif effect != "extends":
        perform(earlier, ActType.REPLACEMENT, {"by": _named(motion, effect)})


def apply_ruling(motion: Motion, perform: Perform) -> None:
    """Apply an appellate ruling to the sanction that the motion names, as if the decision had been so.

    A decision that is cancelled or replaced is undone: an extension gives back the end that held before it, and a
    sanction that was ended holds again. Then the new outcome takes effect.
    """
    if motion.last_act is None or motion.earlier_id is None:
        return
    stated = motion.last_act.stated["payload"]
    effect = motion.kind_entry.appeal_outcome(stated["outcome"]).effect
    if effect == "cancelled" or NEW_OUTCOME in stated:
        _take_back(motion, lock(Motion.objects.get(pk=motion.earlier_id)), perform)
    if effect == "changed":
        apply_decision(motion, perform)


def apply_lifting(motion: Motion, perform: Perform) -> None:
    """Lifting an extension also lifts the sanction that it extends, once the lifting takes effect."""
    relation = motion.kind_entry.relation
    if motion.state != State.LIFTED or relation is None or relation.effect != "extends" or motion.earlier_id is None:
        return
    earlier = lock(Motion.objects.get(pk=motion.earlier_id))
    if earlier.state in IN_FORCE:
        perform(earlier, ActType.REPLACEMENT, {"by": _named(motion, "lifted")})


def _take_back(motion: Motion, earlier: Motion, perform: Perform) -> None:
    """Undo the effect of this motion on the earlier sanction, unless another motion has changed it since."""
    last = earlier.acts.filter(type__in=[ActType.EXTENSION, ActType.REPLACEMENT]).order_by("position").last()
    if last is None or last.stated["payload"]["by"]["motion"] != str(motion.pk):
        return
    if last.type == ActType.REPLACEMENT and earlier.state == State.REPLACED:
        perform(earlier, ActType.REVIVAL, {"by": _named(motion, "cancelled")})
    elif last.type == ActType.EXTENSION and earlier.state in IN_FORCE:
        before = last.stated["payload"]["before"]
        _move_end(earlier, motion, parse_optional_instant(before), perform)


def _move_end(earlier: Motion, by: Motion, until: datetime | None, perform: Perform) -> None:
    """Set the end of the sanction; the act keeps the previous end, in case a court above undoes it."""
    before = earlier.valid_until
    if until == before:
        return
    ends = {"valid_until": format_optional_instant(until), "before": format_optional_instant(before)}
    perform(earlier, ActType.EXTENSION, {"by": _named(by, "extends"), **ends})


def _named(motion: Motion, effect: str) -> dict[str, str]:
    return {"motion": str(motion.pk), "number": motion.number or "", "effect": effect}
