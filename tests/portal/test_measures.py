"""The page of measures in force: who sees which, what it says, how much it asks of the database."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ecase.officers.models import Role
from ecase.portal.views.measures import draw_days
from tests.factories import CaseFactory, PostFactory, investigator_of, judge_of, prosecutor_of
from tests.motions.world import World
from tests.portal.conftest import Visitor
from workflows.measures.models import Measure
from workflows.motions import queries

pytestmark = pytest.mark.django_db
PAGE = "/in-force/"
# Session, post, the count of notices and the like: as any page; then the law in force, the rows and the picture.
BOUND = 8


@pytest.mark.parametrize("role", ["investigator", "head_of_unit", "prosecutor", "judge", "court_chair"])
def test_who_may_open_the_motion_sees_its_measure_in_the_list(world: World, visitor: Visitor, role: str) -> None:
    motion = world.decided("custody", "sanctioned")
    client = visitor(world.posts[role])

    text = client.get(PAGE).content.decode()

    measure = motion.measures.get()
    assert measure.person.full_name in text
    assert "Custody" in text
    assert reverse("portal:act-show", args=[measure.begun_by_id]) in text
    assert f'href="{PAGE}"' in client.get("/").content.decode()
    assert client.get(reverse("portal:act-show", args=[measure.begun_by_id])).status_code == 200


def test_others_see_nothing_and_are_told_what_to_do(world: World, visitor: Visitor) -> None:
    world.decided("custody", "sanctioned")
    elsewhere = CaseFactory()
    for post in (investigator_of(elsewhere), prosecutor_of(elsewhere), judge_of(elsewhere), judge_of(world.case)):
        text = visitor(post).get(PAGE).content.decode()
        assert "No measure is in force" in text
        assert "look in your queue" in text
    assert f'href="{PAGE}"' not in visitor(PostFactory(role=Role.CLERK)).get("/").content.decode()


def test_a_term_that_has_run_is_said_so_and_listed(world: World, visitor: Visitor) -> None:
    motion = world.decided("custody", "sanctioned")
    assert motion.measures.get().has_run_out(timezone.now())
    client = visitor(world.posts["judge"])

    for address in (f"{PAGE}?scope=run_out", reverse("portal:motion", args=[motion.pk])):
        assert "The term has run, no decision" in client.get(address).content.decode()
    assert "No measure has ended" in client.get(f"{PAGE}?scope=ended").content.decode()


def test_it_is_narrowed_and_what_is_unknown_finds_nothing(world: World, visitor: Visitor) -> None:
    world.decided("custody", "sanctioned")
    world.decided("suspension", "sanctioned")
    client = visitor(world.posts["judge"])

    def found(**asked: str) -> list[str]:
        return [measure.key for measure, _law, _run in client.get(PAGE, asked).context["rows"]]

    assert found() == ["custody", "suspension"]
    assert found(measure="suspension") == found(deprives_of_liberty="false") == ["suspension"]
    assert found(measure="bail") == found(measure="'") == found(deprives_of_liberty="?") == []
    assert found(scope="everything") == found(after="?") == ["custody", "suspension"]


def test_the_picture_counts_the_terms_of_each_day(world: World) -> None:
    ends = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    motion = world.assigned("custody")
    world.act(motion, "protocol", "judge", {**world.decision(motion, "sanctioned"), "term_ends": ends})
    visible = queries.measures(world.posts["judge"])

    days = draw_days(visible, timezone.now())

    [column] = [column for column in days if column.number]
    assert (len(days), column.day) == (30, timezone.localdate(Measure.objects.get().until))
    assert (column.number, column.height) == (1, "40.0")
    assert draw_days(visible, timezone.now() + timedelta(days=4)) == []


def test_the_page_asks_as_much_for_many_as_for_one(world: World, visitor: Visitor) -> None:
    client = visitor(world.posts["judge"])
    client.get(PAGE)
    counts = []
    for _number in range(2):
        world.decided("custody", "sanctioned")
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= BOUND, "\n".join(query["sql"][:200] for query in asked)


def test_nothing_of_a_search_is_shown_on_its_page(world: World, visitor: Visitor) -> None:
    motion = world.decided("search", "sanctioned")
    text = visitor(world.posts["judge"]).get(reverse("portal:motion", args=[motion.pk])).content.decode()
    assert "measures-title" not in text
