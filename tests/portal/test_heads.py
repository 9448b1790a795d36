"""R-A11: HEAD sends no byte of a body, so it opens nothing, at either door."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse

from ecase.audit.models import Entry
from ecase.http import only_where_sent
from ecase.outbox import services as outbox
from tests.motions.world import World
from tests.past_guards import past_guards
from tests.portal import scenes
from tests.portal.conftest import Visitor, bearer
from workflows.motions.models import Opening

pytestmark = pytest.mark.django_db
CHANGES = ("INSERT", "UPDATE", "DELETE", "WITH head")
# What HEAD may write: the session and the token that brought it, and what the log's sequencer does for anybody.
FREE = ("officers_session", "officers_token", "limits_window", "audit_node", "audit_checkpoint")


@pytest.fixture
def known(world: World) -> dict[str, Any]:
    """Path parameters that lead to something that the judge may read."""
    motion = scenes.delivered(world)
    return {
        "motion_id": motion.pk,
        "case_id": motion.case_id,
        "number": motion.case.number,
        "external_id": "1",
        "person_id": motion.case.persons.first().pk,
        "counsel_id": 1,
        "act_id": motion.acts.get(position=1).pk,
        "attachment_id": motion.attachments.first().pk,
        "document_id": motion.attachments.first().document_id,
        "copy_id": motion.copies.first().pk,
        "prepared_id": uuid.uuid4(),
        "upload_id": uuid.uuid4(),
        "act_type": "protocol",
        "requirement": "other",
        "notice_id": 1,
        "entry_id": Entry.objects.first().pk,
        "entry": Entry.objects.first().pk,
        "key": "custody",
        "before": 1,
        "after": 1,
        "old": 1,
        "size": 1,
        "suggestion_id": uuid.uuid4(),
        "sha256": motion.attachments.first().document.blob_id,
        "subscription_id": 1,
        "endpoint_id": uuid.uuid4(),
    }


def addresses(namespace: str, known: dict[str, Any]) -> list[str]:
    """Every address of a door, with parameters that lead to something."""
    resolver = next(
        url_pattern
        for url_pattern in get_resolver().url_patterns
        if getattr(url_pattern, "namespace", None) == namespace
    )
    found = [
        url_pattern for url_pattern in resolver.url_patterns if isinstance(url_pattern, URLPattern) and url_pattern.name
    ]
    # The proof of a container waits for the log's sequencer, which a test's own transaction holds up.
    wanted = [pattern for pattern in found if "container" not in pattern.name and "sign-out" not in pattern.name]
    return [reverse(f"{namespace}:{pattern.name}", kwargs=_given(pattern, known)) for pattern in wanted]


def _given(pattern: URLPattern, known: dict[str, Any]) -> dict[str, Any]:
    return {key: known[key] for key in pattern.pattern.converters}


def written(asked: Callable[[], Any]) -> tuple[int, list[str]]:
    """The status of an answer, and the statements by which it left something."""
    with CaptureQueriesContext(connection) as queries:
        status = asked().status_code
    changes = [query["sql"].strip() for query in queries if query["sql"].strip().startswith(CHANGES)]
    return status, [change[:120] for change in changes if not any(name in change for name in FREE)]


@pytest.mark.parametrize("role", ["judge", "prosecutor", "investigator"])
@pytest.mark.parametrize("namespace", ["portal", "api"])
def test_no_address_of_either_door_leaves_anything_by_head(
    world: World, visitor: Visitor, known: dict[str, Any], namespace: str, role: str
) -> None:
    post = world.posts[role]
    client = visitor(post) if namespace == "portal" else bearer(post)
    stamps, entries = Opening.objects.count(), Entry.objects.count()
    answered = set()
    for address in addresses(namespace, known):
        status, changes = written(lambda address=address: client.head(address))  # type: ignore[misc]
        assert status < 500 or status == 503, address
        assert not changes, address
        answered.add(address) if status == 200 else None
    assert len(answered) >= 8
    assert (Opening.objects.count(), Entry.objects.count()) == (stamps, entries)


@pytest.mark.parametrize("role", ["judge", "prosecutor"])
@pytest.mark.parametrize(
    "address",
    ["/motions/{}/materials/", "/motions/{}/file.pdf", "/api/v1/motions/{}/documents/", "/api/v1/motions/{}/file/"],
)
def test_what_head_leaves_alone_get_stamps(world: World, visitor: Visitor, address: str, role: str) -> None:
    motion = world.assigned("custody")
    with past_guards():
        Opening.objects.all().delete()
    post = world.posts[role]
    client = bearer(post) if "api" in address else visitor(post)

    assert client.head(address.format(motion.pk)).status_code == 200
    assert not Opening.objects.exists()
    assert client.get(address.format(motion.pk)).status_code == 200
    assert Opening.objects.get().officer == post.officer


def test_a_reading_by_head_does_not_let_one_act(world: World) -> None:
    motion = world.filed("custody")
    client = bearer(world.posts["prosecutor"])
    address = f"/api/v1/motions/{motion.pk}/"
    client.head(f"{address}documents/")
    answer = client.post(f"{address}acts/", {"type": "agreement", "payload": {}}, content_type="application/json")
    assert answer.status_code == 403
    assert [fault["code"] for fault in answer.json()["problems"]] == ["materials-not-opened"]


def test_no_copy_is_acknowledged_and_no_notice_read_by_head(world: World) -> None:
    motion = scenes.delivered(world)
    post = world.posts["prosecutor"]
    unread, owed = outbox.unread(post), motion.copies.filter(acknowledged_at=None).count()
    client = bearer(post)
    for part in ("documents/", "file/", "copies/"):
        client.head(f"/api/v1/motions/{motion.pk}/{part}")
    client.head(f"/api/v1/acts/{motion.acts.last().pk}/pdf")
    assert (outbox.unread(post), motion.copies.filter(acknowledged_at=None).count()) == (unread, owed)


def test_a_list_answers_head(world: World) -> None:
    """R-A5: HEAD of a list was 500."""
    world.filed("custody")
    assert bearer(world.posts["prosecutor"]).head("/api/v1/motions/").status_code == 200


def test_an_effect_outside_of_a_request_happens() -> None:
    assert only_where_sent(lambda: "done")() == "done"
