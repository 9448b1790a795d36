"""An officer's list of motions: the worklist, its filters, and whether it has changed since it was shown."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.conf import settings
from django.db.models import BooleanField, DateTimeField, ExpressionWrapper, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Post, Role
from ecase.pagination import Page, fetch_page, read_cursor
from ecase.portal.next_steps import with_last_act
from workflows.motions import queries, signers
from workflows.motions.filters import MotionFilter
from workflows.motions.models import Motion
from workflows.motions.rules.kind_rules import KindRows
from workflows.motions.search import filter_by_case_number
from workflows.motions.worklists import ALL, WAITING, Worklist, judge_is_away, waiting, worklist_of, worklists_of
from workflows.statute.catalogue import catalogue, in_force
from workflows.statute.schema import Catalogue

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
# The names of the values of ``due``.
DUE = {"overdue": _("overdue"), "day": _("within 24 hours"), "three_days": _("within three days")}
__all__ = ["ALL", "DUE", "WAITING", "Wishes", "law", "listed", "seen", "stamp", "waiting_count"]


@dataclass(frozen=True)
class Wishes:
    """The filters that the reader has chosen."""

    scope: str
    state: str
    kind: str
    group: str
    due: str
    text: str
    cursor: str

    @classmethod
    def read(cls, query: QueryDict) -> "Wishes":
        typed = {name: query.get(name, "") for name in ("state", "kind", "group")}
        typed |= {"due": due if (due := query.get("due", "")) in DUE else ""}
        typed |= {"text": query.get("q", "").strip(), "cursor": query.get("after", "")}
        return cls(scope=query.get("scope") or WAITING, **typed)

    @property
    def chosen(self) -> dict[str, str]:
        """The filters by the names of ``MotionFilter``."""
        return {"state": self.state, "kind": self.kind, "group": self.group, "due": self.due, "q": self.text}

    @property
    def narrows(self) -> bool:
        """Whether anything but the scope was chosen."""
        return any(self.chosen.values())

    def query(self, **changes: str) -> str:
        """The query string of this list with some changes; the cursor is dropped unless given."""
        link = QueryDict(mutable=True)
        link.update({key: value for key, value in {"scope": self.scope, **self.chosen, **changes}.items() if value})
        return link.urlencode()


def law() -> Catalogue:
    """The catalogue under which new motions are filed."""
    return catalogue(in_force(settings.JURISDICTION, timezone.now()).pk)


def listed(post: Post, wishes: Wishes) -> Page[Motion]:
    """A page of the list: the most urgent first, or the newest first."""
    return _page(post, wishes, lambda rows: _shown(rows, post))


def _shown(rows: QuerySet[Motion], post: Post) -> QuerySet[Motion]:
    """The rows with the columns that a line shows; for the chair also ``judge_is_away``, in the same query."""
    rows = with_last_act(rows).select_related(*queries.RELATED).prefetch_related("case__persons")
    if post.role != Role.COURT_CHAIR:
        return rows
    return rows.annotate(judge_is_away=ExpressionWrapper(judge_is_away(post), output_field=BooleanField()))


def seen(motions: Page[Motion]) -> str:
    """A digest of a page of the list: it changes when a motion on the page is changed, added or removed."""
    told = ",".join(f"{motion.pk}:{motion.revision}" for motion in motions.rows)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def stamp(post: Post, wishes: Wishes) -> str:
    """:func:`seen` of the current list, by one query that reads only ids and revisions."""
    return seen(_page(post, wishes, lambda rows: rows.only("pk", "revision", "created_at")))


def waiting_count(post: Post) -> int:
    """How many motions wait for an act of this post."""
    return queries.queue(post).order_by().filter(waiting(post, KindRows.load())).count()


def _page(post: Post, wishes: Wishes, shaped: Callable[[QuerySet[Motion]], QuerySet[Motion]]) -> Page[Motion]:
    worklist = worklist_of(post, wishes.scope) or worklists_of(post)[0]
    if worklist.is_kept:
        return _page_of_kept(post, worklist, wishes)
    rows, cursor = _narrowed(worklist.motions(post), wishes, post), read_cursor(wishes.cursor)
    if not worklist.is_urgent:
        return fetch_page(rows, "created_at", cursor, shaped=shaped)
    return fetch_page(_due(rows), "due", cursor, newest_first=False, shaped=lambda found: _due(shaped(found)))


def _due(rows: QuerySet[Motion]) -> QuerySet[Motion]:
    return rows.annotate(due=Coalesce("next_due_at", Value(NEVER), output_field=DateTimeField()))


def _page_of_kept(post: Post, worklist: Worklist, wishes: Wishes) -> Page[Motion]:
    """Motions as they stood when the post signed. Filters by later data are dropped: they would reveal it."""
    then = replace(wishes, state="", due="", text="")
    rows = _narrowed(worklist.motions(post), then, post)
    rows = filter_by_case_number(rows, wishes.text) if wishes.text else rows
    found = fetch_page(rows, "created_at", read_cursor(wishes.cursor), shaped=lambda page: _shown(page, post))
    return replace(found, rows=signers.as_they_stood(post, found.rows))


def _narrowed(rows: QuerySet[Motion], wishes: Wishes, post: Post) -> QuerySet[Motion]:
    """The filtered rows; none if a filter has an unknown value."""
    narrowing = MotionFilter(wishes.chosen, rows, post=post)
    return narrowing.qs if narrowing.is_valid() else rows.none()
