"""How a post stands to a motion: its author, its prosecutor, its judge. The authority table is made of these."""

from collections.abc import Callable

from ecase.officers.models import Post, Role
from workflows.motions.models import Motion
from workflows.motions.rules import appellants, defence, events, kind_rules
from workflows.motions.states import PENDING_APPEAL, State

Relation = Callable[[Motion, Post], bool]


def is_author(motion: Motion, post: Post) -> bool:
    same_body = motion.organisation_id == post.organisation_id
    return same_body and motion.author.officer_id == post.officer_id and motion.author.role == post.role


def is_approver(motion: Motion, post: Post) -> bool:
    return motion.organisation_id == post.organisation_id and not is_author(motion, post)


def is_supervising_prosecutor(motion: Motion, post: Post) -> bool:
    return motion.prosecution_id == post.organisation_id


def is_consenting_prosecutor(motion: Motion, post: Post) -> bool:
    """Of the office whose consent is asked: a higher one where the ladder or a person's immunity wants it.

    Nobody consents to what he himself has asked for.
    """
    office = motion.consenting_id or motion.prosecution_id
    return office == post.organisation_id and not is_author(motion, post)


def is_lifting_prosecutor(motion: Motion, post: Post) -> bool:
    """Who consents to a lifting: a prosecutor who supervises the case, but for the one who asks for it."""
    return is_supervising_prosecutor(motion, post) and not is_executor(motion, post)


def is_reviewer(motion: Motion, post: Post) -> bool:
    """Who may send a motion back: the head of the body while it is with him, then a prosecutor if the law lets him."""
    if motion.state == State.AWAITING_APPROVAL:
        return post.role == Role.HEAD_OF_UNIT and is_approver(motion, post)
    prosecutor = post.role == Role.PROSECUTOR and is_consenting_prosecutor(motion, post)
    return prosecutor and kind_rules.may_be_returned(motion)


def is_assigned_judge(motion: Motion, post: Post) -> bool:
    return motion.court_id == post.organisation_id and motion.judge_id == post.officer_id


def is_author_or_judge(motion: Motion, post: Post) -> bool:
    return is_assigned_judge(motion, post) if post.role == Role.JUDGE else is_author(motion, post)


def is_chair_of_court(motion: Motion, post: Post) -> bool:
    return motion.court_id == post.organisation_id


def is_clerk_of_court(motion: Motion, post: Post) -> bool:
    """The court's clerk, or the judge, who writes the minutes when there is no clerk."""
    if post.role == Role.JUDGE:
        return is_assigned_judge(motion, post)
    return motion.court_id == post.organisation_id


def is_executor(motion: Motion, post: Post) -> bool:
    """Who carries a decision out: the author, or the investigator of the case where the defence was the author."""
    if motion.author.role == kind_rules.executor_role(motion):
        return is_author(motion, post)
    of_body = motion.case.organisation_id == post.organisation_id and post.role == Role.INVESTIGATOR
    return of_body and motion.case.team.filter(officer=post.officer_id).exists()


def is_appellant(motion: Motion, post: Post) -> bool:
    """The prosecutor; counsel of a person whom the law lets appeal; the clerk, for somebody without an account.

    A defender who asked for the decision himself appeals as such.
    """
    others = bool(defence.appellants(motion.kind_entry))
    if post.role == Role.PROSECUTOR:
        named = {one.key for one in motion.kind_entry.appeal.who}
        return defence.PROSECUTOR in named and is_supervising_prosecutor(motion, post)
    if post.role == Role.CLERK:
        return others and motion.court_id == post.organisation_id
    return others and (is_author(motion, post) or defence.may_appeal(motion, post.officer_id))


def is_whose_appeal_stands(motion: Motion, post: Post) -> bool:
    """Who has made an appeal that stands, or is counsel of the person for whom it was made."""
    if not is_appellant(motion, post):
        return False
    return motion.appeal_state not in PENDING_APPEAL or bool(appellants.to_withdraw(motion, post))


def is_appellate_judge(motion: Motion, post: Post) -> bool:
    of_court = motion.appellate_court_id == post.organisation_id
    return of_court and motion.appellate_judge_id == post.officer_id


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


def is_reporter(motion: Motion, post: Post) -> bool:
    """Who may put on record what the catalogue lets his role state now."""
    return any(post.role in one.by for one in events.open_now(motion)) and is_party(motion, post)


def is_nobody(motion: Motion, post: Post) -> bool:
    """Of acts that only the service performs."""
    return False
