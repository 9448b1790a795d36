"""An officer's list of motions: which pile, how it is narrowed down, and whether it has changed since it was shown."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, DateTimeField, ExpressionWrapper, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Post, Role
from ecase.portal import piles
from ecase.portal.next_step import with_last_act
from ecase.portal.paging import Page, page
from ecase.portal.piles import ALL, WAITING, Pile
from workflows.motions import reading, signers
from workflows.motions.models import Motion
from workflows.motions.persons import naming
from workflows.statute.catalogue import catalogue, in_force
from workflows.statute.schema import Catalogue

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
DUE: dict[str, tuple[Any, Callable[[datetime], Q]]] = {
    "overdue": (_("overdue"), lambda now: Q(next_due_at__lt=now, due_at_once=False)),
    "day": (_("within 24 hours"), lambda now: Q(next_due_at__range=(now, now + timedelta(hours=24)))),
    "three_days": (_("within three days"), lambda now: Q(next_due_at__range=(now, now + timedelta(days=3)))),
}
__all__ = ["ALL", "DUE", "WAITING", "Wishes", "law", "listed", "seen", "stamp", "waiting_count"]


@dataclass(frozen=True)
class Wishes:
    """What the reader asked the list for."""

    scope: str
    state: str
    kind: str
    group: str
    due: str
    text: str
    cursor: str

    @classmethod
    def read(cls, query: QueryDict) -> "Wishes":
        typed = {name: query.get(name, "") for name in ("state", "kind", "group", "due")}
        typed |= {"text": query.get("q", "").strip(), "cursor": query.get("after", "")}
        return cls(scope=query.get("scope") or WAITING, **typed)

    @property
    def narrows(self) -> bool:
        """Whether anything but the scope was chosen."""
        return bool(self.state or self.kind or self.group or self.due or self.text)

    def query(self, **changes: str) -> str:
        """The query string of this list with some changes; the cursor is dropped unless given."""
        chosen = {"state": self.state, "kind": self.kind, "group": self.group, "due": self.due, "q": self.text}
        link = QueryDict(mutable=True)
        link.update({key: value for key, value in {"scope": self.scope, **chosen, **changes}.items() if value})
        return link.urlencode()


def law() -> Catalogue:
    """The catalogue that new motions are filed under."""
    return catalogue(in_force(settings.JURISDICTION, timezone.now()).pk)


def listed(post: Post, wishes: Wishes) -> Page[Motion]:
    """A page of the list: the most urgent first, or the newest first."""
    return _page(post, wishes, lambda rows: _shown(rows, post))


def _shown(rows: QuerySet[Motion], post: Post) -> QuerySet[Motion]:
    """With what a line says; for the chair also ``judge_is_away``, in the same query."""
    rows = with_last_act(rows).select_related(*reading.RELATED).prefetch_related("case__persons")
    if post.role != Role.COURT_CHAIR:
        return rows
    return rows.annotate(judge_is_away=ExpressionWrapper(piles.judge_is_away(post), output_field=BooleanField()))


def seen(motions: Page[Motion]) -> str:
    """A digest of a page of the list: another one as soon as a motion on it has moved, come or gone."""
    told = ",".join(f"{one.pk}:{one.revision}" for one in motions.rows)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def stamp(post: Post, wishes: Wishes) -> str:
    """:func:`seen` of the list as it is now, by one query that reads nothing but ids and revisions."""
    return seen(_page(post, wishes, lambda rows: rows.only("pk", "revision", "created_at")))


def waiting_count(post: Post) -> int:
    """How many motions wait for the next step of this post."""
    return reading.queue(post).order_by().filter(piles.waiting(post, law().kinds.values())).count()


def _page(post: Post, wishes: Wishes, shaped: Callable[[QuerySet[Motion]], QuerySet[Motion]]) -> Page[Motion]:
    known = law()
    pile = _pile(post, wishes.scope)
    if pile.is_kept:
        return _page_of_kept(post, pile, wishes, known)
    piled = pile.rows(post).filter(pile.condition(post, known.kinds.values()))
    rows = _narrowed(piled, wishes, known, post)
    if not pile.is_urgent:
        return page(rows, "created_at", wishes.cursor, newest_first=True, shaped=shaped)
    return page(_due(rows), "due", wishes.cursor, newest_first=False, shaped=lambda found: _due(shaped(found)))


def _due(rows: QuerySet[Motion]) -> QuerySet[Motion]:
    return rows.annotate(due=Coalesce("next_due_at", Value(NEVER), output_field=DateTimeField()))


def _page_of_kept(post: Post, pile: Pile, wishes: Wishes, known: Catalogue) -> Page[Motion]:
    """As they stood when the post signed. Nothing that came later narrows the list: it would tell what came."""
    then = replace(wishes, state="", due="", text="")
    rows = _narrowed(pile.rows(post), then, known, post).filter(case__number__icontains=wishes.text)
    found = page(rows, "created_at", wishes.cursor, newest_first=True, shaped=lambda found: _shown(found, post))
    return replace(found, rows=signers.as_they_stood(post, found.rows))


def _pile(post: Post, key: str) -> Pile:
    """The pile of that name, or what waits if this post has none of that name."""
    known = piles.of(post)
    return next((one for one in known if one.key == key), known[0])


def _narrowed(rows: QuerySet[Motion], wishes: Wishes, known: Catalogue, post: Post) -> QuerySet[Motion]:
    chosen: dict[str, Any] = {"state": wishes.state, "kind": wishes.kind}
    rows = rows.filter(**{key: value for key, value in chosen.items() if value})
    if wishes.group:
        rows = rows.filter(kind__in=[one.key for one in known.kinds.values() if one.group == wishes.group])
    if wishes.due in DUE:
        rows = rows.filter(DUE[wishes.due][1](timezone.now()))
    return rows.filter(_mentions(wishes.text, post)) if wishes.text else rows


def _mentions(text: str, post: Post) -> Q:
    numbers = Q(number__icontains=text) | Q(appeal_number__icontains=text) | Q(case__number__icontains=text)
    return numbers | naming(post, text)
