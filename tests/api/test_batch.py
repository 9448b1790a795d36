"""Many signatures in one request: each stands or falls for itself."""

import base64
import uuid
from typing import Any

import pytest
from django.utils import timezone

from ecase.problems import Invalid, Problem
from tests.api.conftest import Caller, problem
from tests.factories import PostFactory
from tests.motions.conftest import World
from tests.motions.test_pending import NOWHERE, configure
from workflows.motions.models import Act, PendingSignature, PreparedAct
from workflows.motions.services import acting, pending_signatures

pytestmark = pytest.mark.django_db
URL = "/api/v1/acts/signatures/"


@pytest.fixture
def prepared(world: World) -> list[PreparedAct]:
    """Three agreements of one prosecutor."""
    found = []
    for _number in range(3):
        motion = world.opened(world.filed("custody"), "prosecutor")
        found.append(acting.prepare(motion, "agreement", world.posts["prosecutor"], {}))
    return found


@pytest.fixture
def caller(world: World, call: Any) -> Caller:
    return call(world.posts["prosecutor"])


def signature(world: World, one: PreparedAct, role: str = "prosecutor") -> dict[str, str]:
    cms = world.keys.sign(world.posts[role], bytes(one.act_json))
    return {"act": str(one.pk), "cms": base64.b64encode(cms).decode()}


def statuses(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["status"] for row in answer.data["results"]]


def test_all_are_performed(world: World, caller: Caller, prepared: list[PreparedAct]) -> None:
    answer = caller.post(URL, {"signatures": [signature(world, act) for act in prepared]})
    assert statuses(answer) == ["performed"] * 3
    assert [row["act"] for row in answer.data["results"]] == [str(act.pk) for act in prepared]
    assert {row["motion_state"] for row in answer.data["results"]} == {"assigned"}
    assert caller.get(answer.data["results"][0]["url"]).data["status"] == "performed"


def test_a_wrong_one_does_not_hold_up_the_others(world: World, caller: Caller, prepared: list[PreparedAct]) -> None:
    first, second, third = prepared
    swapped = {**signature(world, second), "act": str(third.pk)}
    answer = caller.post(URL, {"signatures": [signature(world, first), signature(world, second, "judge"), swapped]})
    assert statuses(answer) == ["performed", "refused", "refused"]
    codes = {fault["code"] for result in answer.data["results"][1:] for fault in result["problem"]["problems"]}
    assert {"SIG_CONSTRAINTS_FAILURE", "HASH_FAILURE"} <= codes
    assert Act.objects.filter(type="agreement").count() == 1


def test_the_same_again_is_safe(world: World, caller: Caller, prepared: list[PreparedAct]) -> None:
    body = {"signatures": [signature(world, act) for act in prepared]}
    assert statuses(caller.post(URL, body)) == ["performed"] * 3
    assert statuses(caller.post(URL, body)) == ["performed"] * 3
    other = {"signatures": [signature(world, prepared[0])]}
    assert statuses(caller.post(URL, other)) == ["refused"]
    assert Act.objects.filter(type="agreement").count() == 3


def test_somebody_elses_act_is_not_there(world: World, call: Any, prepared: list[PreparedAct]) -> None:
    stranger = call(PostFactory(prosecutor=True))
    answer = stranger.post(URL, {"signatures": [signature(world, prepared[0])]})
    assert statuses(answer) == ["refused"]
    assert answer.data["results"][0]["problem"]["status"] == 404
    assert not Act.objects.filter(type="agreement").exists()


def test_one_that_cannot_be_verified_yet_waits(
    world: World, caller: Caller, prepared: list[PreparedAct], settings: Any
) -> None:
    configure(settings, NOWHERE)
    answer = caller.post(URL, {"signatures": [signature(world, prepared[0])]})
    assert statuses(answer) == ["waiting"]
    assert answer.data["results"][0]["problem"]["type"].endswith("/problems/signature-undecided")
    assert PendingSignature.objects.get().prepared_id == prepared[0].pk


def test_a_single_signature_waits_as_well(
    world: World, caller: Caller, prepared: list[PreparedAct], settings: Any
) -> None:
    configure(settings, NOWHERE)
    body = {"cms": signature(world, prepared[0])["cms"]}
    address = f"/api/v1/acts/{prepared[0].pk}/signature/"
    answer = caller.post(address, body, headers={"Idempotency-Key": str(uuid.uuid4())})
    problem(answer, 202, "signature-undecided", "TRY_LATER")
    assert PendingSignature.objects.count() == 1


def test_a_signature_that_waits_is_followed_until_it_is_settled(
    world: World, caller: Caller, prepared: list[PreparedAct], settings: Any
) -> None:
    """R-A16: 202 says where; there its state, what is missing, and in the end why it was refused."""
    configure(settings, NOWHERE)
    act = prepared[0]
    address = f"/api/v1/acts/{act.pk}/"
    assert caller.get(address).data["waiting"] is None
    body = {"cms": signature(world, act)["cms"]}
    answer = caller.post(f"{address}signature/", body, headers={"Idempotency-Key": str(uuid.uuid4())})

    waiting = caller.get(answer["Location"]).data["waiting"]
    assert (waiting["status"], waiting["tries"], waiting["settled_at"]) == ("waiting", 1, None)
    assert waiting["missing"]
    assert waiting["next_try_at"]

    pending_signatures.settle(act, timezone.now(), Invalid(Problem("REVOKED", "The certificate is revoked.", "cms")))
    settled = caller.get(answer["Location"]).data["waiting"]
    assert (settled["status"], settled["next_try_at"]) == ("refused", None)
    assert [fault["code"] for fault in settled["problems"]] == ["REVOKED"]


def test_what_is_malformed_is_refused_as_a_whole(world: World, caller: Caller, prepared: list[PreparedAct]) -> None:
    one = signature(world, prepared[0])
    problem(caller.post(URL, {"signatures": []}), 422, "invalid", "min_length")
    problem(caller.post(URL, {"signatures": [one, one]}), 422, "invalid", "twice")
    problem(caller.post(URL, {"signatures": [{"act": one["act"]}]}), 422, "invalid", "required")
    problem(caller.post(URL, {"signatures": [one] * 101}), 422, "invalid", "max_length")
    assert not Act.objects.filter(type="agreement").exists()
