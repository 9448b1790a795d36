"""The whole life of a motion over REST: what it stands on, how it stands, what it owes, and what became of it."""

import base64
import uuid
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ecase.cases.models import Document
from ecase.instants import format_instant
from ecase.officers.models import Post
from tests.api.conftest import Caller, problem
from tests.factories import PostFactory
from tests.motions.conftest import PDF, World
from workflows.assignment import algorithm
from workflows.copies.models import Copy
from workflows.motions.acts import appeal
from workflows.motions.engine.service_acts import perform_service
from workflows.motions.locking import lock
from workflows.motions.models import Motion
from workflows.motions.services import drafts
from workflows.motions.states import ActType

pytestmark = pytest.mark.django_db
URL = "/api/v1/motions/"
Calls = Any


def of(motion: Motion) -> str:
    return f"{URL}{motion.pk}/"


def whole(caller: Caller, motion: Motion) -> dict[str, Any]:
    response = caller.get(of(motion))
    assert response.status_code == 200, response.content
    return dict(response.data)


def does(world: World, caller: Caller, post: Post, motion: Motion, act_type: str, payload: dict[str, Any]) -> Any:
    """Open, prepare, sign, submit over REST."""
    assert caller.get(f"{of(motion)}documents/").status_code == 200
    prepared = caller.post(f"{of(motion)}acts/", {"type": act_type, "payload": payload})
    assert prepared.status_code == 201, prepared.content
    cms = world.keys.sign(post, base64.b64decode(prepared.data["to_sign"]))
    body, key = {"cms": base64.b64encode(cms).decode()}, {"Idempotency-Key": str(uuid.uuid4())}
    signed = caller.post(prepared.data["signature"], body, headers=key)
    assert signed.status_code == 201, signed.content
    return signed.data


# -- the catalogue -------------------------------------------------------------------------------------------------


def test_kinds_are_told_in_groups_and_by_who_may_author_them(world: World, call: Calls) -> None:
    page = call(world.posts["defender"]).get("/api/v1/kinds/?author=me&limit=100").data
    groups = [group["key"] for group in page["groups"]]

    assert page["results"]
    assert all("defender" in kind["author_roles"] for kind in page["results"])
    assert {kind["group"] for kind in page["results"]} <= set(groups)
    assert all(group["label"] for group in page["groups"])


def test_a_group_may_be_asked_for(world: World, call: Calls) -> None:
    caller = call(world.posts["investigator"])
    measures = caller.get("/api/v1/kinds/?group=measures&limit=100").data["results"]

    assert {measure["group"] for measure in measures} == {"measures"}
    assert "custody" in {measure["key"] for measure in measures}
    problem(caller.get("/api/v1/kinds/?author=nobody"), 422, "invalid")


def test_a_kind_tells_paths_of_outcomes_and_what_an_appeal_may_come_to(world: World, call: Calls) -> None:
    search = call(world.posts["investigator"]).get("/api/v1/kinds/search/").data

    assert {outcome["path"] for outcome in search["outcomes"]} == {"ordinary", "urgent"}
    assert [outcome["key"] for outcome in search["outcomes"] if outcome["inadmissible"]] == ["unlawful"]
    by_effect = {outcome["effect"]: outcome["json_schema"] for outcome in search["appeal"]["outcomes"]}
    assert set(by_effect) == {"stands", "changed", "cancelled"}
    plain, *putting = by_effect["changed"]["oneOf"]
    assert "new_outcome" not in plain["properties"]
    assert {schema["properties"]["new_outcome"]["const"] for schema in putting} == {
        outcome["key"] for outcome in search["outcomes"]
    }
    assert all("new_outcome" in schema["required"] for schema in putting)
    assert "new_outcome" not in by_effect["stands"]["properties"]
    assert "appeal_ruling" not in search["json_schemas"]


# -- what a draft is about -----------------------------------------------------------------------------------------


@pytest.fixture
def related(world: World) -> tuple[Motion, Motion]:
    """A draft that must name an earlier sanction, and the one that it fits."""
    draft = world.draft("custody_extension")
    earlier = draft.earlier
    assert earlier is not None
    drafts.relate(draft, draft.author, None)
    return world.fresh(draft), earlier


