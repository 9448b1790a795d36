"""An open page stays true by itself, asks nobody while it is hidden, and leaves the reader in place."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Enter
from tests.motions.conftest import World, make_world, storage  # noqa: F401 - fixtures
from tests.portal import scenes
from tests.portal.conftest import committed  # noqa: F401 - a fixture
from workflows.motions.models import Motion
from workflows.motions.states import ActType

SOON = 3_000
SEVERAL_ROUNDS = 2_500


@pytest.fixture
def world(committed: World) -> World:  # noqa: F811
    return committed


def mark(page: Page) -> None:
    """Something that a reload of the page would wipe out."""
    page.evaluate("window.notReloaded = true")


def is_marked(page: Page) -> bool:
    return bool(page.evaluate("window.notReloaded === true"))


def test_a_motion_moves_under_the_readers_eyes(world: World, enter: Enter) -> None:
    motion = scenes.filed(world)
    page = enter(world.posts["investigator"])
    page.goto(f"/motions/{motion.pk}/")
    expect(page.locator(".app-head__time .app-state")).to_have_text("With the prosecutor")
    mark(page)

    world.does(motion, ActType.AGREEMENT, "prosecutor")

    expect(page.locator(".app-head__time .app-state")).to_have_text("With the judge", timeout=SOON)
    expect(page.locator("#live-news")).to_have_text(re.compile(r"The motion has changed at .*: With the judge\."))
    assert is_marked(page)


def test_a_change_is_asked_for_within_a_second(world: World, enter: Enter) -> None:
    motion = scenes.filed(world)
    page = enter(world.posts["investigator"])
    page.clock.install()
    page.goto(f"/motions/{motion.pk}/")
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    world.does(motion, ActType.AGREEMENT, "prosecutor")

    with page.expect_response(re.compile("/pulse/")) as answer:
        page.clock.run_for(1_000)

    assert "With the judge" in answer.value.text()


def test_what_the_reader_has_opened_stays_open_and_in_focus(world: World, enter: Enter) -> None:
    motion = scenes.filed(world)
    page = enter(world.posts["investigator"])
    page.goto(f"/motions/{motion.pk}/")
    page.locator("summary", has_text="What the law says of this kind").click()
    link = page.get_by_role("link", name="Read the materials")
    link.focus()

    world.does(motion, ActType.AGREEMENT, "prosecutor")

    expect(page.locator("#live-news")).not_to_be_empty(timeout=SOON)
    expect(page.locator("details[open] > summary", has_text="What the law says of this kind")).to_be_visible()
    expect(link).to_be_focused()


def test_a_queue_fills_and_empties_by_itself(world: World, enter: Enter) -> None:
    page = enter(world.posts["prosecutor"])
    page.goto("/")
    expect(page.locator(".app-empty")).to_be_visible()
    mark(page)

    motion = scenes.filed(world)
    expect(page.locator(".app-row")).to_have_count(1, timeout=SOON)
    expect(page.locator("#waiting-count")).to_have_text("1")

    world.does(motion, ActType.AGREEMENT, "prosecutor")
    expect(page.locator(".app-row")).to_have_count(0, timeout=SOON)
    assert is_marked(page)


def test_a_hidden_page_asks_nobody(world: World, enter: Enter) -> None:
    motion: Motion = scenes.filed(world)
    page = enter(world.posts["investigator"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/pulse/" in request.url else None)
    page.goto(f"/motions/{motion.pk}/")
    page.wait_for_timeout(SEVERAL_ROUNDS)
    assert asked

    page.evaluate("Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})")
    page.wait_for_timeout(500)
    asked.clear()
    page.wait_for_timeout(SEVERAL_ROUNDS)
    assert asked == []

    page.evaluate("delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(500)
    assert asked


def test_a_filtered_list_stays_filtered(world: World, enter: Enter) -> None:
    custody = world.draft("custody")
    page = enter(world.posts["investigator"])
    page.goto("/")
    page.locator("#kind").select_option("search")
    expect(page.locator(".app-row")).to_have_count(0)
    search = world.draft("search")
    expect(page.locator(".app-row")).to_have_count(1, timeout=SOON)
    expect(page.locator(".app-row__title a")).to_have_attribute("href", f"/motions/{search.pk}/")
    assert custody.kind == "custody"


def test_who_signs_out_is_led_away_by_that_alone(world: World, enter: Enter) -> None:
    """And not by the answer to what the page had asked a moment before, when the session was over already."""
    page = enter(world.posts["investigator"])
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    page.route(re.compile("[?&]seen="), hold)
    page.goto("/")
    page.wait_for_function("() => document.querySelector('#motions-live.htmx-request')")
    page.evaluate(
        """() => {
            document.querySelector("form[data-sign-out]").addEventListener("submit", (event) => event.preventDefault());
            document.addEventListener("htmx:afterRequest", () => (window.answered = true));
        }"""
    )
    page.locator(".app-account summary").click()
    page.get_by_role("button", name="Sign out").click()

    asked[0].fulfill(status=200, headers={"HX-Redirect": "/sign-in/?next=/"})
    page.wait_for_function("() => window.answered")
    page.wait_for_timeout(SEVERAL_ROUNDS)

    assert urlsplit(page.url).path == "/"
    assert len(asked) == 1
