"""Effects of a motion on an earlier sanction: it extends it, ends it, or is undone by an appellate ruling."""

from collections.abc import Iterator
from datetime import datetime

from ecase.instants import format_optional_instant, parse_optional_instant
from workflows.motions.acts.spec import Perform
from workflows.motions.locking import lock
from workflows.motions.models import Motion
from workflows.motions.rules import kind_rules
from workflows.motions.rules.measures import LONGEST_CHAIN
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
    if not effect or (effect == "extends" and motion.valid_until is None):
        return
    for earlier in _sanctions_named(motion):
        if earlier.state not in IN_FORCE:
            continue
        if effect == "extends":
            _move_end(earlier, motion, motion.valid_until, perform)
        else:
            perform(earlier, ActType.REPLACEMENT, {"by": _named(motion, effect)})


def apply_ruling(motion: Motion, perform: Perform) -> None:
    """Apply an appellate ruling to the sanction that the motion names, as if the decision had been so.

    A decision that is cancelled or replaced is undone: an extension gives back the end that held before it, and a
    sanction that was ended holds again. Then the new outcome takes effect.
    """
    if motion.last_act is None:
        return
    stated = motion.last_act.stated["payload"]
    effect = motion.kind_entry.appeal_outcome(stated["outcome"]).effect
    if effect == "cancelled" or NEW_OUTCOME in stated:
        for earlier in _sanctions_named(motion):
            _take_back(motion, earlier, perform)
    if effect == "changed":
        apply_decision(motion, perform)


def apply_lifting(motion: Motion, perform: Perform) -> None:
    """Lifting an extension also lifts the sanction that it extends, once the lifting takes effect."""
    if motion.state != State.LIFTED or not _extends(motion):
        return
    for earlier in _sanctions_named(motion):
        if earlier.state in IN_FORCE:
            perform(earlier, ActType.REPLACEMENT, {"by": _named(motion, "lifted")})


def _sanctions_named(motion: Motion) -> Iterator[Motion]:
    """The sanction that the motion is about, locked; and, if that one extends another, each that it extends in turn.

    A measure that was extended twice is one measure: what is done to it is done at every step. Raises ``ValueError``
    for a longer chain than any ladder of the law.
    """
    for _step in range(LONGEST_CHAIN):
        if motion.earlier_id is None:
            return
        motion = lock(Motion.objects.get(pk=motion.earlier_id))
        yield motion
        if not _extends(motion):
            return
    raise ValueError(f"motion {motion.pk} extends more than {LONGEST_CHAIN} others")


def _extends(motion: Motion) -> bool:
    relation = motion.kind_entry.relation
    return relation is not None and relation.effect == "extends"


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