def test_a_draft_names_what_it_is_about_under_the_revision_that_was_seen(
    world: World, call: Calls, related: tuple[Motion, Motion]
) -> None:
    draft, earlier = related
    caller = call(draft.author)
    tag = f'"{draft.revision}"'
    named = caller.patch(of(draft), {"earlier": str(earlier.pk)}, headers={"If-Match": tag})

    assert named.status_code == 200, named.content
    assert named.data["earlier"] == {
        "id": str(earlier.pk),
        "url": named.data["earlier"]["url"],
        "kind": "custody",
        "number": earlier.number,
        "state": earlier.state,
    }
    assert "earlier" not in {fault["field"] for fault in named.data["missing"]}
    problem(caller.patch(of(draft), {"earlier": None}, headers={"If-Match": tag}), 412, "stale")
    both = {"earlier": None, "payload": draft.payload}
    last = caller.patch(of(draft), both, headers={"If-Match": named["ETag"]})
    assert (last.status_code, last.data["earlier"]) == (200, None)
    assert whole(call(world.posts["investigator"]), earlier)["later"] == []


def test_what_the_earlier_decision_says_is_filled_in_and_may_be_changed(
    call: Calls, related: tuple[Motion, Motion]
) -> None:
    draft, earlier = related
    caller, rest = call(draft.author), dict(draft.payload)
    typed = rest.pop("current_term_ends")

    def change(**given: Any) -> Any:
        tag = caller.get(of(draft))["ETag"]
        return caller.patch(of(draft), given, headers={"If-Match": tag}).data["payload"].get("current_term_ends")

    assert earlier.valid_until
    assert change(payload=rest, earlier=str(earlier.pk)) == format_instant(earlier.valid_until)
    assert change(earlier=None) is None
    assert change(payload=draft.payload, earlier=str(earlier.pk)) == typed
    assert change(earlier=None) == typed


def test_of_two_changes_both_are_made_or_none(call: Calls, related: tuple[Motion, Motion]) -> None:
    draft, earlier = related
    wrong = {"earlier": str(earlier.pk), "payload": {"surprise": 1}}
    answer = call(draft.author).patch(of(draft), wrong, headers={"If-Match": f'"{draft.revision}"'})

    problem(answer, 422, "invalid", "unknown-field")
    assert Motion.objects.get(pk=draft.pk).earlier is None


def test_what_does_not_fit_or_is_not_visible_cannot_be_named(
    world: World, call: Calls, related: tuple[Motion, Motion]
) -> None:
    draft, _earlier = related
    caller, tag = call(draft.author), {"If-Match": f'"{draft.revision}"'}

    problem(caller.patch(of(draft), {"earlier": str(uuid.uuid4())}, headers=tag), 422, "invalid", "unknown-motion")
    problem(caller.patch(of(draft), {"earlier": str(draft.pk)}, headers=tag), 422, "invalid", "unfit")


def test_a_new_draft_may_name_it_at_once(world: World, call: Calls) -> None:
    earlier = world.earlier(world.kind("custody_extension"))
    body = {"case": world.case.number, "kind": "custody_extension", "earlier": str(earlier.pk)}
    made = call(world.posts["investigator"]).post(URL, body)

    assert made.status_code == 201, made.content
    assert made.data["earlier"]["id"] == str(earlier.pk)
    assert earlier.valid_until
    assert datetime.fromisoformat(made.data["payload"]["current_term_ends"]) == earlier.valid_until
    assert whole(call(world.posts["judge"]), earlier)["later"] == [], "the judge does not see a draft"
    assert whole(call(world.posts["investigator"]), earlier)["later"][0]["id"] == made.data["id"]


# -- how it stands -------------------------------------------------------------------------------------------------


def test_whose_consent_is_next(world: World, call: Calls) -> None:
    motion = world.filed("custody")
    consents = whole(call(world.posts["investigator"]), motion)["consents"]

    assert (consents["given"], consents["next"]["office"]["bin"]) == (0, motion.prosecution.bin)
    motion = world.does(motion, ActType.AGREEMENT, "prosecutor")
    assert whole(call(world.posts["investigator"]), motion)["consents"]["next"] is None


def test_a_sanction_is_in_force_until_an_appeal_cancels_it(world: World, call: Calls) -> None:
    motion = world.decided("property_arrest", "sanctioned")
    author = call(world.posts["investigator"])
    stands = whole(author, motion)
    assert (stands["in_force"], stands["appeal_state"], stands["suspended"]) == (True, "none", False)
    assert stands["appeal_until"]
    assert author.get(URL).data["results"][0]["in_force"] is True

    prosecutor = world.posts["prosecutor"]
    does(world, call(prosecutor), prosecutor, motion, "appeal", world.filled(motion, ActType.APPEAL))
    assert appeal.send_up(lock(motion), perform_service)
    motion = world.fresh(motion)
    judge = world.posts["appellate_judge"]
    caller = call(judge)
    stands = whole(caller, motion)
    assert stands["appellate_judge"]["id"] == str(judge.officer_id)
    assert caller.get(f"{URL}?assigned_to=me&appeal_state=with_judge").data["results"][0]["id"] == str(motion.pk)

    ruling = next(outcome for outcome in motion.kind_entry.appeal.outcomes if outcome.effect == "cancelled")
    offered = next(stand for stand in stands["available_acts"] if stand["type"] == "appeal_ruling")
    assert {link["outcome"] for link in offered["json_schemas"]} == {
        outcome.key for outcome in motion.kind_entry.appeal.outcomes
    }
    assert all(caller.get(link["url"]).status_code == 200 for link in offered["json_schemas"])
    signed = does(world, caller, judge, motion, "appeal_ruling", world.ruling(motion, ruling.key))
    assert (signed["to_state"], signed["to_appeal"]) == ("cancelled", "ruled")
    assert whole(author, motion)["in_force"] is False


