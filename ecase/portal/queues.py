"""An officer's list of motions: the worklist, its filters, and whether it has changed since it was shown."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db.models import BooleanField, DateTimeField, ExpressionWrapper, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Post, Role
from ecase.pagination import Page, fetch_page, read_cursor
from ecase.portal.next_steps import with_awaited_acts
from workflows.motions import queries, signers
from workflows.motions.filters import DENIED, GRANTED, MotionFilter
from workflows.motions.models import Motion
from workflows.motions.rules.kind_rules import KindRows
from workflows.motions.search import filter_by_case_number
from workflows.motions.worklists import WAITING, Worklist, judge_is_away, waiting, worklist_of, worklists_of

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
# The names of the values of ``due``.
DECIDED = {GRANTED: _("granted"), DENIED: _("refused")}
DUE = {"overdue": _("overdue"), "day": _("within 24 hours"), "three_days": _("within three days")}


@dataclass(frozen=True)
class Wishes:
    """The filters that the reader has chosen."""

    scope: str
    state: str
    kind: str
    group: str
    due: str
    decided: str
    text: str
    cursor: str

    @classmethod
    def read(cls, query: QueryDict) -> "Wishes":
        typed = {name: query.get(name, "") for name in ("state", "kind", "group", "decided")}
        typed |= {"due": due if (due := query.get("due", "")) in DUE else ""}
        typed |= {"text": query.get("q", "").strip(), "cursor": query.get("after", "")}
        return cls(scope=query.get("scope") or WAITING, **typed)

    @property
    def chosen(self) -> dict[str, str]:
        """The filters by the names of ``MotionFilter``."""
        return {**self.filters, "q": self.text}

    @property
    def filters(self) -> dict[str, str]:
        """The filters other than the text, without those that are not chosen."""
        names = ("state", "kind", "group", "due", "decided")
        return {name: chosen for name in names if (chosen := getattr(self, name))}

    @property
    def narrows(self) -> bool:
        """Whether anything but the scope was chosen."""
        return any(self.chosen.values())

    def query(self, **changes: str) -> str:
        """The query string of this list with some changes; the cursor is dropped unless given."""
        link = QueryDict(mutable=True)
        link.update({key: value for key, value in {"scope": self.scope, **self.chosen, **changes}.items() if value})
        return link.urlencode()


def fetch_motions(post: Post, wishes: Wishes) -> Page[Motion]:
    """A page of the list: the most urgent first, or the newest first.

    The rows have the columns that a line shows; for the chair also ``judge_is_away``, in the same query.
    """
    kinds = KindRows.load()

    def shaped(rows: QuerySet[Motion]) -> QuerySet[Motion]:
        rows = with_awaited_acts(rows, post, kinds).select_related(*queries.RELATED).prefetch_related("case__persons")
        if post.role != Role.COURT_CHAIR:
            return rows
        return rows.annotate(judge_is_away=ExpressionWrapper(judge_is_away(post, kinds), output_field=BooleanField()))

    page = _page(post, wishes, kinds, shaped)
    is_kept = _worklist(post, wishes).is_kept
    return replace(page, rows=signers.as_they_stood(post, page.rows)) if is_kept else page


def digest_page(motions: Page[Motion]) -> str:
    """A digest of a page of the list: it changes when a motion on the page is changed, added or removed."""
    revisions = ",".join(f"{motion.pk}:{motion.revision}" for motion in motions.rows)
    return hashlib.sha256(revisions.encode()).hexdigest()[:16]


def digest_motions(post: Post, wishes: Wishes) -> str:
    """:func:`digest_page` of the current list, by one query that reads only ids and revisions."""
    if _worklist(post, wishes).is_kept:
        return digest_page(fetch_motions(post, wishes))
    return digest_page(_page(post, wishes, KindRows.load(), lambda rows: rows.only("pk", "revision", "created_at")))


def count_waiting(post: Post) -> int:
    """How many motions wait for an act of this post."""
    return queries.queue(post).order_by().filter(waiting(post, KindRows.load())).count()


def _worklist(post: Post, wishes: Wishes) -> Worklist:
    """The chosen list; the first of the role if it has none of that name."""
    return worklist_of(post, wishes.scope) or worklists_of(post)[0]


def _page(
    post: Post, wishes: Wishes, kinds: KindRows, shaped: Callable[[QuerySet[Motion]], QuerySet[Motion]]
) -> Page[Motion]:
    """A page of the rows that the filters leave; of none if a filter has an unknown value.

    Of a kept list, filters by later data are dropped, since they would reveal it.
    """
    worklist = _worklist(post, wishes)
    chosen = replace(wishes, state="", due="", decided="", text="").chosen if worklist.is_kept else wishes.chosen
    narrowing = MotionFilter(chosen, worklist.motions(post, kinds), post=post)
    rows = narrowing.qs if narrowing.is_valid() else narrowing.queryset.none()
    if worklist.is_kept and wishes.text:
        rows = filter_by_case_number(rows, wishes.text)
    cursor = read_cursor(wishes.cursor)
    if not worklist.is_urgent:
        return fetch_page(rows, "created_at", cursor, shaped=shaped)
    due = {"due": Coalesce("next_due_at", Value(NEVER), output_field=DateTimeField())}
    wanted = rows.annotate(**due)
    return fetch_page(wanted, "due", cursor, newest_first=False, shaped=lambda found: shaped(found).annotate(**due))
