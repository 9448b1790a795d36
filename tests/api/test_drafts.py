"""Drafts: made, changed under the revision that was seen, and resting on files that are what they say."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from ecase.cases.models import Document
from ecase.cases.storage import path_of
from tests.api.conftest import Caller, problem, refusals
from tests.cases import samples
from tests.factories import CaseFactory
from tests.logs import done_by
from tests.motions.conftest import World
from tests.motions.payloads import fill
from workflows.motions.models import Motion
from workflows.motions.services import drafts

pytestmark = pytest.mark.django_db
URL = "/api/v1/motions/"


@pytest.fixture
def mine(world: World, call: Any) -> Caller:
    return call(world.posts["investigator"])


@pytest.fixture
def draft(world: World) -> Motion:
    return drafts.create(world.case, "custody", world.posts["investigator"])


def requirement(draft: Motion) -> str:
    return draft.kind_entry.attachments[0].key


def upload(caller: Caller, draft: Motion, data: bytes, name: str = "order.pdf", **more: Any) -> Any:
    fields = {"requirement": requirement(draft), "file": SimpleUploadedFile(name, data), **more}
    return caller.post(f"{URL}{draft.pk}/documents/", fields, format="multipart")


def test_a_draft_is_made_from_the_number_of_the_case(mine: Caller, world: World) -> None:
    response = mine.post(URL, {"case": world.case.number, "kind": "custody"})

    assert response.status_code == 201
    assert response["Location"].endswith(f"{URL}{response.data['id']}/")
    assert response["ETag"] == '"1"'
    assert response.data["state"] == "draft"
    assert {act["type"] for act in response.data["available_acts"]} == {"motion"}
    assert response.data["missing"]
    assert len(response.data["case"]["persons"]) == world.case.persons.count()


def test_a_draft_with_a_payload_is_made_whole_or_not_at_all(mine: Caller, world: World) -> None:
    problem(mine.post(URL, {"case": world.case.number, "kind": "custody", "payload": {"surprise": 1}}), 422, "invalid")

    assert not Motion.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "case"),
        ({"case": "x", "kind": "custody"}, "case"),
        ({"case": "x", "kind": "custody", "colour": "red"}, "colour"),
        ({"case": "x", "kind": "custody", "payload": "text"}, "payload"),
        ([], ""),
        ("text", ""),
    ],
)
def test_what_is_wrong_is_named(mine: Caller, body: Any, field: str) -> None:
    document = problem(mine.post(URL, body), 422, "invalid")

    assert field in {fault["field"] for fault in document["problems"]}


def test_every_fault_is_named_at_once(mine: Caller) -> None:
    document = problem(mine.post(URL, {"colour": "red", "payload": 1}), 422, "invalid", "unknown", "required")

    assert {fault["field"] for fault in document["problems"]} == {"case", "kind", "colour", "payload"}


def test_an_unknown_kind(mine: Caller, world: World) -> None:
    problem(mine.post(URL, {"case": world.case.number, "kind": "pillory"}), 422, "invalid", "unknown-kind")


def test_a_case_of_others_is_not_known(mine: Caller) -> None:
    problem(mine.post(URL, {"case": CaseFactory().number, "kind": "custody"}), 422, "invalid", "unknown-case")


def test_a_prosecutor_drafts_nothing(call: Any, world: World) -> None:
    response = call(world.posts["prosecutor"]).post(URL, {"case": world.case.number, "kind": "custody"})

    problem(response, 403, "not-allowed", "wrong-author")


# -- revisions ---------------------------------------------------------------------------------------------------------


def change(caller: Caller, draft: Motion, payload: Any, tag: str | None) -> Any:
    headers = {"If-Match": tag} if tag is not None else {}
    return caller.patch(f"{URL}{draft.pk}/", {"payload": payload}, headers=headers)


def test_a_change_names_the_revision_that_was_seen(mine: Caller, draft: Motion, world: World) -> None:
    payload = fill(draft.kind_entry.form, world.case)
    tag = mine.get(f"{URL}{draft.pk}/")["ETag"]
    response = change(mine, draft, payload, tag)

    assert response.status_code == 200
    assert response["ETag"] != tag
    assert response.data["payload"] == payload


def test_without_a_revision_nothing_changes(mine: Caller, draft: Motion) -> None:
    problem(change(mine, draft, {}, None), 428, "precondition-required")


@pytest.mark.parametrize("tag", ["*", "1", 'W/"1"', '"x"', '"1", "2"'])
def test_a_tag_that_names_no_revision(mine: Caller, draft: Motion, tag: str) -> None:
    problem(change(mine, draft, {}, tag), 400, "bad-request", "if-match")


def test_a_stale_revision_is_told_the_current_one(mine: Caller, draft: Motion) -> None:
    assert change(mine, draft, {}, '"1"').status_code == 200

    response = change(mine, draft, {}, '"1"')

    document = problem(response, 412, "stale", "stale")
    assert document["problems"][0]["params"] == {"revision": 2}
    assert response["ETag"] == '"2"'
    assert refusals(draft.author)[-1]["why"] == "stale"


def test_an_unknown_field_of_the_payload(mine: Caller, draft: Motion) -> None:
    document = problem(change(mine, draft, {"surprise": 1}, '"1"'), 422, "invalid")

    assert document["problems"][0]["field"] == "payload.surprise"
    assert Motion.objects.values_list("payload", "revision").get(pk=draft.pk) == ({}, 1)
    assert refusals(draft.author)[-1]["method"] == "PATCH"


def test_a_draft_is_discarded(mine: Caller, draft: Motion) -> None:
    assert mine.delete(f"{URL}{draft.pk}/").status_code == 204
    assert mine.get(f"{URL}{draft.pk}/").status_code == 404


def test_what_is_filed_is_not_discarded(mine: Caller, world: World) -> None:
    motion = world.filed("custody")

    problem(mine.delete(f"{URL}{motion.pk}/"), 409, "conflict")
    assert Motion.objects.filter(pk=motion.pk).exists()


# -- documents ---------------------------------------------------------------------------------------------------------


def test_a_file_comes_back_byte_for_byte(mine: Caller, draft: Motion) -> None:
    data = samples.pdf()
    digest = hashlib.sha256(data).hexdigest()
    stored = upload(mine, draft, data, sha256=digest)

    assert stored.status_code == 201
    assert stored.data["sha256"] == digest
    assert stored.data["media_type"] == "application/pdf"
    back = mine.get(stored.data["url"])
    assert b"".join(back.streaming_content) == data
    assert back["Repr-Digest"] == f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"
    assert back["Content-Disposition"].startswith("attachment")
    assert back["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_an_altered_file_is_a_conflict_that_names_it(mine: Caller, draft: Motion) -> None:
    stored = upload(mine, draft, samples.pdf())
    Path(default_storage.path(path_of(stored.data["sha256"]))).write_bytes(b"other")
    found = problem(mine.get(stored.data["url"]), 409, "file-altered", "file-altered")
    assert found["problems"][0]["params"]["sha256"] == stored.data["sha256"]


def test_the_digest_of_the_whole_body_is_checked(mine: Caller, draft: Motion) -> None:
    boundary = "x" * 20
    body = (
        (
            f'--{boundary}\r\nContent-Disposition: form-data; name="requirement"\r\n\r\n{requirement(draft)}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        ).encode()
        + samples.pdf()
        + f"\r\n--{boundary}--\r\n".encode()
    )
    right = base64.b64encode(hashlib.sha256(body).digest()).decode()
    wrong = base64.b64encode(bytes(32)).decode()

    def sent(header: str) -> Any:
        return mine.generic(
            "POST",
            f"{URL}{draft.pk}/documents/",
            body,
            f"multipart/form-data; boundary={boundary}",
            headers={"Content-Digest": header},
        )

    problem(sent(f"sha-256=:{wrong}:"), 422, "invalid", "digest")
    problem(sent("sha-256=:***:"), 400, "bad-request", "malformed-header")
    assert not Document.objects.exists()
    assert sent(f"sha-512=:AAAA:, sha-256=:{right}:").status_code == 201


@pytest.mark.parametrize(
    ("data", "name", "more", "code"),
    [
        (b"", "empty.pdf", {}, "file-empty"),
        (samples.WINDOWS_PROGRAM, "letter.pdf", {}, "file-type-not-accepted"),
        (samples.PNG, "photo.pdf", {}, "file-extension-mismatch"),
        (samples.pdf_with_script(), "order.pdf", {}, "file-active-content"),
        (samples.pdf(), "order.pdf", {"sha256": "0" * 64}, "file-hash-mismatch"),
        (samples.pdf(), "order.pdf", {"sha256": "zz"}, "invalid"),
        (samples.pdf(), "order.pdf", {"requirement": "nothing_of_the_kind"}, "unknown-requirement"),
        (samples.pdf(), "order.pdf", {"colour": "red"}, "unknown"),
    ],
)
def test_a_file_that_is_not_what_it_should_be(
    mine: Caller, draft: Motion, data: bytes, name: str, more: dict[str, str], code: str
) -> None:
    problem(upload(mine, draft, data, name, **more), 422, "invalid", code)

    assert not draft.attachments.exists()
    assert not Document.objects.exists()
    assert code in refusals(draft.author)[-1]["codes"]


def test_a_file_beyond_the_limit_is_not_read_to_its_end(mine: Caller, draft: Motion, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000

    problem(upload(mine, draft, samples.pdf() + bytes(2000)), 413, "too-large", "too-large")
    problem(upload(mine, draft, bytes(200_000)), 413, "too-large", "too-large")
    assert not Document.objects.exists()


def test_a_form_without_a_file(mine: Caller, draft: Motion) -> None:
    response = mine.post(f"{URL}{draft.pk}/documents/", {"requirement": "x", "file": "text"}, format="multipart")

    problem(response, 422, "invalid")


def test_a_file_on_a_motion_that_has_been_filed(mine: Caller, world: World) -> None:
    motion = world.filed("custody")

    problem(upload(mine, motion, samples.pdf()), 409, "conflict", "moved-on")


def test_a_file_is_taken_off_a_draft(mine: Caller, draft: Motion) -> None:
    stored = upload(mine, draft, samples.pdf())
    assert mine.delete(stored.data["url"]).status_code == 204

    assert mine.get(stored.data["url"]).status_code == 404
    assert Document.objects.count() == 1


# -- reading -----------------------------------------------------------------------------------------------------------


def test_materials_are_stamped_and_logged(call: Any, world: World) -> None:
    motion, prosecutor = world.filed("custody"), world.posts["prosecutor"]
    caller = call(prosecutor)
    seen = caller.get(f"{URL}{motion.pk}/")
    assert seen.data["payload"] is None
    assert not motion.openings.filter(officer=prosecutor.officer).exists()

    opened = caller.get(f"{URL}{motion.pk}/documents/").data

    assert opened["payload"] == motion.payload
    assert len(opened["attachments"]) == motion.attachments.count()
    assert motion.openings.get(officer=prosecutor.officer)
    events = [entry.event for entry in done_by(prosecutor)]
    assert "motion.opened" in events
    again = caller.get(f"{URL}{motion.pk}/documents/").data
    assert again["opened_at"] == opened["opened_at"]


def test_a_motion_whole(call: Any, world: World) -> None:
    motion = world.filed("custody")
    whole = call(world.posts["prosecutor"]).get(f"{URL}{motion.pk}/").data

    assert whole["state"] == "submitted"
    assert {"agreement", "refusal"} <= {act["type"] for act in whole["available_acts"]}
    assert {deadline["role"] for deadline in whole["deadlines"]} >= {"prosecutor"}
    assert all(deadline["label"] for deadline in whole["deadlines"])
    assert [event["kind"] for event in whole["timeline"]].count("act") == 1
    assert whole["acts"][0]["type"] == "motion"


def test_every_available_act_has_its_schema(call: Any, world: World) -> None:
    motion = world.assigned("custody")
    judge = call(world.posts["judge"])
    available = {act["type"]: act["json_schemas"] for act in judge.get(f"{URL}{motion.pk}/").data["available_acts"]}

    assert {link["outcome"] for link in available["protocol"]} >= {"sanctioned", "refused"}
    for links in available.values():
        for link in links:
            schema = judge.get(link["url"])
            assert schema["Content-Type"] == "application/schema+json"
            assert schema.json()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    "path", ["nonsense/", "registration/", "protocol/", "protocol/?outcome=pardoned", "motion/?outcome=x"]
)
def test_a_schema_that_does_not_exist(mine: Caller, draft: Motion, path: str) -> None:
    problem(mine.get(f"{URL}{draft.pk}/schemas/{path}"), 404, "not-found")
