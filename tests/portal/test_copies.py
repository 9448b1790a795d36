"""The page of copies: what is owed to whom, acknowledged by the addressee, recorded with proof by whoever served it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.motions.world import PDF, World
from tests.portal.conftest import sign_in
from workflows.copies.models import Copy
from workflows.motions.models import Motion
from workflows.motions.states import ActType

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided(world: World) -> Motion:
    return world.decided("custody", "sanctioned")


def page_of(motion: Motion) -> str:
    return reverse("portal:copies", args=[motion.pk])


def by_hand(motion: Motion) -> Copy:
    return Copy.objects.filter(motion=motion, how="", to="victim").get()


def test_everything_that_is_owed_is_listed(client: Any, world: World, decided: Motion) -> None:
    sign_in(client, world.posts["investigator"])

    answer = client.get(page_of(decided))

    assert answer.status_code == 200
    assert len(answer.context["rows"]) == decided.copies.count() > 3


def test_the_addressee_acknowledges_his_own(client: Any, world: World, decided: Motion) -> None:
    sign_in(client, world.posts["prosecutor"])
    copy = decided.copies.get(to="prosecutor")

    answer = client.post(reverse("portal:copy-acknowledge", args=[copy.pk]))

    assert answer.status_code == 302
    copy.refresh_from_db()
    assert copy.acknowledged_by == world.posts["prosecutor"]


def test_service_by_hand_is_recorded_with_its_proof(client: Any, world: World, decided: Motion) -> None:
    sign_in(client, world.posts["clerk"])
    copy = by_hand(decided)
    proof = SimpleUploadedFile("receipt.pdf", PDF, "application/pdf")

    answer = client.post(reverse("portal:copy-record", args=[copy.pk]), {"how": "handed_over", "file": proof})

    assert answer.status_code == 302
    copy.refresh_from_db()
    assert copy.proof
    assert client.get(reverse("portal:copy-proof", args=[copy.pk])).status_code == 200


@pytest.mark.parametrize("given", [{"how": "handed_over"}, {"how": "refused"}, {"how": "post", "at": "yesterday"}])
def test_without_proof_or_reason_it_is_refused_and_nothing_typed_is_lost(
    client: Any, world: World, decided: Motion, given: dict[str, str]
) -> None:
    sign_in(client, world.posts["clerk"])
    copy = by_hand(decided)

    answer = client.post(reverse("portal:copy-record", args=[copy.pk]), given, follow=True)

    assert answer.redirect_chain[0][1] == 303
    assert answer.context["typed"]["how"] == given["how"]
    copy.refresh_from_db()
    assert copy.acknowledged_at is None


def test_a_stranger_finds_nothing(client: Any, world: World, decided: Motion) -> None:
    sign_in(client, World(world.keys).posts["investigator"])

    assert client.get(page_of(decided)).status_code == 404
    assert client.post(reverse("portal:copy-record", args=[by_hand(decided).pk]), {"how": "post"}).status_code == 404


def test_before_anything_is_owed_the_page_says_so(client: Any, world: World) -> None:
    motion = world.filed("custody")
    sign_in(client, world.posts["investigator"])

    answer = client.get(page_of(motion))

    assert ActType.PROTOCOL not in motion.acts.values_list("type", flat=True)
    assert answer.context["rows"] == []
