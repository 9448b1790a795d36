"""Pages of a list, newest first, by cursor: no COUNT, no OFFSET, and no row twice while rows are added."""

import base64
import binascii
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from ecase.problems import Invalid, Problem

M = TypeVar("M", bound=Model)
LIMIT, MAX_LIMIT = 20, 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
        """A cursor of a ``next`` link. Raises :class:`Invalid` for anything else."""
        try:
            at, _separator, key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
            return cls(_EPOCH + timedelta(microseconds=int(at)), uuid.UUID(key))
        except (binascii.Error, ValueError, OverflowError) as fault:
            raise Invalid(Problem("cursor", _("Take the cursor from the “next” link of a page."), "cursor")) from fault


def after(queryset: "QuerySet[M, Any]", cursor: Cursor | None, by: str) -> "QuerySet[M, Any]":
    """The rows that follow ``cursor`` in the order ``-by, -id``."""
    queryset = queryset.order_by(f"-{by}", "-id")
    if cursor is None:
        return queryset
    # The first condition is implied by the second; it is what the index understands.
    return queryset.filter(
        Q(**{f"{by}__lte": cursor.at}), Q(**{f"{by}__lt": cursor.at}) | Q(**{by: cursor.at, "id__lt": cursor.id})
    )


def page(request: Request, rows: Sequence[Mapping[str, Any]], limit: int, by: str) -> dict[str, Any]:
    """``next`` and ``results`` of ``rows``, of which one more than ``limit`` was fetched."""
    shown = list(rows[:limit])
    more = len(rows) > limit
    return {"next": next_link(request, Cursor(shown[-1][by], shown[-1]["id"])) if more else None, "results": shown}


def next_link(request: Request, cursor: object) -> str:
    """The address of the next page: this request's, with another cursor."""
    query = request.query_params.copy()
    query["cursor"] = str(cursor)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
