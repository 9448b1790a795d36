"""G-A3: the judge sees how much of a template he keeps, before signing and afterwards; nobody else does."""

import pytest
from django.urls import reverse

from tests.motions.conftest import World
from tests.portal.conftest import Visitor
from workflows.drafting import services as drafting
from workflows.motions.services import acting

pytestmark = pytest.mark.django_db
TITLE = "What you kept of the template"


def test_g_a3_the_figure_stands_before_signing_and_on_the_signed_act(world: World, visitor: Visitor) -> None:
    judge = world.posts["judge"]
    motion = world.opened(world.assigned("custody"), "judge")
    made = drafting.suggest(motion, judge, "sanctioned")
    payload = {**world.decision(motion, "sanctioned"), "suggestion": str(made.pk), "reasons": made.text}
    prepared = acting.prepare(motion, motion.kind_entry.outcome("sanctioned").output, judge, payload)

    before = visitor(judge).get(reverse("portal:sign", args=[prepared.pk])).content.decode()
    act = acting.perform(prepared, world.keys.sign(judge, bytes(prepared.act_json)), judge)
    address = reverse("portal:act-show", args=[act.pk])
    after = visitor(judge).get(address).content.decode()

    assert TITLE in before
    assert TITLE in after
    assert "(100\N{NO-BREAK SPACE}%)" in before
    assert TITLE not in visitor(world.posts["prosecutor"]).get(address).content.decode()


def test_g_a2_a_wrong_id_is_told_and_not_sent_again(world: World, visitor: Visitor) -> None:
    judge = world.posts["judge"]
    motion = world.opened(world.assigned("custody"), "judge")
    other = drafting.suggest(motion, judge, "refused")
    address = reverse("portal:prepare-decision", args=[motion.pk])
    posted = {"payload.outcome": "sanctioned", "payload.suggestion": str(other.pk), "payload.reasons": "Уәж."}

    page = visitor(judge).post(address, posted, follow=True).content.decode()

    assert "This suggestion was not made for you" in page
    assert f'value="{other.pk}"' not in page
