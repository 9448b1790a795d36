"""Keeps the register of measures, in the act's transaction."""

from workflows.measures import services as measures
from workflows.measures.register import Mark
from workflows.motions.models import Act, Motion
from workflows.motions.rules.measures import CARRIED, carried_effects, effects_of, extends_another, root_of
from workflows.motions.states import DECISIONS


def write_down(motion: Motion, act: Act) -> None:
    """Record what the act does to a measure; no statement if it does nothing. ``motion`` is locked."""
    mark = Mark(act.pk, act.performed_at)
    if act.type in CARRIED and extends_another(motion):
        if (root := root_of(motion)) and root.subject_id:
            measures.follow(root.pk, root.subject_id, carried_effects(act), mark)
        return
    effects = effects_of(motion, act)
    if effects and motion.subject_id:
        measures.follow(motion.pk, motion.subject_id, effects, mark, is_first=act.type in DECISIONS)
