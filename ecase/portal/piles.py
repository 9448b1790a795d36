"""The piles on an officer's desk: what waits for the next step of this role, and what it looks after besides.

A pile is a condition on the motions that the post may see anyway. Which acts are then possible is asked of
``motions.acting``; piles only bring up what is worth opening.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.officers import duty
from ecase.officers.models import Post, Role
from workflows.motions import queries, signers
from workflows.motions.models import Act, MotionQuerySet
from workflows.motions.states import IN_FORCE, UNDER_WAY, WITH_A_JUDGE, ActType, AppealState, State
from workflows.statute.schema import Kind

WAITING, KEPT, ALL = "waiting", "kept", "all"
NOBODY = Q(pk__in=[])
FINISHED_APPEAL = (AppealState.NONE, AppealState.RULED, AppealState.WITHDRAWN, AppealState.NOT_RESTORED)
Condition = Callable[[Post, Iterable[Kind]], Q]


@dataclass(frozen=True)
class Pile:
    """Some motions under a name. Where ``is_urgent``, those that are due first come first, else the newest.

    Where ``is_kept``, they are no longer with the post, and are shown as they stood when it signed.
    """

    key: str
    label: Any
    condition: Condition
    is_urgent: bool = False
    is_kept: bool = False

    def rows(self, post: Post) -> MotionQuerySet:
        """The motions among which the pile's are."""
        return signers.elsewhere(post) if self.is_kept else queries.queue(post)


def of(post: Post) -> list[Pile]:
    """The piles of this post: what waits first, then those of its role, what it has passed on, everything last."""
    waits = Pile(WAITING, _("Waiting for me"), waiting, is_urgent=True)
    kept = Pile(KEPT, _KEPT.get(post.role, _("Signed by me, now with others")), _any, is_kept=True)
    signed = [kept] if post.role in _WAITING else []
    return [waits, *_OF_ROLE.get(post.role, ()), *signed, Pile(ALL, _("All motions"), _any)]


def waiting(post: Post, kinds: Iterable[Kind]) -> Q:
    """Motions whose next step is this post's."""
    condition = _WAITING.get(post.role)
    return condition(post, kinds) if condition else NOBODY


def _any(post: Post, kinds: Iterable[Kind]) -> Q:
    return Q()


_KEPT: dict[str, Any] = {Role.PROSECUTOR: _("Returned or passed on by me")}


# -- conditions ----------------------------------------------------------------------------------------------------


def _mine(post: Post) -> Q:
    """Authored in this post, or in one before it."""
    same = Post.objects.filter(officer=post.officer_id, organisation=post.organisation_id, role=post.role)
    return Q(author__in=same.values("pk"))


def _drafts(post: Post, kinds: Iterable[Kind]) -> Q:
    return _mine(post) & Q(state__in=[State.DRAFT, State.RETURNED])


def _asked_for_materials(post: Post) -> Q:
    asked = Q(state__in=WITH_A_JUDGE, last_act__type=ActType.MATERIALS_REQUEST)
    return _mine(post) & asked


def _to_execute(post: Post, kinds: Iterable[Kind]) -> Q:
    """Sanctions that are delivered and not suspended by an appeal."""
    known = list(kinds)
    suspensive = [kind.key for kind in known if kind.appeal.suspensive]
    free = ~Q(kind__in=suspensive) | Q(appeal_state__in=FINISHED_APPEAL)
    return _mine(post) & Q(state=State.DELIVERED) & _granted(known) & free


def _granted(kinds: Iterable[Kind]) -> Q:
    """Decided by an outcome that grants what was asked; one outcome may do so in one kind and not in another."""
    granting: dict[str, list[str]] = {}
    for kind in kinds:
        for outcome in kind.outcomes:
            if outcome.grants:
                granting.setdefault(outcome.key, []).append(kind.key)
    found = NOBODY
    for outcome_key, kind_keys in granting.items():
        found |= Q(outcome=outcome_key, kind__in=kind_keys)
    return found


def _in_force(post: Post, kinds: Iterable[Kind]) -> Q:
    return Q(state__in=IN_FORCE, ended_at=None) & _granted(kinds)


def _of_author(post: Post, kinds: Iterable[Kind]) -> Q:
    return _drafts(post, kinds) | _to_execute(post, kinds) | _asked_for_materials(post)


def _to_approve(post: Post, kinds: Iterable[Kind]) -> Q:
    return Q(state=State.AWAITING_APPROVAL, organisation=post.organisation_id) & ~Q(author__officer=post.officer_id)


def _to_consent(post: Post, kinds: Iterable[Kind]) -> Q:
    """With this office now: a higher one where the ladder or a person's immunity wants it."""
    asked = Q(consenting=post.organisation_id) | Q(consenting=None, prosecution=post.organisation_id)
    return Q(state=State.SUBMITTED) & asked


def _liftings(post: Post, kinds: Iterable[Kind]) -> Q:
    return Q(state=State.LIFTING_ASKED, prosecution=post.organisation_id)


def _to_decide(post: Post, kinds: Iterable[Kind]) -> Q:
    return Q(state__in=WITH_A_JUDGE, court=post.organisation_id, judge=post.officer_id)


def _late_appeals(post: Post) -> Q:
    return Q(appeal_state=AppealState.LATE, court=post.organisation_id, judge=post.officer_id)


def _appeals_of_judge(post: Post, kinds: Iterable[Kind]) -> Q:
    mine = Q(appellate_court=post.organisation_id, appellate_judge=post.officer_id)
    return Q(appeal_state=AppealState.WITH_JUDGE) & mine


