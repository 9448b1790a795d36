"""The status of a motion and its sanction in words: whether it is in force, who has agreed, how it may be appealed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Organisation, Post
from ecase.portal.law import UNKNOWN
from workflows.measures.models import Measure
from workflows.motions.models import Act, Motion
from workflows.motions.rules import kind_rules
from workflows.motions.rules.measures import applies_measures, type_of
from workflows.motions.states import AFTER_DECISION, ActType, AppealState, State
from workflows.statute.schema import MeasureType

HOLDS, WAITS, ENDED = "holds", "waits", "ended"
DONE, CURRENT, STOPPED, AHEAD = "done", "current", "stopped", "ahead"
_ENDINGS = {
    State.EXPIRED: _("The sanction has expired."),
    State.LIFTED: _("The measure has been lifted."),
    State.REPLACED: _("A later decision has ended the sanction."),
    State.CANCELLED: _("The sanction was cancelled on appeal."),
}
THROUGH = {
    "deciding_court": _("through the court that decided"),
    "appeal_court": _("directly with the appeal court"),
    "": UNKNOWN,
}
SUSPENDS = {
    True: _("yes: the decision is not carried out until the appeal is decided"),
    False: _("no: the decision is carried out meanwhile"),
    None: UNKNOWN,
}


@dataclass(frozen=True)
class Step:
    """One step of a pipeline. ``status`` is ``done``, ``current``, ``stopped`` or ``ahead``."""

    label: Any
    status: str
    note: Any = ""


@dataclass(frozen=True)
class Force:
    """Whether a sanction is in force: a sentence, its tone, and the instant concerned."""

    words: Any
    tone: str
    until: datetime | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Consent:
    """An officer whose consent is needed before the court gets the motion, in that order."""

    who: Any
    office: str
    status: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Appeal:
    """How the decision may be appealed, and the status of the appeal."""

    is_open: bool
    through: Any
    suspends: Any
    steps: list[Step]


# -- the sanction --------------------------------------------------------------------------------------------------


def force(motion: Motion) -> Force | None:
    """Whether the sanction is in force; None if none was given."""
    if ending := _ENDINGS.get(State(motion.state)):
        return Force(ending, ENDED, at=motion.ended_at)
    if not kind_rules.was_granted(motion):
        return None
    if kind_rules.is_suspended(motion):
        return Force(_("The appeal suspends the sanction: it is not carried out until that is decided."), WAITS)
    if motion.valid_until is None:
        return Force(_without_end(motion), HOLDS)
    if timezone.now() > motion.valid_until:
        return Force(_("The term of the sanction has run out."), ENDED, at=motion.valid_until)
    return Force(_("In force until"), HOLDS, until=motion.valid_until)


def measures(motion: Motion) -> list[tuple[Measure, MeasureType, bool]]:
    """The measures that the decision has put in force, with their law, and whether their term has run."""
    if motion.decided_at is None or not applies_measures(motion):
        return []
    found = list(motion.measures.select_related("person"))
    for measure in found:
        measure.motion = motion
    return [(measure, type_of(measure), measure.has_run_out(timezone.now())) for measure in found]


def _without_end(motion: Motion) -> Any:
    rule = motion.kind_entry.validity
    if motion.state == State.CLOSED:
        return _("Carried out; nothing of it is left to run.")
    if rule.mode == "until_lifted":
        return _("In force until it is lifted.")
    if rule.mark == "U":
        return _("In force. How long it holds is not set in law; the court's order says it.")
    return _("Given. The law names no term for it.")


def related(motion: Motion, post: Post) -> dict[str, list[Motion]]:
    """The earlier decision of the motion, and later motions about its own, as far as ``post`` may see them."""
    visible = Motion.objects.visible_to(post)
    earlier = list(visible.filter(pk=motion.earlier_id)) if motion.earlier_id else []
    later = list(visible.filter(earlier=motion).order_by("created_at")) if motion.state in AFTER_DECISION else []
    return {"earlier": earlier, "later": later}


# -- the consents --------------------------------------------------------------------------------------------------


def consents(motion: Motion, acts: Sequence[Act]) -> list[Consent]:
    """Everybody whose consent is needed before the court; empty if it is only the case's prosecutor or nobody.

    Given are those since the motion was last filed.
    """
    ladder: list[Consent] = []
    given = [act for act in acts if act.version == motion.version]
    approver, levels = motion.kind_entry.internal_approver, kind_rules.consent_levels(motion)
    if approver and kind_rules.needs_approval(motion):
        approval = next((act for act in given if act.type == ActType.APPROVAL), None)
        waits = motion.state == State.AWAITING_APPROVAL
        ladder.append(_consent(approver.label, motion.organisation, approval, is_next=waits))
    if kind_rules.needs_consent(motion):
        agreements = [act for act in given if act.type == ActType.AGREEMENT]
        for number, level in enumerate(levels or (motion.prosecution.level,)):
            act = agreements[number] if number < len(agreements) else None
            waits = motion.state == State.SUBMITTED and number == motion.consents
            office = motion.prosecution.above(level)
            ladder.append(_consent(Organisation.Level(level).label, office, act, is_next=waits))
    return ladder if len(ladder) > 1 or levels else []


def _consent(who: Any, office: Organisation | None, act: Act | None, *, is_next: bool) -> Consent:
    name = str(office) if office else ""
    if act is not None:
        return Consent(who, name, DONE, act.author_in(), act.performed_at)
    return Consent(who, name, CURRENT if is_next else AHEAD)


# -- the appeal ----------------------------------------------------------------------------------------------------


def appeal(motion: Motion) -> Appeal | None:
    """The status of the appeal; None before a decision, and if the law allows none."""
    begun = motion.appeal_state != AppealState.NONE
    if motion.decided_at is None or not (begun or kind_rules.may_be_appealed(motion)):
        return None
    rule = motion.kind_entry.appeal
    return Appeal(
        is_open=not begun and (motion.appeal_until is None or timezone.now() <= motion.appeal_until),
        through=THROUGH[rule.via],
        suspends=SUSPENDS[rule.suspensive],
        steps=list(_appeal_steps(AppealState(motion.appeal_state))) if begun else [],
    )


_STAGES: tuple[tuple[Any, frozenset[AppealState]], ...] = (
    (_("Filed"), frozenset({AppealState.FILED, AppealState.LATE, AppealState.NOT_RESTORED, AppealState.WITHDRAWN})),
    (_("Sent up"), frozenset({AppealState.SENT_UP})),
    (_("Appellate judge"), frozenset({AppealState.WITH_JUDGE})),
    (_("Ruling"), frozenset({AppealState.RULED})),
)


def _appeal_steps(state: AppealState) -> Iterator[Step]:
    place = next(number for number, (_label, states) in enumerate(_STAGES) if state in states)
    stopped = state in (AppealState.NOT_RESTORED, AppealState.WITHDRAWN)
    for number, (label, _states) in enumerate(_STAGES):
        if number != place:
            yield Step(label, DONE if number < place else AHEAD)
        else:
            status = STOPPED if stopped else DONE if state == AppealState.RULED else CURRENT
            yield Step(label, status, state.label)
