"""F-F6: what an officer types is his, in his post; at a shared browser nobody else is given it, or can read it."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from ecase.officers.models import Post
from tests.browser.conftest import Enter
from tests.factories import PostFactory
from tests.motions.conftest import World, make_world, storage  # noqa: F401 - fixtures
from tests.portal import scenes
from tests.portal.conftest import committed, session_of  # noqa: F401 - a fixture
from workflows.motions import queries

TEXT = "Негіздер жеткіліксіз, себебі сұрақ қойылмаған."


@pytest.fixture
def world(committed: World) -> World:  # noqa: F811
    return committed


def become(page: Page, post: Post, url: str) -> None:
    """Another officer signs in at the same browser."""
    cookies = [{"name": settings.SESSION_COOKIE_NAME, "value": session_of(post), "url": url}]
    page.context.add_cookies(cookies)


def stored(page: Page) -> str:
    return str(page.evaluate("JSON.stringify(localStorage)"))


def test_typed_text_never_crosses_to_another_officer(world: World, enter: Enter, live_server: LiveServer) -> None:
    motion = scenes.filed(world)
    world.opened(motion, "prosecutor")
    first = world.posts["prosecutor"]
    second = PostFactory(role=first.role, organisation=first.organisation)
    form = f"/motions/{motion.pk}/acts/refusal/"
    page = enter(first)
    page.goto(form)
    field = page.locator('[id="payload.reasons"]')
    page.context.set_offline(True)
    field.fill(TEXT)
    page.locator('#draft-status[data-state="offline"]').wait_for()
    page.wait_for_function("localStorage.length > 0")
    assert TEXT not in stored(page), "what is kept is not readable in the browser"
    page.goto("about:blank")
    page.context.set_offline(False)

    become(page, second, live_server.url)
    queries.open_materials(queries.get(second, motion.pk), second)
    page.goto(form)
    page.wait_for_load_state("load")
    expect(field).to_have_value("")
    assert TEXT not in stored(page)
    assert TEXT not in page.content()

    become(page, first, live_server.url)
    page.goto(form)
    expect(field).to_have_value(TEXT)
