"""For every act that an officer writes: a motion on which somebody may write it now, and who."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone

from ecase.instants import format_instant
from ecase.officers.models import Organisation
from tests.motions.payloads import now_minus
from tests.motions.world import PDF, World
from tests.past_guards import move
from workflows.motions.models import Motion
from workflows.motions.services import drafts
from workflows.motions.states import ActType
from workflows.watch import duties

Scene = Callable[[World], Motion]


def in_days(days: int) -> str:
    """An instant to come, as a payload states it."""
    return format_instant(timezone.now() + timedelta(days=days))


def approval(world: World) -> Motion:
    """An inquiry body's motion, which its head approves first."""
    world.case.organisation.kind = Organisation.Kind.INQUIRY
    world.case.organisation.save()
    return world.filed("custody")


def filed(world: World) -> Motion:
    return world.filed("custody")


def returned(world: World) -> Motion:
    return world.does(filed(world), ActType.RETURN, "prosecutor")


def assigned(world: World) -> Motion:
    return world.assigned("custody")


def covert(world: World) -> Motion:
    """A secret motion, seen by persons named on it."""
    return world.assigned("covert_action")


def supplemented(world: World) -> Motion:
    """With a judge, and one more file attached that no act states yet."""
    motion = world.assigned("custody")
    drafts.attach(motion, world.post(motion, "author"), "other", "more.pdf", BytesIO(PDF + b"more"))
    return world.fresh(motion)


def heard(world: World) -> Motion:
    return world.does(assigned(world), ActType.HEARING_ORDER, "judge", scheduled_at=in_days(1))


def delivered(world: World, kind: str = "custody") -> Motion:
    """A sanction that holds for a month from now."""
    entry = world.kind(kind)
    motion = world.assigned(kind)
    payload = {**world.decision(motion, "sanctioned"), **_ends(entry.validity.ends_field)}
    world.act(motion, entry.outcome("sanctioned").output, "judge", payload)
    duties.deliver_decisions(timezone.now())
    return world.fresh(motion)


def _ends(field: str) -> dict[str, str]:
    return {field: in_days(30)} if field else {}


def to_be_heard(world: World) -> Motion:
    """With a judge, who hears the parties if one of them asks for it."""
    return world.assigned("property_arrest")


def lifting(world: World) -> Motion:
    return world.does(delivered(world), ActType.LIFTING, "author")


def appealed(world: World) -> Motion:
    return world.does(delivered(world), ActType.APPEAL, "prosecutor")


def late(world: World) -> Motion:
    """Appealed after the term had ended."""
    motion = delivered(world)
    move(motion, appeal_until=timezone.now() - timedelta(minutes=1))
    return world.does(world.fresh(motion), ActType.APPEAL, "defender")


def sent_up(world: World) -> Motion:
    """With the appellate judge."""
    motion = appealed(world)
    move(motion, appeal_until=timezone.now() - timedelta(minutes=1))
    duties.send_up_appeals(timezone.now())
    return world.fresh(motion)


# The act, the role that writes it, the motion, and what has to be stated beside what any form accepts.
SCENES: dict[ActType, tuple[str, Scene, dict[str, Any]]] = {
    ActType.APPROVAL: ("head_of_unit", approval, {}),
    ActType.AGREEMENT: ("prosecutor", filed, {}),
    ActType.REFUSAL: ("prosecutor", filed, {}),
    ActType.RETURN: ("prosecutor", filed, {}),
    ActType.WITHDRAWAL: ("investigator", filed, {}),
    ActType.CORRECTION: ("investigator", filed, {"field": "detained_at", "value": "an hour ago"}),
    ActType.FORMAT_ORDER: ("investigator", filed, {"format": "paper"}),
    ActType.ADMISSION: ("investigator", covert, {"iin": "of the clerk"}),
    ActType.RECUSAL: ("judge", assigned, {}),
    ActType.REASSIGNMENT: ("court_chair", assigned, {}),
    ActType.TRANSFER: ("court_chair", assigned, {"court": "above"}),
    ActType.MATERIALS_REQUEST: ("judge", assigned, {}),
    ActType.SUPPLEMENT: ("investigator", supplemented, {}),
    ActType.HEARING_ORDER: ("judge", assigned, {"scheduled_at": "tomorrow"}),
    ActType.MINUTES: ("clerk", heard, {}),
    ActType.EXECUTION_REPORT: ("investigator", delivered, {}),
    ActType.LIFTING: ("investigator", delivered, {}),
    ActType.LIFTING_CONSENT: ("prosecutor", lifting, {}),
    ActType.LIFTING_REFUSAL: ("prosecutor", lifting, {}),
    ActType.APPEAL: ("prosecutor", delivered, {}),
    ActType.RESTORATION: ("judge", late, {}),
    ActType.APPEAL_WITHDRAWAL: ("prosecutor", appealed, {}),
    ActType.APPEAL_RECUSAL: ("appellate_judge", sent_up, {}),
    ActType.APPEAL_REASSIGNMENT: ("appellate_chair", sent_up, {}),
    ActType.EVENT: ("prosecutor", to_be_heard, {}),
}


def stated(world: World, motion: Motion, act_type: ActType) -> dict[str, Any]:
    """A payload that the act accepts on this motion."""
    given = dict(SCENES[act_type][2])
    real = {"of the clerk": world.posts["clerk"].officer.iin, "tomorrow": in_days(1)}
    real["an hour ago"] = now_minus(hours=1)
    real["above"] = motion.court.parent.bin if motion.court.parent else ""
    return world.filled(motion, act_type, **{key: real.get(value, value) for key, value in given.items()})
