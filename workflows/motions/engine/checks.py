"""Checks whether an officer, in a post, may perform an act on a motion now, with a payload.

``prepare`` runs the checks, and ``perform`` repeats them.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from ecase.cases import participation
from ecase.officers.models import Post
from ecase.problems import Conflict, Invalid, NotAllowed, Problem
from workflows.motions.acts.registry import SPECS, spec_of
from workflows.motions.acts.spec import ActSpec
from workflows.motions.models import Motion
from workflows.motions.openings import has_opened, unread_problem
from workflows.motions.rules import payloads
from workflows.motions.rules.payloads import Payload
from workflows.motions.states import ActType, State


def require_allowed(motion: Motion, act_type: ActType, post: Post) -> ActSpec:
    """The act's entry. Raises :class:`NotAllowed` for the person's faults, :class:`Conflict` for the motion's state."""
    spec = spec_of(act_type)
    if problems := list(_problems(motion, spec, post, partial(_role_in_case, motion, post))):
        raise NotAllowed(problems)
    if conflict := _conflict(motion, spec, post):
        raise Conflict(conflict)
    if spec.reads_first and not has_opened(motion, post):
        raise NotAllowed(unread_problem(motion, post))
    return spec


def available(motion: Motion, post: Post) -> list[ActType]:
    """The acts that ``post`` may perform now (after opening the materials, if that is required)."""
    role_in_case = cache(partial(_role_in_case, motion, post))
    possible = [spec for spec in SPECS.values() if post.role in spec.roles and not _conflict(motion, spec, post)]
    return [spec.type for spec in possible if not any(_problems(motion, spec, post, role_in_case))]


def require_complete(motion: Motion, act_type: ActType, payload: Mapping[str, Any], author: Post) -> Payload:
    """The payload as it will be signed. Raises :class:`Invalid` with every problem at its field."""
    stated = payloads.with_only_choice(motion, act_type, payload, author)
    if problems := [*payloads.faults_of(motion, act_type, stated, author), *spec_of(act_type).check(motion, stated)]:
        raise Invalid(problems)
    return stated


def _problems(motion: Motion, spec: ActSpec, post: Post, role_in_case: Callable[[], str | None]) -> Iterator[Problem]:
    if not post.is_current():
        yield Problem("post-not-held", _("You do not hold this post now."))
    if post.role not in spec.roles:
        yield Problem("wrong-role", _("This act is not for your role."))
    elif not spec.relation(motion, post):
        yield Problem("not-yours", spec.relation.refusal)
    elif not spec.steps_aside and role_in_case() not in (None, post.role):
        yield Problem("acted-in-another-role", _("You have acted in this case in another role."))
    if problem := spec.available(motion):
        yield problem


def _role_in_case(motion: Motion, post: Post) -> str | None:
    if post.officer_id in motion.roles_known:
        return motion.roles_known[post.officer_id]
    return participation.role_of(motion.case, post.officer)


def _conflict(motion: Motion, spec: ActSpec, post: Post) -> Problem | None:
    """What prevents the act in the motion's present state, for anyone or for this officer."""
    if not can_proceed(spec.moves.possible(motion)) or not spec.possible(motion):
        return _wrong_state(motion, spec.type)
    if motion.on_paper and not spec.on_paper:
        return Problem("on-paper", _("The motion is kept on paper. Order the electronic format before you act on it."))
    return spec.conflict(motion, post)


def _wrong_state(motion: Motion, act_type: ActType) -> Problem:
    message = _("“%(act)s” is not possible now: the motion's state is “%(state)s”.") % {
        "act": act_type.label,
        "state": State(motion.state).label,
    }
    return Problem("moved-on", message, params={"state": motion.state, "revision": motion.revision})
