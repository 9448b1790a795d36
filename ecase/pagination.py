"""Keyset pages of a list: each begins after the last row of the previous one. No COUNT, no OFFSET, no row twice.

The order is an instant and the id. A million rows cost as much as twenty if an index has that order.
"""

import base64
import binascii
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet

M = TypeVar("M", bound=Model)
Row = TypeVar("Row")
SIZE = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile("[0-9]{1,18}")


@dataclass(frozen=True)
class Cursor:
    """The last row of a page: the next page begins after it."""

    at: datetime
    id: uuid.UUID

    def __str__(self) -> str:
        microseconds = (self.at - _EPOCH) // timedelta(microseconds=1)
        return base64.urlsafe_b64encode(f"{microseconds} {self.id}".encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """A cursor from its text. Raises ``ValueError`` for anything else."""
        try:
            at, _separator, key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
            return cls(_EPOCH + timedelta(microseconds=int(at)), uuid.UUID(key))
        except (binascii.Error, OverflowError) as fault:
            raise ValueError(text) from fault


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of the next page (empty at the end)."""

    rows: Sequence[Row]
    next: str
    is_first: bool


def read_cursor(text: str) -> Cursor | None:
    """A cursor; None, the beginning, for an invalid text."""
    try:
        return Cursor.parse(text)
    except ValueError:
        return None


def filter_after(
    queryset: "QuerySet[M, Row]", cursor: Cursor | None, by: str, *, newest_first: bool = True
) -> "QuerySet[M, Row]":
    """The rows that follow ``cursor`` in the order of ``by`` and id."""
    sign, side = ("-", "lt") if newest_first else ("", "gt")
    ordered = queryset.order_by(f"{sign}{by}", f"{sign}id")
    if cursor is None:
        return ordered
    # The second condition implies the first, which lets PostgreSQL use the index.
    beyond = Q(**{f"{by}__{side}": cursor.at}) | Q(**{by: cursor.at, f"id__{side}": cursor.id})
    return ordered.filter(Q(**{f"{by}__{side}e": cursor.at}), beyond)


def fetch_page(
    queryset: "QuerySet[M, Row]",
    by: str,
    cursor: Cursor | None,
    *,
    newest_first: bool = True,
    size: int = 0,
    shaped: "Callable[[QuerySet[M]], QuerySet[M, Row]] | None" = None,
) -> Page[Row]:
    """Up to ``size`` rows after ``cursor`` (0: :data:`SIZE`), models or ``values()``; one query.

    ``shaped`` joins what a line shows, and ``by`` if it is computed, to the rows of the page, which the same statement
    selects first: beyond eight joins PostgreSQL does not optimise their order, and would join all rows first.
    """
    size = size or SIZE
    chosen = filter_after(queryset, cursor, by, newest_first=newest_first)[: size + 1]
    if shaped:
        everything: QuerySet[M] = QuerySet(queryset.model)
        sign = "-" if newest_first else ""
        # ``id = ANY (ARRAY (SELECT ...))``: evaluated first, then looked up by key. An ``IN`` would be one more join.
        keys = Func(ArraySubquery(chosen.values("pk")), function="ANY")
        is_chosen = Func(F("pk"), keys, template="(%(expressions)s)", arg_joiner=" = ", output_field=BooleanField())
        chosen = shaped(everything.filter(is_chosen)).order_by(f"{sign}{by}", f"{sign}id")
    return page_of(list(chosen), by, cursor, size)


def page_of(found: "list[Row]", by: str, cursor: Cursor | None, size: int) -> Page[Row]:
    """The page of the rows after ``cursor``, which are read with one more than its ``size``."""
    following = ""
    if len(found) > size:
        last: Any = found[size - 1]
        is_mapping = isinstance(last, Mapping)
        following = str(Cursor(last[by], last["id"]) if is_mapping else Cursor(getattr(last, by), last.pk))
    return Page(found[:size], following, cursor is None)


def fetch_page_by_number(queryset: "QuerySet[M, Row]", key: str, cursor: str, *, size: int = 0) -> Page[Row]:
    """The rows below ``cursor`` by a unique number, the highest first; an index on it is enough."""
    size, place = size or SIZE, int(cursor) if _NUMBER.fullmatch(cursor) else None
    below = queryset if place is None else queryset.filter(**{f"{key}__lt": place})
    found = list(below.order_by(f"-{key}")[: size + 1])
    return Page(found[:size], str(getattr(found[size - 1], key)) if len(found) > size else "", place is None)
