"""The lists of an officer: motions that wait for this post's next step, and others that it follows.

What waits is computed from the acts: a motion waits for a post if an act that it waits for is possible to that post
(``acts`` says of each which motions wait for it). In addition the chair of a court is shown motions that no judge could
be assigned to, even if no act of his can change that. Portal and REST API show these lists.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.cases.models import Participation
from ecase.officers.models import Post, Role
from workflows.motions import permissions, queries, signers
from workflows.motions.acts.appeal import away_above_rows
from workflows.motions.acts.court import away_rows
from workflows.motions.acts.registry import SPECS, spec_of
from workflows.motions.acts.spec import ActSpec
from workflows.motions.models import Motion, MotionQuerySet
from workflows.motions.rules.kind_rows import NONE, KindRows
from workflows.motions.states import EDITABLE, IN_FORCE, UNDER_WAY, WITH_A_JUDGE, ActType, AppealState, State

WAITING, KEPT, ALL = "waiting", "kept", "all"
Condition = Callable[[Post, KindRows], Q]


@dataclass(frozen=True)
class Worklist:
    """A named list of motions. If ``is_urgent``, the ones due first come first, else the newest.

    If ``is_kept``, they are no longer with the post, and are shown as they stood when it signed.
    """

    key: str
    label: Any
    condition: Condition
    is_urgent: bool = False
    is_kept: bool = False

    def motions(self, post: Post) -> MotionQuerySet:
        """The list, of the motions that the post may open (or has signed, if ``is_kept``)."""
        rows = signers.elsewhere(post) if self.is_kept else queries.queue(post)
        return rows.filter(self.condition(post, KindRows.load()))


def worklists_of(post: Post) -> list[Worklist]:
    """The lists of this post: what waits first, then those of its role, what it has passed on, everything last."""
    waits = Worklist(WAITING, _("Waiting for me"), waiting, is_urgent=True)
    kept = Worklist(KEPT, _KEPT.get(post.role, _("Signed by me, now with others")), _any, is_kept=True)
    signed = [kept] if post.role in _SIGNING else []
    return [waits, *_OF_ROLE.get(post.role, ()), *signed, Worklist(ALL, _("All motions"), _any)]


def worklist_keys() -> list[str]:
    """The names of all lists of all roles."""
    of_roles = [worklist.key for worklists in _OF_ROLE.values() for worklist in worklists]
    return list(dict.fromkeys([WAITING, *of_roles, KEPT, ALL]))


def worklist_of(post: Post, key: str) -> Worklist | None:
    """The list of that name; None if this post has none."""
    return next((worklist for worklist in worklists_of(post) if worklist.key == key), None)


def waiting(post: Post, kinds: KindRows) -> Q:
    """Motions on which an act that they wait for is possible to this post."""
    found = NONE
    for spec in SPECS.values():
        if post.role in spec.roles:
            found |= rows_expecting(spec, post, kinds)
    return (found & _may_act(post)) | (_without_judge(post, kinds) if post.role == Role.COURT_CHAIR else NONE)


def rows_expecting(spec: ActSpec, post: Post, kinds: KindRows) -> Q:
    """Motions that wait for this act by this post: its transition is possible, and the post has the required part."""
    expected = spec.expected(post, kinds)
    if expected is None:
        return NONE
    related = spec.relation.rows(post) if spec.relation.rows else Q()
    return rows_where_possible(spec) & related & expected


def rows_where_possible(spec: ActSpec) -> Q:
    """Motions in a state from which the act's transition leads."""
    field, sources = _sources(spec.moves.required)
    return Q(**{f"{field}__in": sources})


@cache
def _sources(transition: str) -> tuple[str, tuple[str, ...]]:
    for name in ("state", "appeal_state"):
        field: Any = Motion._meta.get_field(name)
        found = [str(each.source) for each in field.get_all_transitions(Motion) if each.name == transition]
        if found:
            return name, tuple(sorted(found))
    raise LookupError(transition)


def _may_act(post: Post) -> Q:
    """Kept electronically, and in a case in which the officer has not acted in another role."""
    elsewhere = Participation.objects.filter(case=OuterRef("case"), officer=post.officer_id).exclude(role=post.role)
    return Q(on_paper=False) & ~Q(Exists(elsewhere))


def _any(post: Post, kinds: KindRows) -> Q:
    return Q()


# Roles that sign: they keep seeing motions that they have passed on, as they signed them.
_SIGNING = frozenset(role for spec in SPECS.values() for role in spec.roles)
_KEPT: dict[str, Any] = {Role.PROSECUTOR: _("Returned or passed on by me")}


