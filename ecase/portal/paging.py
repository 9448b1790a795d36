"""Pages that stay fast at a million rows: each begins after the last row of the one before, by key and not by count."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import orjson
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
SIZE = 20
NUMBER = re.compile("[0-9]{1,18}")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of the next page (empty at the end)."""

    rows: Sequence[Row]
    next: str
    is_first: bool


def page(
    rows: QuerySet[Row],
    key: str,
    cursor: str,
    *,
    newest_first: bool,
    size: int = SIZE,
    shaped: Callable[[QuerySet[Row]], QuerySet[Row]] | None = None,
) -> Page[Row]:
    """The rows after ``cursor`` by ``key`` (an instant) and id. A cursor that makes no sense is the beginning.

    ``shaped`` joins what a line shows, and ``key`` where it is computed, to the rows of the page, which are chosen
    before in the same statement: PostgreSQL seeks no order for more joins than eight, and would join all rows first.
    """
    sign = "-" if newest_first else ""
    order, place = (f"{sign}{key}", f"{sign}id"), _read(cursor)
    chosen = _after(rows.order_by(*order), key, place, "lt" if newest_first else "gt")[: size + 1]
    if shaped:
        everything: QuerySet[Row] = QuerySet(rows.model)
        chosen = shaped(everything.filter(_is_among(chosen))).order_by(*order)
    found = list(chosen)
    more = len(found) > size
    return Page(found[:size], _write(found[size - 1], key) if more else "", place is None)


def _is_among(chosen: QuerySet[Row]) -> Func:
    """``id = ANY (ARRAY (SELECT ...))``: read first, then sought by key. An ``IN`` would be one more join."""
    keys = Func(ArraySubquery(chosen.values("pk")), function="ANY")
    return Func(F("pk"), keys, template="(%(expressions)s)", arg_joiner=" = ", output_field=BooleanField())


def page_by_number(rows: QuerySet[Row], key: str, cursor: str, *, size: int = SIZE) -> Page[Row]:
    """The rows below ``cursor`` by a number that no two of them share, the highest first; an index on it is enough."""
    place = int(cursor) if NUMBER.fullmatch(cursor) else None
    below = rows if place is None else rows.filter(**{f"{key}__lt": place})
    found = list(below.order_by(f"-{key}")[: size + 1])
    return Page(found[:size], str(getattr(found[size - 1], key)) if len(found) > size else "", place is None)


def _after(rows: QuerySet[Row], key: str, place: tuple[datetime, str] | None, side: str) -> QuerySet[Row]:
    if place is None:
        return rows
    at, last = place
    return rows.filter(Q(**{f"{key}__{side}": at}) | Q(**{key: at, f"id__{side}": last}))


def _write(row: Model, key: str) -> str:
    place: list[Any] = [getattr(row, key).isoformat(), str(row.pk)]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, str] | None:
    try:
        at, last = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return datetime.fromisoformat(at), str(last)
    except (ValueError, TypeError, binascii.Error):
        return None
