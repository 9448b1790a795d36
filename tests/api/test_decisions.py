"""What REST gives to counsel of another party than the motion is about (F-F2), and which appeal an act names (F-F1)."""

from typing import Any

import pytest

from ecase.cases.models import Counsel
from tests.factories import PostFactory
from tests.motions.conftest import World
from workflows.motions.states import DECISIONS, ActType

pytestmark = pytest.mark.django_db


def test_counsel_of_the_victim_lists_reads_and_appeals_the_decision_alone(world: World, call: Any) -> None:
    post = PostFactory(defender=True)
    victim = world.case.persons.get(capacity="victim")
    Counsel.objects.create(case=world.case, officer=post.officer, person=victim)
    motion = world.decided("custody", "sanctioned")
    motion = world.does(motion, ActType.APPEAL, "defender")
    caller, address = call(post), f"/api/v1/motions/{motion.pk}/"
    decision = motion.acts.get(type__in=DECISIONS)

    (line,) = caller.get("/api/v1/decisions/").data["results"]
    assert (line["id"], line["outcome"]) == (str(motion.pk), "sanctioned")
    assert [act["type"] for act in line["available_acts"]] == ["appeal"]
    assert caller.get("/api/v1/motions/").data["results"] == []
    assert caller.get(line["act"]).status_code == 200
    assert caller.get(line["pdf"]).status_code == 200
    assert caller.get(line["available_acts"][0]["json_schemas"][0]["url"]).status_code == 200
    for part in ("", "documents/", "file/", "draw/", "copies/", "schemas/restoration/", "schemas/appeal_withdrawal/"):
        assert caller.get(f"{address}{part}").status_code == 404, part
    assert caller.get(f"/api/v1/acts/{decision.pk}/container").status_code == 404
    for act in motion.acts.exclude(pk=decision.pk):
        assert caller.get(f"/api/v1/acts/{act.pk}/").status_code == 404

    payload = world.filled(motion, ActType.APPEAL, post, appellant="victim")
    assert caller.post(f"{address}acts/", {"type": "appeal", "payload": payload}).status_code == 201
    theirs = {"type": "appeal_withdrawal", "payload": {"reasons": "Себеп."}}
    assert caller.post(f"{address}acts/", theirs).status_code == 403


def test_the_schema_of_a_withdrawal_lists_the_appeals_of_the_caller(world: World, call: Any) -> None:
    motion = world.decided("custody", "sanctioned")
    motion = world.does(world.does(motion, ActType.APPEAL, "prosecutor"), ActType.APPEAL, "clerk")
    of_prosecutor, of_clerk = motion.acts.filter(type=ActType.APPEAL).order_by("position")

    schema = call(world.posts["clerk"]).get(f"/api/v1/motions/{motion.pk}/schemas/appeal_withdrawal/").json()

    assert str(of_clerk.pk) in str(schema["properties"]["appeal"])
    assert str(of_prosecutor.pk) not in str(schema["properties"]["appeal"])
