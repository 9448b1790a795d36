"""May this officer, in this post, perform this act on this motion now? ``prepare`` asks, and ``perform`` again."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from ecase.cases import participation
from ecase.officers.models import Post
from ecase.problems import Conflict, NotAllowed, Problem
from workflows.motions.authority.steps import STEPS, Step
from workflows.motions.models import Act, Motion, Opening, OpeningQuerySet
from workflows.motions.rules import appellants, kind_rules
from workflows.motions.states import BRING_MATERIALS, RECUSALS, ActType, State


def require_allowed(motion: Motion, act_type: ActType, post: Post) -> Step:
    """The step, or :class:`NotAllowed` for the person's faults, or :class:`Conflict` for the motion's state."""
    step = STEPS[act_type]
    if faults := list(_faults(motion, act_type, step, post)):
        raise NotAllowed(faults)
    if conflict := _conflict(motion, act_type, step, post):
        raise Conflict(conflict)
    if step.reads_first and not has_opened(motion, post):
        raise NotAllowed(_unread(motion, post))
    return step


def available(motion: Motion, post: Post) -> list[ActType]:
    """The acts that ``post`` may perform now (opening the materials first, where that is asked for)."""
    return [
        act_type
        for act_type, step in STEPS.items()
        if post.role in step.roles
        and not _conflict(motion, act_type, step, post)
        and not any(_faults(motion, act_type, step, post))
    ]


def has_opened(motion: Motion, post: Post) -> bool:
    """Whether the officer has opened the materials in this role as they are now (the stamp that proves the reading)."""
    return OpeningQuerySet(Opening).current().filter(**_of(motion, post)).exists()


def has_opened_before(motion: Motion, post: Post) -> bool:
    """Whether the officer has opened the materials in this role at any time, whatever has come since."""
    return Opening.objects.filter(**_of(motion, post)).exists()


def _of(motion: Motion, post: Post) -> dict[str, Any]:
    return {"motion": motion, "officer": post.officer_id, "role": post.role}


def _unread(motion: Motion, post: Post) -> Problem:
    """What has come to the motion since the officer opened it; all of it if he never has."""
    seen = Opening.objects.filter(**_of(motion, post)).order_by("-position").first()
    if seen is None:
        return Problem("materials-not-opened", _("Open the materials of the motion before you act on it."))
    brought = motion.acts.filter(type__in=BRING_MATERIALS, position__gt=seen.position).order_by("position")
    since = list(brought.only("type", "version", "performed_at"))
    message = _("Since you opened the materials this has come: %(what)s. Open them before you act on the motion.")
    facts = [{"act": str(act.pk), "type": act.type, "version": act.version} for act in since]
    named = "; ".join(_named(act) for act in since)
    return Problem("materials-not-opened", message % {"what": named}, params={"since": facts})


def _named(act: Act) -> str:
    at = timezone.localtime(act.performed_at).strftime("%d.%m.%Y %H:%M")
    if act.type == ActType.MOTION:
        return gettext("version %(number)s, filed %(at)s") % {"number": act.version, "at": at}
    return f"{ActType(act.type).label}, {at}"


def _faults(motion: Motion, act_type: ActType, step: Step, post: Post) -> Iterator[Problem]:
    yield from _faults_of_post(motion, act_type, step, post)
    yield from _faults_of_kind(motion, act_type, step)


def _faults_of_post(motion: Motion, act_type: ActType, step: Step, post: Post) -> Iterator[Problem]:
    if not post.is_current():
        yield Problem("post-not-held", _("You do not hold this post now."))
    if post.role not in step.roles:
        yield Problem("wrong-role", _("This act is not for your role."))
    elif not step.relation(motion, post):
        yield Problem("not-yours", step.not_yours)
    elif act_type not in RECUSALS and participation.role_of(motion.case, post.officer) not in (None, post.role):
        yield Problem("acted-in-another-role", _("You have acted in this case in another role."))


def _faults_of_kind(motion: Motion, act_type: ActType, step: Step) -> Iterator[Problem]:
    if act_type == ActType.MOTION and motion.author.role not in _authors(motion):
        yield Problem("wrong-author", _("The law does not let this role file a motion of this kind."))
    if not step.known(motion):
        yield Problem("unknown-step", _("A motion of this kind has no such step."))


def _authors(motion: Motion) -> tuple[str, ...]:
    step = kind_rules.ladder_step(motion)
    return step.authors if step and step.authors else motion.kind_entry.author_roles


def _conflict(motion: Motion, act_type: ActType, step: Step, post: Post) -> Problem | None:
    """What in the motion's present state stands against the act, whoever performs it, or for this officer."""
    if not can_proceed(step.method(motion)):
        return _wrong_state(motion, act_type)
    if motion.on_paper and act_type != ActType.FORMAT_ORDER:
        return Problem("on-paper", _("The motion is kept on paper. Order the electronic format before you act on it."))
    if act_type == ActType.EXECUTION_REPORT and kind_rules.is_suspended(motion):
        return Problem("suspended", _("The decision is appealed, and the appeal suspends it."))
    if act_type == ActType.APPEAL and appellants.was_refused_its_term(motion, post):
        return Problem("term-not-restored", _("The term of your appeal was not restored."))
    return None


def _wrong_state(motion: Motion, act_type: ActType) -> Problem:
    message = _("“%(act)s” is not possible now: the motion's state is “%(state)s”.") % {
        "act": act_type.label,
        "state": State(motion.state).label,
    }
    return Problem("moved-on", message, params={"state": motion.state, "revision": motion.revision})
