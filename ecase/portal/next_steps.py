"""What a motion waits for next and by whom, in words. Reads the motion's row only, without a query."""

from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Role
from workflows.motions.models import Motion
from workflows.motions.rules import kind_rules
from workflows.motions.states import WITH_A_JUDGE, ActType, AppealState, State

_OF_STATE: dict[str, Any] = {
    State.DRAFT: _("The author completes the motion and files it."),
    State.RETURNED: _("The author completes the motion and files it again."),
    State.AWAITING_APPROVAL: _("The head of the body approves the motion or sends it back."),
    State.SUBMITTED: _("The prosecutor agrees, refuses or returns the motion."),
    State.AGREED: _("The service registers the motion with the court."),
    State.TRANSFERRED: _("The service registers the motion with the other court."),
    State.REGISTERED: _("The service draws a judge."),
    State.ASSIGNED: _("The judge decides."),
    State.HEARING: _("The judge hears the parties and decides."),
    State.DECIDED: _("The service delivers the decision."),
    State.LIFTING_ASKED: _("The prosecutor agrees to the lifting or refuses it."),
}
_OF_APPEAL: dict[str, Any] = {
    AppealState.FILED: _("The service sends the appeal up when its term has ended."),
    AppealState.LATE: _("The judge rules on restoring the term of the appeal."),
    AppealState.SENT_UP: _("The service draws an appellate judge."),
    AppealState.WITH_JUDGE: _("The appellate judge rules on the appeal."),
}
MATERIALS = _("The author sends the materials that the judge has asked for.")
REPORT = _("The author reports the execution.")
REPORT_FOR_DEFENCE = _("The investigator reports the execution.")


def with_last_act(rows: QuerySet[Motion]) -> QuerySet[Motion]:
    """The motions with ``last_type``, the type of the last act, which :func:`next_steps` reads."""
    return rows.annotate(last_type=F("last_act__type"))


def next_steps(motion: Motion) -> list[Any]:
    """A sentence for what the motion waits for, and one for its appeal; empty if it waits for nothing."""
    found = (_of_motion(motion), _OF_APPEAL.get(motion.appeal_state))
    return [sentence for sentence in found if sentence]


def _of_motion(motion: Motion) -> Any:
    if motion.state == State.DELIVERED:
        return _report(motion) if kind_rules.was_granted(motion) and not kind_rules.is_suspended(motion) else None
    if motion.state in WITH_A_JUDGE and motion.last_type == ActType.MATERIALS_REQUEST:  # type: ignore[attr-defined]
        return MATERIALS
    return _OF_STATE.get(motion.state)


def _report(motion: Motion) -> Any:
    return REPORT_FOR_DEFENCE if motion.author.role == Role.DEFENDER else REPORT