def test_outcomes_are_those_of_the_motions_path(world: World, call: Calls) -> None:
    kind = world.kind("search")
    urgent = world.opened(world.assigned("search", **{kind.urgent.field: True}), "judge")
    caller = call(world.posts["judge"])
    stands = whole(caller, urgent)

    links = [link for stand in stands["available_acts"] for link in stand["json_schemas"] if link["outcome"]]
    assert stands["path"] == "urgent"
    assert {link["outcome"] for link in links} == {outcome.key for outcome in kind.outcomes_on("urgent")}
    ordinary = kind.outcomes_on("ordinary")[0]
    assert caller.get(f"{of(urgent)}schemas/{ordinary.output}/?outcome={ordinary.key}").status_code == 404


@pytest.mark.parametrize("role", ["head_of_unit", "court_chair", "clerk", "defender"])
def test_every_role_has_its_queue(world: World, call: Calls, role: str) -> None:
    motion = world.decided("custody", "sanctioned")
    caller = call(world.posts[role])

    assert [row["id"] for row in caller.get(URL).data["results"]] == [str(motion.pk)]
    assert whole(caller, motion)["state"] == "decided"
    assert whole(caller, motion)["payload"] is None


def test_a_deadline_says_how_it_was_counted_in_the_readers_language(world: World, call: Calls) -> None:
    motion = world.assigned("custody")
    caller = call(world.posts["investigator"])
    told = [
        caller.get(of(motion), headers={"Accept-Language": language}).data["deadlines"][0]["explanation"]
        for language in ("kk", "ru", "en")
    ]

    assert all(told)
    assert len({tuple(draws) for draws in told}) == 3


# -- draws, versions, the file -------------------------------------------------------------------------------------


def test_the_record_of_a_draw_can_be_repeated(world: World, call: Calls) -> None:
    motion = world.assigned("search")
    [record] = (
        call(world.posts["defender" if motion.defence else "investigator"]).get(f"{of(motion)}draw/").data["results"]
    )

    assert record["chosen"] == str(motion.judge_id)
    assert record["court"]["bin"] == motion.court.bin
    assert algorithm.seed(record["made_of"]) == record["seed"]
    assert algorithm.winner(record["seed"], record["candidates"]) == record["chosen"]


def test_two_versions_are_compared_word_by_word(world: World, call: Calls) -> None:
    motion = world.filed("custody")
    motion = world.does(motion, ActType.RETURN, "prosecutor")
    field = next(field for field in motion.kind_entry.form.fields if field.type == "long_text")
    drafts.save(motion, motion.author, {**motion.payload, field.key: "Енді басқаша жазылды."})
    caller = call(world.posts["investigator"])
    found = caller.get(f"{of(motion)}versions/1/difference/2/").data

    assert found["versions"] == [1, 2]
    [change] = found["changes"]
    assert (change["after"], change["article"]) == ("Енді басқаша жазылды.", field.article)
    assert "".join(segment["text"] for segment in change["segments"] if segment["mark"] != "removed") == change["after"]
    problem(caller.get(f"{of(motion)}versions/1/difference/3/"), 404, "not-found")


def test_the_whole_file_is_one_pdf(world: World, call: Calls) -> None:
    motion = world.assigned("custody")
    printed = call(world.posts["judge"]).get(f"{of(motion)}file/")

    assert printed["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF")
    assert motion.openings.filter(officer=world.posts["judge"].officer).exists()


@pytest.mark.parametrize("what", ["", "draw/", "copies/", "file/", "versions/1/difference/1/", "documents/"])
def test_a_stranger_finds_nothing(world: World, call: Calls, what: str) -> None:
    motion = world.decided("custody", "sanctioned")

    problem(call(PostFactory(prosecutor=True)).get(f"{of(motion)}{what}"), 404, "not-found")


# -- copies --------------------------------------------------------------------------------------------------------


@pytest.fixture
def decided(world: World) -> Motion:
    return world.decided("custody", "sanctioned")


def copy_of(motion: Motion, to: str) -> Copy:
    return Copy.objects.get(motion=motion, to=to)


