"""Acts after the decision: execution, lifting of the measure, extension and end, and closure of the motion."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from ecase.instants import format_instant, parse_optional_instant
from ecase.officers.models import Officer
from ecase.problems import Problem
from workflows.motions import notifications as tell
from workflows.motions import permissions
from workflows.motions.acts import earlier_sanction, spec
from workflows.motions.acts.spec import AUTHORS, PROSECUTOR, SERVICE, ActSpec, Moves, Payload, Perform, Rank, moves_by
from workflows.motions.models import Act, Motion
from workflows.motions.rules import kind_rules, validity
from workflows.motions.rules.deadlines import run_deadlines
from workflows.motions.states import IN_FORCE, ActType, State

_LIFTING = Moves(
    "ask_lifting",
    lambda motion, act: ("ask_lifting" if kind_rules.needs_consent_to_lift(motion) else "lift_at_once",),
    ("ask_lifting", "lift_at_once"),
)


# Back to the previous state of the motion: delivered, or executed.
_KEPT = Moves(
    "keep_measure",
    lambda motion, act: ("keep_executed_measure" if motion.executed_at else "keep_measure",),
    ("keep_measure", "keep_executed_measure"),
)
_REVIVED = Moves(
    "revive",
    lambda motion, act: ("revive_executed" if motion.executed_at else "revive",),
    ("revive", "revive_executed"),
)


# -- acts of the service -------------------------------------------------------------------------------------------


def has_run_out(motion: Motion, now: datetime) -> bool:
    """Whether a sanction has passed its end and this is not recorded yet."""
    return motion.state in IN_FORCE and motion.valid_until is not None and motion.valid_until < now


def expire(motion: Motion, perform: Perform) -> Act:
    """Record that the sanction has expired. ``motion`` is locked and :func:`has_run_out`."""
    until = format_instant(motion.valid_until) if motion.valid_until else ""
    return perform(motion, ActType.EXPIRY, {"valid_until": until})


def close(motion: Motion, perform: Perform) -> Act:
    """Close the motion. ``motion`` is locked and :func:`finality.closes_at` is past."""
    return perform(motion, ActType.CLOSURE, {"outcome": motion.outcome, "appeal": motion.appeal_state})


# -- effects -------------------------------------------------------------------------------------------------------


def _end(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    """The sanction ends with the act; a lifting that awaits the prosecutor's consent ends nothing yet."""
    if motion.state != State.LIFTING_ASKED:
        validity.end(motion, act.performed_at)
    return []


def _revive(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    motion.ended_at = None
    validity.prolong(motion, motion.valid_until)
    return []


def _extend(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    validity.prolong(motion, parse_optional_instant(payload.get("valid_until")))
    return []


ACTS = (
    ActSpec(
        type=ActType.EXECUTION_REPORT,
        moves=moves_by("execute"),
        roles=AUTHORS,
        relation=permissions.is_executor,
        available=spec.kinds_where(kind_rules.was_granted),
        possible=spec.always,
        conflict=spec.refuse_where(
            lambda motion, post: kind_rules.is_suspended(motion),
            Problem("suspended", _("The decision is appealed, and the appeal suspends it.")),
        ),
        reads_first=False,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=spec.write_columns(executed_at=lambda act, payload: act.performed_at),
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.all_of(tell.prosecution, tell.judge),
        headline=_("A decision has been executed"),
        answers_call=False,
        then=spec.nothing,
        expected=lambda post, kinds: kind_rules.was_granted.rows(kinds) & ~kind_rules.is_suspended.rows(kinds),
        rank=Rank.EXPECTED,
        label=_("Report the execution"),
    ),
    ActSpec(
        type=ActType.LIFTING,
        moves=_LIFTING,
        roles=AUTHORS,
        relation=permissions.is_executor,
        available=spec.kinds_where(kind_rules.was_granted),
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=_end,
        deadlines=run_deadlines,
        owes_copies=False,
        # The prosecutor who is to consent; if there is none, everyone concerned by the end of the measure.
        notifies=lambda motion: (
            tell.prosecution(motion) if motion.state == State.LIFTING_ASKED else tell.parties_and_judge(motion)
        ),
        headline=_("A measure is to be lifted"),
        answers_call=False,
        then=earlier_sanction.apply_lifting,
        expected=spec.never,
        rank=Rank.RARE,
        label=_("Lift the measure"),
    ),
    ActSpec(
        type=ActType.LIFTING_CONSENT,
        moves=moves_by("lift"),
        roles=PROSECUTOR,
        relation=permissions.is_lifting_prosecutor,
        available=spec.kinds_where(kind_rules.was_granted),
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=True,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=_end,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.parties_and_judge,
        headline=_("A measure has been lifted"),
        answers_call=False,
        then=earlier_sanction.apply_lifting,
        expected=spec.whenever_possible,
        rank=Rank.EXPECTED,
        label=_("Agree to the lifting"),
    ),
    ActSpec(
        type=ActType.LIFTING_REFUSAL,
        moves=_KEPT,
        roles=PROSECUTOR,
        relation=permissions.is_lifting_prosecutor,
        available=spec.kinds_where(kind_rules.was_granted),
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=True,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=spec.no_effect,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.executor,
        headline=_("The lifting has been refused"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.QUIET,
        label=_("Refuse the lifting"),
    ),
    ActSpec(
        type=ActType.EXTENSION,
        moves=moves_by("extend"),
        roles=SERVICE,
        relation=permissions.is_nobody,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=True,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=_extend,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.parties,
        headline=_("A sanction has been extended"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.RARE,
        label=spec.NO_LABEL,
    ),
    ActSpec(
        type=ActType.REPLACEMENT,
        moves=moves_by("end_by_later"),
        roles=SERVICE,
        relation=permissions.is_nobody,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=True,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=_end,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.parties,
        headline=_("A later decision has ended a sanction"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.RARE,
        label=spec.NO_LABEL,
    ),
    ActSpec(
        type=ActType.REVIVAL,
        moves=_REVIVED,
        roles=SERVICE,
        relation=permissions.is_nobody,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=True,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=_revive,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.parties,
        headline=_("A sanction holds again"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.RARE,
        label=spec.NO_LABEL,
    ),
    ActSpec(
        type=ActType.EXPIRY,
        moves=moves_by("expire"),
        roles=SERVICE,
        relation=permissions.is_nobody,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=True,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=_end,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.parties,
        headline=_("A sanction has expired"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.RARE,
        label=spec.NO_LABEL,
    ),
    ActSpec(
        type=ActType.CLOSURE,
        moves=moves_by("close"),
        roles=SERVICE,
        relation=permissions.is_nobody,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=True,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=spec.no_effect,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.NOBODY,
        headline=spec.NO_HEADLINE,
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.RARE,
        label=spec.NO_LABEL,
    ),
)
