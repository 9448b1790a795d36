"""What waits for an officer, and how the list of motions is narrowed down."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict

from ecase.cases.models import Person
from ecase.officers.models import Post, Role
from ecase.portal.paging import Page, page
from workflows.motions import reading
from workflows.motions.models import Motion
from workflows.motions.states import State

WAITING, ALL = "waiting", "all"
# The states in which the next step is this role's. Which acts are then possible is asked of `motions.acting`.
NEXT_STEP: dict[str, tuple[State, ...]] = {
    Role.INVESTIGATOR: (State.DRAFT, State.RETURNED, State.DELIVERED),
    Role.HEAD_OF_UNIT: (State.RETURNED,),
    Role.PROSECUTOR: (State.SUBMITTED,),
    Role.JUDGE: (State.ASSIGNED, State.HEARING),
    Role.CLERK: (State.REGISTERED, State.HEARING),
}
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Wishes:
    """What the reader asked the list for."""

    scope: str
    state: str
    kind: str
    text: str
    cursor: str

    @classmethod
    def read(cls, query: QueryDict) -> "Wishes":
        scope = ALL if query.get("scope") == ALL else WAITING
        return cls(
            scope, query.get("state", ""), query.get("kind", ""), query.get("q", "").strip(), query.get("after", "")
        )

    @property
    def narrows(self) -> bool:
        """Whether anything but the scope was chosen."""
        return bool(self.state or self.kind or self.text)

    def query(self, **changes: str) -> str:
        """The query string of this list with some changes; the cursor is dropped unless given."""
        wishes = {"scope": self.scope, "state": self.state, "kind": self.kind, "q": self.text, **changes}
        link = QueryDict(mutable=True)
        link.update({key: value for key, value in wishes.items() if value})
        return link.urlencode()


def listed(post: Post, wishes: Wishes) -> Page[Motion]:
    """A page of the list: what waits, the most urgent first; or everything, the newest first."""
    rows = _narrowed(reading.queue(post), wishes).select_related(*reading.RELATED).prefetch_related("case__persons")
    if wishes.scope == ALL:
        return page(rows, "created_at", wishes.cursor, newest_first=True)
    due = Coalesce("next_due_at", Value(NEVER), output_field=DateTimeField())
    return page(_waiting(rows, post).annotate(due=due), "due", wishes.cursor, newest_first=False)


def waiting_count(post: Post) -> int:
    """How many motions wait for the next step of this post."""
    return _waiting(reading.queue(post), post).count()


def _waiting(rows: QuerySet[Motion], post: Post) -> QuerySet[Motion]:
    return rows.filter(state__in=NEXT_STEP.get(post.role, ()))


def _narrowed(rows: QuerySet[Motion], wishes: Wishes) -> QuerySet[Motion]:
    chosen: dict[str, Any] = {"state": wishes.state, "kind": wishes.kind}
    rows = rows.filter(**{key: value for key, value in chosen.items() if value})
    return rows.filter(_mentions(wishes.text)) if wishes.text else rows


def _mentions(text: str) -> Q:
    named = Person.objects.filter(case=OuterRef("case")).filter(
        Q(surname__istartswith=text) | Q(given_name__istartswith=text) | Q(iin=text)
    )
    return Q(number__icontains=text) | Q(case__number__icontains=text) | Q(Exists(named))


def main_person(persons: Iterable[Person]) -> Person | None:
    """The person that a list names a motion by: the suspect, or whoever comes first."""
    ordered = sorted(persons, key=lambda person: person.capacity != Person.Capacity.SUSPECT)
    return ordered[0] if ordered else None
