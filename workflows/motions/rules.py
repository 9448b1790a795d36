"""May this officer, in this post, perform this act on this motion now? ``prepare`` asks, and ``perform`` again."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from ecase.cases import participation
from ecase.officers.models import Post
from ecase.problems import Conflict, NotAllowed, Problem
from workflows.motions.models import Motion, Opening
from workflows.motions.states import ActType, State
from workflows.motions.steps import STEPS, Step


def require_allowed(motion: Motion, act_type: ActType, post: Post) -> Step:
    """The step, or :class:`NotAllowed` for the person's faults, or :class:`Conflict` for the motion's state."""
    step = STEPS[act_type]
    faults = [*_faults_of_post(motion, step, post), *_faults_of_kind(motion, act_type, step)]
    if faults:
        raise NotAllowed(faults)
    if not can_proceed(step.move(motion)):
        raise Conflict(_wrong_state(motion, act_type))
    if step.reads_first and not has_opened(motion, post):
        raise NotAllowed(Problem("materials-not-opened", _("Open the materials of the motion before you act on it.")))
    return step


def available(motion: Motion, post: Post) -> list[ActType]:
    """The acts that ``post`` may perform now (opening the materials first, where that is asked for)."""
    return [
        act_type
        for act_type, step in STEPS.items()
        if not _faults_at_all(motion, act_type, step, post) and can_proceed(step.move(motion))
    ]


def has_opened(motion: Motion, post: Post) -> bool:
    """Whether the officer has opened the materials in this role (the stamp that proves the reading)."""
    return Opening.objects.filter(motion=motion, officer=post.officer_id, role=post.role).exists()


def _faults_at_all(motion: Motion, act_type: ActType, step: Step, post: Post) -> bool:
    faults = (*_faults_of_post(motion, step, post), *_faults_of_kind(motion, act_type, step))
    return bool(faults)


def _faults_of_post(motion: Motion, step: Step, post: Post) -> Iterator[Problem]:
    if not post.is_current():
        yield Problem("post-not-held", _("You do not hold this post now."))
    if post.role not in step.roles:
        yield Problem("wrong-role", _("This act is not for your role."))
    elif not step.relation(motion, post):
        yield Problem("not-yours", _("This motion is not with you."))
    elif participation.role_of(motion.case, post.officer) not in (None, post.role):
        yield Problem("acted-in-another-role", _("You have acted in this case in another role."))


def _faults_of_kind(motion: Motion, act_type: ActType, step: Step) -> Iterator[Problem]:
    if act_type == ActType.MOTION and motion.author.role not in motion.kind_entry.author_roles:
        yield Problem("wrong-author", _("The law does not let this role file a motion of this kind."))
    if not step.known(motion):
        yield Problem("unknown-step", _("A motion of this kind has no such step."))


def _wrong_state(motion: Motion, act_type: ActType) -> Problem:
    message = _("“%(act)s” is not possible now: the motion's state is “%(state)s”.") % {
        "act": act_type.label,
        "state": State(motion.state).label,
    }
    return Problem("moved-on", message, params={"state": motion.state, "revision": motion.revision})