# -- conditions of the lists of a role ----------------------------------------------------------------------------


def _expecting(*act_types: ActType) -> Condition:
    """Motions that wait for one of these acts by the post."""

    def condition(post: Post, kinds: KindRows) -> Q:
        found = NONE
        for act_type in act_types:
            found |= rows_expecting(spec_of(act_type), post, kinds)
        return found

    return condition


def _drafts(post: Post, kinds: KindRows) -> Q:
    return permissions.authored_rows(post) & Q(state__in=EDITABLE)


def _in_force(post: Post, kinds: KindRows) -> Q:
    return Q(state__in=IN_FORCE, ended_at=None) & kinds.was_granted()


def _of_court(*states: State) -> Condition:
    return lambda post, kinds: Q(state__in=states, court=post.organisation_id)


def _without_judge(post: Post, kinds: KindRows) -> Q:
    """No judge could be drawn, in this court or for an appeal."""
    above = Q(appeal_state=AppealState.SENT_UP, appellate_court=post.organisation_id)
    return Q(state=State.REGISTERED, court=post.organisation_id) | above


def _overdue(post: Post, kinds: KindRows) -> Q:
    with_court = Q(state__in=[State.REGISTERED, *WITH_A_JUDGE], court=post.organisation_id)
    return with_court & Q(next_due_at__lt=timezone.now(), due_at_once=False)


def judge_is_away(post: Post) -> Q:
    """Motions with a judge of this court, also on appeal, who is absent or no longer sits in it."""
    return away_rows(post) | away_above_rows(post)


def _judge_away(post: Post, kinds: KindRows) -> Q:
    return judge_is_away(post)


def _may_be_appealed(post: Post, kinds: KindRows) -> Q:
    """Decided by this court, and the term of appeal still runs."""
    return Q(court=post.organisation_id, appeal_state=AppealState.NONE, appeal_until__gte=timezone.now())


def _appealed(post: Post, kinds: KindRows) -> Q:
    return ~Q(appeal_state=AppealState.NONE)


def _open_to_defence(post: Post, kinds: KindRows) -> Q:
    return Q(defence=True)


def _under_way(post: Post, kinds: KindRows) -> Q:
    return Q(state__in=UNDER_WAY)


_IN_FORCE = Worklist("in_force", _("In force"), _in_force)
_APPEALS = Worklist("appeals", _("Appeals"), _appealed)
_UNDER_WAY = Worklist("under_way", _("Under way"), _under_way, is_urgent=True)
_OF_ROLE: dict[str, tuple[Worklist, ...]] = {
    Role.INVESTIGATOR: (
        Worklist("drafts", _("Drafts and returned"), _drafts),
        Worklist("execute", _("To be executed"), _expecting(ActType.EXECUTION_REPORT)),
        _UNDER_WAY,
        _IN_FORCE,
    ),
    Role.HEAD_OF_UNIT: (
        Worklist("approve", _("Awaiting approval"), _expecting(ActType.APPROVAL), is_urgent=True),
        _UNDER_WAY,
        _IN_FORCE,
    ),
    Role.PROSECUTOR: (
        Worklist("consent", _("Awaiting consent"), _expecting(ActType.AGREEMENT), is_urgent=True),
        Worklist("liftings", _("Liftings"), _expecting(ActType.LIFTING_CONSENT)),
        _IN_FORCE,
        _APPEALS,
    ),
    Role.JUDGE: (
        Worklist("decide", _("To be decided"), _expecting(ActType.PROTOCOL, ActType.ENDORSEMENT), is_urgent=True),
        Worklist("appeals_before_me", _("Appeals before me"), _expecting(ActType.APPEAL_RULING), is_urgent=True),
        _IN_FORCE,
    ),
    Role.COURT_CHAIR: (
        Worklist("without_judge", _("Without a judge"), _without_judge, is_urgent=True),
        Worklist("judge_away", _("Judge absent"), _judge_away, is_urgent=True),
        Worklist("overdue", _("Overdue"), _overdue, is_urgent=True),
        Worklist("with_judges", _("With the judges"), _of_court(*WITH_A_JUDGE), is_urgent=True),
        _APPEALS,
    ),
    Role.CLERK: (
        Worklist("hearings", _("Hearings"), _of_court(State.HEARING), is_urgent=True),
        Worklist("complaints", _("Open for complaints"), _may_be_appealed),
        _APPEALS,
    ),
    Role.DEFENDER: (
        Worklist("defence", _("Open to the defence"), _open_to_defence),
        Worklist("to_appeal", _("May be appealed"), _expecting(ActType.APPEAL)),
        _APPEALS,
    ),
}
