"""Pages of REST lists: parameters ``limit`` and ``cursor``, response members ``next`` and ``results``."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from ecase.pagination import SIZE, Cursor, Page
from ecase.problems import Invalid, Problem

LIMIT, MAX_LIMIT = SIZE, 100


def cursor_of(filters: Mapping[str, Any]) -> Cursor | None:
    """The cursor among checked query parameters. Raises :class:`Invalid` unless it comes from a ``next`` link."""
    if "cursor" not in filters:
        return None
    try:
        return Cursor.parse(filters["cursor"])
    except ValueError as fault:
        raise Invalid(Problem("cursor", _("Take the cursor from the “next” link of a page."), "cursor")) from fault


def answer_page(request: Request, page: Page[Any], results: Any) -> dict[str, Any]:
    """``next`` and ``results``, the serialized rows of ``page``."""
    return {"next": next_link(request, page.next) if page.next else None, "results": results}


def next_link(request: Request, cursor: str) -> str:
    """The address of the next page: that of this request, with another cursor."""
    query = request.query_params.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
