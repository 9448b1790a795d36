"""The lists of an officer: motions that wait for this post's next step, and others that it follows.

What waits is computed from the acts: a motion waits for a post if an act that it waits for is possible to that post
(``acts`` says of each which motions wait for it). In addition the chair of a court is shown motions that no judge could
be assigned to, even if no act of his can change that. Portal and REST API show these lists.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from ecase.cases.models import Participation
from ecase.officers.models import Post, Role
from workflows.motions import permissions, queries, signers
from workflows.motions.acts.appeal import away_above_rows
from workflows.motions.acts.court import away_rows
from workflows.motions.acts.registry import SPECS, spec_of
from workflows.motions.acts.spec import ActSpec, whenever_possible
from workflows.motions.models import Motion, MotionQuerySet
from workflows.motions.rules import kind_rules
from workflows.motions.rules.kind_rules import NONE, KindRows
from workflows.motions.states import EDITABLE, IN_FORCE, UNDER_WAY, WITH_A_JUDGE, ActType, AppealState, State
from workflows.motions.transitions import TRANSITIONS

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

    def motions(self, post: Post, kinds: KindRows | None = None) -> MotionQuerySet:
        """The list, of the motions that the post may open (or has signed, if ``is_kept``)."""
        rows = signers.elsewhere(post) if self.is_kept else queries.queue(post)
        return rows.filter(self.condition(post, kinds or KindRows.load()))


def worklists_of(post: Post) -> list[Worklist]:
    """The lists of this post: what waits first, then those of its role, what it has passed on, everything last."""
    waits = Worklist(WAITING, _("Waiting for me"), waiting, is_urgent=True)
    label = _KEPT.get(post.role, _("Signed by me, now with others"))
    kept = Worklist(KEPT, label, lambda post, kinds: Q(), is_kept=True)
    signed = [kept] if post.role in _SIGNING else []
    return [waits, *_OF_ROLE.get(post.role, ()), *signed, Worklist(ALL, _("All motions"), lambda post, kinds: Q())]


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
    # Kept electronically, and in a case in which the officer has not acted in another role.
    elsewhere = Participation.objects.filter(case=OuterRef("case"), officer=post.officer_id).exclude(role=post.role)
    found &= Q(on_paper=False) & ~Q(Exists(elsewhere))
    return found | (_without_judge(post, kinds) if post.role == Role.COURT_CHAIR else NONE)


def rows_expecting(spec: ActSpec, post: Post, kinds: KindRows) -> Q:
    """Motions that wait for this act by this post: its transition is possible, and the post has the required part."""
    related = spec.relation.rows(post) if spec.relation.rows else Q()
    return _rows_awaiting(spec, post, kinds) & related


def awaited_act(act_types: Iterable[str], post: Post, kinds: KindRows) -> Case:
    """The first of ``act_types`` that a motion waits for, by whoever performs it, as a column; empty if for none."""
    awaited = ((act_type, _rows_awaiting(spec_of(act_type), post, kinds)) for act_type in act_types)
    return Case(*(When(rows, then=Value(act_type)) for act_type, rows in awaited), default=Value(""))


def awaited_in_state(act_types: Iterable[str], motion: Motion) -> str:
    """As :func:`awaited_act`, of a motion in memory: acts that its state alone, and nothing else, makes expected."""
    for act_type in act_types:
        spec = spec_of(act_type)
        if (spec.is_of_service or spec.expected is whenever_possible) and can_proceed(spec.moves.possible(motion)):
            return act_type
    return ""


def _rows_awaiting(spec: ActSpec, post: Post, kinds: KindRows) -> Q:
    """Motions that wait for this act; for an act of the service, all on which it is possible."""
    expected = Q() if spec.is_of_service else spec.expected(post, kinds)
    if expected is None:
        return NONE
    transition = TRANSITIONS[spec.moves.required]
    return Q(**{f"{transition.column}__in": sorted(transition.sources)}) & expected


# Roles that sign: they keep seeing motions that they have passed on, as they signed them.
_SIGNING = frozenset(role for spec in SPECS.values() for role in spec.roles)
_KEPT: dict[str, Any] = {Role.PROSECUTOR: _("Returned or passed on by me")}


# -- conditions of the lists of a role ----------------------------------------------------------------------------


def _expecting(*act_types: ActType) -> Condition:
    """Motions that wait for one of these acts by the post."""
    return lambda post, kinds: reduce(
        or_, (rows_expecting(spec_of(act_type), post, kinds) for act_type in act_types), NONE
    )


def _without_judge(post: Post, kinds: KindRows) -> Q:
    """No judge could be drawn, in this court or for an appeal."""
    above = Q(appeal_state=AppealState.SENT_UP, appellate_court=post.organisation_id)
    return Q(state=State.REGISTERED, court=post.organisation_id) | above


def judge_is_away(post: Post, kinds: KindRows) -> Q:
    """Motions with a judge of this court, also on appeal, who is absent or no longer sits in it."""
    return away_rows(post) | away_above_rows(post, kinds)


_IN_FORCE = Worklist(
    "in_force",
    _("In force"),
    lambda post, kinds: Q(state__in=IN_FORCE, ended_at=None) & kind_rules.was_granted.rows(kinds),
)
_APPEALS = Worklist("appeals", _("Appeals"), lambda post, kinds: ~Q(appeal_state=AppealState.NONE))
_UNDER_WAY = Worklist("under_way", _("Under way"), lambda post, kinds: Q(state__in=UNDER_WAY), is_urgent=True)
_OF_ROLE: dict[str, tuple[Worklist, ...]] = {
    Role.INVESTIGATOR: (
        Worklist(
            "drafts",
            _("Drafts and returned"),
            lambda post, kinds: permissions.authored_rows(post) & Q(state__in=EDITABLE),
        ),
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
        Worklist("judge_away", _("Judge absent"), judge_is_away, is_urgent=True),
        Worklist(
            "overdue",
            _("Overdue"),
            lambda post, kinds: (
                Q(state__in=[State.REGISTERED, *WITH_A_JUDGE], court=post.organisation_id)
                & Q(next_due_at__lt=timezone.now(), due_at_once=False)
            ),
            is_urgent=True,
        ),
        Worklist(
            "with_judges",
            _("With the judges"),
            lambda post, kinds: Q(state__in=WITH_A_JUDGE, court=post.organisation_id),
            is_urgent=True,
        ),
        _APPEALS,
    ),
    Role.CLERK: (
        Worklist(
            "hearings",
            _("Hearings"),
            lambda post, kinds: Q(state__in=[State.HEARING], court=post.organisation_id),
            is_urgent=True,
        ),
        # Decided by this court, and the term of appeal still runs.
        Worklist(
            "complaints",
            _("Open for complaints"),
            lambda post, kinds: Q(
                court=post.organisation_id, appeal_state=AppealState.NONE, appeal_until__gte=timezone.now()
            ),
        ),
        _APPEALS,
    ),
    Role.DEFENDER: (
        Worklist("defence", _("Open to the defence"), lambda post, kinds: Q(defence=True)),
        Worklist("to_appeal", _("May be appealed"), _expecting(ActType.APPEAL)),
        _APPEALS,
    ),
}
