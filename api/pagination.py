"""Pages of REST lists: parameters ``limit`` and ``cursor``, response members ``next`` and ``results``."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from ecase.pagination import SIZE, Cursor, Page

LIMIT, MAX_LIMIT = SIZE, 100


class CursorField(serializers.RegexField):
    """The place in a list at which a page begins; anything that no ``next`` link holds is refused."""

    default_error_messages = {"cursor": _("Take the cursor from the “next” link of a page.")}

    def __init__(self, **options: Any) -> None:
        super().__init__("^[A-Za-z0-9_-]+$", max_length=80, help_text="From the `next` link of a page.", **options)

    def to_internal_value(self, data: Any) -> Any:
        """The cursor; every other text is refused in the same sentence."""
        try:
            return Cursor.parse(super().to_internal_value(data))
        except ValueError:
            self.fail("cursor")

    def run_validators(self, value: Any) -> None:
        """Nothing: they are for the description, and reading the text has checked it."""


def answer_page(request: Request, page: Page[Any], results: Any) -> dict[str, Any]:
    """``next`` and ``results``, the serialized rows of ``page``."""
    return {"next": next_link(request, page.next) if page.next else None, "results": results}


def next_link(request: Request, cursor: str) -> str:
    """The address of the next page: that of this request, with another cursor."""
    query = request.query_params.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
