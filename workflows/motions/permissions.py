"""How a post stands to a motion: its author, its prosecutor, its judge. Every act names one of these.

Each is said of one motion, and beside it as a condition on rows where lists ask for it; a test holds both to the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ecase.cases.models import TeamMember
from ecase.officers.models import Post, Role
from workflows.motions.models import Motion
from workflows.motions.rules import appellants, defence, events, kind_rules
from workflows.motions.states import PENDING_APPEAL, State

NOBODY = Q(pk__in=[])
NOT_YOURS = _("This motion is not with you.")
NOT_YOUR_APPEAL = _("No appeal that stands is yours to withdraw.")


@dataclass(frozen=True)
class Relation:
    """Whether a post has the part in a motion; ``refusal`` is what it is told if not.

    ``rows`` is the same as a condition on motions; None where no list asks for it.
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


def authored_rows(post: Post) -> Q:
    """Motions authored in this post, or in one before it of the same officer, role and body."""
    same = Post.objects.filter(officer=post.officer_id, organisation=post.organisation_id, role=post.role)
    return Q(organisation=post.organisation_id, author__in=same.values("pk"))


def executed_rows(post: Post) -> Q:
    """Motions whose decision the officer carries out: his own, or those of the defence in the cases of his team."""
    if post.role == Role.DEFENDER:
        return NOBODY
    own = authored_rows(post)
    if post.role != Role.INVESTIGATOR:
        return own
    teams = TeamMember.objects.filter(officer=post.officer_id, case__organisation=post.organisation_id)
    return own | Q(author__role=Role.DEFENDER, case__in=teams.values("case"))


def consenting_rows(post: Post) -> Q:
    """With this office now: a higher one where the ladder or a person's immunity wants it."""
    asked = Q(consenting=post.organisation_id) | Q(consenting=None, prosecution=post.organisation_id)
    return asked & ~authored_rows(post)


def court_rows(post: Post) -> Q:
    return Q(court=post.organisation_id)


def judge_rows(post: Post) -> Q:
    return Q(court=post.organisation_id, judge=post.officer_id)


def clerk_rows(post: Post) -> Q:
    return judge_rows(post) if post.role == Role.JUDGE else court_rows(post)


def appellate_judge_rows(post: Post) -> Q:
    return Q(appellate_court=post.organisation_id, appellate_judge=post.officer_id)


def court_above_rows(post: Post) -> Q:
    return Q(appellate_court=post.organisation_id)


@relation(rows=authored_rows)
def is_author(motion: Motion, post: Post) -> bool:
    same_body = motion.organisation_id == post.organisation_id
    return same_body and motion.author.officer_id == post.officer_id and motion.author.role == post.role


@relation(rows=lambda post: Q(organisation=post.organisation_id) & ~authored_rows(post))
def is_approver(motion: Motion, post: Post) -> bool:
    return motion.organisation_id == post.organisation_id and not is_author(motion, post)


def is_supervising_prosecutor(motion: Motion, post: Post) -> bool:
    return motion.prosecution_id == post.organisation_id


@relation(rows=consenting_rows)
def is_consenting_prosecutor(motion: Motion, post: Post) -> bool:
    """Of the office whose consent is asked: a higher one where the ladder or a person's immunity wants it.

    Nobody consents to what he himself has asked for.
    """
    office = motion.consenting_id or motion.prosecution_id
    return office == post.organisation_id and not is_author(motion, post)


@relation(rows=lambda post: Q(prosecution=post.organisation_id) & ~executed_rows(post))
def is_lifting_prosecutor(motion: Motion, post: Post) -> bool:
    """Who consents to a lifting: a prosecutor who supervises the case, but for the one who asks for it."""
    return is_supervising_prosecutor(motion, post) and not is_executor(motion, post)


