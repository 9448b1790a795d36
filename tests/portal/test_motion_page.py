"""The motion's page says in words where everything stands, and asks the server cheaply whether that is still true."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from tests.factories import PostFactory
from tests.motions.conftest import World
from tests.past_guards import move
from tests.portal import scenes
from tests.portal.conftest import Visitor
from workflows.motions.models import Motion
from workflows.motions.services import drafts
from workflows.motions.states import ActType, State
from workflows.watch import duties


def page_of(client: Client, motion: Motion, part: str = "") -> str:
    response = client.get(f"/motions/{motion.pk}/{part}")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def run_out(motion: Motion) -> None:
    move(motion, valid_until=timezone.now() - timedelta(minutes=1))


# -- what holds ------------------------------------------------------------------------------------------------------


def test_a_sanction_in_force_says_until_when(world: World, visitor: Visitor) -> None:
    motion = scenes.delivered(world)
    page = page_of(visitor(world.posts["investigator"]), motion)
    assert "Custody sanctioned" in page
    assert re.search(r"In force until <strong><time datetime=", page)
    assert "app-force--holds" in page


def test_one_that_ran_out_says_so_before_and_after_the_watch_has_seen_it(world: World, visitor: Visitor) -> None:
    motion, client = scenes.delivered(world), visitor(world.posts["investigator"])
    run_out(motion)
    assert "The term of the sanction has run out." in page_of(client, motion)
    duties.expire_sanctions(timezone.now())
    assert "The sanction has expired." in page_of(client, motion)


def test_a_lifted_measure_says_so(world: World, visitor: Visitor) -> None:
    motion = world.does(scenes.lifting(world), ActType.LIFTING_CONSENT, "prosecutor")
    assert "The measure has been lifted." in page_of(visitor(world.posts["investigator"]), motion)


def test_where_the_law_is_silent_the_page_says_so(world: World, visitor: Visitor) -> None:
    search = scenes.delivered(world, "search")
    assert search.kind_entry.validity.mark == "U"
    page = page_of(visitor(world.posts["investigator"]), search)
    assert "How long it holds is not set in law; the court&#x27;s order says it." in page


def test_a_later_decision_is_linked_to_whoever_may_see_it(world: World, visitor: Visitor) -> None:
    granting = next(outcome.key for outcome in world.kind("custody_extension").outcomes if outcome.grants)
    later = world.decided("custody_extension", granting)
    assert later.earlier_id
    earlier = Motion.objects.get(pk=later.earlier_id)
    client = visitor(world.posts["investigator"])
    assert f'href="/motions/{later.pk}/"' in page_of(client, earlier)
    assert f'href="/motions/{earlier.pk}/"' in page_of(client, later)
    move(later, secret=True)
    stranger = visitor(world.posts["prosecutor"])
    assert f'href="/motions/{later.pk}/"' not in page_of(stranger, earlier)


def test_a_cancelled_sanction_names_the_appeal(world: World, visitor: Visitor) -> None:
    motion = scenes.sent_up(world)
    outcome = next(outcome.key for outcome in motion.kind_entry.appeal.outcomes if outcome.effect == "cancelled")
    world.act(motion, ActType.APPEAL_RULING, "appellate_judge", world.ruling(motion, outcome))
    motion = world.fresh(motion)
    assert motion.state == State.CANCELLED
    assert "The sanction was cancelled on appeal." in page_of(visitor(world.posts["investigator"]), motion)


# -- who agrees ------------------------------------------------------------------------------------------------------


def test_the_ladder_of_consents_names_who_has_agreed_and_who_is_next(world: World, visitor: Visitor) -> None:
    motion = scenes.approval(world)
    client = visitor(world.posts["investigator"])
    page = page_of(client, motion)
    assert page.count('class="app-ladder__step ') == 2
    assert 'app-ladder__step--current" aria-current="step"' in page

    world.does(motion, ActType.APPROVAL, "head_of_unit")
    page = page_of(client, motion)
    assert f"agreed: {world.posts['head_of_unit'].officer.full_name}" in page
    assert page.count("is asked now") == 1


def test_a_single_prosecutor_needs_no_ladder(world: World, visitor: Visitor) -> None:
    assert "app-ladder__step" not in page_of(visitor(world.posts["investigator"]), scenes.filed(world))


# -- appeal, hearing, draw -------------------------------------------------------------------------------------------


def test_the_appeal_says_who_how_and_until_when(world: World, visitor: Visitor) -> None:
    motion, client = scenes.delivered(world), visitor(world.posts["defender"])
    page = page_of(client, motion)
    for who in motion.kind_entry.appeal.who:
        assert who.label.en in page
    assert "through the court that decided" in page
    assert "Where the appeal stands" not in page

    world.does(motion, ActType.APPEAL, "defender")
    assert "Where the appeal stands" in page_of(client, motion)


def test_a_late_appeal_is_told_apart(world: World, visitor: Visitor) -> None:
    assert "Appeal filed after its term" in page_of(visitor(world.posts["prosecutor"]), scenes.late(world))


def test_the_hearing_and_who_was_told_of_it(world: World, visitor: Visitor) -> None:
    motion, client = scenes.heard(world), visitor(world.posts["prosecutor"])
    assert f"/motions/{motion.pk}/notices/" in page_of(client, motion)
    told = page_of(client, motion, "notices/")
    assert "A hearing has been ordered" in told
    assert str(motion.author.officer.full_name) in told


def test_the_draw_is_repeated_before_the_readers_eyes(world: World, visitor: Visitor) -> None:
    motion = scenes.assigned(world)
    page = page_of(visitor(world.posts["investigator"]), motion, "draw/")
    draw = motion.draws.get()
    assert "Repeated just now from its record: the result is the same." in page
    assert motion.judge
    assert motion.judge.full_name in page
    assert draw.seed[:8] in page


# -- banners ---------------------------------------------------------------------------------------------------------


def test_a_motion_on_paper_says_so_and_gives_the_whole_file(world: World, visitor: Visitor) -> None:
    motion = world.does(scenes.filed(world), ActType.FORMAT_ORDER, "author", format="paper")
    client = visitor(world.posts["investigator"])
    page = page_of(client, motion)
    assert "This motion is kept on paper." in page
    assert "Change the format" in page
    assert "Withdraw the motion" not in page
    answer = client.get(f"/motions/{motion.pk}/file.pdf")
    assert answer.content.startswith(b"%PDF")


def test_a_secret_motion_names_who_may_see_it_and_nobody_else_finds_it(world: World, visitor: Visitor) -> None:
    motion = scenes.covert(world)
    page = page_of(visitor(world.posts["investigator"]), motion)
    assert "Secret: only the persons named here can see this motion." in page
    assert motion.judge
    assert motion.judge.full_name in page
    stranger = visitor(world.posts["prosecutor"])
    for part in ("", "materials/", "versions/", "draw/", "notices/", "pulse/", "file.pdf"):
        assert stranger.get(f"/motions/{motion.pk}/{part}").status_code == 404
    assert "app-row" not in stranger.get(f"/?scope=all&q={motion.number}").content.decode()


# -- versions --------------------------------------------------------------------------------------------------------


def test_author_and_prosecutor_see_what_has_changed(world: World, visitor: Visitor) -> None:
    motion = scenes.returned(world)
    drafts.save(motion, motion.author, {**motion.payload, "reasons": "Жаңа уәж."})
    author = visitor(world.posts["investigator"])
    assert "<ins>" in page_of(author, motion, "versions/")

    world.act(world.fresh(motion), ActType.MOTION, "author")
    prosecutor = visitor(world.posts["prosecutor"])
    assert f"/motions/{motion.pk}/versions/" in page_of(prosecutor, motion)
    assert "Жаңа уәж." in page_of(prosecutor, motion, "versions/?before=1&after=2")
    assert "Nothing has changed" in page_of(prosecutor, motion, "versions/?before=2&after=2")


# -- every state, every language, few queries ------------------------------------------------------------------------


@pytest.mark.parametrize("scene", [one for _role, one, _given in scenes.SCENES.values()])
def test_every_scene_has_its_page_in_every_language(world: World, visitor: Visitor, scene: scenes.Scene) -> None:
    motion = scene(world)
    client = visitor(world.posts["investigator"])
    for language, _name in settings.LANGUAGES:
        response = client.get(f"/motions/{motion.pk}/", headers={"Accept-Language": language})
        assert response.status_code == 200


def test_a_page_that_is_still_true_costs_one_query(
    world: World, visitor: Visitor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    motion, client = scenes.delivered(world), visitor(world.posts["investigator"])
    address = f"/motions/{motion.pk}/pulse/?revision={motion.revision}"
    # Beside its own one: the session, its officer and the post.
    with django_assert_max_num_queries(4):
        assert client.get(address).status_code == 204

    world.does(motion, ActType.EXECUTION_REPORT, "author")
    fresh = client.get(address).content.decode()
    assert "<html" not in fresh
    assert 'id="live-news"' in fresh
    assert "Executed" in fresh


def test_a_motion_that_has_gone_from_sight_is_not_found(world: World, visitor: Visitor) -> None:
    motion = scenes.filed(world)
    assert visitor(PostFactory()).get(f"/motions/{motion.pk}/pulse/?revision=1").status_code == 404


def test_a_page_costs_no_more_the_longer_its_history(
    world: World, visitor: Visitor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    motion, client = scenes.sent_up(world), visitor(world.posts["prosecutor"])
    with django_assert_max_num_queries(30):
        page_of(client, motion)