def _hearings(post: Post, kinds: Iterable[Kind]) -> Q:
    return Q(state=State.HEARING, court=post.organisation_id)


def _without_judge(post: Post, kinds: Iterable[Kind]) -> Q:
    above = Q(appeal_state=AppealState.SENT_UP, appellate_court=post.organisation_id)
    return Q(state=State.REGISTERED, court=post.organisation_id) | above


def _overdue(post: Post, kinds: Iterable[Kind]) -> Q:
    with_court = Q(state__in=[State.REGISTERED, *WITH_A_JUDGE], court=post.organisation_id)
    return with_court & Q(next_due_at__lt=timezone.now(), due_at_once=False)


def _with_judges(post: Post, kinds: Iterable[Kind]) -> Q:
    return Q(state__in=WITH_A_JUDGE, court=post.organisation_id)


def judge_is_away(post: Post) -> Q:
    """With a judge of this court, here or on appeal, who is absent or sits in it no more."""
    there = duty.present(post.organisation, Role.JUDGE).order_by().values("officer")
    first = Q(state__in=WITH_A_JUDGE, court=post.organisation_id, judge__isnull=False) & ~Q(judge__in=there)
    above = Q(appeal_state=AppealState.WITH_JUDGE, appellate_court=post.organisation_id)
    return first | (above & ~Q(appellate_judge__in=there))


def _judge_away(post: Post, kinds: Iterable[Kind]) -> Q:
    return judge_is_away(post)


def _may_appeal(post: Post, kinds: Iterable[Kind]) -> Q:
    """Decided, the term still runs, and counsel has not appealed: what others filed takes nothing from his client."""
    made = Act.objects.filter(type=ActType.APPEAL, author__officer=post.officer_id).values("motion")
    return Q(appeal_until__gte=timezone.now()) & ~Q(appeal_state=AppealState.RULED) & ~Q(pk__in=made)


def _may_be_appealed(post: Post, kinds: Iterable[Kind]) -> Q:
    """Decided, and the term of appeal still runs."""
    return Q(appeal_state=AppealState.NONE, appeal_until__gte=timezone.now())


def _to_register(post: Post, kinds: Iterable[Kind]) -> Q:
    return Q(court=post.organisation_id) & _may_be_appealed(post, kinds)


def _appealed(post: Post, kinds: Iterable[Kind]) -> Q:
    return ~Q(appeal_state=AppealState.NONE)


def _open_to_defence(post: Post, kinds: Iterable[Kind]) -> Q:
    return Q(defence=True)


def _under_way(post: Post, kinds: Iterable[Kind]) -> Q:
    return Q(state__in=UNDER_WAY)


def _either(*conditions: Condition) -> Condition:
    def any_of(post: Post, kinds: Iterable[Kind]) -> Q:
        known, found = list(kinds), NOBODY
        for condition in conditions:
            found |= condition(post, known)
        return found

    return any_of


_WAITING: dict[str, Condition] = {
    Role.INVESTIGATOR: _of_author,
    Role.HEAD_OF_UNIT: _either(_to_approve, _of_author),
    Role.PROSECUTOR: _either(_to_consent, _liftings, _of_author),
    Role.JUDGE: _either(_to_decide, lambda post, kinds: _late_appeals(post), _appeals_of_judge),
    Role.COURT_CHAIR: _either(_without_judge, _judge_away, _overdue),
    Role.CLERK: _hearings,
    Role.DEFENDER: _either(_drafts, _may_appeal),
}
_IN_FORCE = Pile("in_force", _("In force"), _in_force)
_APPEALS = Pile("appeals", _("Appeals"), _appealed)
_OF_ROLE: dict[str, tuple[Pile, ...]] = {
    Role.INVESTIGATOR: (
        Pile("drafts", _("Drafts and returned"), _drafts),
        Pile("execute", _("To be executed"), _to_execute),
        Pile("under_way", _("Under way"), _under_way, is_urgent=True),
        _IN_FORCE,
    ),
    Role.HEAD_OF_UNIT: (
        Pile("approve", _("Awaiting approval"), _to_approve, is_urgent=True),
        Pile("under_way", _("Under way"), _under_way, is_urgent=True),
        _IN_FORCE,
    ),
    Role.PROSECUTOR: (
        Pile("consent", _("Awaiting consent"), _to_consent, is_urgent=True),
        Pile("liftings", _("Liftings"), _liftings),
        _IN_FORCE,
        _APPEALS,
    ),
    Role.JUDGE: (
        Pile("decide", _("To be decided"), _to_decide, is_urgent=True),
        Pile("appeals_before_me", _("Appeals before me"), _appeals_of_judge, is_urgent=True),
        _IN_FORCE,
    ),
    Role.COURT_CHAIR: (
        Pile("without_judge", _("Without a judge"), _without_judge, is_urgent=True),
        Pile("judge_away", _("Judge absent"), _judge_away, is_urgent=True),
        Pile("overdue", _("Overdue"), _overdue, is_urgent=True),
        Pile("with_judges", _("With the judges"), _with_judges, is_urgent=True),
        _APPEALS,
    ),
    Role.CLERK: (
        Pile("hearings", _("Hearings"), _hearings, is_urgent=True),
        Pile("complaints", _("Open for complaints"), _to_register),
        _APPEALS,
    ),
    Role.DEFENDER: (
        Pile("defence", _("Open to the defence"), _open_to_defence),
        Pile("to_appeal", _("May be appealed"), _may_appeal),
        _APPEALS,
    ),
}
