"""Checks that the motions listed for a post are those that the post can act on."""

from ecase.officers.models import Post, Role
from workflows.motions import queries
from workflows.motions.acts.registry import spec_of
from workflows.motions.models import Motion
from workflows.motions.rules.kind_rules import KindRows
from workflows.motions.services import acting
from workflows.motions.states import AppealState, State
from workflows.motions.worklists import waiting


def is_open(motion: Motion, post: Post) -> bool:
    return queries.queue(post).filter(pk=motion.pk).exists()


def is_listed(motion: Motion, post: Post) -> bool:
    return queries.queue(post).filter(waiting(post, KindRows.load()), pk=motion.pk).exists()


def expected_acts(motion: Motion, post: Post) -> list[str]:
    """The acts that the motion waits for and the post can perform."""
    if not is_open(motion, post):
        return []
    kinds, this = KindRows.load(), Motion.objects.filter(pk=motion.pk)
    return [
        str(act_type)
        for act_type in acting.available(motion, post)
        if (rows := spec_of(act_type).expected(post, kinds)) is not None and this.filter(rows).exists()
    ]


def lacks_judge(motion: Motion, post: Post) -> bool:
    """Whether a court chair is shown the motion because it has no judge, though no act of the chair can change that."""
    if post.role != Role.COURT_CHAIR or not is_open(motion, post):
        return False
    here = motion.state == State.REGISTERED and motion.court_id == post.organisation_id
    return here or (motion.appeal_state == AppealState.SENT_UP and motion.appellate_court_id == post.organisation_id)


def require_agreement(motion: Motion, post: Post) -> None:
    """A motion is in the list exactly when the post can perform an act that it waits for.

    The list is a part of what the post may open, so that one that it may not open can be in neither.
    """
    if not is_open(motion, post):
        return
    acts = expected_acts(motion, post)
    listed = is_listed(motion, post)
    assert listed == (bool(acts) or lacks_judge(motion, post)), (
        f"{motion.kind} {motion.state} {motion.appeal_state} for {post.role}: listed {listed}, expected {acts}"
    )