def acknowledgement(copy: Copy) -> str:
    return f"/api/v1/copies/{copy.pk}/acknowledgement/"


def by_hand(**more: Any) -> dict[str, Any]:
    return {"how": "handed_over", "note": "12-бөлме", "file": SimpleUploadedFile("receipt.pdf", PDF), **more}


def test_copies_are_listed_with_whom_they_are_owed_to(world: World, call: Calls, decided: Motion) -> None:
    listed = {copy["to"]: copy for copy in call(world.posts["clerk"]).get(f"{of(decided)}copies/").data["results"]}

    assert set(listed) == {owed.to for owed in decided.kind_entry.service}
    assert (listed["prosecutor"]["how"], listed["prosecutor"]["acknowledged_at"]) == ("system", None)
    assert listed["suspect"]["addressee"] == world.case.persons.get(capacity="suspect").full_name
    assert (listed["facility"]["label"], listed["facility"]["addressee"]) == ("the head of the place of custody", "")
    assert not any(copy["overdue"] or copy["void"] for copy in listed.values())


def test_an_addressee_acknowledges_once(world: World, call: Calls, decided: Motion) -> None:
    copy, caller = copy_of(decided, "investigator"), call(world.posts["investigator"])
    problem(call(world.posts["prosecutor"]).post(acknowledgement(copy), {}), 403, "not-allowed", "not-yours")
    given = caller.post(acknowledgement(copy), {}, headers={"Idempotency-Key": "one"})

    assert given.status_code == 201, given.content
    assert given.data["acknowledged_by"] == world.posts["investigator"].officer.full_name
    again = caller.post(acknowledgement(copy), {}, headers={"Idempotency-Key": "one"})
    assert again["Idempotency-Replayed"] == "true"
    problem(caller.post(acknowledgement(copy), {}), 409, "conflict", "already-settled")


def test_the_clerk_records_what_was_handed_over_with_proof(world: World, call: Calls, decided: Motion) -> None:
    copy, caller = copy_of(decided, "suspect"), call(world.posts["clerk"])
    recorded = caller.post(acknowledgement(copy), by_hand(at=timezone.now().isoformat()), format="multipart")

    assert recorded.status_code == 201, recorded.content
    assert (recorded.data["how"], recorded.data["note"]) == ("handed_over", "12-бөлме")
    proof = call(world.posts["prosecutor"]).get(recorded.data["proof"])
    assert b"".join(proof.streaming_content) == PDF
    problem(call(PostFactory(clerk=True)).get(recorded.data["proof"]), 404, "not-found")


def test_the_same_record_sent_twice_is_made_once(world: World, call: Calls, decided: Motion) -> None:
    copy, caller, key = copy_of(decided, "suspect"), call(world.posts["clerk"]), {"Idempotency-Key": "two"}
    caller.post(acknowledgement(copy), by_hand(), format="multipart", headers=key)
    again = caller.post(acknowledgement(copy), by_hand(), format="multipart", headers=key)
    other = by_hand(file=SimpleUploadedFile("receipt.pdf", PDF + b"\n"))

    assert again["Idempotency-Replayed"] == "true"
    assert Document.objects.filter(name="receipt.pdf").count() == 1
    problem(caller.post(acknowledgement(copy), other, format="multipart", headers=key), 422, "idempotency-key-reused")


def test_without_proof_nothing_is_recorded(world: World, call: Calls, decided: Motion) -> None:
    copy, caller = copy_of(decided, "suspect"), call(world.posts["clerk"])

    document = problem(caller.post(acknowledgement(copy), {"how": "post"}), 422, "invalid", "required")
    assert [fault["field"] for fault in document["problems"]] == ["file"]
    problem(caller.post(acknowledgement(copy), {"how": "system"}), 422, "invalid")
    assert copy_of(decided, "suspect").acknowledged_at is None


def test_the_list_of_copies_takes_the_same_queries_however_long_it_is(world: World, call: Calls) -> None:
    short, long = world.decided("search", "sanctioned"), world.decided("custody", "sanctioned")
    caller = call(world.posts["investigator"])
    caller.get(f"{of(short)}copies/")

    assert _queries(caller, f"{of(long)}copies/") == _queries(caller, f"{of(short)}copies/")


def test_one_motion_whole_takes_the_same_queries_after_its_whole_life(world: World, call: Calls) -> None:
    young, old = world.assigned("custody"), world.decided("custody", "sanctioned")
    caller = call(world.posts["judge"])
    caller.get(of(young))

    assert _queries(caller, of(old)) <= _queries(caller, of(young)) + 1


def _queries(caller: Caller, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert caller.get(url).status_code == 200
    return len(queries)
