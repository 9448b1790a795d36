"""Relations of a post to a motion: its author, its prosecutor, its judge. Every act names one of them.

Each is a check of one motion; those that lists use are also a condition on rows. A test verifies that both agree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ecase.cases.models import TeamMember
from ecase.officers.models import Post, Role
from workflows.motions.models import Motion, written_by
from workflows.motions.rules import appellants, defence, events, kind_rules
from workflows.motions.rules.appeals import STANDING
from workflows.motions.states import PENDING_APPEAL, State

NOBODY = Q(pk__in=[])
NOT_YOURS = _("This motion is not with you.")
NOT_YOUR_APPEAL = _("No appeal that stands is yours to withdraw.")


@dataclass(frozen=True)
class Relation:
    """A check whether a post has a part in a motion; ``refusal`` is the message if not.

    ``rows`` is the same as a condition on motions; None if no list uses it.
    """

    holds: Callable[[Motion, Post], bool]
    rows: Callable[[Post], Q] | None
    refusal: Any = NOT_YOURS

    def __call__(self, motion: Motion, post: Post) -> bool:
        return self.holds(motion, post)


def relation(
    rows: Callable[[Post], Q] | None = None, refusal: Any = NOT_YOURS
) -> Callable[[Callable[[Motion, Post], bool]], Relation]:
    """Make a relation of the check of one motion."""
    return lambda holds: Relation(holds, rows, refusal)


def relation_by(**columns: str) -> Relation:
    """A relation that holds if these foreign keys of a motion equal the named attributes of the post."""
    return Relation(
        lambda motion, post: all(getattr(motion, f"{key}_id") == getattr(post, name) for key, name in columns.items()),
        lambda post: Q(**{key: getattr(post, name) for key, name in columns.items()}),
    )


# Nobody: for acts that only the service performs.
is_nobody = Relation(lambda motion, post: False, None)
is_assigned_judge = relation_by(court="organisation_id", judge="officer_id")
is_chair_of_court = relation_by(court="organisation_id")
# The judge, and the chair of the court, that hears the appeal.
is_appellate_judge = relation_by(appellate_court="organisation_id", appellate_judge="officer_id")
is_chair_above = relation_by(appellate_court="organisation_id")


def authored_rows(post: Post) -> Q:
    """Motions authored in this post, or in an earlier one of the same officer, role and body."""
    return Q(organisation=post.organisation_id) & written_by(post)


def executed_rows(post: Post) -> Q:
    """Motions whose decision the officer carries out: his own, or those of the defence in the cases of his team."""
    if post.role == Role.DEFENDER:
        return NOBODY
    own = authored_rows(post)
    if post.role != Role.INVESTIGATOR:
        return own
    teams = TeamMember.objects.filter(officer=post.officer_id, case__organisation=post.organisation_id)
    return own | Q(author__role=Role.DEFENDER, case__in=teams.values("case"))


@relation(rows=authored_rows)
def is_author(motion: Motion, post: Post) -> bool:
    same_body = motion.organisation_id == post.organisation_id
    return same_body and motion.author.officer_id == post.officer_id and motion.author.role == post.role


is_approver = Relation(
    lambda motion, post: motion.organisation_id == post.organisation_id and not is_author(motion, post),
    lambda post: Q(organisation=post.organisation_id) & ~authored_rows(post),
)
# A prosecutor of the office whose consent is asked; a higher one if the ladder or immunity requires it. Nobody consents
# to his own request.
is_consenting_prosecutor = Relation(
    lambda motion, post: (
        (motion.consenting_id or motion.prosecution_id) == post.organisation_id and not is_author(motion, post)
    ),
    lambda post: (
        (Q(consenting=post.organisation_id) | Q(consenting=None, prosecution=post.organisation_id))
        & ~authored_rows(post)
    ),
)
is_author_or_judge = Relation(
    lambda motion, post: is_assigned_judge(motion, post) if post.role == Role.JUDGE else is_author(motion, post),
    None,
)
# The court's clerk; or the judge, who writes the minutes if there is no clerk.
is_clerk_of_court = Relation(
    lambda motion, post: (
        is_assigned_judge(motion, post) if post.role == Role.JUDGE else motion.court_id == post.organisation_id
    ),
    lambda post: Q(court=post.organisation_id, **{"judge": post.officer_id} if post.role == Role.JUDGE else {}),
)


@relation()
def is_reviewer(motion: Motion, post: Post) -> bool:
    """Who may return a motion: the head of the body while it is with him, then a prosecutor if the law allows it."""
    if motion.state == State.AWAITING_APPROVAL:
        return post.role == Role.HEAD_OF_UNIT and is_approver(motion, post)
    prosecutor = post.role == Role.PROSECUTOR and is_consenting_prosecutor(motion, post)
    return prosecutor and kind_rules.needs_consent(motion) and motion.kind_entry.prosecutor.may_return


@relation(rows=executed_rows)
def is_executor(motion: Motion, post: Post) -> bool:
    """Who carries a decision out: the author, or the investigator of the case if the defence was the author."""
    if motion.author.role == kind_rules.executor_role(motion):
        return is_author(motion, post)
    of_body = motion.case.organisation_id == post.organisation_id and post.role == Role.INVESTIGATOR
    return of_body and motion.case.team.filter(officer=post.officer_id).exists()


# The prosecutor who consents to a lifting: one who supervises the case and did not ask for it himself.
is_lifting_prosecutor = Relation(
    lambda motion, post: motion.prosecution_id == post.organisation_id and not is_executor(motion, post),
    lambda post: Q(prosecution=post.organisation_id) & ~executed_rows(post),
)


@relation()
def is_appellant(motion: Motion, post: Post) -> bool:
    """The prosecutor; counsel of a person who may appeal by law; the clerk, for a person without an account.

    A defender who asked for the decision himself appeals as such.
    """
    others = bool(defence.appellants(motion.kind_entry))
    if post.role == Role.PROSECUTOR:
        named = {appellant.key for appellant in motion.kind_entry.appeal.who}
        return defence.PROSECUTOR in named and motion.prosecution_id == post.organisation_id
    if post.role == Role.CLERK:
        return others and motion.court_id == post.organisation_id
    return others and (is_author(motion, post) or defence.may_appeal(motion, post.officer_id))


@relation(refusal=NOT_YOUR_APPEAL)
def is_whose_appeal_stands(motion: Motion, post: Post) -> bool:
    """The author of an appeal that stands, or counsel of the person for whom it was made."""
    if not is_appellant(motion, post):
        return False
    return motion.appeal_state not in PENDING_APPEAL or bool(appellants.appeals_with(motion, STANDING, post))


def is_party(motion: Motion, post: Post) -> bool:
    """Who has a part in the motion: its author, its prosecutor, its judge, counsel of its subject, its executor."""
    if post.role == Role.JUDGE:
        return is_assigned_judge(motion, post)
    if is_author(motion, post):
        return True
    if post.role == Role.PROSECUTOR:
        return post.organisation_id in (motion.prosecution_id, motion.consenting_id)
    if post.role == Role.DEFENDER:
        return defence.counsel_of_subject(motion).filter(pk=post.officer_id).exists()
    return is_executor(motion, post)


# Who may record an event that the catalogue allows to his role now.
is_reporter = Relation(
    lambda motion, post: any(post.role in event.by for event in events.open_now(motion)) and is_party(motion, post),
    None,
)
