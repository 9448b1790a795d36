"""Acts over REST: prepare, sign, read; and every bad signature of the list: it changes nothing and is in the log."""

import base64
import hashlib
import json
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from signatures.demo.issuing import Span
from tests.api.conftest import Caller, problem, refusals
from tests.factories import PostFactory, investigator_of, prosecutor_of
from tests.logs import about
from tests.motions.conftest import World
from workflows.motions.models import Act, Motion, PreparedAct

pytestmark = pytest.mark.django_db
URL = "/api/v1/motions/"


def sign(caller: Caller, prepared: dict[str, Any], cms: bytes | str, key: str | None = "") -> Any:
    """Submit a signature under a key of its own, or under ``key``; ``None`` sends none."""
    text = base64.b64encode(cms).decode() if isinstance(cms, bytes) else cms
    headers = {} if key is None else {"Idempotency-Key": key or str(uuid.uuid4())}
    return caller.post(prepared["signature"], {"cms": text}, headers=headers)


class Stage:
    """A filed custody motion and its prosecutor, who has opened it and prepared an agreement."""

    def __init__(self, world: World, call: Callable[..., Caller]) -> None:
        self.world, self.post = world, world.posts["prosecutor"]
        self.motion = world.filed("custody")
        self.caller = call(self.post)
        self.caller.get(f"{URL}{self.motion.pk}/documents/")
        self.prepared = self.prepare().data
        self.bytes = base64.b64decode(self.prepared["to_sign"])

    def prepare(self, act: str = "agreement", payload: Any = None) -> Any:
        return self.caller.post(f"{URL}{self.motion.pk}/acts/", {"type": act, "payload": payload or {}})

    def untouched(self) -> bool:
        motion = Motion.objects.get(pk=self.motion.pk)
        return (motion.state, motion.revision, motion.acts.count()) == ("submitted", self.motion.revision, 1)

    def logged(self) -> list[dict[str, Any]]:
        """The refused attempts on the motion."""
        return [entry.content["data"] for entry in about("motion", self.motion.pk) if entry.event == "act.refused"]


@pytest.fixture
def stage(world: World, call: Any) -> Stage:
    return Stage(world, call)


def test_what_is_prepared_can_be_checked_before_it_is_signed(stage: Stage) -> None:
    act = json.loads(stage.bytes)

    assert hashlib.sha256(stage.bytes).hexdigest() == stage.prepared["sha256"]
    assert act["act"]["id"] == stage.prepared["id"]
    assert act["motion"]["id"] == str(stage.motion.pk)
    pdf = b"".join(stage.caller.get(stage.prepared["pdf"]).streaming_content)
    assert hashlib.sha256(pdf).hexdigest() == act["files"][0]["sha256"]
    assert stage.caller.get(stage.prepared["url"]).data == stage.prepared


def test_a_signature_makes_the_act(stage: Stage) -> None:
    cms = stage.world.keys.sign(stage.post, stage.bytes)
    response = sign(stage.caller, stage.prepared, cms)

    assert response.status_code == 201
    act = response.data
    assert act["motion_state"] == "assigned"
    assert base64.b64decode(act["act_json"]) == stage.bytes
    assert base64.b64decode(act["cms"]) == cms
    assert act["report"]["indication"] == "TOTAL_PASSED"
    assert stage.caller.get(act["url"]).data == act


def test_pem_is_as_good_as_der(stage: Stage) -> None:
    der = stage.world.keys.sign(stage.post, stage.bytes)
    pem = f"-----BEGIN CMS-----\n{base64.encodebytes(der).decode()}-----END CMS-----\n"

    assert sign(stage.caller, stage.prepared, pem).status_code == 201


# -- what must not pass ------------------------------------------------------------------------------------------------


