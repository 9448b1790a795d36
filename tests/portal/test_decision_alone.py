"""F-F2 at the door: counsel of another party is shown the decision that is owed to his client, and nothing more."""

import pytest

from ecase.cases.models import Counsel
from ecase.officers.models import Post
from tests.factories import PostFactory
from tests.motions.world import World
from tests.portal.conftest import Visitor
from workflows.motions import queries
from workflows.motions.models import Motion
from workflows.motions.states import DECISIONS, ActType

pytestmark = pytest.mark.django_db
CLOSED = [
    "materials/",
    "file.pdf",
    "versions/",
    "draw/",
    "notices/",
    "copies/",
    "pulse/",
    "acts/restoration/",
    "decide/",
]


@pytest.fixture
def victims(world: World) -> Post:
    """Counsel of the victim, to whom the law owes a copy of the custody of the suspect."""
    post = PostFactory(defender=True)
    victim = world.case.persons.get(capacity="victim")
    Counsel.objects.create(case=world.case, officer=post.officer, person=victim)
    return post


def test_the_page_shows_the_decision_and_what_he_may_do(world: World, visitor: Visitor, victims: Post) -> None:
    motion = world.decided("custody", "sanctioned")
    reasons = motion.payload["reasons"].splitlines()[0]
    client, address = visitor(victims), f"/motions/{motion.pk}/"
    decision = motion.acts.get(type__in=DECISIONS)

    page = client.get(address)
    assert page.status_code == 200
    text = page.content.decode()
    assert f"/acts/{decision.pk}/act.pdf" in text
    assert f"{address}acts/appeal/" in text
    assert reasons not in text
    assert "materials.pdf" not in text
    assert address in client.get(f"/cases/{world.case.pk}/").content.decode()

    assert client.get(f"/acts/{decision.pk}/").status_code == 200
    assert client.get(f"/acts/{decision.pk}/act.pdf").status_code == 200
    assert client.get(f"{address}acts/appeal/").status_code == 200
    for part in CLOSED:
        assert client.get(f"{address}{part}").status_code == 404, part
    for act in motion.acts.all():
        assert client.get(f"/acts/{act.pk}/container/").status_code == 404
        assert client.get(f"/acts/{act.pk}/").status_code == (200 if act == decision else 404)


def test_before_the_decision_there_is_nothing(world: World, visitor: Visitor, victims: Post) -> None:
    motion = world.assigned("custody")
    assert visitor(victims).get(f"/motions/{motion.pk}/").status_code == 404


def test_of_several_appeals_the_form_asks_which(world: World, visitor: Visitor) -> None:
    motion = world.decided("custody", "sanctioned")
    for _once in range(2):
        motion = world.does(motion, ActType.APPEAL, "clerk")
    client = visitor(world.posts["clerk"])
    address = f"/motions/{motion.pk}/acts/appeal_withdrawal/"
    page = client.get(address).content.decode()
    for appeal in motion.acts.filter(type=ActType.APPEAL):
        assert f'name="payload.appeal" value="{appeal.pk}"' in page
    assert world.posts["clerk"].officer.full_name in page
    refused = client.post(f"{address}prepare/", {"payload.reasons": "Себеп."}, follow=True)
    assert 'href="#payload.appeal"' in refused.content.decode()


def test_nobody_reads_of_another_case(world: World, visitor: Visitor) -> None:
    motion = world.decided("custody", "sanctioned")
    post = PostFactory(defender=True)
    assert visitor(post).get(f"/motions/{motion.pk}/").status_code == 404
    with pytest.raises(Motion.DoesNotExist):
        queries.decided(post, motion.pk)
