"""A copied row has its own ids, in JSON too, and its own time."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from bench.copying import Change, Row, rows_of
from ecase.officers.models import Officer
from tests.factories import PostFactory

OLD, NEW, OTHER = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
AT = datetime(2026, 11, 1, tzinfo=UTC)


def test_ids_are_replaced_and_instants_moved() -> None:
    row = Row(id=OLD, key=str(OLD), other=OTHER, at=AT, number=3, payload={"person": str(OLD), "text": "сөз"})
    row.json_columns = ["payload"]
    change = Change({OLD: NEW, str(OLD): str(NEW)}, timedelta(days=-2))
    copy = change.of(row, number=4)
    assert json.loads(copy.pop("payload")) == {"person": str(NEW), "text": "сөз"}
    assert copy == {"id": NEW, "key": str(NEW), "other": OTHER, "at": AT - timedelta(days=2), "number": 4}
    assert row["id"] == OLD


@pytest.mark.django_db
def test_what_the_database_generates_is_not_copied() -> None:
    post = PostFactory()
    [row] = rows_of(Officer.objects.filter(pk=post.officer_id))
    assert row["surname"] == post.officer.surname
    assert "sort_key" not in row