@relation()
def is_reviewer(motion: Motion, post: Post) -> bool:
    """Who may send a motion back: the head of the body while it is with him, then a prosecutor if the law lets him."""
    if motion.state == State.AWAITING_APPROVAL:
        return post.role == Role.HEAD_OF_UNIT and is_approver(motion, post)
    prosecutor = post.role == Role.PROSECUTOR and is_consenting_prosecutor(motion, post)
    return prosecutor and kind_rules.may_be_returned(motion)


@relation(rows=judge_rows)
def is_assigned_judge(motion: Motion, post: Post) -> bool:
    return motion.court_id == post.organisation_id and motion.judge_id == post.officer_id


@relation()
def is_author_or_judge(motion: Motion, post: Post) -> bool:
    return is_assigned_judge(motion, post) if post.role == Role.JUDGE else is_author(motion, post)


@relation(rows=court_rows)
def is_chair_of_court(motion: Motion, post: Post) -> bool:
    return motion.court_id == post.organisation_id


@relation(rows=clerk_rows)
def is_clerk_of_court(motion: Motion, post: Post) -> bool:
    """The court's clerk, or the judge, who writes the minutes when there is no clerk."""
    if post.role == Role.JUDGE:
        return is_assigned_judge(motion, post)
    return motion.court_id == post.organisation_id


@relation(rows=executed_rows)
def is_executor(motion: Motion, post: Post) -> bool:
    """Who carries a decision out: the author, or the investigator of the case where the defence was the author."""
    if motion.author.role == kind_rules.executor_role(motion):
        return is_author(motion, post)
    of_body = motion.case.organisation_id == post.organisation_id and post.role == Role.INVESTIGATOR
    return of_body and motion.case.team.filter(officer=post.officer_id).exists()


@relation()
def is_appellant(motion: Motion, post: Post) -> bool:
    """The prosecutor; counsel of a person whom the law lets appeal; the clerk, for somebody without an account.

    A defender who asked for the decision himself appeals as such.
    """
    others = bool(defence.appellants(motion.kind_entry))
    if post.role == Role.PROSECUTOR:
        named = {appellant.key for appellant in motion.kind_entry.appeal.who}
        return defence.PROSECUTOR in named and is_supervising_prosecutor(motion, post)
    if post.role == Role.CLERK:
        return others and motion.court_id == post.organisation_id
    return others and (is_author(motion, post) or defence.may_appeal(motion, post.officer_id))


@relation(refusal=NOT_YOUR_APPEAL)
def is_whose_appeal_stands(motion: Motion, post: Post) -> bool:
    """Who has made an appeal that stands, or is counsel of the person for whom it was made."""
    if not is_appellant(motion, post):
        return False
    return motion.appeal_state not in PENDING_APPEAL or bool(appellants.to_withdraw(motion, post))


@relation(rows=appellate_judge_rows)
def is_appellate_judge(motion: Motion, post: Post) -> bool:
    of_court = motion.appellate_court_id == post.organisation_id
    return of_court and motion.appellate_judge_id == post.officer_id


@relation(rows=court_above_rows)
def is_chair_above(motion: Motion, post: Post) -> bool:
    """The chair of the court that hears the appeal."""
    return motion.appellate_court_id == post.organisation_id


def is_party(motion: Motion, post: Post) -> bool:
    """Who has a part in the motion: its author, its prosecutor, its judge, counsel of its subject, its executor."""
    if post.role == Role.JUDGE:
        return is_assigned_judge(motion, post)
    if is_author(motion, post):
        return True
    if post.role == Role.PROSECUTOR:
        return post.organisation_id in (motion.prosecution_id, motion.consenting_id)
    if post.role == Role.DEFENDER:
        return defence.is_counsel_of_subject(motion, post.officer_id)
    return is_executor(motion, post)


@relation()
def is_reporter(motion: Motion, post: Post) -> bool:
    """Who may put on record what the catalogue lets his role state now."""
    return any(post.role in event.by for event in events.open_now(motion)) and is_party(motion, post)


@relation()
def is_nobody(motion: Motion, post: Post) -> bool:
    """Of acts that only the service performs."""
    return False