def bad_signatures() -> dict[str, Callable[[Stage], bytes | str]]:
    now = timezone.now().replace(microsecond=0)
    over = Span(now - timedelta(days=400), now - timedelta(days=1))
    return {
        "another person's key": lambda s: s.world.keys.sign(prosecutor_of(s.world.case), s.bytes),
        "an expired key": lambda s: s.world.keys.sign(s.post, s.bytes, span=over),
        "an authentication certificate": lambda s: s.world.keys.authenticate(s.post, s.bytes),
        "another organisation's certificate": lambda s: s.world.keys.sign(s.post, s.bytes, bin="990140009999"),
        "a signature over another act": lambda s: s.world.keys.sign(
            s.post, base64.b64decode(s.prepare().data["to_sign"])
        ),
        "a signature over other bytes": lambda s: s.world.keys.sign(s.post, s.bytes + b" "),
        "cut off": lambda s: s.world.keys.sign(s.post, s.bytes)[:-10],
        "trailing bytes": lambda s: s.world.keys.sign(s.post, s.bytes) + b"\0",
        "no CMS": lambda s: b"nonsense",
        "no base64": lambda s: "*** not base64 ***",
        "two PEM blocks": lambda s: "-----BEGIN CMS-----\nAAAA\n-----END CMS-----\n" * 2,
    }


@pytest.mark.parametrize("what", bad_signatures())
def test_a_bad_signature_changes_nothing(stage: Stage, what: str) -> None:
    document = problem(sign(stage.caller, stage.prepared, bad_signatures()[what](stage)), 422, "signature-refused")

    assert {fault["field"] for fault in document["problems"]} == {"cms"}
    assert stage.untouched()
    assert stage.logged()[-1]["why"] == "signature-refused"
    assert refusals(stage.post)[-1]["why"] == "signature-refused"


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "cms"), ({"cms": ""}, "cms"), ({"cms": None}, "cms"), ({"cms": "AAAA", "force": True}, "force"), ([], "")],
)
def test_a_body_that_is_not_one(stage: Stage, body: Any, field: str) -> None:
    response = stage.caller.post(stage.prepared["signature"], body, headers={"Idempotency-Key": "1"})

    assert field in {fault["field"] for fault in problem(response, 422, "invalid")["problems"]}
    assert stage.untouched()
    assert refusals(stage.post)[-1]["path"].endswith("/signature/")


def test_the_same_signature_a_second_time(stage: Stage) -> None:
    cms = stage.world.keys.sign(stage.post, stage.bytes)
    first = sign(stage.caller, stage.prepared, cms)

    document = problem(sign(stage.caller, stage.prepared, cms), 409, "conflict", "already-performed")

    assert document["problems"][0]["params"]["act"] == first.data["id"]
    assert stage.logged()[-1]["codes"] == ["already-performed"]


def test_a_signature_after_its_time(stage: Stage) -> None:
    PreparedAct.objects.filter(pk=stage.prepared["id"]).update(expires_at=timezone.now())
    cms = stage.world.keys.sign(stage.post, stage.bytes)

    problem(sign(stage.caller, stage.prepared, cms), 410, "expired", "prepared-expired")
    assert stage.untouched()


def test_an_act_that_somebody_else_prepared_is_not_there(stage: Stage, call: Any) -> None:
    colleague = prosecutor_of(stage.world.case)
    cms = stage.world.keys.sign(colleague, stage.bytes)

    problem(sign(call(colleague), stage.prepared, cms), 404, "not-found")
    problem(call(colleague).get(stage.prepared["url"]), 404, "not-found")
    problem(call(colleague).get(stage.prepared["pdf"]), 404, "not-found")
    assert stage.untouched()
    assert refusals(colleague)[-1]["status"] == 404


def test_an_act_on_a_motion_that_has_moved_on(stage: Stage) -> None:
    other = stage.prepare("refusal", stage.world.filled(stage.motion, "refusal")).data
    assert sign(stage.caller, stage.prepared, stage.world.keys.sign(stage.post, stage.bytes)).status_code == 201

    cms = stage.world.keys.sign(stage.post, base64.b64decode(other["to_sign"]))
    response = sign(stage.caller, other, cms)

    document = problem(response, 409, "conflict", "moved-on")
    current = Motion.objects.get(pk=stage.motion.pk)
    assert document["problems"][0]["params"]["state"] == current.state
    assert response["ETag"] == f'"{current.revision}"'
    problem(stage.prepare(), 409, "conflict", "moved-on")


