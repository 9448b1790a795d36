"""What a motion waits for next and by whom, in words. Which act that is, is computed from the acts (``worklists``)."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Post, Role
from workflows.motions.models import Motion
from workflows.motions.rules.kind_rules import KindRows
from workflows.motions.states import ActType, State
from workflows.motions.worklists import awaited_act, awaited_in_state

# The acts that a motion waits for; of those that are possible at the same time, the first is named.
OF_MOTION: dict[str, Any] = {
    ActType.MOTION: _("The author completes the motion and files it."),
    ActType.APPROVAL: _("The head of the body approves the motion or sends it back."),
    ActType.AGREEMENT: _("The prosecutor agrees, refuses or returns the motion."),
    ActType.SUPPLEMENT: _("The author sends the materials that the judge has asked for."),
    ActType.PROTOCOL: _("The judge decides."),
    ActType.REGISTRATION: _("The service registers the motion with the court."),
    ActType.ASSIGNMENT: _("The service draws a judge."),
    ActType.DELIVERY: _("The service delivers the decision."),
    ActType.LIFTING_CONSENT: _("The prosecutor agrees to the lifting or refuses it."),
    ActType.EXECUTION_REPORT: _("The author reports the execution."),
}
OF_APPEAL: dict[str, Any] = {
    ActType.RESTORATION: _("The judge rules on restoring the term of the appeal."),
    ActType.APPEAL_RULING: _("The appellate judge rules on the appeal."),
    ActType.TRANSMISSION: _("The service sends the appeal up when its term has ended."),
    ActType.APPEAL_ASSIGNMENT: _("The service draws an appellate judge."),
}
# Where the state says more than the act.
_IN_STATE: dict[tuple[str, str], Any] = {
    (ActType.MOTION, State.RETURNED): _("The author completes the motion and files it again."),
    (ActType.PROTOCOL, State.HEARING): _("The judge hears the parties and decides."),
    (ActType.REGISTRATION, State.TRANSFERRED): _("The service registers the motion with the other court."),
}
# The same, said to whom it is expected of.
YOURS: dict[str, Any] = {
    ActType.MOTION: _("You complete the motion and file it."),
    ActType.APPROVAL: _("You approve the motion or send it back."),
    ActType.AGREEMENT: _("You agree, refuse or return the motion."),
    ActType.SUPPLEMENT: _("You send the materials that the judge has asked for."),
    ActType.PROTOCOL: _("You decide."),
    ActType.LIFTING_CONSENT: _("You agree to the lifting or refuse it."),
    ActType.EXECUTION_REPORT: _("You report the execution."),
    ActType.RESTORATION: _("You rule on restoring the term of the appeal."),
    ActType.APPEAL_RULING: _("You rule on the appeal."),
}
REPORT_FOR_DEFENCE = _("The investigator reports the execution.")


def with_awaited_acts(rows: QuerySet[Motion], post: Post, kinds: KindRows) -> QuerySet[Motion]:
    """The motions with ``awaited`` and ``awaited_on_appeal``, the acts of which :func:`next_steps` speaks."""
    motion, appeal = awaited_act(OF_MOTION, post, kinds), awaited_act(OF_APPEAL, post, kinds)
    return rows.annotate(awaited=motion, awaited_on_appeal=appeal)


def next_steps(motion: Motion, post: Post) -> list[Any]:
    """A sentence for what the motion waits for, and one for its appeal; empty if it waits for nothing.

    To counsel, until when he can appeal comes first. A motion in memory, as it stood earlier, waits for what its state
    says.
    """
    if hasattr(motion, "awaited"):
        awaited, on_appeal = motion.awaited, motion.awaited_on_appeal  # type: ignore[attr-defined]
    else:
        awaited, on_appeal = awaited_in_state(OF_MOTION, motion), awaited_in_state(OF_APPEAL, motion)
    sentence = _IN_STATE.get((awaited, motion.state)) or OF_MOTION.get(awaited)
    if awaited == ActType.EXECUTION_REPORT and motion.author.role == Role.DEFENDER:
        sentence = REPORT_FOR_DEFENCE
    words = [sentence, OF_APPEAL.get(on_appeal)]
    for place, act_type in enumerate((awaited, on_appeal)):
        if act_type in YOURS and _is_expected(act_type, motion, post):
            words[place] = YOURS[act_type]
    appeal_until = motion.appeal_until if post.role == Role.DEFENDER and motion.appeal_state == "none" else None
    if appeal_until and appeal_until > timezone.now():
        until = timezone.localtime(appeal_until).strftime("%d.%m.%Y %H:%M")
        words.insert(0, _("You can appeal until %(until)s.") % {"until": until})
    return [sentence for sentence in words if sentence]


def _is_expected(act_type: str, motion: Motion, post: Post) -> bool:
    """Whether it is this post of whom the act is expected, among those who see the motion."""
    if act_type in (ActType.PROTOCOL, ActType.RESTORATION):
        return motion.judge_id == post.officer_id
    if act_type == ActType.APPEAL_RULING:
        return motion.appellate_judge_id == post.officer_id
    if act_type in (ActType.MOTION, ActType.SUPPLEMENT, ActType.EXECUTION_REPORT):
        return motion.author_id == post.pk
    return post.role == (Role.HEAD_OF_UNIT if act_type == ActType.APPROVAL else Role.PROSECUTOR)
