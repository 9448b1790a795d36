"""The signer is asked for a key that fits the officer's role, where the rules for signers name exactly one usage."""

from typing import Any

import pytest
from django.urls import reverse

from ecase.portal.context import signer_usage
from ecase.trust.models import SignerRule
from tests.motions.world import World
from tests.portal.conftest import sign_in
from workflows.motions.services import acting
from workflows.motions.states import ActType

pytestmark = pytest.mark.django_db
USAGE = "1.2.398.3.3.4.1.2.5"


def test_without_a_rule_any_key_for_signing_will_do(world: World) -> None:
    assert signer_usage(world.posts["prosecutor"]) == ""
    assert signer_usage(None) == ""


def test_of_several_usages_none_is_asked_for(world: World) -> None:
    SignerRule.objects.create(role="prosecutor", extended_key_usages=[USAGE, f"{USAGE}.1"])

    assert signer_usage(world.posts["prosecutor"]) == ""


def test_the_page_asks_for_the_usage_of_the_role(client: Any, world: World) -> None:
    SignerRule.objects.create(role="prosecutor", extended_key_usages=[USAGE])
    post = world.posts["prosecutor"]
    motion = world.opened(world.filed("custody"), "prosecutor")
    prepared = acting.prepare(motion, ActType.AGREEMENT, post, world.filled(motion, ActType.AGREEMENT))
    sign_in(client, post)

    answer = client.get(reverse("portal:sign", args=[prepared.pk]))

    assert f'data-usage="{USAGE}"' in answer.content.decode()