@pytest.mark.parametrize(
    ("body", "status", "slug", "field"),
    [
        ({}, 422, "invalid", "type"),
        ({"type": "agreement", "payload": {"surprise": 1}}, 422, "invalid", "payload.surprise"),
        ({"type": "refusal"}, 422, "invalid", "payload.reasons"),
        ({"type": "refusal", "payload": []}, 422, "invalid", "payload"),
        ({"type": "agreement", "colour": "red"}, 422, "invalid", "colour"),
        ({"type": "pardon"}, 422, "invalid", "type"),
        ({"type": "registration"}, 422, "invalid", "type"),
        ({"type": "protocol"}, 403, "not-allowed", ""),
    ],
)
def test_what_cannot_be_prepared(stage: Stage, body: Any, status: int, slug: str, field: str) -> None:
    before = PreparedAct.objects.count()
    document = problem(stage.caller.post(f"{URL}{stage.motion.pk}/acts/", body), status, slug)

    assert field in {fault["field"] for fault in document["problems"]}
    assert PreparedAct.objects.count() == before
    assert refusals(stage.post)[-1]["status"] == status


def test_nobody_acts_on_what_he_has_not_opened(world: World, call: Any) -> None:
    motion = world.filed("custody")
    response = call(world.posts["prosecutor"]).post(f"{URL}{motion.pk}/acts/", {"type": "agreement"})

    problem(response, 403, "not-allowed", "materials-not-opened")


def test_an_incomplete_draft_says_all_that_is_missing(world: World, call: Any) -> None:
    mine = call(world.posts["investigator"])
    draft = mine.post(URL, {"case": world.case.number, "kind": "custody"}).data

    document = problem(mine.post(f"{draft['url']}acts/", {"type": "motion"}), 422, "invalid")

    assert {fault["field"] for fault in document["problems"]} == {fault["field"] for fault in draft["missing"]}


def test_a_payload_beside_the_draft_is_refused(world: World, call: Any) -> None:
    draft, mine = world.draft("custody"), call(world.posts["investigator"])

    problem(
        mine.post(f"{URL}{draft.pk}/acts/", {"type": "motion", "payload": {"a": 1}}), 422, "invalid", "payload-of-draft"
    )


# -- reading acts ------------------------------------------------------------------------------------------------------


def test_acts_are_for_those_who_may_open_their_motion(world: World, call: Any) -> None:
    act = world.filed("custody").acts.get()
    stranger = call(PostFactory())

    for path in ("", "pdf", "container"):
        problem(stranger.get(f"/api/v1/acts/{act.pk}/{path}"), 404, "not-found")


def test_the_pdf_of_an_act_is_the_one_that_was_signed(world: World, call: Any) -> None:
    act = world.filed("custody").acts.get()
    response = call(investigator_of(world.case)).get(f"/api/v1/acts/{act.pk}/pdf")

    data = b"".join(response.streaming_content)
    assert hashlib.sha256(data).hexdigest() == json.loads(bytes(act.act_json))["files"][0]["sha256"]
    assert response["Content-Type"] == "application/pdf"


# -- at the same instant -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_the_same_instant_one_wins(make_world: Callable[[], World], call: Any) -> None:
    world = make_world()
    first = Stage(world, call)
    colleague = prosecutor_of(world.case)
    other = call(colleague)
    other.get(f"{URL}{first.motion.pk}/documents/")
    refusal = {"type": "refusal", "payload": world.filled(first.motion, "refusal")}
    theirs = other.post(f"{URL}{first.motion.pk}/acts/", refusal).data
    signatures = [
        (first.caller, first.prepared, world.keys.sign(first.post, first.bytes)),
        (other, theirs, world.keys.sign(colleague, base64.b64decode(theirs["to_sign"]))),
    ]

    answers = at_once([lambda signature=signature: sign(*signature) for signature in signatures])

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    problem(next(answer for answer in answers if answer.status_code == 409), 409, "conflict", "moved-on")
    assert Act.objects.filter(motion=first.motion, position=2).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_key_at_the_same_instant_acts_once(make_world: Callable[[], World], call: Any) -> None:
    stage = Stage(make_world(), call)
    cms = stage.world.keys.sign(stage.post, stage.bytes)
    callers = [call(stage.post) for _ in range(4)]

    answers = at_once([lambda caller=caller: sign(caller, stage.prepared, cms, "one") for caller in callers])

    done = [answer for answer in answers if answer.status_code == 201]
    assert done
    assert {answer.content for answer in done} == {done[0].content}
    for answer in answers:
        if answer not in done:
            problem(answer, 409, "in-progress")
    assert Act.objects.filter(motion=stage.motion, type="agreement").count() == 1


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """The answers of calls that start together in threads of their own."""
    barrier, answers = threading.Barrier(len(calls)), []

    def run(one: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            answers.append(one())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(calls)
    return answers
