"""The list of motions: what waits comes first, narrowed as asked, page after page, with few queries."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from ecase import pagination
from ecase.officers.models import Absence, Post
from ecase.portal import next_steps
from tests.motions.conftest import World
from tests.past_guards import move
from tests.portal import scenes
from tests.portal.conftest import Visitor
from workflows.motions.acts.registry import SPECS, spec_of
from workflows.motions.acts.spec import whenever_possible
from workflows.motions.models import Motion, PendingSignature
from workflows.motions.services import acting
from workflows.motions.states import ActType


def listed(client: Client, query: str = "") -> list[str]:
    """The ids of the motions in the list, in its order."""
    return re.findall(r'app-row__title"><a class="govuk-link" href="/motions/([0-9a-f-]+)/"', _text(client, query))


def _text(client: Client, query: str) -> str:
    return client.get(f"/?{query}").content.decode()


def test_a_motion_waits_for_one_and_then_for_the_next(world: World, visitor: Visitor) -> None:
    motion = world.filed("custody")
    investigator, prosecutor, judge = (visitor(world.posts[role]) for role in ("investigator", "prosecutor", "judge"))
    assert [listed(investigator), listed(prosecutor), listed(judge)] == [[], [str(motion.pk)], []]

    world.act(motion, "agreement", "prosecutor", world.filled(motion, "agreement"))  # type: ignore[arg-type]
    assert [listed(investigator), listed(prosecutor), listed(judge)] == [[], [], [str(motion.pk)]]
    assert listed(prosecutor, "scope=all") == [str(motion.pk)]


def test_the_list_is_narrowed_by_kind_state_number_and_name(world: World, visitor: Visitor) -> None:
    custody, search = world.filed("custody"), world.draft("search")
    client = visitor(world.posts["investigator"])
    assert set(listed(client, "scope=all")) == {str(custody.pk), str(search.pk)}
    assert listed(client, "scope=all&kind=search") == [str(search.pk)]
    assert listed(client, "scope=all&state=submitted") == [str(custody.pk)]
    assert len(listed(client, "scope=all&q=Тасқ")) == 2
    assert len(listed(client, f"scope=all&q={world.case.number[-5:]}")) == 2
    assert listed(client, "scope=all&q=nothing") == []


def test_htmx_gets_the_list_alone(world: World, visitor: Visitor) -> None:
    world.draft("search")
    client = visitor(world.posts["investigator"])
    response = client.get("/", headers={"HX-Request": "true"})
    assert b"<html" not in response.content
    assert b"app-row" in response.content


def test_the_most_urgent_waits_first(world: World, visitor: Visitor) -> None:
    late, soon, never = (world.draft("search") for _ in range(3))
    now = timezone.now()
    move(late, next_due_at=now + timedelta(days=2))
    move(soon, next_due_at=now + timedelta(hours=2))
    order = listed(visitor(world.posts["investigator"]))
    assert order == [str(soon.pk), str(late.pk), str(never.pk)]


@pytest.mark.parametrize("scope", ["waiting", "all"])
def test_pages_follow_each_other_without_gaps(
    world: World, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, scope: str
) -> None:
    made = {str(world.draft("search").pk) for _ in range(5)}
    monkeypatch.setattr(pagination, "SIZE", 2)
    client = visitor(world.posts["investigator"])
    seen, query = [], f"scope={scope}"
    for _page in range(3):
        seen += listed(client, query)
        after = re.search(r'after=([\w-]+)" rel="next"', _text(client, query))
        query = f"scope={scope}&after={after[1]}" if after else ""
    assert len(seen) == 5
    assert set(seen) == made
    assert not query


def test_a_cursor_that_makes_no_sense_is_the_beginning(world: World, visitor: Visitor) -> None:
    motion = world.draft("search")
    assert listed(visitor(world.posts["investigator"]), "scope=all&after=%00junk") == [str(motion.pk)]


def test_more_motions_cost_no_more_queries(
    world: World, visitor: Visitor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = visitor(world.posts["investigator"])
    for _ in range(3):
        world.draft("search")
    with CaptureQueriesContext(connection) as few:
        assert len(listed(client)) == 3
    for _ in range(3):
        world.draft("search")
    with django_assert_max_num_queries(min(12, len(few))):
        assert len(listed(client)) == 6


# -- worklists -------------------------------------------------------------------------------------------------------


ROLES = ["investigator", "head_of_unit", "prosecutor", "judge", "court_chair", "clerk", "defender"]
WAITING = [
    ("head_of_unit", scenes.approval),
    ("prosecutor", scenes.filed),
    ("prosecutor", scenes.lifting),
    ("investigator", scenes.returned),
    ("investigator", scenes.delivered),
    ("judge", scenes.assigned),
    ("judge", scenes.late),
    ("appellate_judge", scenes.sent_up),
    ("clerk", scenes.heard),
    ("defender", scenes.delivered),
]


@pytest.mark.parametrize(("role", "scene"), WAITING)
def test_what_is_to_be_done_waits_for_whoever_does_it(
    world: World, visitor: Visitor, role: str, scene: scenes.Scene
) -> None:
    motion = scene(world)
    assert listed(visitor(world.posts[role])) == [str(motion.pk)]


STEPS = [
    (scenes.approval, "The head of the body approves the motion or sends it back."),
    (scenes.filed, "The prosecutor agrees, refuses or returns the motion."),
    (scenes.returned, "You complete the motion and file it."),
    (scenes.assigned, "The judge decides."),
    (scenes.heard, "The judge hears the parties and decides."),
    (scenes.delivered, "You report the execution."),
    (scenes.lifting, "The prosecutor agrees to the lifting or refuses it."),
    (scenes.late, "You report the execution. The judge rules on restoring the term of the appeal."),
]


@pytest.mark.parametrize(("scene", "sentence"), STEPS)
def test_a_row_says_what_is_waited_for_and_when_it_began(
    world: World, visitor: Visitor, scene: scenes.Scene, sentence: str
) -> None:
    scene(world)
    client = visitor(world.posts["investigator"])
    page = _text(client, "scope=all")
    assert f"<span>Next:</span> {sentence}</p>" in page
    assert re.search(r"Begun <time datetime=", page)
    assert f"<span>Next:</span> {sentence}</p>" in client.get(f"/cases/{world.case.pk}/").content.decode()


def test_every_act_that_a_state_waits_for_is_worded() -> None:
    """B2: which act a motion waits for is computed from the entries of the acts; the portal only words it."""
    worded = {spec_of(act_type).moves.required for act_type in (*next_steps.OF_MOTION, *next_steps.OF_APPEAL)}
    expected = {spec.moves.required for spec in SPECS.values() if spec.expected is whenever_possible}
    assert expected <= worded


def test_nothing_is_waited_for_once_all_is_done(world: World, visitor: Visitor) -> None:
    world.does(scenes.delivered(world), ActType.EXECUTION_REPORT, "author")
    assert "<span>Next:</span>" not in _text(visitor(world.posts["investigator"]), "scope=all")


def test_once_done_it_waits_no_more(world: World, visitor: Visitor) -> None:
    motion = world.does(scenes.delivered(world), ActType.EXECUTION_REPORT, "author")
    client = visitor(world.posts["investigator"])
    assert listed(client) == []
    assert listed(client, "scope=in_force") == [str(motion.pk)]


def test_materials_that_the_judge_asks_for_wait_for_the_author(world: World, visitor: Visitor) -> None:
    motion = world.does(scenes.assigned(world), ActType.MATERIALS_REQUEST, "judge")
    client = visitor(world.posts["investigator"])
    assert listed(client) == [str(motion.pk)]
    assert "<span>Next:</span> You send the materials that the judge has asked for.</p>" in _text(client, "")


def test_a_consent_that_is_asked_higher_up_waits_there_only(world: World, visitor: Visitor) -> None:
    motion = world.filed("custody_extension", step="nine_months")
    assert motion.consenting_id
    assert motion.consenting_id != motion.prosecution_id
    above = next(post for post in world.posts.values() if post.organisation_id == motion.consenting_id)
    assert listed(visitor(above)) == [str(motion.pk)]
    assert listed(visitor(world.posts["prosecutor"])) == []


def test_the_chair_sees_what_has_no_judge_and_what_is_overdue(world: World, visitor: Visitor) -> None:
    overdue, in_time = scenes.assigned(world), scenes.assigned(world)
    move(overdue, next_due_at=timezone.now() - timedelta(hours=1))
    chair = visitor(world.posts["court_chair"])
    assert listed(chair) == [str(overdue.pk)]
    assert listed(chair, "scope=overdue") == [str(overdue.pk)]
    assert set(listed(chair, "scope=with_judges")) == {str(overdue.pk), str(in_time.pk)}

    Absence.objects.create(post=world.posts["judge"], ground="illness")
    alone = world.does(scenes.filed(world), ActType.AGREEMENT, "prosecutor")
    assert alone.state == "registered"
    assert listed(chair, "scope=without_judge") == [str(alone.pk)]


def test_the_chair_sees_whose_judge_is_away_and_what_to_do(world: World, visitor: Visitor) -> None:
    motions = [scenes.assigned(world) for _ in range(3)]
    judge, chair = world.posts["judge"], visitor(world.posts["court_chair"])
    now, address = timezone.now(), f"/motions/{motions[0].pk}/acts/reassignment/"
    assert listed(chair) == []
    assert "Judge absent</strong>" not in _text(chair, "scope=with_judges")

    with CaptureQueriesContext(connection) as before:
        _text(chair, "scope=with_judges")
    absence = Absence.objects.create(post=judge, ground="illness", starts_at=now - timedelta(days=1))
    with CaptureQueriesContext(connection) as after:
        page = _text(chair, "scope=with_judges")
    assert len(after) == len(before)
    assert page.count("Judge absent</strong>") == 3
    assert f"Judge {judge.officer.short_name} is absent." in page
    assert f'href="{address}"' in page
    assert chair.get(address).status_code == 200
    assert set(listed(chair)) == set(listed(chair, "scope=judge_away")) == {str(motion.pk) for motion in motions}
    assert "Judge absent</strong>" not in _text(visitor(judge), "scope=all")

    Absence.objects.filter(pk=absence.pk).update(ends_at=now)
    assert listed(chair) == []
    Post.objects.filter(pk=judge.pk).update(valid_to=timezone.now())
    assert len(listed(chair, "scope=judge_away")) == 3


def test_the_clerk_and_the_defender_see_what_may_be_appealed(world: World, visitor: Visitor) -> None:
    motion = scenes.delivered(world)
    assert listed(visitor(world.posts["clerk"]), "scope=complaints") == [str(motion.pk)]
    assert listed(visitor(world.posts["defender"]), "scope=to_appeal") == [str(motion.pk)]
    world.does(motion, ActType.APPEAL, "clerk")
    assert listed(visitor(world.posts["clerk"]), "scope=complaints") == []
    assert listed(visitor(world.posts["clerk"]), "scope=appeals") == [str(motion.pk)]
    assert listed(visitor(world.posts["defender"]), "scope=to_appeal") == [str(motion.pk)]
    world.does(world.fresh(motion), ActType.APPEAL, "defender")
    assert listed(visitor(world.posts["defender"]), "scope=to_appeal") == []


@pytest.mark.parametrize(
    "role", ["investigator", "head_of_unit", "prosecutor", "judge", "court_chair", "clerk", "defender"]
)
def test_every_pile_of_every_role_can_be_opened(world: World, visitor: Visitor, role: str) -> None:
    scenes.filed(world)
    client = visitor(world.posts[role])
    page = _text(client, "")
    keys = re.findall(r'href="\?scope=(\w+)"', page)
    assert keys[0] == "waiting"
    assert keys[-1] == "all"
    for key in keys:
        assert f'href="?scope={key}" aria-current="page"' in _text(client, f"scope={key}")


@pytest.mark.parametrize("role", ROLES)
def test_an_empty_queue_says_what_to_do_next(world: World, visitor: Visitor, role: str) -> None:
    page = _text(visitor(world.posts[role]), "")
    empty = page[page.index('class="app-empty"') :]
    assert "Nothing waits for you" in empty
    assert '<a class="govuk-link"' in empty


def test_the_list_is_narrowed_by_group_and_due(world: World, visitor: Visitor) -> None:
    custody, search = world.draft("custody"), world.draft("search")
    move(custody, next_due_at=timezone.now() + timedelta(hours=3))
    move(search, next_due_at=timezone.now() - timedelta(hours=3))
    client = visitor(world.posts["investigator"])
    assert listed(client, "group=measures") == [str(custody.pk)]
    assert listed(client, "due=overdue") == [str(search.pk)]
    assert listed(client, "due=day") == [str(custody.pk)]
    assert len(listed(client, "due=whenever")) == 2


# -- an open list ----------------------------------------------------------------------------------------------------


def test_an_open_list_is_renewed_only_when_something_has_moved(
    world: World, visitor: Visitor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    scenes.filed(world)
    client = visitor(world.posts["prosecutor"])
    address = re.search(r'data-live hx-get="(/\?[^"]+)"', _text(client, ""))
    assert address
    asked = address[1].replace("&amp;", "&")
    # Beside its own one: the session, its officer, the post, and which law is in force.
    with django_assert_max_num_queries(5):
        assert client.get(asked, headers={"HX-Request": "true"}).status_code == 204

    scenes.filed(world)
    renewed = client.get(asked, headers={"HX-Request": "true"}).content.decode()
    assert renewed.count('class="app-row"') == 2
    assert 'id="waiting-count" hx-swap-oob="true">2<' in renewed


# -- signatures that wait --------------------------------------------------------------------------------------------


def waits(world: World, motion: Motion) -> PendingSignature:
    """The author has signed a withdrawal, and nobody knows yet whether the signature stands."""
    payload = world.filled(motion, ActType.WITHDRAWAL)
    one = acting.prepare(world.opened(motion, "author"), ActType.WITHDRAWAL, motion.author, payload)
    at = timezone.now()
    return PendingSignature.objects.create(prepared=one, cms=b"", received_at=at, next_try_at=at, show_at=at)


def test_signatures_that_wait_are_counted_for_whoever_signed_and_for_the_clerks(world: World, visitor: Visitor) -> None:
    registered, filed = scenes.assigned(world), scenes.filed(world)
    PendingSignature.objects.filter(pk=waits(world, registered).pk).update(shown_at=timezone.now())
    waits(world, filed)
    waits(world, scenes.covert(world))
    told = {role: _told(visitor(post)) for role, post in world.posts.items()}
    assert {role: number for role, number in told.items() if number} == {"investigator": "3", "clerk": "2"}

    page = visitor(world.posts["clerk"]).get("/signatures/").content.decode()
    others = page[page.index('id="others-signatures"') :]
    assert others.count(world.posts["investigator"].officer.short_name) == 2
    assert others.count("The term presses") == 1
    assert f"/motions/{registered.pk}/" in others
    assert f"/motions/{filed.pk}/" not in others
    assert 'id="others-signatures"' not in visitor(world.posts["investigator"]).get("/signatures/").content.decode()

    PendingSignature.objects.update(settled_at=timezone.now())
    assert _told(visitor(world.posts["investigator"])) == ""


def _told(client: Client) -> str:
    """How many signatures wait, as the queue says it and as it says it when it is renewed; empty if none."""
    whole, part = _text(client, ""), client.get("/", headers={"HX-Request": "true"}).content.decode()
    found = {
        "".join(re.findall(r'href="/signatures/">Signatures that wait to be verified: (\d+)<', page))
        for page in (whole, part)
    }
    (number,) = found
    return number
