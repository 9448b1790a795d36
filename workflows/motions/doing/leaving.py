"""Which judges had a motion, or its appeal, and left it: they are not drawn for it again."""

from dataclasses import dataclass

from workflows.motions.models import Motion
from workflows.motions.states import ActType


@dataclass(frozen=True)
class Bench:
    """Where a judge sits: the act that gives him the motion, and those by which he leaves it."""

    given: ActType
    leaving: frozenset[ActType]


FIRST = Bench(ActType.ASSIGNMENT, frozenset({ActType.RECUSAL, ActType.REASSIGNMENT}))
APPEAL = Bench(ActType.APPEAL_ASSIGNMENT, frozenset({ActType.APPEAL_RECUSAL, ActType.APPEAL_REASSIGNMENT}))


def left(motion: Motion, bench: Bench) -> dict[str, str]:
    """By officer id, with the act by which they left; ``unanswered`` where the next on duty was called instead."""
    found: dict[str, str] = {}
    judge = ""
    acts = motion.acts.filter(type__in=[bench.given, *bench.leaving]).order_by("position")
    for act_type, payload in acts.values_list("type", "payload"):
        if act_type == bench.given:
            if judge and "call" in payload:
                found[judge] = "unanswered"
            judge = payload["judge"]["officer"]
        else:
            found[judge] = act_type
    return found
