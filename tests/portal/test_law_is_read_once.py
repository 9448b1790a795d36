"""The text of a law is large and read once by a process: no page reads it again with its motions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.motions.conftest import World
from tests.portal.conftest import Visitor
from workflows.drafting import tasks
from workflows.motions.services import acting
from workflows.motions.states import ActType

pytestmark = pytest.mark.django_db
TEXT = '"statute_catalogueversion"."content"'


@pytest.mark.parametrize("path", ["/", "/inbox/", "/signatures/", "/cases/"])
def test_no_page_joins_it(world: World, visitor: Visitor, path: str) -> None:
    motion = world.filed("custody")
    acting.prepare(motion, ActType.WITHDRAWAL, world.posts["investigator"], world.filled(motion, ActType.WITHDRAWAL))
    for role in ("investigator", "prosecutor"):
        client = visitor(world.posts[role])
        with CaptureQueriesContext(connection) as sent:
            assert client.get(path).status_code == 200
        # By itself it may be read: once, for the process.
        assert not [query["sql"] for query in sent if f", {TEXT}" in query["sql"]], role


def test_no_task_joins_it() -> None:
    assert f", {TEXT}" not in str(tasks._unmeasured().query)
