"""A write that is sent twice happens once."""

import base64
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from api import idempotency
from api.models import StoredAnswer
from ecase.audit.models import Entry
from tests.api.conftest import Caller, problem
from tests.cases import samples
from tests.factories import investigator_of
from tests.motions.conftest import World
from workflows.motions.models import Act, Attachment, Motion
from workflows.motions.services import drafts

pytestmark = pytest.mark.django_db
URL = "/api/v1/motions/"


@pytest.fixture
def mine(world: World, call: Any) -> Caller:
    return call(world.posts["investigator"])


def keyed(key: str | None) -> dict[str, str]:
    return {"Idempotency-Key": key} if key is not None else {}


def created(caller: Caller, world: World, key: str | None, kind: str = "custody") -> Any:
    return caller.post(URL, {"case": world.case.number, "kind": kind}, headers=keyed(key))


def test_the_same_request_gets_the_same_answer(mine: Caller, world: World) -> None:
    first, second = created(mine, world, "one"), created(mine, world, "one")

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second["Location"] == first["Location"]
    assert second["ETag"] == first["ETag"]
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Motion.objects.count() == 1


def test_without_a_key_it_happens_twice(mine: Caller, world: World) -> None:
    created(mine, world, None)
    created(mine, world, None)

    assert Motion.objects.count() == 2


def test_one_key_for_two_requests(mine: Caller, world: World) -> None:
    created(mine, world, "one")

    problem(created(mine, world, "one", "search"), 422, "idempotency-key-reused")
    problem(mine.delete("/api/v1/auth/token/nowhere/", headers=keyed("one")), 404, "not-found")
    assert Motion.objects.count() == 1


def test_a_key_in_quotes_is_the_same_key(mine: Caller, world: World) -> None:
    assert created(mine, world, '"one"').content == created(mine, world, "one").content


def test_keys_belong_to_a_post(mine: Caller, world: World, call: Any) -> None:
    created(mine, world, "one")

    assert created(call(investigator_of(world.case)), world, "one", "search").status_code == 201


def test_a_refusal_is_not_kept(mine: Caller, world: World) -> None:
    problem(created(mine, world, "one", "pillory"), 422, "invalid")

    assert created(mine, world, "one").status_code == 201


@pytest.mark.parametrize("key", ["x" * 129, "tab\there", "ключ"])
def test_a_key_that_is_none(mine: Caller, world: World, key: str) -> None:
    problem(created(mine, world, key), 400, "bad-request", "idempotency-key")


def test_a_signature_needs_a_key(mine: Caller, world: World) -> None:
    draft = world.draft("custody")
    prepared = mine.post(f"{URL}{draft.pk}/acts/", {"type": "motion"}).data
    cms = world.keys.sign(world.posts["investigator"], base64.b64decode(prepared["to_sign"]))
    body = {"cms": base64.b64encode(cms).decode()}

    problem(mine.post(prepared["signature"], body), 400, "bad-request", "idempotency-key-missing")
    key = str(uuid.uuid4())
    first = mine.post(prepared["signature"], body, headers=keyed(key))
    assert first.status_code == 201
    assert mine.post(prepared["signature"], body, headers=keyed(key)).content == first.content
    assert Act.objects.filter(motion=draft, type="motion").count() == 1


def test_an_upload_is_known_by_its_bytes(mine: Caller, world: World) -> None:
    draft = drafts.create(world.case, "custody", world.posts["investigator"])
    requirement = draft.kind_entry.attachments[0].key

    def sent(data: bytes) -> Any:
        fields = {"requirement": requirement, "file": SimpleUploadedFile("a.pdf", data)}
        return mine.post(f"{URL}{draft.pk}/documents/", fields, format="multipart", headers=keyed("one"))

    assert sent(samples.pdf()).content == sent(samples.pdf()).content
    problem(sent(samples.pdf(2)), 422, "idempotency-key-reused")
    assert Attachment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_under_way_the_second_is_told_so(make_world: Any, call: Any) -> None:
    world = make_world()
    mine = call(world.posts["investigator"])
    name = f"{world.posts['investigator'].pk}:one"

    elsewhere = connection.copy()
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [idempotency.lock_number(name)])
        problem(created(mine, world, "one"), 409, "in-progress")
    elsewhere.close()

    assert created(mine, world, "one").status_code == 201


def test_keys_run_out(mine: Caller, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    created(mine, world, "one")
    StoredAnswer.objects.update(created_at=timezone.now() - idempotency.KEPT_FOR - timedelta(seconds=1))

    assert created(mine, world, "one").status_code == 201
    assert Motion.objects.count() == 2
    StoredAnswer.objects.update(created_at=timezone.now() - idempotency.KEPT_FOR)
    monkeypatch.setattr(idempotency._Expiry, "due", 0.0)
    created(mine, world, "two")
    assert list(StoredAnswer.objects.values_list("key", flat=True)) == ["two"]


def test_an_answer_that_came_between_reading_and_lock_is_not_given_twice(
    mine: Caller, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock is taken after the statement's snapshot: the first request may have ended in between."""
    first = created(mine, world, "one")
    claim, calls = idempotency._claim, []

    def blind_at_first(*given: Any) -> StoredAnswer | None:
        calls.append(given)
        return claim(*given) if len(calls) > 1 else None

    monkeypatch.setattr(idempotency, "_claim", blind_at_first)

    second = created(mine, world, "one")

    assert (second.status_code, second.content) == (201, first.content)
    assert second["Idempotency-Replayed"] == "true"
    assert Motion.objects.count() == 1


def test_a_refusal_under_a_key_is_on_record_once_and_changes_nothing(mine: Caller, world: World) -> None:
    motion = world.filed("custody")
    before = Entry.objects.count()

    answer = mine.post(f"{URL}{motion.pk}/acts/", {"type": "agreement"}, headers=keyed("one"))

    problem(answer, 403, "not-allowed")
    added = Entry.objects.order_by("pk")[before:]
    assert [entry.event for entry in added].count("act.refused") == 1
    assert not StoredAnswer.objects.exists()
